"""What the Data Catalog knows of a table, as rows of dbt's documentation, and which documented columns it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import column_comments, columns_of, is_view, spark_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import agate
    from dbt_common.contracts.metadata import CatalogTable

__all__ = ["catalog_rows", "catalog_table", "documentation_table", "documented_columns"]

STATS = (
    ("bytes", "Size", ("spark.sql.statistics.totalSize", "totalSize"), "Bytes of the data files"),
    ("rows", "Rows", ("spark.sql.statistics.numRows", "numRows"), "Rows of the table"),
)

COLUMNS = (
    "table_database", "table_schema", "table_name", "table_type", "table_comment", "table_owner",
    "column_name", "column_index", "column_type", "column_comment",
)  # fmt: skip
STAT_PARTS = ("label", "value", "description", "include")


def documentation_table(rows: Iterable[Sequence[Any]]) -> agate.Table:
    """dbt's table of `catalog_rows`, whose types are known: agate would guess them from every cell."""
    import agate
    from dbt_common.clients.agate_helper import Integer

    text, number, truth = agate.Text(cast_nulls=False), Integer(), agate.Boolean()
    kinds = {"column_index": number}
    kinds.update({name: text for name in COLUMNS if name not in kinds})
    for name, *_ in STATS:
        kinds.update(
            zip(
                (f"stats:{name}:{part}" for part in STAT_PARTS),
                (text, number, text, truth),
                strict=True,
            )
        )
    names = (*COLUMNS, *(f"stats:{name}:{part}" for name, *_ in STATS for part in STAT_PARTS))
    return agate.Table(rows, names, [kinds[name] for name in names])


def catalog_rows(
    schema: str, table: Mapping[str, Any], database: str | None = None
) -> Iterator[list[Any]]:
    """One row per column of the table, in the order of dbt's columns of a catalog.

    `database` is what the project writes beside the schema: dbt looks for the table by both.
    """
    stats: list[Any] = []
    for _, label, value, description in _statistics(table):
        stats += [label, value, description, value is not None]
    described = _described(schema, table, database).values()
    comments = column_comments(table)
    for index, column in enumerate(columns_of(table), start=1):
        comment = comments.get(column.name.lower()) or None
        yield [*described, column.name, index, column.dtype, comment, *stats]


def catalog_table(
    schema: str, table: Mapping[str, Any], database: str | None = None
) -> CatalogTable:
    """The same of one table, as dbt keeps it: what `catalog_rows` tell, with statistics that are known only."""
    from dbt_common.contracts.metadata import (
        CatalogTable,
        ColumnMetadata,
        StatsItem,
        TableMetadata,
    )

    described, stats = _described(schema, table, database), {}
    for name, label, value, description in _statistics(table):
        if value is not None:
            stats[name] = StatsItem(name, label, value, include=True, description=description)
    stats["has_stats"] = StatsItem(
        "has_stats",
        "Has Stats?",
        bool(stats),
        include=False,
        description="Indicates whether there are statistics for this table",
    )
    comments = column_comments(table)
    columns = {
        column.name: ColumnMetadata(
            column.dtype, index, column.name, comments.get(column.name.lower()) or None
        )
        for index, column in enumerate(columns_of(table), start=1)
    }
    metadata = TableMetadata(
        type=str(described["table_type"]),
        schema=schema,
        name=table["Name"],
        database=database,
        comment=described["table_comment"],
        owner=described["table_owner"],
    )
    return CatalogTable(metadata=metadata, columns=columns, stats=stats)


def _described(
    schema: str, table: Mapping[str, Any], database: str | None
) -> dict[str, str | None]:
    """What is said of the table itself, by dbt's columns of a catalog, in their order."""
    parameters = table.get("Parameters") or {}
    return {
        "table_database": database,
        "table_schema": schema,
        "table_name": table["Name"],
        "table_type": "view" if is_view(table) else "table",
        "table_comment": parameters.get("comment") or table.get("Description"),
        "table_owner": table.get("Owner"),
    }


def _statistics(table: Mapping[str, Any]) -> Iterator[tuple[str, str, int | None, str]]:
    """Name, label, value and description of each; a value that nobody knows is None."""
    parameters = table.get("Parameters") or {}
    for name, label, keys, description in STATS:
        value = next(
            (int(parameters[key]) for key in keys if str(parameters.get(key, "")).isdigit()), None
        )
        yield name, label, value, description


def documented_columns(documented: Mapping[str, Any], table: Mapping[str, Any]) -> list[str]:
    """Those of a node's columns that its table has: with `quote: true`, by the very letters, where Spark has kept them."""
    spelled = {column.name for column in columns_of(table)}
    if spark_schema(table) is None:  # Hive keeps small letters
        spelled |= {name for name in documented if name.lower() in spelled}
    names = {name.lower() for name in spelled}
    return [
        name
        for name, column in documented.items()
        if (name in spelled if column.get("quote") else name.lower() in names)
    ]
