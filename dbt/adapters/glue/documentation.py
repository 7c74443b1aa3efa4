"""What the Data Catalog knows of a table, as rows of dbt's documentation, and which documented columns it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import column_comments, columns_of, is_view, spark_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import agate

__all__ = ["catalog_rows", "documentation_table", "documented_columns"]

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
    parameters = table.get("Parameters") or {}
    stats: list[Any] = []
    for _, label, keys, description in STATS:
        value = next(
            (int(parameters[key]) for key in keys if str(parameters.get(key, "")).isdigit()), None
        )
        stats += [label, value, description, value is not None]
    described = [
        database,
        schema,
        table["Name"],
        "view" if is_view(table) else "table",
        parameters.get("comment") or table.get("Description"),
        table.get("Owner"),
    ]
    comments = column_comments(table)
    for index, column in enumerate(columns_of(table), start=1):
        comment = comments.get(column.name.lower()) or None
        yield [*described, column.name, index, column.dtype, comment, *stats]


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
