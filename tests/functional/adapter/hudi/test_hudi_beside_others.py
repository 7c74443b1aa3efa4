"""Hudi, Delta, Iceberg and Parquet tables in one session, of which each model reads the one before."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

MERGED = (
    "{{ config(materialized='incremental', file_format='%s', unique_key='id') }} select id, "
    "{%% if is_incremental() %%}'again'{%% else %%}'first'{%% endif %%} as name from {{ ref('%s') }}"
)


class TestHudiBesideOthers:
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "glue_version": "5.1"}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "plain.sql": "{{ config(materialized='table') }} select 1 as id union all select 2",
            "in_delta.sql": MERGED % ("delta", "plain"),
            "in_hudi.sql": MERGED % ("hudi", "in_delta"),
            "in_iceberg.sql": MERGED % ("iceberg", "in_hudi"),
            "together.py": """
def model(dbt, session):
    dbt.config(materialized="table", file_format="hudi", unique_key="id")
    frames = [dbt.ref("in_delta"), dbt.ref("in_hudi"), dbt.ref("in_iceberg")]
    first, second, third = [frame.select("id", "name") for frame in frames]
    return first.join(second, ["id", "name"]).join(third, ["id", "name"])
""",
        }

    def test_they_meet(self, project: Any) -> None:
        asked = f"select id, name from {project.test_schema}.together order by id"
        for name in ("first", "again"):
            run_dbt(["run"])
            assert project.run_sql(asked, fetch="all") == [(1, name), (2, name)]
