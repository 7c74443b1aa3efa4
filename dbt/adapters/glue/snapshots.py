"""The columns of a snapshot: those of a new row among those of dbt's staging query, those of its next version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt.adapters.glue.incremental import plan_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.incremental import PlanColumn

__all__ = ["columns_without", "row_columns", "version_columns"]

CHANGE = "dbt_change_type"
KEY = "dbt_unique_key"


def row_columns(staged: Iterable[GlueColumn], unique_key: object) -> list[GlueColumn]:
    """The staged columns that a row of the snapshot has: not how it changed, nor dbt's copies of its key."""
    hidden = {CHANGE, KEY}
    if isinstance(unique_key, (list, tuple)):
        hidden |= {f"{KEY}_{number}" for number in range(1, len(unique_key) + 1)}
    return [column for column in staged if column.name.lower() not in hidden]


def columns_without(
    columns: Iterable[GlueColumn], others: Iterable[GlueColumn]
) -> list[GlueColumn]:
    """Those of `columns` whose names, in any case, none of `others` has."""
    names = {column.name.lower() for column in others}
    return [column for column in columns if column.name.lower() not in names]


def version_columns(
    target: Sequence[GlueColumn], inserted: Sequence[GlueColumn]
) -> tuple[PlanColumn, ...]:
    """The columns of the snapshot's next version: the table's, then new ones; null where an input lacks one."""
    there = {column.name.lower(): column for column in target}
    coming = {column.name.lower(): column for column in inserted}
    return tuple(
        plan_column(column, there, coming)
        for column in [*target, *columns_without(inserted, target)]
    )
