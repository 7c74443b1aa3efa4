"""The jobs of a pipeline's YAML, run in a clone: what a runner of GitHub Actions or GitLab does, as far as the examples need it."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "ci"
BIN = Path(sys.executable).parent
SETS_UP = ("actions/checkout@v4", "actions/setup-python@v5")


@dataclass(frozen=True)
class Step:
    """A script, what is fetched from the cache before it, and what is kept there after it."""

    script: str = ""
    fetched: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """Steps in a shell with these options, and variables; `artifacts` are the files that it leaves."""

    steps: tuple[Step, ...]
    variables: dict[str, str] = field(default_factory=dict)
    artifacts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """Whether all steps were good, and what they printed."""

    good: bool
    output: str


def github(event: str) -> dict[str, Job]:
    """The jobs that GitHub Actions runs for an event, by name. Raises ValueError for what this does not know."""
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text(encoding="utf-8"))
    jobs = {}
    for name, job in workflow["jobs"].items():
        steps = tuple(_github_steps(job["steps"], event))
        jobs[name] = Job(steps, job.get("env", {}))
    return jobs


def _github_steps(steps: list[dict[str, Any]], event: str) -> Iterator[Step]:
    for step in steps:
        condition = step.get("if")
        if condition is not None:
            wanted = re.fullmatch(r"github\.event_name == '(\w+)'", condition)
            if wanted is None:
                raise ValueError(f"unknown condition: {condition}")
            if wanted[1] != event:
                continue
        uses = step.get("uses")
        paths = tuple(step.get("with", {}).get("path", "").split())
        if uses in SETS_UP or (uses == "actions/cache@v4" and paths == ("~/.cache/dbt-glue",)):
            continue
        if uses == "actions/cache/restore@v4":
            yield Step(fetched=paths)
        elif uses == "actions/cache/save@v4":
            yield Step(kept=paths)
        elif uses is None:
            yield Step(step["run"])
        else:
            raise ValueError(f"unknown action: {uses}")


def gitlab(event: str) -> dict[str, Job]:
    """The jobs that GitLab runs for a `pull_request`, as GitHub calls a merge request, or a `push` to the default branch."""
    pipeline = yaml.safe_load((EXAMPLES / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    conditions = {
        "pull_request": '$CI_PIPELINE_SOURCE == "merge_request_event"',
        "push": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    }
    words = {"stages", "workflow", "default", "variables"}
    jobs = {}
    for name, job in pipeline.items():
        if name in words or name.startswith("."):
            continue
        rules = job.get("rules", pipeline["workflow"]["rules"])
        if {"if": conditions[event]} not in rules:
            continue
        steps = [Step("\n".join(job["script"]))]
        cache = job.get("cache")
        if cache:
            policy, paths = cache["policy"], tuple(cache["paths"])
            if policy == "pull":
                steps = [Step(fetched=paths), *steps]
            elif policy == "push":
                steps = [*steps, Step(kept=paths)]
        reports = tuple(job.get("artifacts", {}).get("reports", {}).values())
        jobs[name] = Job(tuple(steps), pipeline["variables"], reports)
    return jobs


def run(job: Job, clone: Path, cache: Path) -> Done:
    """Runs a job in a clone, as the runners' shells do: the first command that fails ends it."""
    output = ""
    variables = {**os.environ, **job.variables, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    variables.pop("DBT_GLUE_ENDPOINT_DIR", None)
    for step in job.steps:
        for path in step.fetched:
            if (cache / path).exists():
                shutil.copytree(cache / path, clone / path)
        script = without_installing(step.script)
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=clone,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=400,
        )
        output += done.stdout
        if done.returncode:
            return Done(False, output)
        for path in step.kept:
            shutil.copytree(clone / path, cache / path, dirs_exist_ok=True)
    return Done(True, output)


def without_installing(script: str) -> str:
    """The script without its `pip install`, whose requirements are here already. Raises AssertionError where one is not."""
    lines = []
    for line in script.splitlines():
        if not line.startswith("pip install "):
            lines.append(line)
            continue
        for text in shlex.split(line)[2:]:
            requirement = Requirement(text)
            found = importlib.metadata.distribution(requirement.name)
            assert requirement.extras <= set(found.metadata.get_all("Provides-Extra") or ())
    return "\n".join(lines)
