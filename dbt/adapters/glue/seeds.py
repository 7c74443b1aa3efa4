"""Seeds: the columns of the table and the rows as texts that Spark casts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.column import GlueColumn

if TYPE_CHECKING:
    from collections.abc import Mapping

    import agate

__all__ = ["seed_columns", "seed_rows"]


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
