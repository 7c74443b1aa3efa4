"""Run the project's checks part by part, some beside others, and close with the time and the result of each.

python tools/verify.py                 everything
python tools/verify.py lint unit       the parts that are named
python tools/verify.py --lanes 1       one after another, printing as they go
python tools/verify.py --within 80     what may not end within 80 minutes is not begun, what runs then is stopped; both are named

dbt-versions, python-versions, api-versions and spark-versions install other versions of dbt-core, Python's
packages, PySpark and pandas, and run when they are named only.
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
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is found in tools/ alone

from tools import lanes  # noqa: E402 - after its place is known
from tools.jobs import AFTER, FIRST, TESTS  # noqa: E402
from tools.lanes import Counts, Job, Outcome, Result, Shell  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BIN = Path(sys.executable).parent
CODE = ("cli", "compiler", "dbt", "endpoint", "lsp", "session", "tests", "tools")
LANES = 2
"""Jobs at a time: as many as cores. With one more, each took so much longer that nothing was won, and browsers gave up waiting."""


def tool(shell: Shell, *arguments: str) -> bool:
    """Run one of the environment's commands; True when it is content."""
    return shell.call(str(BIN / arguments[0]), *arguments[1:], cwd=ROOT) == 0


def lint(shell: Shell) -> Outcome:
    formatted = tool(shell, "ruff", "format", "--check", *CODE)
    return tool(shell, "ruff", "check", *CODE) and formatted, None


def types(shell: Shell) -> Outcome:
    packages = tool(shell, "mypy")
    return tool(shell, "mypy", "tools") and packages, None


def imports(shell: Shell) -> Outcome:
    return tool(shell, "lint-imports"), None


def docs(shell: Shell) -> Outcome:
    """The rules' pages from the rules, and the documentation without a broken link."""
    pages = ("explain", "--all", "--output-format", "markdown", "--output-dir", "docs/rules")
    if shell.call(str(BIN / "dbt-glue"), *pages, cwd=ROOT, quiet=True) != 0:
        return False, None
    return tool(shell, "mkdocs", "build", "--strict", "--quiet"), None


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
            total += Counts(passed, failed, number["skipped"], tuple(failures_of(suite)))
    except (OSError, ElementTree.ParseError):
        return Counts(failed=1)
    return total


def failures_of(suite: ElementTree.Element) -> Iterator[str]:
    """Which tests of a suite failed, and the first line of why."""
    for case in suite.iter("testcase"):
        reason = next((each for each in case if each.tag in ("failure", "error")), None)
        if reason is not None:
            told = (reason.get("message") or reason.text or "").strip().split("\n")[0]
            yield f"{case.get('classname')}: {case.get('name')}: {told[:LINE]}"


def pytest(*places: str) -> Callable[[Shell], Outcome]:
    """The tests in the folders in one process, so that they share one endpoint.

    No test at all (exit code 5) is not good: it means that collection is broken.
    """

    def work(shell: Shell) -> Outcome:
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.xml"
            options = ("-q", f"--junitxml={report}", "--durations=5")
            return tool(shell, "pytest", *options, *places), counts_of(report)

    return work


LINE = 300
"""Characters of a failure's reason in the summary."""
NODE = 20
"""The oldest Node.js that the client's tools run on."""
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
"""Where vscode-client/test/e2e/chromium.mjs looks, after the variable CHROMIUM."""


def client(script: str) -> Callable[[Shell], Outcome]:
    """A script of the VS Code client, which prints its steps and writes JUnit reports."""

    def work(shell: Shell) -> Outcome:
        with tempfile.TemporaryDirectory() as scratch:
            command = ("node", str(ROOT / "vscode-client" / script), "--reports", scratch)
            good = shell.call(*command, cwd=ROOT, env={"VENV": str(BIN.parent)}) == 0
            reports = sorted(Path(scratch).glob("*.xml"))
            return good, sum(map(counts_of, reports), Counts()) if reports else Counts(failed=1)

    return work


def no_spark() -> str | None:
    if subprocess.call([sys.executable, "-c", "import pyspark"], stderr=subprocess.DEVNULL) == 0:
        return None
    return "this Python has no PySpark"


def no_uv() -> str | None:
    command = [sys.executable, "-m", "uv", "--version"]
    if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return None
    return "this Python has no uv, which makes the environments"


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


def dbt_versions(shell: Shell) -> Outcome:
    """The differential test, and one small project, with every supported dbt-core that installs."""
    from tools import dbt_versions, versions

    good, counts = every("dbt-core", versions.dbt_versions, shell)
    if no_spark() is not None:
        return good, counts
    built, more = every("a project with dbt-core", dbt_versions.smoke, shell)
    return good and built, (counts or Counts()) + (more or Counts())


def python_versions(shell: Shell) -> Outcome:
    """The tests of parsing on every other supported Python that is found."""
    from tools import versions

    return every("Python", versions.python_versions, shell)


def every(
    name: str, run: Callable[[Path, Shell], Iterator[tuple[str, bool, Path]]], shell: Shell
) -> Outcome:
    """The outcome of tests that run once for every version of something."""
    with tempfile.TemporaryDirectory() as scratch:
        found = [(v, good, counts_of(path)) for v, good, path in run(Path(scratch), shell)]
    for version, good, counts in found:
        shell.say(f"{name} {version:<10} {'ok' if good else 'FAILED'}  {counts}")
    good = bool(found) and all(passed for _, passed, _ in found)
    return good, sum((counts for _, _, counts in found), Counts())


def api_versions(shell: Shell) -> Outcome:
    """The API tables of every Glue version against the libraries themselves, where they install."""
    from tools import versions

    found = list(versions.api_versions(shell))
    for library, drifted in found:
        state = f"FAILED  not as installed: {', '.join(drifted)}" if drifted else "ok"
        shell.say(f"{library:<22} {state}")
    return bool(found) and not any(drifted for _, drifted in found), None


def spark_versions(shell: Shell) -> Outcome:
    """Arrow beside rows on each Spark, and Sparks of several versions at work on one warehouse at the same time."""
    from tools import versions

    by_arrow, compared = every("Arrow on", versions.arrow_versions, shell)
    with tempfile.TemporaryDirectory() as scratch:
        found, good, report = versions.spark_versions(Path(scratch), shell)
        shell.say(f"PySpark {', '.join(found)}: {'ok' if good else 'FAILED'}")
        shared = counts_of(report)
    return good and by_arrow, (compared or Counts()) + shared


def tested(name: str) -> Job:
    return Job(name, pytest(*TESTS[name]), after=AFTER.get(name, ()))


PARTS: dict[str, tuple[Job, ...]] = {
    "lint": (Job("lint", lint),),
    "imports": (Job("imports", imports),),
    "functional": tuple(tested(name) for name in TESTS if name.startswith("functional: ")),
    "vscode": (Job("vscode", client("scripts/check.mjs")),),
    "vscode-e2e": (
        # On two cores a window beside a Spark answers too late.
        Job("vscode-e2e", client("test/e2e/suite.mjs"), after=("vscode",), alone=True),
    ),
    "unit": (tested("unit"),),
    "install": (tested("install"),),
    "editors": (tested("editors"),),
    "types": (Job("types", types),),
    "docs": (Job("docs", docs),),
    "dbt-versions": (Job("dbt-versions", dbt_versions),),
    "python-versions": (Job("python-versions", python_versions),),
    "api-versions": (Job("api-versions", api_versions),),
    "spark-versions": (Job("spark-versions", spark_versions),),
}
ON_REQUEST = {"dbt-versions", "python-versions", "api-versions", "spark-versions"}
"""Parts that are no part of everything."""
NEEDS: dict[str, tuple[Callable[[], str | None], ...]] = {
    "functional": (no_spark,),
    "install": (no_uv,),
    "spark-versions": (no_spark,),
    "editors": (no_editors,),
    "vscode": (no_node,),
    "vscode-e2e": (no_node, no_spark, no_chromium),
}
"""What a part cannot do without: questions that answer why it is left out, or None."""


def left_out_for(part: str) -> str | None:
    return next((why for need in NEEDS.get(part, ()) if (why := need()) is not None), None)


def summary(results: Sequence[Result], left_out: dict[str, str], seconds: float) -> str:
    """The jobs with their times, the time of the clock, and the closing line with the tests."""
    width = max(len(name) for name in ("part", *(r.job for r in results), *left_out)) + 2
    lines = ["", f"{'part':<{width}} seconds  result"]
    lines += [f"{r.job:<{width}}{r.seconds:>8.1f}  {r}" for r in results]
    lines += [f"{part:<{width}}{'-':>8}  left out: {why}" for part, why in left_out.items()]
    busy = sum(result.seconds for result in results)
    lines.append(f"{'all':<{width}}{seconds:>8.1f}  ({busy:.1f} one after another)")
    tests = [result.counts for result in results if result.counts]
    failures = [f"  {r.job}: {each}" for r in results if r.counts for each in r.counts.failures]
    if failures:
        lines += ["", "failed:", *failures]
    if tests:
        lines += ["", f"total: {sum(tests, Counts())}"]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the wanted parts. 0 when all are good, 1 when one is not, 130 when interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--lanes", type=int, default=LANES, help=f"jobs at a time ({LANES})")
    parser.add_argument(
        "--within",
        type=float,
        metavar="MINUTES",
        default=os.environ.get("DBT_GLUE_TEST_MINUTES"),
        help="begin nothing that, as long as the longest so far, would end later, and stop what runs then (DBT_GLUE_TEST_MINUTES; no limit)",
    )
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    wanted = options.parts or [part for part in PARTS if part not in ON_REQUEST]
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    began = time.monotonic()
    left_out = {part: why for part in wanted if (why := left_out_for(part)) is not None}
    jobs = [job for part in wanted if part not in left_out for job in PARTS[part]]
    jobs.sort(key=lambda job: FIRST.index(job.name) if job.name in FIRST else len(FIRST))
    try:
        within = None if options.within is None else options.within * 60
        results, late = lanes.run(jobs, max(1, options.lanes), within)
    except KeyboardInterrupt:
        print("\nstopped: nothing of it runs any more", file=sys.stderr)
        return 130
    for job in late:
        left_out[job] = f"it might not have ended within {options.within:g} minutes"
    print(summary(results, left_out, time.monotonic() - began), flush=True)
    return 0 if all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
