"""dbt's catalog of a table: every value as the Data Catalog has it."""

from __future__ import annotations

from typing import Any

from dbt.adapters.glue.documentation import catalog_rows, documentation_table

TABLE: dict[str, Any] = {
    "Name": "orders",
    "Description": "2024",
    "Parameters": {"numRows": "12", "totalSize": "unknown"},
    "StorageDescriptor": {
        "Columns": [
            {"Name": "id", "Type": "int", "Comment": "007"},
            {"Name": "note", "Type": "string", "Comment": "null"},
        ]
    },
    "PartitionKeys": [{"Name": "day", "Type": "date"}],
}


def described(*tables: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [row for table in tables for row in catalog_rows("shop", table)]
    return [dict(row) for row in documentation_table(rows)]


def test_texts_stay_texts() -> None:
    first, second, third = described(TABLE)
    assert (first["table_comment"], first["column_comment"]) == ("2024", "007")
    assert (second["column_comment"], third["column_comment"]) == ("null", None)
    assert [row["column_index"] for row in (first, second, third)] == [1, 2, 3]
    assert [row["column_type"] for row in (first, second, third)] == ["int", "string", "date"]
    assert (first["table_database"], first["table_schema"]) == (None, "shop")


def test_statistics_are_there_where_they_are_known() -> None:
    row = described(TABLE)[0]
    assert (row["stats:rows:value"], row["stats:rows:include"]) == (12, True)
    assert (row["stats:bytes:value"], row["stats:bytes:include"]) == (None, False)


def test_nothing_is_a_table_without_rows() -> None:
    assert described() == []
