"""Schemas that share a `temp_schema`: each table's staged versions are its own."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt, write_file
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.replacement import Replacement
from dbt.adapters.glue.table_updates import TRAIL

pytestmark = pytest.mark.spark

TABLE = "{{ config(materialized='table', schema=%r, alias='same') }} select '%s' as name"
PYTHON = """
def model(dbt, session):
    dbt.config(materialized="incremental", schema="two", alias="grows", incremental_strategy="append")
    return session.range(1)
"""


class TestTwoSchemas:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "one.sql": TABLE % ("one", "of one"),
            "two.sql": TABLE % ("two", "of two"),
            "grows.py": PYTHON,
        }

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "temp_schema": "shared_staging"}

    @pytest.fixture
    def staged(self, project: Any) -> Any:
        def names() -> list[str]:
            if project.adapter.data_catalog.database("shared_staging") is None:
                return []
            return sorted(t["Name"] for t in project.adapter.data_catalog.tables("shared_staging"))

        yield names
        for name in names():
            project.adapter.data_catalog.delete_table("shared_staging", name)

    def test_what_a_run_of_one_left_is_not_touched_by_the_other(
        self, project: Any, staged: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cut_short(*_arguments: object, **_more: object) -> None:
            raise DbtRuntimeError("cut short")

        with monkeypatch.context() as patched:
            patched.setattr(Replacement, "_switch", cut_short)
            assert "cut short" in run_dbt(["run", "-s", "two"], expect_pass=False)[0].message
        left = staged()
        assert len(left) == 1
        assert left[0].startswith(f"{project.test_schema}_two__same__")
        run_dbt(["run", "-s", "one"])
        assert staged() == left
        run_dbt(["run", "-s", "two"])
        assert staged() == []
        for name in ("one", "two"):
            found = project.run_sql(f"select * from {project.test_schema}_{name}.same", fetch="all")
            assert [row[0] for row in found] == [f"of {name}"]
            table = project.adapter.data_catalog.table(f"{project.test_schema}_{name}", "same")
            assert {key for key in table["Parameters"] if key.startswith("dbt_glue.")} == {TRAIL}

    def test_every_way_to_stage_a_table(self, project: Any, staged: Any) -> None:
        for kind in ("view", "table", "view"):
            text = f"{{{{ config(materialized='{kind}', alias='kind') }}}} select '{kind}' as name"
            write_file(text, project.project_root, "models", "kind.sql")
            run_dbt(["run", "-s", "kind", "grows"])
            assert project.run_sql("select name from {schema}.kind", fetch="one")[0] == kind
            assert staged() == []
        count = project.run_sql(
            f"select count(*) from {project.test_schema}_two.grows", fetch="one"
        )
        assert count[0] == 3


class TestATableOfSomebodyElse:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"mine.sql": "{{ config(materialized='table') }} select 1 as n"}

    def test_it_stays_and_is_in_nobodys_way(self, project: Any) -> None:
        project.run_sql("create schema if not exists {schema}")
        project.run_sql("create table {schema}.mine__dbt_new using parquet as select 7 as seven")
        run_dbt(["run"])
        assert project.run_sql("select n from {schema}.mine", fetch="one")[0] == 1
        assert project.run_sql("select seven from {schema}.mine__dbt_new", fetch="one")[0] == 7
