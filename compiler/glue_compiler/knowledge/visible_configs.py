"""Which configs of a model the model itself sees: the same in a run, a validation and a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN_FROM_MODELS = frozenset(
    {
        "config_keys_defaults",
        "config_keys_used",
        "meta_keys_defaults",
        "meta_keys_used",
        "post-hook",
        "post_hook",
        "pre-hook",
        "pre_hook",
    }
)
"""Configs that only dbt reads, and that may not be JSON."""


def visible_configs(config: Mapping[str, Any]) -> dict[str, Any]:
    """Of all configs of a model those that are set, and not for dbt alone."""
    return {
        key: value
        for key, value in config.items()
        if value is not None and key not in HIDDEN_FROM_MODELS
    }
