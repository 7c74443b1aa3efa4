"""Seeds: the columns of the table and the rows as texts that Spark casts."""

# ruff: noqa: ARG003 - the signatures are dbt's
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.column import GlueColumn

if TYPE_CHECKING:
    from collections.abc import Mapping

    import agate

__all__ = ["SeedTypes", "seed_columns", "seed_rows"]


def seed_columns(
    table: agate.Table, inferred: list[str], column_types: Mapping[str, str] | None
) -> list[GlueColumn]:
    """The columns with the types that the config names, else those that the values suggest.

    Raises CompilationError for a configured column that the file does not have.
    """
    wanted = {str(name).lower(): str(kind) for name, kind in (column_types or {}).items()}
    names = [str(name) for name in table.column_names]
    unknown = set(wanted) - {name.lower() for name in names}
    if unknown:
        raise CompilationError(
            f"column_types names {', '.join(sorted(unknown))}, but the seed's columns are {', '.join(names)}"
        )
    return [
        GlueColumn(name, wanted.get(name.lower(), kind))
        for name, kind in zip(names, inferred, strict=True)
    ]


def seed_rows(table: agate.Table) -> list[list[str | None]]:
    """Every cell as the text that Spark casts back to the same value; empty cells are None."""
    return [[_text(cell) for cell in row.values()] for row in table.rows]


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return str(cell)


class SeedTypes:
    """The Spark types that the values of a seed's columns suggest (dbt's names and signatures)."""

    @classmethod
    def convert_text_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "string"

    @classmethod
    def convert_number_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        import agate

        return "double" if agate_table.aggregate(agate.MaxPrecision(col_idx)) else "bigint"

    @classmethod
    def convert_integer_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "bigint"

    @classmethod
    def convert_boolean_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "boolean"

    @classmethod
    def convert_date_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "date"

    @classmethod
    def convert_datetime_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "timestamp"

    @classmethod
    def convert_time_type(cls, agate_table: agate.Table, col_idx: int) -> str:
        return "string"
