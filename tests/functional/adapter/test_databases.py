"""Databases that are not dbt's alone: without a location, or with tables that Spark cannot describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

MERGE = "materialized='incremental', incremental_strategy='merge', unique_key='id'"
MODELS = {
    "a_table.sql": "{{ config(materialized='table') }} select 1 as id",
    "a_view.sql": "select * from {{ ref('a_table') }}",
    "grows.sql": f"{{{{ config({MERGE}) }}}} select 1 as id",
    "in_json.sql": "{{ config(materialized='table', file_format='json') }} select 1 as id",
    "in_python.py": (
        'def model(dbt, session):\n    dbt.config(materialized="incremental", '
        'incremental_strategy="merge", unique_key="id")\n    return session.range(1)\n'
    ),
}


class TestWithoutLocation:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"a_seed.csv": "id\n1\n"}

    def test_tables_are_built_and_what_cannot_be_says_what_to_do(self, project: Any) -> None:
        client = project.adapter.connections.aws.catalog
        client.delete_database(Name=project.test_schema)
        client.create_database(DatabaseInput={"Name": project.test_schema})
        for _ in range(2):
            found = {result.node.name: result for result in run_dbt(["build"], expect_pass=False)}
            refused = found.pop("in_json")
            assert {result.status for result in found.values()} == {"success"}
            assert "the database has no location" in refused.message
            assert "file_format: parquet" in refused.message
        assert "LocationUri" not in client.get_database(Name=project.test_schema)["Database"]


class TestBesideIceberg:
    """Spark's Hive client fails on a table without formats, such as Iceberg's own catalog makes."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        config = "materialized='table', old_version_retention_in_minutes=0"
        return {"a_table.sql": f"{{{{ config({config}) }}}} select 1 as id"}

    def test_old_versions_are_removed(self, project: Any, endpoint_dir: Path) -> None:
        catalog = project.adapter.data_catalog
        run_dbt(["run"])
        first = catalog.table(project.test_schema, "a_table")["StorageDescriptor"]["Location"]
        folder = endpoint_dir / "s3" / first.removeprefix("s3://")
        forgotten = folder.with_name("v20260101T000000_0123abcd")
        forgotten.mkdir()
        storage = {"Columns": [{"Name": "id", "Type": "int"}], "Location": "s3://lake/iceberg"}
        iceberg = {
            "table_type": "ICEBERG",
            "metadata_location": "s3://lake/iceberg/metadata/0.json",
        }
        catalog.create_table(
            project.test_schema,
            {
                "Name": "by_another",
                "TableType": "EXTERNAL_TABLE",
                "Parameters": iceberg,
                "StorageDescriptor": storage,
            },
        )
        run_dbt(["run"])
        assert not folder.exists()
        assert forgotten.exists(), "nobody knows whose it is"
