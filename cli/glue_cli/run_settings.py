"""What dbt's own files say of a run, read without dbt: the Glue version of the profile, the variable `optimize`.

Values that only Jinja can render count as not said.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def variable(root: Path, name: str) -> Any:
    """The value of a variable in dbt_project.yml, the project's own before those of all; None when it is not set."""
    document = _mapping(root / "dbt_project.yml")
    found = document.get("vars")
    variables = found if isinstance(found, dict) else {}
    own = variables.get(str(document.get("name")))
    return {**variables, **(own if isinstance(own, dict) else {})}.get(name)


def profile_value(root: Path, key: str) -> str | None:
    """A field of the profile's target (`target:`, or the first one) as text; None when it is not there."""
    wanted = _mapping(root / "dbt_project.yml").get("profile")
    folders = [os.environ.get("DBT_PROFILES_DIR"), ".", str(root), str(Path.home() / ".dbt")]
    file = next((path for f in folders if f and (path := Path(f, "profiles.yml")).is_file()), None)
    profile = {} if file is None else _mapping(file).get(str(wanted))
    outputs = profile.get("outputs") if isinstance(profile, dict) else None
    if not isinstance(profile, dict) or not isinstance(outputs, dict) or not outputs:
        return None
    target = profile.get("target", "default")
    output = outputs.get(target)
    value = output.get(key) if isinstance(output, dict) else None
    return None if value is None or "{{" in str(value) else str(value)


def _mapping(path: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}
