"""What dbt's profile of a project says of its session, read from profiles.yml without dbt.

Where dbt looks for it: https://docs.getdbt.com/docs/core/connect-data-platform/connection-profiles
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from glue_compiler.project.context import is_jinja
from glue_compiler.project.settings import GLUE_VERSIONS

PROFILES = "profiles.yml"


def profiles_files(root: Path) -> tuple[Path, ...]:
    """Where profiles.yml of a project may be, the first that exists counting."""
    named = os.environ.get("DBT_PROFILES_DIR")
    folders = [Path(named)] if named else [root, Path.home() / ".dbt"]
    return tuple(folder / PROFILES for folder in folders)


def profile_glue_version(root: Path) -> str | None:
    """The Glue version of the profile's target; None when nobody says it, or only Jinja can tell.

    Files that cannot be read say nothing: dbt itself tells what is wrong with them.
    """
    profile = os.environ.get("DBT_PROFILE") or _mapping(root / "dbt_project.yml").get("profile")
    file = next((path for path in profiles_files(root) if path.is_file()), None)
    if not isinstance(profile, str) or file is None:
        return None
    found = _mapping(file).get(profile)
    if not isinstance(found, dict) or not isinstance(found.get("outputs"), dict):
        return None
    target = os.environ.get("DBT_TARGET") or found.get("target") or "default"
    output = None if is_jinja(target) else found["outputs"].get(target)
    version = output.get("glue_version") if isinstance(output, dict) else None
    return str(version) if str(version) in GLUE_VERSIONS else None


def _mapping(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return data if isinstance(data, dict) else {}
