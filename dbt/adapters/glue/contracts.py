"""`columns_contract`: how strictly a Python model's result is held to the columns that YAML declares for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MODES", "contract_mode", "contract_of", "declared_columns"]

MODES = ("off", "warn", "enforce")


def contract_mode(config: Mapping[str, Any], path: str) -> str:
    """off, warn or enforce, from the config or its `meta`. Raises CompilationError for anything else."""
    value = config.get("columns_contract")
    if value is None:
        value = (config.get("meta") or {}).get("columns_contract")
    # YAML reads a bare `off` as false.
    if value is None or value is False:
        return "off"
    if value not in MODES:
        raise CompilationError(
            f"{path}: columns_contract is {value!r}; it is one of {', '.join(MODES)}"
        )
    return str(value)


def declared_columns(columns: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Names and types of the columns of a node, as dbt has them (as objects, or as dicts)."""
    for name, column in columns.items():
        is_mapping = isinstance(column, dict)
        kind = column.get("data_type") if is_mapping else getattr(column, "data_type", None)
        yield name, None if kind is None else str(kind)


def contract_of(parsed_model: Mapping[str, Any]) -> dict[str, Any] | None:
    """The contract `{mode, columns}` that the session holds a model's result to; None for none.

    Raises CompilationError for a contract without declared columns, and for an unknown mode.
    """
    path = str(parsed_model["original_file_path"])
    mode = contract_mode(parsed_model.get("config") or {}, path)
    if mode == "off":
        return None
    columns = [
        {"name": name, "type": kind}
        for name, kind in declared_columns(parsed_model.get("columns") or {})
    ]
    if not columns:
        raise CompilationError(
            f"{path}: columns_contract is {mode}, and YAML declares no columns for the model. "
            f"Declare them (`dbt-glue schema --write {parsed_model['name']}` writes them), or set it to off"
        )
    return {"mode": mode, "columns": columns}
