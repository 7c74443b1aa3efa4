"""The environment variables that choose what dbt reads."""

from __future__ import annotations

import os

PREFIXES = ("DBT_ENGINE_", "DBT_")
"""In dbt's order: the longer one is known to dbt-core from 1.11 on."""


def dbt_variable(name: str) -> str | None:
    """The variable of one of dbt's options, by its name without a prefix: `PROFILES_DIR`; an empty one is none."""
    return next(filter(None, (os.environ.get(f"{prefix}{name}") for prefix in PREFIXES)), None)
