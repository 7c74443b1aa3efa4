"""Run dbt-glue's own functional tests on the embedded endpoint: with dbt-glue, and with this adapter in its place.

python tools/incumbent.py CHECKOUT                        all of it, with each adapter, into the docs' table
python tools/incumbent.py CHECKOUT 1.12.4                 with this adapter; the others' columns stay as they were
python tools/incumbent.py CHECKOUT 1.12.4 this -- -k Docs  what follows -- is pytest's; the table is only printed
python tools/incumbent.py --page                          the docs' table again, from what was measured

CHECKOUT is a checkout of dbt-glue's repository, of which nothing but `tests/` is used, unchanged. Each
adapter has an environment of its own, kept in the user's cache folder, and an endpoint of its own that
it knows by the variables of `dbt-glue endpoint env` alone. Prints a table in Markdown, and below it the
first line of what failed; what all of an adapter's tests said is kept in tools/incumbent.json, of which
docs/dbt-glue-tests.md has the table.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tools import junit, versions  # noqa: E402 - after its place is known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PAGE = ROOT / "docs" / "dbt-glue-tests.md"
MEASURED = ROOT / "tools" / "incumbent.json"
_BEGIN, _END = "<!-- results: begin -->", "<!-- results: end -->"

OURS = "this"
ADAPTERS = ("1.10.19", "1.12.4", OURS)
"""Versions of dbt-glue, and this adapter."""

LANES = {
    "SQL": (
        "tests/functional/adapter",
        "--ignore=tests/functional/adapter/python_model",
        "--ignore=tests/functional/adapter/s3_tables",
    ),
    "Python models": ("tests/functional/adapter/python_model",),
    "S3 Tables": ("tests/functional/adapter/s3_tables",),
}
"""The runs of its tox.ini: each has a profile, and so sessions, of its own."""

BUCKET = "dbt-glue-tests"
ACCOUNT = "000000000000"
VARIABLES = {
    "DBT_AWS_ACCOUNT": ACCOUNT,
    "DBT_GLUE_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/dbt-glue",
    "DBT_GLUE_REGION": "us-east-1",
    "DBT_S3_LOCATION": f"s3://{BUCKET}/tests",
    "DBT_S3_TABLES_BUCKET": f"{ACCOUNT}:s3tablescatalog/{BUCKET}",
}
"""What its tests ask for."""

_TESTED_WITH = (
    "dbt-tests-adapter",
    "pytest",
    "pytest-dotenv",
    "pytest-timeout",
    "boto3",
    "pandas",
    "pyarrow",
)
"""Much of it is from its dev-requirements.txt; it imports pandas, and does not ask for it."""
_MINUTES = 10
_PASSED = ("passed", "tidying")


@dataclass(frozen=True)
class Outcome:
    """How a test ended (passed, skipped, tidying, error, failed), and what it said first.

    `error` is one before the test began, `tidying` one after it passed.
    """

    ended: str
    said: str = ""

    def __str__(self) -> str:
        return {"passed": "yes", "tidying": "yes, tidying fails"}.get(self.ended, self.ended)


class Column(TypedDict):
    """What the tests of one adapter said: on which day, on which dbt-core, and the outcome of each by its name.

    A name is `test_docs.py::TestX::test_y`; an outcome is the two fields of `Outcome`.
    """

    when: str
    dbt_core: str
    tests: dict[str, tuple[str, str]]


def interpreter_of(adapter: str) -> Path:
    """The Python of an adapter's environment, which is made unless it is there. Raises NotInstalled."""
    if adapter == OURS:
        return Path(sys.executable)
    folder = versions.environments() / f"dbt-glue-{adapter}"
    packages = (f"dbt-glue=={adapter}", *_TESTED_WITH)
    return versions.made(folder, versions.python_of("3.11"), packages, versions.LEFT_OUT)


@contextmanager
def endpoint(folder: Path) -> Iterator[dict[str, str]]:
    """The variables of an endpoint in a folder, while it runs."""
    command = [str(Path(sys.executable).with_name("dbt-glue")), "endpoint", "run"]
    process = subprocess.Popen(
        [*command, "--dir", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if process.stdout is None:  # asked for above
        raise RuntimeError("the endpoint has no output")
    try:
        found = {}
        for line in process.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                found[name] = value
            if "Ctrl-C" in line:
                break
        yield found
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        process.stdout.close()


_MAKE_BUCKETS = """
import sys, boto3
boto3.client("s3").create_bucket(Bucket=sys.argv[1])
boto3.client("s3tables").create_table_bucket(name=sys.argv[1])
"""


def run(checkout: Path, adapter: str, scratch: Path, options: Sequence[str]) -> Column:
    """The outcome of every test of an adapter."""
    python = str(interpreter_of(adapter))
    # Without the checkout's own `dbt/` beside them: what is installed is what is tested.
    place = scratch / "checkout"
    shutil.copytree(checkout / "tests", place / "tests")
    kept = ["PATH", "HOME", "TMPDIR", *(["PYTHONPATH"] if adapter == OURS else [])]
    inherited = {key: os.environ[key] for key in kept if key in os.environ}
    tests = {}
    with endpoint(scratch / "endpoint") as variables:
        environment = {**inherited, **variables, **VARIABLES}
        # An endpoint without the API of S3 Tables says so, and its tests then tell.
        subprocess.run([python, "-c", _MAKE_BUCKETS, BUCKET], env=environment, check=False)
        for number, (lane, places) in enumerate(LANES.items()):
            report = scratch / f"{number}.xml"
            command = [python, "-m", "pytest", "-q", "-c", "tests/pytest.ini", "--rootdir=."]
            command += ["-o", "log_cli=false", "-W", "ignore", "--tb=short"]
            command += [f"--timeout={_MINUTES * 60}", f"--junitxml={report}", *places, *options]
            print(f"\n=== {adapter}: {lane}", flush=True)
            subprocess.run(command, cwd=place, env=environment, check=False)
            tests.update({name: (each.ended, each.said) for name, each in outcomes(report)})
    version = [python, "-c", "import importlib.metadata as m; print(m.version('dbt-core'))"]
    core = subprocess.run(version, capture_output=True, text=True, check=True).stdout.strip()
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    return {"when": today, "dbt_core": core, "tests": tests}


def outcomes(report: Path) -> Iterator[tuple[str, Outcome]]:
    """The tests of a JUnit report. One that fails, and cannot be tidied up after, is there twice."""
    failed = set()
    for case in junit.cases(report):
        place = f"{case.module.rpartition('.')[2]}.py::{case.suite}::{case.name}"
        ended, said = case.endings[-1] if case.endings else ("passed", "")
        if ended == "failure":
            ended = "failed"
            failed.add(place)
        elif ended == "error" and said.startswith("failed on teardown"):
            if place in failed:
                continue
            ended = "tidying"
        yield place, Outcome(ended, said.splitlines()[0] if said else "")


def table(measured: Mapping[str, Column]) -> str:
    """A row for each test, a column for each adapter, how many passed, and when."""
    adapters = [each for each in ADAPTERS if each in measured]
    columns = [measured[each] for each in adapters]
    names = list(dict.fromkeys(name for column in columns for name in column["tests"]))
    rows = [
        ["", *("this adapter" if each == OURS else f"dbt-glue {each}" for each in adapters)],
        ["---"] * (len(adapters) + 1),
    ]
    for name in names:
        found = (column["tests"].get(name) for column in columns)
        rows.append(
            [f"`{name}`", *("-" if each is None else str(Outcome(*each)) for each in found)]
        )
    passed = [sum(ended in _PASSED for ended, _ in each["tests"].values()) for each in columns]
    counts = (
        f"**{good} of {len(each['tests'])}**" for good, each in zip(passed, columns, strict=True)
    )
    rows.append(["passed", *counts])
    rows.append(["on dbt-core", *(each["dbt_core"] for each in columns)])
    rows.append(["run on", *(each["when"] for each in columns)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def failures(measured: Mapping[str, Column]) -> Iterator[str]:
    """The first line of what each test said that did not just pass."""
    for adapter, column in measured.items():
        for name, (ended, said) in column["tests"].items():
            if said:
                yield f"{adapter}  {name}  {ended}: {said[:300]}"


def kept_results() -> dict[str, Column]:
    """What was measured before, by adapter."""
    found: dict[str, Column] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


def page(text: str, measured: Mapping[str, Column]) -> str:
    """The page of the documentation, with the table between its marks written again."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table(measured)}\n{_END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and print. 0 when all ran, whatever their outcome: the table is what is wanted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    own, options = given, []
    if "--" in given:
        own, options = given[: given.index("--")], given[given.index("--") + 1 :]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "checkout", type=Path, nargs="?", help="a checkout of dbt-glue's repository"
    )
    parser.add_argument("adapters", nargs="*", help=f"{', '.join(ADAPTERS)} (all)")
    parser.add_argument("--page", action="store_true", help="run nothing: write the table again")
    asked = parser.parse_args(own)
    if not asked.page:
        results = {}
        if asked.checkout is None or not (asked.checkout / "tests/functional/adapter").is_dir():
            parser.error(
                f"{asked.checkout} has no tests/functional/adapter: not a checkout of dbt-glue"
            )
        for adapter in asked.adapters or ADAPTERS:
            with tempfile.TemporaryDirectory(prefix="dbt-glue-tests-") as scratch:
                results[adapter] = run(asked.checkout.resolve(), adapter, Path(scratch), options)
            if not options:
                text = json.dumps({**kept_results(), adapter: results[adapter]}, indent=1)
                MEASURED.write_text(f"{text}\n", encoding="utf-8")
        print(f"\n{table(results)}\n", *failures(results), sep="\n")
        if options:
            return 0
    text = page(PAGE.read_text(encoding="utf-8"), kept_results())
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
