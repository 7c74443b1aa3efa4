"""The folders that the endpoint uses, and the variable by which people name them."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DIRECTORY_VARIABLE = "DBT_GLUE_ENDPOINT_DIR"
"""Names the state folder of an endpoint, for commands that are not told otherwise."""

WAREHOUSE = "s3://dbt-glue-local/warehouse"
"""Where databases and tables lie that say nothing of their place."""

OTHER_FOLDER = f"another folder with `endpoint_dir` in the profile, {DIRECTORY_VARIABLE} or --dir"
"""What a person can choose when a state folder cannot be used."""

NEUTRAL_FOLDER = sysconfig.get_path("stdlib")
"""Where processes of ours start: `python -m` looks for modules in the folder that it is started in before all
others, and a state folder can be one that a project brought."""

_SAFE_PATH = ("-P",) if sys.version_info >= (3, 11) else ()


def module_command(module: str, *arguments: str) -> list[str]:
    """The program and arguments that run a module; to be started in NEUTRAL_FOLDER."""
    return [sys.executable, *_SAFE_PATH, "-m", module, *arguments]


def with_absolute_modules(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment whose PYTHONPATH has no empty or relative entries: they mean the folder that a process starts in."""
    entries = environment.get("PYTHONPATH", "").split(os.pathsep)
    kept = os.pathsep.join(filter(os.path.isabs, entries))
    return {**environment, **({"PYTHONPATH": kept} if "PYTHONPATH" in environment else {})}


def cache_folder() -> Path:
    """The user's cache folder for this product."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dbt-glue"
