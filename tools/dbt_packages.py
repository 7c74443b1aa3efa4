"""dbt packages that people install, run by their own test projects on the embedded endpoint; writes it into the docs.

python tools/dbt_packages.py CHECKOUTS               all of them, from a folder that has a checkout of each
python tools/dbt_packages.py CHECKOUTS dbt-utils     what is named; the rest stays as it was measured
python tools/dbt_packages.py --page                  the page again, from what was measured

A checkout's folder has the name of its repository: `CHECKOUTS/dbt-utils`. Nothing is changed in what it holds, except that
packages which it asks for by name are installed from the checkouts. The statement of each node that fails is
run once more alone, by `spark.sql` in a session that dbt never saw: where Spark says the same then, it is Spark that does.
Why, is written in tools/dbt_packages_causes.json. What all of it said is kept in tools/dbt_packages.json, of which
docs/dbt-packages.md is made.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tools import incumbent, statements_alone  # noqa: E402 - after its place is known
from tools.package_projects import PROJECTS, Column, Failure  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tools.package_projects import Project

MEASURED = ROOT / "tools" / "dbt_packages.json"
CAUSES = ROOT / "tools" / "dbt_packages_causes.json"
PAGE = ROOT / "docs" / "dbt-packages.md"
BIN = Path(sys.executable).parent

ENDS = {
    "success": "passed",
    "pass": "passed",
    "warn": "passed",
    "no-op": "passed",
    "skipped": "skipped",
}
"""dbt's words for how a node ended; all others are failures."""


_CONDITION = re.compile(r"\[[A-Z0-9_.]+\]")
"""How Spark's messages begin: with the name of what was wrong."""


def commit_of(checkout: Path) -> str:
    """The version of a checkout, as git describes it."""
    command = ["git", "-C", str(checkout), "describe", "--tags", "--always"]
    return subprocess.check_output(command, text=True).strip()


def placed(checkouts: Path, scratch: Path) -> None:
    """Copies of all checkouts; a package that one of them asks for by name is that from beside it."""
    for checkout in sorted(path for path in checkouts.iterdir() if path.is_dir()):
        shutil.copytree(checkout, scratch / checkout.name, ignore=shutil.ignore_patterns(".git"))
    for listed in (*scratch.rglob("packages.yml"), *scratch.rglob("dependencies.yml")):
        content = yaml.safe_load(listed.read_text(encoding="utf-8")) or {}
        for package in content.get("packages") or ():
            asked = package.get("package", "").partition("/")[2].replace("_", "-")
            if asked:
                package.clear()
                package["local"] = str(scratch / asked)
        listed.write_text(yaml.safe_dump(content), encoding="utf-8")
        (listed.parent / "package-lock.yml").unlink(missing_ok=True)


def adapted(project: Project, folder: Path) -> None:
    """Sets in a copy of a project what its users on Glue set, and tells it which adapter it is on."""
    place = folder / "dbt_project.yml"
    if project.dispatches:
        content = yaml.safe_load(place.read_text(encoding="utf-8"))
        others = [
            each
            for each in content.get("dispatch") or ()
            if each["macro_namespace"] != project.dispatches
        ]
        order = [content["name"], "dbt", project.dispatches]
        own = {"macro_namespace": project.dispatches, "search_order": order}
        content["dispatch"] = [*others, own]
        place.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    if project.known_as:
        for path in (*folder.rglob("*.sql"), *folder.rglob("*.yml")):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            changed = [
                line.replace(f"'{project.known_as}'", "'glue'") if "target.type" in line else line
                for line in lines
            ]
            path.write_text("".join(changed), encoding="utf-8")


def profiles(folder: Path, endpoint: Path) -> None:
    """A `profiles.yml` for all projects, in `folder`; each has a target, and a schema, of its own."""
    outputs = {
        project.schema: {
            "type": "glue",
            "endpoint": "local",
            "endpoint_dir": str(endpoint),
            "schema": project.schema,
            "threads": 2,
        }
        for project in PROJECTS
    }
    names = {project.profile for project in PROJECTS}
    content = {name: {"target": PROJECTS[0].schema, "outputs": outputs} for name in names}
    folder.mkdir()
    (folder / "profiles.yml").write_text(yaml.safe_dump(content), encoding="utf-8")


def run(project: Project, scratch: Path, variables: Mapping[str, str]) -> Column:
    """Builds a project. Raises SystemExit where dbt cannot even begin."""
    folder = scratch / project.package / project.folder
    adapted(project, folder)
    environment = {**os.environ, "DBT_PROFILES_DIR": str(scratch / "profiles")}
    environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    results = folder / "target" / "run_results.json"
    began = time.monotonic()
    print(f"\n=== {project.name}", flush=True)
    for command in ("deps", "build"):
        arguments = [str(BIN / "dbt"), "--log-format-file", "json", command]
        arguments += ["--target", project.schema, "--vars", json.dumps(project.variables)]
        if project.select and command == "build":
            arguments += ["--select", *project.select]
        subprocess.run(arguments, cwd=folder, env=environment, check=False)
    if not results.exists():
        raise SystemExit(f"{project.name}: dbt built nothing; what it says is above")
    seconds = round(time.monotonic() - began)
    ended = json.loads(results.read_text(encoding="utf-8"))["results"]
    sent = last_statements((folder / "logs" / "dbt.log").read_text(encoding="utf-8").splitlines())
    with statements_alone.session(variables, project.schema) as alone:
        failures = []
        for each in ended:
            if each["status"] in ENDS:
                continue
            name = each["unique_id"]
            statement = sent.get(name, "")
            failures.append(
                Failure(
                    node=name,
                    said=said(each.get("message") or ""),
                    statement=statement,
                    alone=alone(statement) if statement else "",
                )
            )
    return Column(
        version="",
        when=datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat(),
        dbt_core=importlib.metadata.version("dbt-core"),
        seconds=seconds,
        counts=counted(ended),
        failures=sorted(failures, key=lambda each: each["node"]),
    )


def counted(ended: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How many nodes of each kind (`model`, `test`, ...) ended how, of dbt's run results."""
    found: dict[str, dict[str, int]] = {}
    for each in ended:
        kind = found.setdefault(each["unique_id"].partition(".")[0], {})
        end = ENDS.get(each["status"], "failed")
        kind[end] = kind.get(end, 0) + 1
    return found


def last_statements(lines: Iterable[str]) -> dict[str, str]:
    """By node, the last statement that was sent for it, of dbt's log in JSON."""
    sent = {}
    for line in lines:
        event = json.loads(line)
        if event["info"]["name"] == "SQLQuery":
            data = event["data"]
            node = (data.get("node_info") or {}).get("unique_id")
            if node:
                sent[node] = data["sql"]
    return sent


def said(message: str) -> str:
    """What a node's message says, in one line: Spark's condition where it has one, else its first line of its own."""
    lines = [line.strip() for line in message.splitlines()]
    if len(lines) > 1 and re.match(r"\w+ Error in ", lines[0]):
        lines = lines[1:]
    conditions = [line for line in lines if _CONDITION.match(line)]
    return (conditions or lines or [""])[0]


def same(failure: Failure) -> bool:
    """Whether Spark says of a failure's statement alone what dbt said: one error, or one number of rows that fail a test."""
    alone, text = failure["alone"], failure["said"]
    rows = re.match(r"Got (\d+) result", text)
    if rows:
        return alone.startswith("{") and str(json.loads(alone).get("failures")) == rows[1]
    condition = _CONDITION.match(text)
    return bool(condition and f"{condition[0]} " in alone) or (text != "" and text[:60] in alone)


def cause_of(node: str, causes: Mapping[str, str]) -> str:
    """The cause that is written for a node, by its name or a pattern of names; empty where there is none."""
    return next((cause for name, cause in causes.items() if fnmatchcase(node, name)), "")


def page(measured: Mapping[str, Column], causes: Mapping[str, Mapping[str, str]]) -> str:
    """The page of the documentation."""
    there = [project for project in PROJECTS if project.name in measured]
    lines = [
        _INTRODUCTION,
        "| package | version | seeds | models | tests | failed | skipped |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for project in there:
        column = measured[project.name]
        counts = column["counts"]
        ends = {end: sum(kind.get(end, 0) for kind in counts.values()) for end in _NOT_PASSED}
        cells = (
            f"[{project.name}](https://github.com/{project.repository})",
            column["version"],
            *(_passed(counts, *kinds) for kinds in _KINDS),
            *(str(ends[end]) for end in _NOT_PASSED),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *_dates(measured[project.name] for project in there)]
    for project in there:
        failures = measured[project.name]["failures"]
        settings = list(_settings(project))
        if failures or settings:
            lines += ["", f"## {project.name}"]
        if settings:
            lines += ["", *settings]
        if failures:
            lines += ["", "| node | dbt | alone | cause |", "|---|---|---|---|"]
        for failure in failures:
            lines.append(_failure(failure, cause_of(failure["node"], causes.get(project.name, {}))))
    return "\n".join([*lines, ""])


_INTRODUCTION = """# dbt packages

Packages that people install, by the test projects of their own repositories: `dbt build` on the embedded endpoint with the
Spark of Glue 5.1. `adapter.dispatch` finds macros for `glue`, then those for `spark`, then a package's default. Each number
is of nodes that passed, of how many there are. Written by `make dbt-packages CHECKOUTS=...` from a run, by
`tools/dbt_packages.py`.

The statement of each node that failed was run once more alone, by `spark.sql` in a session that dbt never saw: *the same*
is what Spark said of it then, the same error, or as many rows that fail a test.

## In your project

Some macros of these packages are in this adapter as Spark can do them. A project finds them by one entry for each package
in `dbt_project.yml`:

```yaml
dispatch:
  - macro_namespace: dbt_utils
    search_order: [my_project, dbt, dbt_utils]
```

| package | macro | without the entry |
|---|---|---|
| `dbt_utils` | `get_relations_by_pattern`, `get_relations_by_prefix` | they ask `information_schema.tables`, which Spark has not |
| `dbt_expectations` | `regexp_instr`, of all tests of a regular expression | `is_raw` and `flags` are left out, with a warning |
| `audit_helper` | `compare_and_classify_query_results` | counts distinct rows over a window, which Spark does not |
| | `quick_are_queries_identical` | not there for Spark |

Packages that list adapters by `target.type` know `spark` and not `glue`, as with dbt-glue: what they choose by it is said
below, and is set by a variable or a config. Incremental models of packages that delete, such as elementary's, need a
format that can: `+file_format: iceberg` or `delta`, for the package in `dbt_project.yml`. Its project takes Delta for
Spark, and was run so.

## What was run
"""


def _settings(project: Project) -> Iterator[str]:
    """What was set in a copy of a project."""
    if project.dispatches:
        yield f"- `dispatch` of `{project.dispatches}` as above."
    for name, value in project.variables.items():
        yield f"- The variable `{name}: {value}`, whose default is by `target.type`."
    if project.select:
        yield f"- `dbt build --select {' '.join(project.select)}`: its other models need what its pytest suite makes first."
    if project.known_as:
        yield f"- Where the test project itself compares `target.type` with `{project.known_as}`, with `glue`."


_KINDS = (("seed",), ("model", "snapshot"), ("test", "unit_test"))
_NOT_PASSED = ("failed", "skipped")


def _passed(counts: Mapping[str, Mapping[str, int]], *kinds: str) -> str:
    found = [counts[kind] for kind in kinds if kind in counts]
    return f"{sum(each.get('passed', 0) for each in found)} of {sum(sum(each.values()) for each in found)}"


def _dates(columns: Iterable[Column]) -> Iterator[str]:
    by_day = sorted({(each["when"], each["dbt_core"]) for each in columns})
    for when, core in by_day:
        yield f"Run on {when} with dbt-core {core}."


def _failure(failure: Failure, cause: str) -> str:
    kind, _, name = failure["node"].partition(".")
    alone = "the same" if same(failure) else failure["alone"] or "no statement was sent"
    cells = (f"{kind} `{name.partition('.')[2]}`", failure["said"], alone, cause)
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all ran, whatever became of them: the page is what is wanted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkouts", type=Path, nargs="?", help="a folder of checkouts")
    parser.add_argument("packages", nargs="*", help="packages, or their projects (all)")
    parser.add_argument("--page", action="store_true", help="run nothing: write the page again")
    asked = parser.parse_args(arguments)
    measured: dict[str, Column] = (
        json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    )
    if not asked.page:
        if asked.checkouts is None:
            parser.error("say where the checkouts are")
        chosen = [
            project
            for project in PROJECTS
            if not asked.packages or {project.package, project.name} & set(asked.packages)
        ]
        missing = {each.package for each in chosen if not (asked.checkouts / each.package).is_dir()}
        if missing or not chosen:
            parser.error(
                f"not in {asked.checkouts}: {', '.join(sorted(missing or asked.packages))}"
            )
        with tempfile.TemporaryDirectory(prefix="dbt-packages-") as folder:
            scratch = Path(folder)
            placed(asked.checkouts, scratch)
            profiles(scratch / "profiles", scratch / "endpoint")
            with incumbent.endpoint(scratch / "endpoint") as variables:
                for project in chosen:
                    found = run(project, scratch, variables)
                    found["version"] = commit_of(asked.checkouts / project.package)
                    measured[project.name] = found
                    text = json.dumps(measured, indent=1, sort_keys=True)
                    MEASURED.write_text(f"{text}\n", encoding="utf-8")
    causes = json.loads(CAUSES.read_text(encoding="utf-8"))
    PAGE.write_text(page(measured, causes), encoding="utf-8")
    for name, column in measured.items():
        for failure in column["failures"]:
            if not cause_of(failure["node"], causes.get(name, {})):
                print(f"{name}  {failure['node']} has no cause: {failure['said']}")
                print(f"  alone: {failure['alone'][:300]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
