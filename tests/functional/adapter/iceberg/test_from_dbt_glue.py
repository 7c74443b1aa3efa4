"""Iceberg models as dbt-glue's users wrote them: there a ref has no catalog before it, so that they put it there."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

MODELS = {
    "base.sql": "{{ config(materialized='table') }} select 1 as id, 'one' as name",
    "seen.sql": "{{ config(materialized='view') }} select * from glue_catalog.{{ ref('base') }}",
    "grows.sql": """
{{ config(materialized='incremental', incremental_strategy='append') }}
-- not glue_catalog.{{ this }} alone
select b.id + {{ var('more', 0) }} as id, s.name, 'glue_catalog.{{ this }}' as written
from glue_catalog.{{ ref('base') }} b join glue_catalog.{{ ref('seen') }} s using (id)
{% if is_incremental() %}
where b.id + {{ var('more', 0) }} > (select max(id) from glue_catalog.{{ this }})
{% endif %}
""",
    "replaced.sql": """
{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['id']) }}
select * from glue_catalog.{{ ref('base') }}
""",
}


class TestCatalogBeforeRefs:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"models": {"+file_format": "iceberg"}}

    def test_it_is_taken_for_what_it_means(self, project: Any) -> None:
        run_dbt(["run"])
        run_dbt(["run", "--vars", "more: 1"])
        catalog = f"glue_catalog.{project.test_schema}"
        rows = project.run_sql(f"select * from {catalog}.grows order by id", fetch="all")
        written = f"glue_catalog.`glue_catalog`.`{project.test_schema}`.`grows`"
        assert rows == [(1, "one", written), (2, "one", written)]
        assert project.run_sql(f"select * from {catalog}.replaced", fetch="all") == [(1, "one")]
        seen = project.run_sql(f"select * from {project.test_schema}.seen", fetch="all")
        assert seen == [(1, "one")]


TIMED = {
    "base.sql": "{{ config(materialized='table') }} select 1 as id, 'a name' as `a name`",
    "merged.sql": (
        "{{ config(materialized='incremental', unique_key='id') }} select * from {{ ref('base') }}"
    ),
    "plain.sql": (
        "{{ config(materialized='table', file_format='parquet') }} select * from {{ ref('base') }}"
    ),
    "untimed.sql": (
        "{{ config(materialized='table', add_iceberg_timestamp=false) }} select 1 as id"
    ),
}


class TestTimestampColumn:
    """`add_iceberg_timestamp`: when the row was written."""

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return TIMED

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"models": {"+file_format": "iceberg", "+add_iceberg_timestamp": True}}

    def test_it_is_added_once(self, project: Any) -> None:
        run_dbt(["run"])
        catalog = f"glue_catalog.{project.test_schema}"

        def columns(table: str) -> list[tuple[str, str]]:
            return [row[:2] for row in project.run_sql(f"describe {table}", fetch="all")]

        timed = [("id", "int"), ("a name", "string"), ("update_iceberg_ts", "timestamp")]
        assert columns(f"{catalog}.base") == timed
        assert columns(f"{catalog}.merged") == timed
        assert columns(f"{project.test_schema}.plain") == timed  # as the model has it
        assert columns(f"{catalog}.untimed") == [("id", "int")]

        written = f"select update_iceberg_ts from {catalog}.merged"
        first = project.run_sql(written, fetch="all")
        run_dbt(["run", "-s", "merged"])
        second = project.run_sql(written, fetch="all")
        assert len(first) == len(second) == 1
        assert first < second
