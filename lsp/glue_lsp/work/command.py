"""How a module of ours is started as a process, so that no file of the user's folder is taken for a module."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from glue_compiler.project.variables import PREFIXES

NEUTRAL_FOLDER = sysconfig.get_path("stdlib")
"""Where processes start. `python -m` makes this folder the first that modules are looked for in.

An editor starts the server in the project, whose `json.py` would be run there. In the folder of
Python's own library everything means what it should.
"""

_SAFE_PATH = ("-P",) if sys.version_info >= (3, 11) else ()
_PROFILES = tuple(f"{prefix}PROFILES_DIR" for prefix in PREFIXES)


def module_command(module: str) -> tuple[str, ...]:
    """The program and arguments that run a module; to be started in NEUTRAL_FOLDER."""
    return (sys.executable, *_SAFE_PATH, "-m", module)


def absolute_entries(python_path: str) -> str:
    """A PYTHONPATH without entries that mean a folder of where a process is started, as empty ones do."""
    return os.pathsep.join(filter(os.path.isabs, python_path.split(os.pathsep)))


def child_environment() -> dict[str, str]:
    """Our environment, whose folders of modules and of dbt's profiles are the same ones from everywhere."""
    environment = dict(os.environ)
    if python_path := environment.get("PYTHONPATH"):
        environment["PYTHONPATH"] = absolute_entries(python_path)
    for name in _PROFILES:
        if profiles := environment.get(name):
            environment[name] = str(Path(profiles).expanduser().absolute())
    return environment
