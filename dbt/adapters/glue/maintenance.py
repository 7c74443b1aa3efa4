"""What an Iceberg model may have done after its commit: snapshots expired, orphan files removed. Nothing unless it asks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.literals import quoted_name, string_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["maintenance_calls"]

_OPTIONS: dict[str, tuple[str, ...]] = {
    "expire_snapshots": ("older_than_days", "retain_last"),
    "remove_orphan_files": ("older_than_days",),
}
"""By Iceberg's procedure, which is the config's name too: what the config may say; else Iceberg's own defaults count."""

_NOW = "iceberg_expire_snapshots"
"""dbt-glue's config: every snapshot but the current one expires after each run. There it is on by default."""


def maintenance_calls(
    config: Mapping[str, Any],
    catalog: str,
    table: str,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> list[str]:
    """The CALL statements that a model asks for; `table` is `schema.name`.

    `expire_snapshots: true` or `{older_than_days: 7, retain_last: 10}`, `remove_orphan_files` likewise.
    Raises CompilationError for a config that means nothing.
    """
    asked = {name: _options_of(name, config.get(name)) for name in _OPTIONS}
    if asked["expire_snapshots"] is None and _is_true(config.get(_NOW)):
        asked["expire_snapshots"] = {"older_than_days": 0.0}
    return [
        _call(name, options, catalog, table, now)
        for name, options in asked.items()
        if options is not None
    ]


def _options_of(name: str, value: Any) -> dict[str, float] | None:
    """The numbers of a config; None where it asks for nothing."""
    if value is None or value is False:
        return None
    if value is True:
        return {}
    known = _OPTIONS[name]
    if not isinstance(value, dict) or not set(value) <= set(known):
        raise CompilationError(
            f"{name} is true, or a mapping of {' and '.join(known)}, not {value!r}"
        )
    for key, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or number < 0:
            raise CompilationError(f"{name}: {key} is a number of at least 0, not {number!r}")
    return {str(key): float(number) for key, number in value.items()}


def _call(
    name: str,
    options: Mapping[str, float],
    catalog: str,
    table: str,
    now: Callable[[], datetime],
) -> str:
    arguments = [f"table => {string_literal(table)}"]
    if "older_than_days" in options:
        moment = now() - timedelta(days=options["older_than_days"])
        arguments.append(f"older_than => timestamp'{moment:%Y-%m-%d %H:%M:%S.%f}+00:00'")
    if "retain_last" in options:
        arguments.append(f"retain_last => {int(options['retain_last'])}")
    return f"call {quoted_name(catalog)}.system.{name}({', '.join(arguments)})"


def _is_true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
