"""AWS SDK for pandas (awswrangler) works on the endpoint's catalog and buckets, as it is."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.spark

PATH = "s3://clients/awswrangler/catalog"


def partition(form: str, *days: str) -> dict[str, list[str]]:
    return {f"{PATH}/{form}/day={day}/": [day] for day in days}


def test_every_function_of_the_catalog_module(run_program: Any) -> None:
    found = run_program("awswrangler_catalog")
    assert found["not called"] == []
    without_answer = {name for name, answer in found["called"].items() if answer is None}
    assert without_answer == {
        *(f"create_{form}_table" for form in ("csv", "json", "orc", "parquet")),
        *(f"add_{form}_partitions" for form in ("csv", "json", "orc", "parquet")),
        "add_column",
        "delete_column",
        "delete_database",
    }
    columns = (["id", "name"], ["id", "name"], ["id", "name"], ["id", "name", "price"])
    assert {name: answer for name, answer in found["called"].items() if answer is not None} == {
        "create_database": "of the tests",
        "databases": [["wrangler_catalog", "of the tests"]],
        "get_databases": ["of the tests"],
        "get_csv_partitions": partition("csv", "2026-01-02"),
        "get_parquet_partitions": partition("parquet", "2026-01-01", "2026-01-02"),
        "get_partitions": partition("json", "2026-01-01"),
        "delete_partitions": partition("json", "2026-01-02"),
        "delete_all_partitions": [["2026-01-01"], ["2026-01-02"]],
        "does_table_exist": True,
        "get_table_types": {"id": "bigint", "name": "string"},
        "get_columns_comments": {"id": "the number", "name": None},
        "get_columns_parameters": {"id": {"unit": "1"}, "name": None},
        "get_table_description": "what happened",
        "get_table_location": f"{PATH}/events/",
        "upsert_table_parameters": {
            "classification": "parquet",
            "compressionType": "none",
            "typeOfData": "file",
            "owner": "tests",
            "projection.enabled": "false",
            "level": "gold",
        },
        "overwrite_table_parameters": {"only": "this"},
        "get_table_parameters": {"only": "this"},
        "get_table_number_of_versions": 5,
        "get_table_versions": [
            ["4", ["id", "price"]],
            *([str(number), names] for number, names in reversed(list(enumerate(columns)))),
        ],
        "table": [["id", "bigint", False, "the number"], ["price", "double", False, "in euros"]],
        "tables": [
            ["wrangler_catalog", "events", "what happened", "EXTERNAL_TABLE", "id, price", ""]
        ],
        "get_tables": ["from_csv", "from_json", "from_orc", "from_parquet"],
        "search_tables": ["events"],
        "get_connection": {
            "JDBC_CONNECTION_URL": "jdbc:postgresql://db:5432/shop",
            "USERNAME": "reader",
            "PASSWORD": "a secret",
        },
        "sanitize_dataframe_columns_names": ["ne_me", "nee", "ne_me"],
        "rename_duplicated_columns": ["Né me", "née", "Né me_1"],
        "drop_duplicated_columns": ["Né me", "née"],
        "sanitize_column_name": "my_column",
        "sanitize_table_name": "mytable_",
        "extract_athena_types": [{"id": "bigint"}, {"day": "string"}],
        "delete_table_if_exists": True,
    }


def test_datasets_that_spark_reads(run_program: Any) -> None:
    """Written by mode, with the partitions that the catalog then has; Spark sees the same rows."""
    found = run_program("awswrangler_datasets")
    old, new, other = ["a", 1, "2026-01-01"], ["b", 2, "2026-01-02"], ["c", 3, "2026-01-02"]
    assert found["spark"] == {
        "written": [old, new],
        "appended": [old, new, other],
        "overwritten partitions": [old, ["d", 4, "2026-01-02"]],
        "overwritten": [["e", 5, "2026-01-03"]],
    }
    assert found["pandas"] == [["e", 5, "2026-01-03"]]
    assert found["types"] == {"name": "string", "number": "bigint", "day": "string"}
    assert found["partitions"] == [["2026-01-03"]]
