"""Every suite of the installed dbt-tests-adapter, and what became of it here; writes it into the docs.

python tools/dbt_suites.py                  runs all of them on Parquet, which takes minutes
python tools/dbt_suites.py --report X.xml   takes what `pytest --junitxml=X.xml` ran, and leaves the rest as it was
python tools/dbt_suites.py --page           the page again, from what was measured
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tests.functional.dbt_suites.not_run import NOT_APPLYING, NOT_YET  # noqa: E402
from tests.functional.dbt_suites.suites import PLACES, Run, all_suites, runs  # noqa: E402
from tools import junit  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MEASURED = ROOT / PLACES[0] / "measured.json"
PAGE = ROOT / "docs" / "dbt-suites.md"
PACKAGE = "dbt-tests-adapter"

Measured = dict[str, Any]
"""`version` of dbt-tests-adapter, `when`, and `passed`: by test class, how many tests it had, 0 where one failed."""


def outcomes(report: Path, known: Iterable[str]) -> dict[str, int]:
    """By test class of a JUnit report how many tests it had, all of which passed; 0 where one did not."""
    tests: dict[str, int] = {}
    failed: set[str] = set()
    wanted = set(known)
    for case in junit.cases(report):
        if case.owner in wanted:
            tests[case.owner] = tests.get(case.owner, 0) + 1
            if not case.passed:
                failed.add(case.owner)
    return {name: 0 if name in failed else count for name, count in tests.items()}


def take(report: Path, measured: Measured) -> None:
    """Puts what a JUnit report says beside what was measured before, of classes that are still there."""
    known = runs()
    passed = {**measured.get("passed", {}), **outcomes(report, known)}
    measured["passed"] = {name: count for name, count in passed.items() if name in known}
    measured["version"] = importlib.metadata.version(PACKAGE)
    measured["when"] = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()


def measure(measured: Measured) -> bool:
    """Runs all suites, those that run on every format on Parquet alone; whether all passed."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        modules = {name.rpartition(".")[0] for name in runs()}
        places = [f"{module.replace('.', '/')}.py" for module in sorted(modules)]
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *places]
        variables = {**os.environ, "DBT_GLUE_TEST_FORMATS": "parquet"}
        done = subprocess.run(command, cwd=ROOT, env=variables, check=False)
        take(report, measured)
    return done.returncode == 0


def page(measured: Measured, suites: Iterable[str], ran: Mapping[str, Run]) -> str:
    """The page of the documentation."""
    by_suite: dict[str, list[Run]] = {}
    for run in ran.values():
        by_suite.setdefault(run.suite, []).append(run)
    rows = {name: _row_of(name, by_suite.get(name, []), measured["passed"]) for name in suites}
    counts = {mark: sum(row[0] == mark for row in rows.values()) for mark in (*_MEANINGS, _FAILS)}
    lines = [
        "# dbt's suites, class by class",
        "",
        f"The {len(rows)} concrete classes of `{PACKAGE}` {measured['version']}, on the embedded endpoint with the Spark",
        f"of Glue 5.1; measured on {measured['when']}. Written by `make dbt-suites` from a run of",
        "`tests/functional`. What runs on other formats and versions of Glue:",
        "[What is tested in which format](conformance.md).",
        "",
        "| | classes | |",
        "|---|--:|---|",
        *(f"| {mark} | {counts[mark]} | {meaning} |" for mark, meaning in _MEANINGS.items()),
    ]
    if counts[_FAILS]:
        lines.append(f"| {_FAILS} | {counts[_FAILS]} | a test of it fails |")
    module = ""
    for name, (mark, note) in sorted(rows.items()):
        found, _, suite = name.rpartition(".")
        folder = found.partition(".")[0]
        if folder != module:
            module = folder
            lines += ["", f"## {module}", "", "| class | | |", "|---|---|---|"]
        place = found.removeprefix(f"{folder}.")
        lines.append(f"| `{place}.{suite}` | {mark} | {note} |")
    return "\n".join([*lines, ""])


_UNMODIFIED, _DIALECT, _NO, _LATER, _FAILS = "✓", "✓ in Spark's dialect", "–", "not yet", "fails"
_MEANINGS = {
    _UNMODIFIED: "all its tests pass, unmodified",
    _DIALECT: "all its tests pass with the change that stands there",
    _NO: "does not apply, for the reason that stands there",
    _LATER: "applies, and is not there yet",
}


def _row_of(name: str, ran: Sequence[Run], passed: Mapping[str, int]) -> tuple[str, str]:
    """What is said of a suite: a mark and a note."""
    if name in NOT_APPLYING:
        return _NO, NOT_APPLYING[name]
    if name in NOT_YET:
        return _LATER, NOT_YET[name]
    failing = [run.name for run in ran if not passed.get(run.name)]
    if failing or not ran:
        return _FAILS, ", ".join(f"`{each}`" for each in failing)
    changed = min((run.dialect for run in ran), key=len)
    return (_DIALECT, changed) if changed else (_UNMODIFIED, "")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where everything passed, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--report", type=Path, action="append", help="run nothing: take a JUnit report"
    )
    parser.add_argument("--page", action="store_true", help="run nothing: write the page again")
    options = parser.parse_args(arguments)
    measured: Measured = (
        json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    )
    good = True
    for report in options.report or ():
        take(report, measured)
    if not options.page and not options.report:
        good = measure(measured)
    MEASURED.write_text(f"{json.dumps(measured, indent=1, sort_keys=True)}\n", encoding="utf-8")
    PAGE.write_text(page(measured, all_suites(), runs()), encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
