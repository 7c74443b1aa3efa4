"""`columns_contract`: how strictly a Python model's result is held to the columns that YAML declares for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MODES = ("off", "warn", "enforce")


def contract_mode(config: Mapping[str, Any]) -> str:
    """off, warn or enforce, from a model's config or its `meta`.

    Raises:
        ValueError: for anything else; the message says what may stand there.
    """
    value = config.get("columns_contract")
    if value is None:
        value = (config.get("meta") or {}).get("columns_contract")
    # YAML reads a bare `off` as false.
    if value is None or value is False:
        return "off"
    if value not in MODES:
        raise ValueError(f"columns_contract is {value!r}; it is one of {', '.join(MODES)}")
    return str(value)


def columns_contract(
    name: str, config: Mapping[str, Any], columns: Iterable[tuple[str, str | None]]
) -> dict[str, Any] | None:
    """The contract `{mode, columns}` that the session holds a model's result to; None for none.

    `columns` are the names and types that YAML declares for the model `name`.

    Raises:
        ValueError: for a contract without declared columns, and for an unknown mode.
    """
    mode = contract_mode(config)
    if mode == "off":
        return None
    declared = [{"name": column, "type": kind} for column, kind in columns]
    if not declared:
        raise ValueError(
            f"columns_contract is {mode}, and YAML declares no columns for the model. "
            f"Declare them (`dbt-glue schema --write {name}` writes them), or set it to off"
        )
    return {"mode": mode, "columns": declared}
