"""Run the project's checks part by part, and close with the time and the result of each.

python tools/verify.py                 everything
python tools/verify.py lint unit       the parts that are named
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = ("cli", "compiler", "dbt", "lsp", "tests", "tools")


@dataclass(frozen=True)
class Counts:
    """What a pytest run says of its tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


@dataclass(frozen=True)
class Result:
    """One part: how long it took, whether it is good, and its tests when it has any."""

    part: str
    seconds: float
    good: bool
    counts: Counts | None = None


Outcome = tuple[bool, Counts | None]
"""Whether a part is good, and what it says of its tests."""


def tool(*arguments: str) -> bool:
    """Run one of the environment's commands; True when it is content."""
    return subprocess.call([str(BIN / arguments[0]), *arguments[1:]], cwd=ROOT) == 0


def lint() -> Outcome:
    formatted = tool("ruff", "format", "--check", *CODE)
    return tool("ruff", "check", *CODE) and formatted, None


def types() -> Outcome:
    packages = tool("mypy")
    return tool("mypy", "tools") and packages, None


def imports() -> Outcome:
    return tool("lint-imports"), None


def counts_of(report: Path) -> Counts:
    """Add up a JUnit report. A test that errs in set-up or tear-down is a failed one."""
    try:
        suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest wrote it
        total = Counts()
        for suite in suites:
            number = {
                key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")
            }
            failed = number["failures"] + number["errors"]
            passed = max(0, number["tests"] - failed - number["skipped"])
            total += Counts(passed, failed, number["skipped"])
    except (OSError, ElementTree.ParseError):
        return Counts(failed=1)
    return total


def pytest(*folders: str) -> Outcome:
    """Run the tests in the folders in one process, so that they share one endpoint.

    No test at all (exit code 5) is not good: it means that collection is broken.
    """
    present = [folder for folder in folders if (ROOT / folder).exists()]
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        good = tool("pytest", "-q", f"--junitxml={report}", "--durations=5", *present)
        return good, counts_of(report)


FUNCTIONAL = (
    ("tests/integration/knowledge",),
    ("tests/integration/endpoint/test_worker.py", "tests/integration/endpoint/test_storage.py"),
    ("tests/integration/endpoint/test_sessions.py",),
    ("tests/integration/endpoint/test_cancel.py",),
    ("tests/integration/endpoint/api",),
    ("tests/integration/lsp", "tests/integration/rewrites"),
    ("tests/integration/validation",),
    ("tests/functional",),
)


def unit() -> Outcome:
    return pytest("tests/unit")


def functional() -> Outcome:
    """Each group in a process of its own: a group's JVM is gone before the next one measures time."""
    good, total = True, Counts()
    for folders in FUNCTIONAL:
        group_good, counts = pytest(*folders)
        good = good and group_good
        total += counts or Counts()
    return good, total


PARTS: dict[str, Callable[[], Outcome]] = {
    "lint": lint,
    "types": types,
    "imports": imports,
    "unit": unit,
    "functional": functional,
}
NEED_SPARK = {"functional"}


def run(part: str) -> Result:
    print(f"\n=== {part}", flush=True)
    started = time.monotonic()
    good, counts = PARTS[part]()
    return Result(part, time.monotonic() - started, good, counts)


def has_spark() -> bool:
    return subprocess.call([sys.executable, "-c", "import pyspark"], stderr=subprocess.DEVNULL) == 0


def summary(results: list[Result], left_out: list[str]) -> str:
    lines = ["", "part          seconds  result"]
    for result in results:
        state = "ok" if result.good else "FAILED"
        detail = f"  {result.counts}" if result.counts else ""
        lines.append(f"{result.part:<12} {result.seconds:>8.1f}  {state}{detail}")
    lines += [f"{part:<12} {'-':>8}  left out: this Python has no PySpark" for part in left_out]
    lines.append(f"{'all':<12} {sum(result.seconds for result in results):>8.1f}")
    tests = [result.counts for result in results if result.counts]
    if tests:
        lines += ["", f"total: {sum(tests, Counts())}"]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    wanted = parser.parse_args().parts or list(PARTS)
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    left_out = [] if has_spark() else [part for part in wanted if part in NEED_SPARK]
    results = [run(part) for part in wanted if part not in left_out]
    print(summary(results, left_out), flush=True)
    return 0 if all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
