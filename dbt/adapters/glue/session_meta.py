"""Sessions of a size of their own for single models, by the `meta` of the model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.sessions.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["environment_with", "session_overrides"]

# What shapes a session and is not a word that people use for other things in `meta` (as `tags` is).
FIELDS = (
    "workers",
    "worker_type",
    "glue_version",
    "idle_timeout",
    "query_timeout_in_minutes",
    "conf",
    "default_arguments",
    "extra_jars",
    "extra_py_files",
    "datalake_formats",
    "security_configuration",
    "group_session_id",
)


def session_overrides(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the profile that this `meta` sets anew for its node."""
    return {name: meta[name] for name in FIELDS if meta.get(name)}


def environment_with(credentials: GlueCredentials, overrides: Mapping[str, Any]) -> Environment:
    """The environment of the profile with these fields changed. Raises CompilationError for a bad value."""
    problems = GlueCredentials.problems_of(overrides)
    if problems:
        raise CompilationError("meta: " + "; ".join(problems))
    return Environment.of(replace(credentials, **overrides))
