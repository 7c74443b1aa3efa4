"""Values come back as what they were; errors say what is wrong and where."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from dbt.adapters.glue.literals import type_name
from dbt.adapters.glue.results import decode_rows, describe_error


def field(name: str, data_type: object) -> dict[str, object]:
    return {"name": name, "type": data_type, "nullable": True, "metadata": {}}


def test_cells_by_schema() -> None:
    schema = {
        "type": "struct",
        "fields": [
            field("d", "date"),
            field("t", "timestamp"),
            field("n", "decimal(10,2)"),
            field("b", "binary"),
            field("f", "double"),
            field("a", {"type": "array", "elementType": "date", "containsNull": True}),
        ],
    }
    rows = decode_rows(
        schema,
        [["2024-01-02", "2024-01-02T03:04:05.000006", "1.50", "AP8=", "NaN", ["2024-01-02", None]], [None] * 6],
    )  # fmt: skip
    assert rows[0][:4] == (
        date(2024, 1, 2),
        datetime(2024, 1, 2, 3, 4, 5, 6),
        Decimal("1.50"),
        b"\x00\xff",
    )
    assert rows[0][4] != rows[0][4]
    assert rows[0][5] == [date(2024, 1, 2), None]
    assert rows[1] == (None,) * 6


def test_type_names_are_sql() -> None:
    nested = {
        "type": "map",
        "keyType": "string",
        "valueType": {"type": "struct", "fields": [field("x", "long")]},
    }
    assert type_name(nested) == "map<string,struct<x:bigint>>"
    assert type_name("integer") == "int"


@pytest.mark.parametrize(
    ("raw", "sql", "told"),
    [
        (
            {
                "type": "AnalysisException",
                "message": "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `nope` cannot be resolved.; line 2 pos 2;\n'Project [1 AS a#1, 'nope]\n+- Range (0, 1)\n",
            },
            "select 1,\n  nope",
            (
                "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `nope` cannot be resolved.\n"
                "  line 2:   nope\n            ^"
            ),
        ),
        (
            {
                "type": "ParseException",
                "message": "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'frm'.(line 1, pos 9)\n\n== SQL ==\nselect 1 frm x\n---------^^^\n",
            },
            "select 1 frm x",
            "[PARSE_SYNTAX_ERROR] Syntax error at or near 'frm'.\n  line 1: select 1 frm x\n                   ^",
        ),
        (
            {
                "type": "Py4JJavaError",
                "message": "Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent failure: Lost task 0.0 in stage 1.0 (TID 1) (host executor driver): java.lang.RuntimeException: oh no\n\tat org.apache.spark.X\n\nDriver stacktrace:",
            },
            "select raise_error('oh no')",
            "oh no",
        ),
        ({"type": "ValueError", "message": "bad"}, "", "ValueError: bad"),
        (
            {
                "type": "Py4JJavaError",
                "message": "java.lang.IllegalArgumentException: Can not create a Path from an empty string",
            },
            "create table t using json location 's3://b/t' as select 1",
            (
                "java.lang.IllegalArgumentException: Can not create a Path from an empty string: the database has no "
                "location, which Spark needs for this kind of table. Give the Glue database one (LocationUri), or keep "
                "the table as file_format: parquet or orc, without timestamp_ntz"
            ),
        ),
    ],
)
def test_errors_without_the_machinery(raw: dict[str, str], sql: str, told: str) -> None:
    assert describe_error(raw, sql) == told
