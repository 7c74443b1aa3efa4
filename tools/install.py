"""Make .venv hold everything the Makefile's targets need, and do nothing when it already does.

Runs on a bare interpreter: only the standard library, and syntax that any Python from 3.6 on can
parse, so that a wrong Python gets a sentence and not a SyntaxError.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
LOCAL_ENDPOINT = ((3, 10), (3, 11), (3, 12))
"""Pythons that run the embedded endpoint: PySpark 3.5 and NumPy 1 have no build for later ones."""
WITHOUT_ENDPOINT = ((3, 13),)
SOURCES = ("cli", "compiler", "dbt", "endpoint", "lsp", "session")
DISK_NEEDED_MB = 3000
"""Measured with an empty cache on Linux x86-64: 2.5 GB for .venv and the cache of uv together."""


class Refused(Exception):
    """Something about this machine that the person has to change first; one line."""


def interpreter_version(python: str) -> Optional[Tuple[int, int]]:
    """(major, minor) of an interpreter, None when it does not start (a moved or removed Python)."""
    code = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        out = subprocess.check_output([python, "-c", code], stderr=subprocess.DEVNULL)
        major, minor = out.split()
        return int(major), int(minor)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def dotted(version: Tuple[int, int]) -> str:
    return "%d.%d" % version  # noqa: UP031


def choose_python(need_endpoint: bool) -> Tuple[str, Tuple[int, int]]:
    """The interpreter to build .venv with: this one when it fits, else a fitting one on PATH."""
    this = (sys.version_info[0], sys.version_info[1])
    if this in LOCAL_ENDPOINT:
        return sys.executable, this
    for version in reversed(LOCAL_ENDPOINT):
        found = shutil.which("python" + dotted(version))
        if found and interpreter_version(found) == version:
            return found, version
    if this in WITHOUT_ENDPOINT and not need_endpoint:
        return sys.executable, this
    raise Refused(
        f"Python {dotted(this)} cannot run the embedded endpoint, which needs 3.10, 3.11 or 3.12, and none of "
        "them is on PATH. Next: install one (Debian: apt-get install python3.11 python3.11-venv; "
        "macOS: brew install python@3.12), or name it: make PYTHON=/path/to/python3.11"
    )


def check_disk(folder: Path) -> None:
    free = shutil.disk_usage(str(folder)).free // 1_000_000
    if free < DISK_NEEDED_MB:
        raise Refused(
            f"{free} MB are free at {folder} and the installation needs {DISK_NEEDED_MB} MB. "
            "Next: free some space, or put the environment elsewhere: "
            "make VENV=/path/with/space"
        )


def fingerprint(version: Tuple[int, int], extras: str) -> str:
    """Changes when what should be installed changes: the project's metadata or the locked versions."""
    digest = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", constraints_of(version)):
        digest.update(path.read_bytes())
    digest.update(f"{ROOT} {dotted(version)} {extras}".encode())
    return digest.hexdigest()


def constraints_of(version: Tuple[int, int]) -> Path:
    return ROOT / "constraints" / "py{}{}.txt".format(*version)


def run(arguments: List[str], environment: Dict[str, str]) -> bool:
    return subprocess.call(arguments, cwd=str(ROOT), env=environment, stdin=subprocess.DEVNULL) == 0


def create(venv: Path, python: str, version: Tuple[int, int]) -> None:
    """A new environment in place of whatever is there."""
    say(f"creating {venv} with Python {dotted(version)}")
    if not run([python, "-m", "venv", "--clear", str(venv)], dict(os.environ)):
        shutil.rmtree(str(venv), ignore_errors=True)  # half an environment looks like one
        raise Refused(
            f"{python} has no working venv module. Next: install it (Debian: apt-get install "
            f"python{dotted(version)}-venv), then run make again"
        )


def install(venv: Path, version: Tuple[int, int], extras: str) -> None:
    """The project, editable, with the locked versions: by uv, which is quick, else by pip."""
    python = str(venv / "bin" / "python")
    locked = str(constraints_of(version))
    environment = dict(os.environ, VIRTUAL_ENV=str(venv), PIP_DISABLE_PIP_VERSION_CHECK="1")
    what = ["-c", locked, "-e", f".[{extras}]"]
    uv = [python, "-m", "uv"]
    has_uv = subprocess.call(
        [*uv, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    pip = [python, "-m", "pip"]
    if has_uv != 0:
        if subprocess.call(
            [*pip, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ):
            run([python, "-m", "ensurepip", "--upgrade"], environment)
        has_uv = int(not run([*pip, "install", "--quiet", "-c", locked, "uv"], environment))
    say("installing the project and its tools (about a minute the first time)")
    if has_uv == 0 and run(
        [*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *what],
        environment,
    ):
        compile_own_sources(python, environment)
        return
    say("uv could not install it; trying with pip")
    if run([*pip, "install", "--quiet", "--compile", *what], environment):
        compile_own_sources(python, environment)
    else:
        raise Refused(
            "the packages could not be installed, for the reason above. "
            "Next: check that pip reaches its package index, then run make again"
        )


def compile_own_sources(python: str, environment: Dict[str, str]) -> None:
    """Bytecode for the editable sources too: where PYTHONDONTWRITEBYTECODE is set, as in many
    containers, every start of dbt would compile thousands of files again and take twice as long."""
    run([python, "-m", "compileall", "-q", *SOURCES], environment)


def say(text: str) -> None:
    print("dbt-glue: " + text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--venv", default=".venv", help="folder of the environment")
    parser.add_argument(
        "--need-endpoint", action="store_true", help="fail when Spark cannot run on this Python"
    )
    options = parser.parse_args()
    venv = (ROOT / options.venv).resolve()
    try:
        python, version = choose_python(options.need_endpoint)
        venv.parent.mkdir(parents=True, exist_ok=True)
        with (ROOT / "pyproject.toml").open() as lock:  # two makes at once take turns
            fcntl.flock(lock, fcntl.LOCK_EX)
            return ensure(venv, python, version)
    except Refused as reason:
        print(f"dbt-glue: {reason}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"dbt-glue: {error}. Next: make it writable, then run make again",
            file=sys.stderr,
        )
        return 1


def ensure(venv: Path, python: str, version: Tuple[int, int]) -> int:
    present = interpreter_version(str(venv / "bin" / "python"))
    if present in LOCAL_ENDPOINT:
        version = present
    extras = "local,dev" if version in LOCAL_ENDPOINT else "dev"
    stamp = venv / ".dbt-glue-installed"
    wanted = fingerprint(version, extras)
    if present == version and stamp.exists() and stamp.read_text() == wanted:
        return 0
    started = time.monotonic()
    if present != version:
        check_disk(venv.parent)
        create(venv, python, version)
    if extras == "dev":
        say(f"Python {dotted(version)}: without the embedded endpoint")
    install(venv, version, extras)
    stamp.write_text(wanted)
    say(f"installed in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
