"""What dbt resolved for a Python model that cannot work on Glue: refused before the compiler looks at its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.python_models.errors import PythonModelRefused
from dbt.adapters.glue.python_models.inputs import check_unfiltered
from dbt.adapters.glue.python_models.moments import check_moments

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SUBMISSION_METHOD", "check_configs", "model_timeout"]

SUBMISSION_METHOD = "glue_session"
"""The one way to run a Python model: in the interactive session that SQL models use."""


def check_configs(parsed_model: Mapping[str, Any]) -> None:
    """Raises PythonModelRefused for a config that a Python model cannot have on Glue."""
    config = parsed_model.get("config") or {}
    method = config.get("submission_method")
    if method not in (None, SUBMISSION_METHOD):
        raise PythonModelRefused(
            f"{parsed_model['original_file_path']}: submission_method {method!r} does not exist on Glue; Python models run in the "
            f"interactive session that SQL models use. Remove the config, or write {SUBMISSION_METHOD!r}"
        )
    model_timeout(config)
    check_moments(parsed_model)
    check_unfiltered(parsed_model)


def model_timeout(config: Mapping[str, Any]) -> float | None:
    """The seconds that a model may run, or None. Raises PythonModelRefused for what is no such number."""
    value = config.get("timeout")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise PythonModelRefused(f"timeout must be a number of seconds above 0, not {value!r}")
    return float(value)
