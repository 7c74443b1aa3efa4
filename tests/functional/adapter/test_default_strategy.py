"""An incremental model without a strategy over a table that dbt-glue made: it asks, and writes nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture

from tests.local_target import local_target

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

SELECT = "select cast(1 as int) as id, 'new' as name, '2026-01-01' as day"
MODELS = {
    "grows.sql": "{{ config(materialized='incremental') }} " + SELECT,
    "keyed.sql": "{{ config(materialized='incremental', unique_key='id') }} " + SELECT,
    "days.sql": "{{ config(materialized='incremental', partition_by=['day']) }} " + SELECT,
    "lake.sql": (
        "{{ config(materialized='incremental', unique_key=['id'], file_format='iceberg') }} "
        + SELECT
    ),
    "frame.py": """
def model(dbt, session):
    dbt.config(materialized="incremental")
    return session.sql("select cast(1 as int) as id, 'new' as name, '2026-01-01' as day")
""",
}


class TestTablesOfDbtGlue:
    @pytest.fixture(scope="class")
    @classmethod
    def dbt_profile_target(cls, endpoint: Any, endpoint_dir: Path) -> dict[str, Any]:
        return {**local_target(endpoint_dir), "datalake_formats": "iceberg"}

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    @classmethod
    def tables(cls, project: Any) -> Any:
        """The tables as dbt-glue's statements make them, where it puts them."""
        base = f"s3://dbt-glue-local/warehouse/{project.test_schema}"
        old = "select cast(1 as int) as id, 'old' as name, '2026-01-01' as day"
        for name in ("grows", "keyed", "frame"):
            project.run_sql(
                f"create table {project.test_schema}.{name} using PARQUET location '{base}/{name}' as {old}"
            )
        project.run_sql(
            f"create table {project.test_schema}.days using PARQUET partitioned by (day) "
            f"location '{base}/days' as {old} union all select 2, 'old', '2026-01-02'"
        )
        project.run_sql(
            f"create or replace table glue_catalog.{project.test_schema}.lake using iceberg "
            f"location '{base}/lake' as {old}"
        )
        return project

    @staticmethod
    def rows(project: Any, name: str) -> list[Any]:
        catalog = "glue_catalog." if name == "lake" else ""
        asked = f"select id, name from {catalog}{project.test_schema}.{name} order by id, name"
        return list(project.run_sql(asked, fetch="all"))

    def test_the_model_asks_which_strategy_is_meant(self, tables: Any) -> None:
        results, log = run_dbt_and_capture(["run"], expect_pass=False)
        said = {result.node.name: str(result.message) for result in results}
        for name, ours in (
            ("grows", "append"), ("keyed", "merge"), ("lake", "merge"), ("frame", "append"),
        ):  # fmt: skip
            assert "such as dbt-glue, and the model names no `incremental_strategy`" in said[name]
            assert f"here it would be {ours}" in said[name]
            assert "{test: {+incremental_strategy: insert_overwrite}}" in said[name]
            assert self.rows(tables, name) == [(1, "old")]
        # partition_by alone is insert_overwrite in both; of dbt-glue, of the whole table
        assert self.rows(tables, "days") == [(1, "new"), (2, "old")]
        assert (
            log.count("in, and the others stay")
            == log.count(f"{tables.test_schema}.days was made by another tool")
            == 1
        )

    def test_a_full_refresh_needs_no_answer(self, tables: Any) -> None:
        run_dbt(["run", "--full-refresh", "-s", "grows"])
        assert self.rows(tables, "grows") == [(1, "new")]

    def test_a_table_of_ours_keeps_to_our_rule(self, tables: Any) -> None:
        _, log = run_dbt_and_capture(["run", "-s", "grows"])
        assert self.rows(tables, "grows") == [(1, "new")] * 2
        assert log.count("each run appends its rows to the table") == 1
        assert "partition_by in models/grows.sql:" in log


class TestTheAnswer:
    """One line in dbt_project.yml, and the project does what it did in dbt-glue."""

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {"grows.sql": MODELS["grows.sql"], "keyed.sql": MODELS["keyed.sql"]}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"models": {"test": {"+incremental_strategy": "insert_overwrite"}}}

    def test_it_is_given_once(self, project: Any) -> None:
        old = "select cast(7 as int) as id, 'old' as name, '2026-01-01' as day"
        for name in ("grows", "keyed"):
            project.run_sql(
                f"create table {project.test_schema}.{name} using PARQUET "
                f"location 's3://dbt-glue-local/warehouse/{project.test_schema}/{name}' as {old}"
            )
        for _ in range(2):
            _, log = run_dbt_and_capture(["run"])
            assert "incremental_strategy, unique_key" not in log
            for name in ("grows", "keyed"):
                asked = f"select id, name from {project.test_schema}.{name}"
                assert project.run_sql(asked, fetch="all") == [(1, "new")]
