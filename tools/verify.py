"""Run the project's checks part by part, and close with the time and the result of each.

python tools/verify.py                 everything
python tools/verify.py lint unit       the parts that are named

dbt-versions and api-versions install other versions of dbt-core, PySpark and pandas, and run when
they are named only.
"""

from __future__ import annotations

import argparse
import os
import shutil
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


def docs() -> Outcome:
    """The rules' pages from the rules, and the documentation without a broken link."""
    pages = ("explain", "--all", "--output-format", "markdown", "--output-dir", "docs/rules")
    if subprocess.call([str(BIN / "dbt-glue"), *pages], cwd=ROOT, stdout=subprocess.DEVNULL) != 0:
        return False, None
    return tool("mkdocs", "build", "--strict", "--quiet"), None


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


NODE = 20
"""The oldest Node.js that the client's tools run on."""
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
"""Where vscode-client/test/e2e/chromium.mjs looks, after the variable CHROMIUM."""


def client(script: str) -> Outcome:
    """Run a script of the VS Code client that prints its steps and writes JUnit reports."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["node", str(ROOT / "vscode-client" / script), "--reports", scratch]
        good = subprocess.call(command, cwd=ROOT, env={**os.environ, "VENV": str(BIN.parent)}) == 0
        reports = sorted(Path(scratch).glob("*.xml"))
        return good, sum(map(counts_of, reports), Counts()) if reports else Counts(failed=1)


def vscode() -> Outcome:
    return client("scripts/check.mjs")


def vscode_e2e() -> Outcome:
    return client("test/e2e/suite.mjs")


def editors() -> Outcome:
    return pytest("tests/integration/editors")


def no_spark() -> str | None:
    if subprocess.call([sys.executable, "-c", "import pyspark"], stderr=subprocess.DEVNULL) == 0:
        return None
    return "this Python has no PySpark"


def no_node() -> str | None:
    """Why the client's tools cannot run: they need Node.js 20, and npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return f"there is no Node.js with npm on PATH ({NODE} or later is needed)"
    version = subprocess.check_output([node, "--version"], text=True).strip()
    major = int(version.lstrip("v").split(".")[0])
    return None if major >= NODE else f"Node.js is {version}, {NODE} or later is needed"


def install(*packages: str) -> None:
    """Install Debian packages where that is possible: as root, with apt-get."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    print(f"installing {', '.join(packages)} with apt-get", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (("update", "-qq"), ("install", "-qq", "--no-install-recommends", *packages)):
        subprocess.call([apt, *arguments, "-y"], env=quiet, stdout=subprocess.DEVNULL)


EDITORS = {
    "/usr/bin/nvim": "neovim",
    "/usr/bin/emacs": "emacs-nox",
    "/usr/share/emacs/site-lisp/elpa-src/eglot-*": "elpa-eglot",
    "/usr/bin/vim": "vim-nox",
    "/usr/share/vim/vimfiles/pack/dist-bundle/opt/ale": "vim-ale",
}
"""What the test of editors needs, and the Debian package that has it."""


def no_editors() -> str | None:
    """Why editors cannot be tested; missing ones are installed where that is possible."""

    def missing() -> list[str]:
        return [name for place, name in EDITORS.items() if not any(Path("/").glob(place[1:]))]

    if missing():
        install(*missing())
    return f"there is no {', '.join(missing())} (Debian packages)" if missing() else None


def no_chromium() -> str | None:
    """Why VS Code's window cannot be shown; a missing Chromium is installed where that is possible."""

    def present() -> bool:
        return any(
            Path(place).exists() for place in (os.environ.get("CHROMIUM", ""), *CHROMIUM) if place
        )

    if not present() or shutil.which("rg") is None:
        install("chromium", "ripgrep")  # the oldest VS Code searches with the machine's ripgrep
    return None if present() else "there is no Chromium (Debian: apt-get install chromium)"


def dbt_versions() -> Outcome:
    """The differential test with every supported dbt-core that installs."""
    from tools import versions

    with tempfile.TemporaryDirectory() as scratch:
        found = [
            (v, good, counts_of(path)) for v, good, path in versions.dbt_versions(Path(scratch))
        ]
    for version, good, counts in found:
        print(f"dbt-core {version:<10} {'ok' if good else 'FAILED'}  {counts}", flush=True)
    good = bool(found) and all(passed for _, passed, _ in found)
    return good, sum((counts for _, _, counts in found), Counts())


def api_versions() -> Outcome:
    """The API tables of every Glue version against the libraries themselves, where they install."""
    from tools import versions

    found = list(versions.api_versions())
    for library, drifted in found:
        state = f"FAILED  not as installed: {', '.join(drifted)}" if drifted else "ok"
        print(f"{library:<22} {state}", flush=True)
    return bool(found) and not any(drifted for _, drifted in found), None


PARTS: dict[str, Callable[[], Outcome]] = {
    "lint": lint,
    "types": types,
    "imports": imports,
    "docs": docs,
    "unit": unit,
    "functional": functional,
    "editors": editors,
    "vscode": vscode,
    "vscode-e2e": vscode_e2e,
    "dbt-versions": dbt_versions,
    "api-versions": api_versions,
}
ON_REQUEST = {"dbt-versions", "api-versions"}
"""Parts that are no part of everything."""
NEEDS: dict[str, tuple[Callable[[], str | None], ...]] = {
    "functional": (no_spark,),
    "editors": (no_editors,),
    "vscode": (no_node,),
    "vscode-e2e": (no_node, no_spark, no_chromium),
}
"""What a part cannot do without: questions that answer why it is left out, or None."""


def left_out_for(part: str) -> str | None:
    return next((why for need in NEEDS.get(part, ()) if (why := need()) is not None), None)


def run(part: str) -> Result:
    print(f"\n=== {part}", flush=True)
    started = time.monotonic()
    good, counts = PARTS[part]()
    return Result(part, time.monotonic() - started, good, counts)


def summary(results: list[Result], left_out: dict[str, str]) -> str:
    lines = ["", "part          seconds  result"]
    for result in results:
        state = "ok" if result.good else "FAILED"
        detail = f"  {result.counts}" if result.counts else ""
        lines.append(f"{result.part:<12} {result.seconds:>8.1f}  {state}{detail}")
    lines += [f"{part:<12} {'-':>8}  left out: {why}" for part, why in left_out.items()]
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
    wanted = parser.parse_args().parts or [part for part in PARTS if part not in ON_REQUEST]
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    sys.path.insert(0, str(ROOT))
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    left_out = {part: why for part in wanted if (why := left_out_for(part)) is not None}
    results = [run(part) for part in wanted if part not in left_out]
    print(summary(results, left_out), flush=True)
    return 0 if all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
