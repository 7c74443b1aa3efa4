"""The rows of dbt's documentation catalog, from what the Data Catalog knows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import column_comments, columns_of, is_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CATALOG_COLUMNS", "catalog_rows"]

STATS = (
    ("bytes", "Size", ("spark.sql.statistics.totalSize", "totalSize"), "Bytes of the data files"),
    ("rows", "Rows", ("spark.sql.statistics.numRows", "numRows"), "Rows of the table"),
)

CATALOG_COLUMNS = (
    "table_database", "table_schema", "table_name", "table_type", "table_comment", "table_owner",
    "column_name", "column_index", "column_type", "column_comment",
    *(f"stats:{name}:{part}" for name, *_ in STATS for part in ("label", "value", "description", "include")),
)  # fmt: skip


def catalog_rows(schema: str, table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One row per column of the table."""
    parameters = table.get("Parameters") or {}
    stats: dict[str, Any] = {}
    for name, label, keys, description in STATS:
        value = next(
            (int(parameters[key]) for key in keys if str(parameters.get(key, "")).isdigit()), None
        )
        stats[f"stats:{name}:label"] = label
        stats[f"stats:{name}:value"] = value
        stats[f"stats:{name}:description"] = description
        stats[f"stats:{name}:include"] = value is not None
    comments = column_comments(table)
    for index, column in enumerate(columns_of(table), start=1):
        yield {
            "table_database": None,
            "table_schema": schema,
            "table_name": table["Name"],
            "table_type": "view" if is_view(table) else "table",
            "table_comment": parameters.get("comment") or table.get("Description"),
            "table_owner": table.get("Owner"),
            "column_name": column.name,
            "column_index": index,
            "column_type": column.dtype,
            "column_comment": comments.get(column.name.lower()) or None,
            **stats,
        }
