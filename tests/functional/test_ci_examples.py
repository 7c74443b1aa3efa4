"""The pipelines of `examples/ci`, run step by step in clones of the example project, of which a model is changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.process.client import stop

from tests.functional.ci_pipelines import Done, Job, github, gitlab, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.spark

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "nycflights"
CHANGED = "models/marts/route_delays.py"
PIPELINES = {"GitHub Actions": github, "GitLab": gitlab}


class Origin:
    """A repository with the example project, and clones of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.repository = folder / "origin"
        left_out = shutil.ignore_patterns(".dbt-glue", "target", "logs", "out")
        shutil.copytree(EXAMPLE, self.repository, ignore=left_out)
        self._git("init", "--quiet", "--initial-branch", "main", at=self.repository)
        self._git("add", "--all", at=self.repository)
        self._git("commit", "--quiet", "--message", "All", at=self.repository)

    def clone(self, name: str, change: Callable[[str], str] | None = None) -> Path:
        """A fresh clone, in which a model is changed."""
        place = self.folder / name
        self._git("clone", "--quiet", str(self.repository), str(place), at=self.folder)
        if change is not None:
            path = place / CHANGED
            text = path.read_text(encoding="utf-8")
            path.write_text(change(text), encoding="utf-8")
            assert path.read_text(encoding="utf-8") != text
        return place

    @staticmethod
    def _git(*arguments: str, at: Path) -> None:
        author = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *author, *arguments], cwd=at, check=True)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """With what a push to main has left in the cache; either pipeline takes it."""
    origin = Origin(tmp_path_factory.mktemp("ci"))
    (build,) = (job for job in github("push").values() if any(step.kept for step in job.steps))
    done = run(build, origin.clone("main"), origin.cache)
    assert done.good, done.output
    yield origin
    for place in origin.folder.iterdir():
        stop(place / ".dbt-glue")


def misspelt(text: str) -> str:
    return text.replace('dbt.ref("stg_flights")', 'dbt.ref("stg_fligths")')


def commented(text: str) -> str:
    return f"{text}\n# Changed.\n"


def check_job(jobs: dict[str, Job]) -> Job:
    return jobs["check"]


def test_a_mistake_is_annotated_by_github(tmp_path: Path) -> None:
    clone = Origin(tmp_path).clone("broken", misspelt)
    done = run(check_job(github("pull_request")), clone, tmp_path)
    assert not done.good
    (line,) = [line for line in done.output.splitlines() if line.startswith("::error ")]
    assert f"file={CHANGED},line=" in line
    assert "title=GLU208 unknown-ref::no model, seed or snapshot is called `stg_fligths`" in line


def test_a_mistake_is_in_gitlabs_report(tmp_path: Path) -> None:
    clone = Origin(tmp_path).clone("broken", misspelt)
    job = check_job(gitlab("pull_request"))
    done = run(job, clone, tmp_path)
    assert not done.good
    assert "GLU208" in done.output
    (report,) = job.artifacts
    issues = json.loads((clone / report).read_text(encoding="utf-8"))
    (issue,) = (each for each in issues if each["severity"] == "critical")
    assert issue["location"]["path"] == CHANGED
    assert issue["description"].startswith("GLU208")


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_what_a_request_changes_is_built_beside_what_main_has(
    origin: Origin, pipeline: str
) -> None:
    clone = origin.clone(pipeline.replace(" ", "-"), commented)
    for job in PIPELINES[pipeline]("pull_request").values():
        done: Done = run(job, clone, origin.cache)
        assert done.good, done.output
    results = json.loads((clone / "target" / "run_results.json").read_text(encoding="utf-8"))
    built = {each["unique_id"].split(".")[2]: each["status"] for each in results["results"]}
    assert built.pop("route_delays") == "success"
    assert set(built.values()) <= {"pass"}
    assert all("route_delays" in test for test in built)
    program = next((clone / "target" / "run").rglob("route_delays.py")).read_text(encoding="utf-8")
    assert "nycflights_ci" in program
    stop(clone / ".dbt-glue")


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_a_first_request_builds_everything(pipeline: str) -> None:
    """Where main has left nothing yet."""
    steps = [step for job in PIPELINES[pipeline]("pull_request").values() for step in job.steps]
    assert any("else\n  dbt build --target ci\nfi" in step.script for step in steps)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_main_keeps_what_requests_fetch(pipeline: str) -> None:
    def of(event: str) -> list[Job]:
        return list(PIPELINES[pipeline](event).values())

    kept = {path for job in of("push") for step in job.steps for path in step.kept}
    fetched = {path for job in of("pull_request") for step in job.steps for path in step.fetched}
    assert kept == fetched == {".dbt-glue", "state"}
