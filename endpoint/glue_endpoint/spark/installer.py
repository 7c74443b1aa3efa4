"""Run an installer of Python packages (pip or uv) in a process of its own, and keep what it says.

Its settings are the user's: pip.conf, PIP_*, UV_*. Of what it says, no credentials are shown.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import os
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

TIMEOUT = 1800.0
_SHOWN_LINES = 12
_SHOWN_CHARACTERS = 1800
"""GetSession's ErrorMessage holds 2,048 characters (botocore: DescriptionString)."""
_INTERVAL = 2.0

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")

# Where pip would install instead of into the environment.
_ELSEWHERE = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PYTHONHOME")

PIP_OPTIONS = ("--no-input", "--disable-pip-version-check", "--no-color", "--progress-bar", "off")
_UV_OPTIONS = ("--color", "never", "--no-progress")


class InstallationFailed(Exception):
    """The installer did not install; the message is the end of what it said."""


def command_for(
    python: str | Path, *, of_pip: Sequence[str] = (), of_uv: Sequence[str] = ()
) -> list[str]:
    """The command that installs into an environment without a pip what is written after it; [] where there is none.

    It is our pip, which sees what the environment has, if it can work for another Python (22.3 can), else uv.
    """
    if _pip_works_for_others():
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
        return [*pip, *PIP_OPTIONS, *of_pip]
    uv = shutil.which("uv")
    if uv is not None:
        return [uv, "pip", "install", "--python", str(python), *_UV_OPTIONS, *of_uv]
    return []


def _pip_works_for_others() -> bool:
    if importlib.util.find_spec("pip") is None:
        return False
    major, minor = importlib.metadata.version("pip").split(".")[:2]
    return (int(major), int(minor)) >= (22, 3)


def installer_environment(**added: str) -> dict[str, str]:
    """The variables of an installer: ours, without those that send it elsewhere, and `added`."""
    return {**{key: value for key, value in os.environ.items() if key not in _ELSEWHERE}, **added}


def run_installer(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    name: str,
    on_wait: Callable[[float], None] | None = None,
) -> None:
    """Run it in `folder`, which gets `install.log`; `name` says for the log what is installed.

    `on_wait` is called every two seconds with the seconds that have passed. Raises InstallationFailed.
    """
    with (folder / "install.log").open("w+", encoding="utf-8", errors="replace") as log:
        code = _wait(command, folder, environment, log.fileno(), on_wait)
        if code is None:
            log.seek(0, os.SEEK_END)
            log.write(f"\nERROR: the installer was ended after {TIMEOUT:.0f} s\n")
        log.seek(0)
        said = log.read()
    for line in said.splitlines():
        logger.info("%s: %s", name, _CREDENTIALS.sub("***@", line))
    if code != 0:
        raise InstallationFailed(last_lines(said))


def last_lines(said: str) -> str:
    """The end of what an installer said, without credentials; its errors alone where it marks them."""
    lines = [line.rstrip() for line in _CREDENTIALS.sub("***@", said).splitlines() if line.strip()]
    errors = [line for line in lines if line.lstrip().startswith("ERROR")]
    return "\n".join((errors or lines)[-_SHOWN_LINES:])[-_SHOWN_CHARACTERS:]


def _wait(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    output: int,
    on_wait: Callable[[float], None] | None,
) -> int | None:
    """The exit code; None for one that was ended because it took too long."""
    began = time.monotonic()
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=folder,
    ) as process:
        try:
            while not _ends(process):
                passed = time.monotonic() - began
                if passed > TIMEOUT:
                    return None
                if on_wait is not None:
                    on_wait(passed)
            return process.returncode
        finally:
            process.kill()


def _ends(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process ends within the interval."""
    try:
        process.wait(_INTERVAL)
    except subprocess.TimeoutExpired:
        return False
    return True
