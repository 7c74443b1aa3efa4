"""Checks against other versions than the installed ones, each in an environment of its own that uv makes and keeps.

`dbt_versions`: the differential test against dbt-core itself, with several versions of it.
`api_versions`: the API tables of the compiler against the PySpark and pandas of every Glue version.
`spark_versions`: Sparks of several versions at work on one warehouse of the endpoint at the same time.
`arrow_versions`: what Arrow brings of a frame beside what rows bring, on the Spark and pandas of every Glue version.
`python_versions`: the tests of what a Python's own parser decides, on every other Python that is supported.
Environments are kept in the user's cache folder; a version that cannot be installed is told, and left out.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tools.lanes import Shell

ROOT = Path(__file__).resolve().parent.parent
DBT_CORE = ("1.10", "1.11", "1.12")
DIFFERENTIAL = "tests/unit/compiler/test_differential_dbt.py"
PYTHON = ("3.10", "3.11", "3.12", "3.13")
PARSING = tuple(
    f"tests/unit/compiler/test_{name}.py" for name in ("built_tree", "syntax", "live_analysis")
)
"""CPython's trees differ from version to version; everything else is the same Python code."""
SPARK = {"3.5.4": "3.11", "3.5.6": "3.11", "4.1.1": "3.11"}
"""Those of Glue 5.0 and 5.1, and one of the next generation, with a Python for each."""
SHARING = "tests/integration/endpoint/test_sharing.py"
REWRITES = "tests/integration/rewrites"
BY_ARROW = tuple(
    f"{REWRITES}/test_{name}.py" for name in ("arrow_values", "arrow_written", "row_values")
)
_TESTED_WITH = ("hypothesis", "libcst", "packaging", "pytest", "pyyaml", "tomli")
LEFT_OUT = "dbt-core-experimental-parser ; sys_platform == 'never'\n"
"""A compiled package that dbt-core 1.12 names, that has no wheel for every platform, and that nothing here imports."""


class NotInstalled(Exception):
    """A version that cannot be installed here; the message is the installer's own."""


def environments() -> Path:
    """The folder of the environments."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dbt-glue" / "environments"


def uv(*arguments: str) -> None:
    """Run uv. Raises NotInstalled with what it says."""
    command = [sys.executable, "-m", "uv", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled("\n".join(done.stderr.strip().splitlines()[-3:]))


def made(
    folder: Path,
    python: str,
    packages: tuple[str, ...],
    overrides: str = "",
    *,
    options: tuple[str, ...] = (),
    stamp: str = "",
    lend: tuple[str, ...] = (),
) -> Path:
    """The interpreter of an environment with these packages, which is made unless it is there.

    `options` are uv's; where what they say changes, `stamp` does. Of the packages in `lend` it has this
    environment's files.
    """
    interpreter, complete = folder / "bin" / "python", folder / "complete"
    whole = "\n".join((*packages, *filter(None, (stamp,))))
    if complete.exists() and complete.read_text(encoding="utf-8") == whole:
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    uv("venv", "--quiet", "--python", python, str(folder))
    for name in lend:
        lent(name, folder)
    listed = folder / "overrides.txt"
    listed.write_text(overrides, encoding="utf-8")
    uv(
        *("pip", "install", "--quiet", "--python", str(interpreter)),
        *("--overrides", str(listed), *options, *packages),
    )
    complete.write_text(whole, encoding="utf-8")
    return interpreter


def lent(name: str, folder: Path) -> None:
    """Gives an environment of the same Python the files of a package of this one, without a second copy."""
    here, there = (
        Path(sysconfig.get_path("purelib")),
        next(folder.glob("lib/python*/site-packages")),
    )
    for part in (here / name, *here.glob(f"{name}-*.dist-info")):
        shutil.copytree(part, there / part.name, copy_function=_linked)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def python_of(version: str) -> str:
    """An interpreter of a Python version: on PATH, or one of pyenv's; else the version, which uv may download."""
    found = shutil.which(f"python{version}")
    works = found and not subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL)
    if found and works:
        return found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    installed = sorted(pyenv.glob(f"{version}.*/bin/python"))
    return str(installed[-1]) if installed else version


def dbt_versions(report: Path, shell: Shell) -> Iterator[tuple[str, bool, Path]]:
    """Runs the differential test with every dbt-core; its version, whether it passed, and its JUnit report."""
    for wanted in DBT_CORE:
        folder = environments() / f"dbt-core-{wanted}"
        packages = (f"dbt-core=={wanted}.*", *_TESTED_WITH)
        try:
            interpreter = made(folder, sys.executable, packages, LEFT_OUT)
        except NotInstalled as error:
            shell.say(f"dbt-core {wanted}: left out, it does not install:\n{error}")
            continue
        version = _output(
            interpreter, "import importlib.metadata as m; print(m.version('dbt-core'))"
        )
        junit = report / f"dbt-core-{version}.xml"
        shell.say(f"dbt-core {version}")
        yield version, _passes(shell, folder, junit, DIFFERENTIAL), junit


def python_versions(report: Path, shell: Shell) -> Iterator[tuple[str, bool, Path]]:
    """Runs the tests of parsing with every other Python; its version, whether they passed, their JUnit report."""
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for version in PYTHON:
        if version == running:
            continue
        folder = environments() / f"python-{version}"
        try:
            made(folder, python_of(version), _locked(version))
        except NotInstalled as error:
            shell.say(f"Python {version}: left out, it does not install:\n{error}")
            continue
        junit = report / f"python-{version}.xml"
        shell.say(f"Python {version}")
        yield version, _passes(shell, folder, junit, *PARSING), junit


def _locked(version: str) -> tuple[str, ...]:
    """What the tests of parsing need, in the versions that are locked for a Python."""
    path = ROOT / "constraints" / f"py{version.replace('.', '')}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.partition("==")[0] in _TESTED_WITH)


def _passes(
    shell: Shell,
    folder: Path,
    junit: Path,
    *tests: str,
    wings: tuple[str, ...] = ("compiler",),
    fixtures: str = "",
) -> bool:
    """Whether tests pass in an environment that has the needs of some wings only, and of the conftests one folder's."""
    configuration = folder / "pytest.ini"
    configuration.write_text("[pytest]\n", encoding="utf-8")
    conftests = f"--confcutdir={ROOT / fixtures}" if fixtures else "--noconftest"
    command = [str(folder / "bin" / "pytest"), "-q", conftests, "--import-mode=importlib"]
    command += ["-c", str(configuration), "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    around = {
        "PYTHONPATH": os.pathsep.join(map(str, (*(ROOT / wing for wing in wings), ROOT))),
        "PYSPARK_PYTHON": str(folder / "bin" / "python"),
    }
    done = shell.call(*(*command, f"--junitxml={junit}", *tests), cwd=ROOT, env=around)
    return done == 0


def spark_versions(report: Path, shell: Shell) -> tuple[list[str], bool, Path]:
    """Runs the test of Sparks that share a warehouse; their versions, whether it passed, its JUnit report."""
    interpreters = {}
    for version, python in SPARK.items():
        folder = environments() / f"pyspark-{version}"
        try:
            interpreters[version] = made(folder, python_of(python), (f"pyspark=={version}",))
        except NotInstalled as error:
            shell.say(f"PySpark {version}: left out, it does not install:\n{error}")
    junit = report / "sharing.xml"
    command = (sys.executable, "-m", "pytest", "-q", "-n0", f"--junitxml={junit}", SHARING)
    paths = os.pathsep.join(map(str, interpreters.values()))
    done = shell.call(*command, cwd=ROOT, env={"SPARK_PYTHONS": paths})
    return list(interpreters), len(interpreters) > 1 and done == 0, junit


def arrow_versions(report: Path, shell: Shell) -> Iterator[tuple[str, bool, Path]]:
    """Runs the comparisons of Arrow with rows on the libraries of each Glue version but the installed ones."""
    tables = _regenerate()
    installed = f"spark-{tables.minor(importlib.metadata.version('pyspark'))}"
    for name, (python, packages) in tables.ENVIRONMENTS.items():
        if name == installed:
            continue
        folder = environments() / f"{name}-tested"
        try:
            made(folder, python_of(python), (*packages, "hypothesis", "pytest"))
        except NotInstalled as error:
            shell.say(f"{name}: left out, it does not install:\n{error}")
            continue
        junit = report / f"{name}.xml"
        shell.say(name)
        wings = ("session", "endpoint")
        good = _passes(shell, folder, junit, *BY_ARROW, wings=wings, fixtures=REWRITES)
        yield name, good, junit


def api_versions(shell: Shell) -> Iterator[tuple[str, list[str]]]:
    """Every library and version that installs, and the classes whose table is not what is installed."""
    tables = _regenerate()
    for name, (python, packages) in tables.ENVIRONMENTS.items():
        try:
            interpreter = made(environments() / name, python_of(python), packages)
        except NotInstalled as error:
            shell.say(f"{name}: left out, it does not install:\n{error}")
            continue
        for library, installed in tables.answer_of(interpreter)["libraries"].items():
            version = installed["version"]
            path = tables.DATA / f"{library}-{tables.minor(version)}.json"
            stored = json.loads(path.read_text(encoding="utf-8"))["owners"]
            owners = {owner: _shown(content) for owner, content in installed["owners"].items()}
            names = sorted(stored.keys() | owners.keys())
            yield f"{library} {version}", [o for o in names if stored.get(o) != owners.get(o)]


def _shown(content: dict[str, Any]) -> dict[str, Any]:
    """What a table keeps of a class: kinds, signatures and versions, without the summaries."""
    members = {name: row[:3] for name, row in content["members"].items()}
    return {"members": members, "also": content["also"]}


def _output(interpreter: Path, code: str) -> str:
    return subprocess.check_output([str(interpreter), "-c", code], text=True).strip()


def _regenerate() -> ModuleType:
    path = ROOT / "tools" / "knowledge" / "regenerate.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
