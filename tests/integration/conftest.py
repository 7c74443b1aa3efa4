"""Environments of other people's programs: made once, and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from glue_endpoint.folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def environment(name: str, requirements: Sequence[str], *options: str) -> Path:
    """The folder of a virtual environment with `requirements` (lines as pip reads them).

    It is made when there is none of this name, these requirements and this Python: two test runs at
    once make one, and one whose making was interrupted is made anew. `options` are pip's.
    """
    version = f"py{sys.version_info.major}.{sys.version_info.minor}"
    lines = "\n".join([*options, *requirements])
    digest = hashlib.sha256(lines.encode()).hexdigest()[:12]
    folder = cache_folder() / "tests" / f"{name}-{version}-{digest}"
    complete = folder / "complete"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            venv.create(folder, with_pip=False, symlinks=True)
            wanted = folder / "requirements.txt"
            wanted.write_text("\n".join(requirements) + "\n", encoding="utf-8")
            pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
            subprocess.run(
                [*pip, "install", "-q", "--no-compile", *options, "-r", str(wanted)], check=True
            )
            complete.touch()
    return folder


@pytest.fixture(scope="session")
def make_environment() -> Callable[..., Path]:
    """`make_environment(name, requirements, *pip_options)`: the folder of a virtual environment."""
    return environment
