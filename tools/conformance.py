"""dbt's suites and every way to make a table, over table formats and Glue versions; writes what passed into the docs.

python tools/conformance.py                                   all formats on all Glue versions
python tools/conformance.py --glue-version 5.1 --format delta what is named; the rest stays as it was measured
python tools/conformance.py --cells                           the first table alone
python tools/conformance.py --glue-version 5.1 --report X.xml what `pytest --junitxml=X.xml` ran of the suites
python tools/conformance.py --page                            the page again, from what was measured
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tests.functional.conformance.cells import (  # noqa: E402 - after its place is known
    CELLS,
    FORMATS,
    SUITE_REFUSALS,
    TITLES,
    UNAVAILABLE,
    refusal,
)
from tools import junit  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SUITES = "tests/functional/conformance"
MATRIX = f"{SUITES}/test_matrix.py"
_NOT_RUN = "not run"
_PACKAGE = SUITES.replace("/", ".")
MEASURED = ROOT / SUITES / "measured.json"
PAGE = ROOT / "docs" / "conformance.md"
GLUE_VERSIONS = ("5.0", "5.1", "6.0")

Measured = dict[str, dict[str, dict[str, Any]]]
"""By Glue version and format: `when`, `cells` and `suites`, which say by name whether the test passed."""


def measure(
    glue_version: str, table_format: str, places: Sequence[str], measured: Measured
) -> bool:
    """Runs suites on one format of one Glue version; whether all of it passed."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *places]
        variables = {
            "DBT_GLUE_TEST_FORMATS": table_format,
            "DBT_GLUE_TEST_GLUE_VERSION": glue_version,
        }
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False)
        take(report, glue_version, measured)
    return done.returncode == 0


def take(report: Path, glue_version: str, measured: Measured) -> None:
    """Puts what a JUnit report of the suites says beside what was measured before."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    for table_format, found in outcomes(report).items():
        kept = measured.setdefault(glue_version, {}).setdefault(
            table_format, {"when": today, "cells": {}, "suites": {}}
        )
        kept["when"] = today
        for kind, results in found.items():
            kept[kind].update(results)


def outcomes(report: Path) -> dict[str, dict[str, dict[str, bool]]]:
    """Whether each of the `cells` and of dbt's `suites` passed, by format, kind and name, of a JUnit report."""
    found: dict[str, dict[str, dict[str, bool]]] = {}
    for case in junit.cases(report):
        words = re.split(r"[\[\]-]", case.name)
        formats = [name for name in FORMATS if name in words]
        if not formats or f"{_PACKAGE}." not in case.module:
            continue
        good = not case.failed
        of_format = found.setdefault(formats[0], {"cells": {}, "suites": {}})
        if "cell" in case.properties:
            of_format["cells"][json.loads(case.properties["cell"])[1]] = good
        else:
            name = f"{case.module.rpartition('.')[2]}.{case.suite}"
            of_format["suites"][name] = good and of_format["suites"].get(name, True)
    return found


def page(measured: Measured) -> str:
    """The page of the documentation."""
    lines = [
        "# What is tested in which format",
        "",
        "Written by `make conformance` from the tests that stand behind it: `tests/functional/conformance`. Each runs on",
        "the embedded endpoint, with the Spark and the jars of the Glue version.",
        "",
        "**✓**: built twice, the second time with changed rows, and row for row what it must be. With versions: on these",
        "versions of Glue only; on the others it was not run, unless it says that it fails there. A number: an error that",
        "says why; see below the table. Delta's models have the table property that lets columns be dropped",
        "(`delta.columnMapping.mode: name`).",
        "",
        *_cells(measured),
        "",
        "## dbt's own suites",
        "",
        "The classes of `dbt-tests-adapter`, as shipped but for SQL that Spark says otherwise. A tick is all tests of a class.",
        "With a number, what the format has not is an error by name, and the test is of that error.",
        "",
        *_suites(measured),
        "",
        "## When",
        "",
        *_dates(measured),
        "",
    ]
    return "\n".join(lines)


def _cells(measured: Measured) -> Iterable[str]:
    notes: list[str] = []

    def mark(table_format: str, name: str) -> str:
        said = refusal(table_format, name)
        if said is None:
            return _versions(measured, table_format, "cells", name)
        if said not in notes:
            notes.append(said)
        return str(notes.index(said) + 1)

    yield _row("", "", "", *(TITLES[name] for name in FORMATS))
    yield _row("---", "---", "---", *(":-:" for _ in FORMATS))
    for cell in CELLS:
        marks = (mark(table_format, cell.name) for table_format in FORMATS)
        yield _row(f"`{cell.materialization}`", cell.detail, cell.language, *marks)
    if notes:
        yield ""
        yield from (f"{number}. *{note}*" for number, note in enumerate(notes, 1))


def _suites(measured: Measured) -> Iterable[str]:
    notes = [*dict.fromkeys(SUITE_REFUSALS.values())]

    def mark(table_format: str, name: str) -> str:
        said = SUITE_REFUSALS.get((table_format, name))
        found = _versions(measured, table_format, "suites", name)
        return found if said is None or found == _NOT_RUN else f"{found} ({notes.index(said) + 1})"

    names = {
        name
        for formats in measured.values()
        for results in formats.values()
        for name in results["suites"]
    }
    yield _row("", *(TITLES[name] for name in FORMATS))
    yield _row("---", *(":-:" for _ in FORMATS))
    for name in sorted(names):
        yield _row(f"`{name}`", *(mark(table_format, name) for table_format in FORMATS))
    yield ""
    for number, note in enumerate(notes, 1):
        yield f"{number}. {note}"


def _versions(measured: Measured, table_format: str, kind: str, name: str) -> str:
    """A tick where it passed on every Glue version that has the format, else those on which it did, and on which not."""
    having = [v for v in GLUE_VERSIONS if (table_format, v) not in UNAVAILABLE]
    ran = {
        v: passed
        for v in having
        if (passed := _result(measured, v, table_format, kind).get(name)) is not None
    }
    good = [v for v, passed in ran.items() if passed]
    if good == having:
        return "✓"
    bad = [v for v, passed in ran.items() if not passed]
    if bad and not good:
        return "fails"
    failing = [f"fails on {', '.join(bad)}"] if bad else []
    return "; ".join([", ".join(good), *failing]) if ran else _NOT_RUN


def _result(
    measured: Measured, glue_version: str, table_format: str, kind: str
) -> Mapping[str, bool]:
    found: Mapping[str, bool] = measured.get(glue_version, {}).get(table_format, {}).get(kind, {})
    return found


def _dates(measured: Measured) -> Iterable[str]:
    yield _row("", *(f"Glue {version}" for version in GLUE_VERSIONS))
    yield _row("---", *("---" for _ in GLUE_VERSIONS))
    for table_format in FORMATS:
        dates = (
            UNAVAILABLE.get(
                (table_format, version),
                measured.get(version, {}).get(table_format, {}).get("when", "not run"),
            )
            for version in GLUE_VERSIONS
        )
        yield _row(TITLES[table_format], *map(str, dates))


def _row(*fields: str) -> str:
    return f"| {' | '.join(fields)} |"


def _keep(measured: Measured) -> None:
    MEASURED.write_text(f"{json.dumps(measured, indent=1, sort_keys=True)}\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where everything passed, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--glue-version", action="append", choices=GLUE_VERSIONS)
    parser.add_argument("--format", action="append", choices=FORMATS)
    parser.add_argument(
        "--cells", action="store_true", help="the first table alone, which takes minutes"
    )
    parser.add_argument(
        "--report",
        type=Path,
        help="run nothing: take a JUnit report of the suites, on one --glue-version",
    )
    parser.add_argument("--page", action="store_true", help="run nothing: write the page again")
    options = parser.parse_args(arguments)
    measured: Measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    good = True
    if options.report is not None:
        if len(options.glue_version or ()) != 1:
            parser.error("--report needs the --glue-version that it is of")
        take(options.report, options.glue_version[0], measured)
        _keep(measured)
    runs = () if options.page or options.report else options.glue_version or GLUE_VERSIONS
    for version in runs:
        for table_format in options.format or FORMATS:
            if (table_format, version) in UNAVAILABLE:
                continue
            print(f"\n=== {TITLES[table_format]} on Glue {version}", flush=True)
            places = [MATRIX if options.cells else SUITES]
            good = measure(version, table_format, places, measured) and good
            _keep(measured)
    PAGE.write_text(page(measured), encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
