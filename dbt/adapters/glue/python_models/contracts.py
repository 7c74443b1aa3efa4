"""`columns_contract` of a model as dbt knows it: its mode, and the columns that YAML declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError
from glue_compiler.program import columns_contract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["contract_mode", "contract_of", "declared_columns"]


def contract_mode(config: Mapping[str, Any], path: str) -> str:
    """off, warn or enforce, from the config or its `meta`. Raises CompilationError for anything else."""
    try:
        return columns_contract.contract_mode(config)
    except ValueError as error:
        raise CompilationError(f"{path}: {error}") from error


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
    columns = declared_columns(parsed_model.get("columns") or {})
    try:
        return columns_contract.columns_contract(
            str(parsed_model["name"]), parsed_model.get("config") or {}, columns
        )
    except ValueError as error:
        raise CompilationError(f"{parsed_model['original_file_path']}: {error}") from error
