"""Run dbt-glue's own functional tests on the embedded endpoint: with dbt-glue, and with this adapter in its place.

python tools/incumbent.py CHECKOUT                        all of it, with each adapter
python tools/incumbent.py CHECKOUT 1.12.4 this -- -k Docs  with these adapters; what follows -- is pytest's

CHECKOUT is a checkout of dbt-glue's repository, of which nothing but `tests/` is used, unchanged. Each
adapter has an environment of its own, kept in the user's cache folder, and an endpoint of its own that
it knows by the variables of `dbt-glue endpoint env` alone. Prints a table in Markdown, as
docs/dbt-glue-tests.md has it, and below it the first line of what failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tools import versions  # noqa: E402 - after its place is known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


def run(
    checkout: Path, adapter: str, scratch: Path, options: Sequence[str]
) -> dict[tuple[str, str], Outcome]:
    """The outcome of every test of an adapter, by its lane and its name (`test_docs.py::TestX::test_y`)."""
    python = str(interpreter_of(adapter))
    # Without the checkout's own `dbt/` beside them: what is installed is what is tested.
    place = scratch / "checkout"
    shutil.copytree(checkout / "tests", place / "tests")
    kept = ["PATH", "HOME", "TMPDIR", *(["PYTHONPATH"] if adapter == OURS else [])]
    inherited = {key: os.environ[key] for key in kept if key in os.environ}
    found = {}
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
            found.update({(lane, name): outcome for name, outcome in outcomes(report)})
    return found


def outcomes(report: Path) -> Iterator[tuple[str, Outcome]]:
    """The tests of a JUnit report. One that fails, and cannot be tidied up after, is there twice."""
    failed = set()
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest wrote it
        module, _, name = case.get("classname", "").rpartition(".")
        place = f"{module.rpartition('.')[2]}.py::{name}::{case.get('name')}"
        ended, said = "passed", ""
        for ended_so in ("skipped", "error", "failure"):
            part = case.find(ended_so)
            if part is not None:
                ended, said = ended_so, (part.get("message") or part.text or "").strip()
        if ended == "failure":
            ended = "failed"
            failed.add(place)
        elif ended == "error" and said.startswith("failed on teardown"):
            if place in failed:
                continue
            ended = "tidying"
        yield place, Outcome(ended, said.splitlines()[0] if said else "")


def table(results: dict[str, dict[tuple[str, str], Outcome]]) -> str:
    """A row for each test, a column for each adapter, and how many passed."""
    names = list(dict.fromkeys(key for found in results.values() for key in found))
    titles = ["this adapter" if each == OURS else f"dbt-glue {each}" for each in results]
    lines = [f"| | {' | '.join(titles)} |", f"|---{'|---' * len(titles)}|"]
    for key in names:
        cells = [str(found.get(key, "-")) for found in results.values()]
        lines.append(f"| `{key[1]}` | {' | '.join(cells)} |")
    passed = [
        f"**{sum(outcome.ended in _PASSED for outcome in found.values())} of {len(found)}**"
        for found in results.values()
    ]
    return "\n".join([*lines, f"| passed | {' | '.join(passed)} |"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and print. 0 when all ran, whatever their outcome: the table is what is wanted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    own, options = given, []
    if "--" in given:
        own, options = given[: given.index("--")], given[given.index("--") + 1 :]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path, help="a checkout of dbt-glue's repository")
    parser.add_argument("adapters", nargs="*", help=f"{', '.join(ADAPTERS)} (all)")
    asked = parser.parse_args(own)
    if not (asked.checkout / "tests" / "functional" / "adapter").is_dir():
        parser.error(
            f"{asked.checkout} has no tests/functional/adapter: not a checkout of dbt-glue"
        )
    results = {}
    for adapter in asked.adapters or ADAPTERS:
        with tempfile.TemporaryDirectory(prefix="dbt-glue-tests-") as scratch:
            results[adapter] = run(asked.checkout.resolve(), adapter, Path(scratch), options)
    print(f"\n{table(results)}\n")
    for adapter, found in results.items():
        for (_, name), outcome in found.items():
            if outcome.said:
                print(f"{adapter}  {name}  {outcome.ended}: {outcome.said[:300]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
