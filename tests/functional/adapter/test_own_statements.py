"""What a project says itself in SQL: headers, hooks of several statements, strategies of its own, and truncating a table."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

HEADED = """
{{ config(materialized='%s') }}
{%% call set_sql_header(config) %%}
set time zone 'Asia/Kolkata';
create or replace temporary view greeted as select 'hello; there' as word;
{%% endcall %%}
select word, current_timezone() as zone from greeted
"""

HOOKED = """
{{ config(
    materialized='table',
    pre_hook="create table if not exists {{ this.schema }}.seen (word string) using parquet; -- one; two
              insert into {{ this.schema }}.seen values ('a;b'); insert into {{ this.schema }}.seen values ('c')"
) }}
select count(*) as n from {{ this.schema }}.seen
"""

STRATEGY = """
{% macro get_incremental_newest_sql(arg_dict) %}
  {% set columns = get_quoted_csv(arg_dict.dest_columns | map(attribute='name')) %}
  create table {{ this.schema }}.kept using parquet as
    select {{ columns }} from (
      select *, row_number() over (partition by id order by version desc) as place
      from (select {{ columns }} from {{ arg_dict.target_relation }}
            union all select {{ columns }} from {{ arg_dict.temp_relation }})
    ) where place = 1;
  insert overwrite table {{ arg_dict.target_relation }} select * from {{ this.schema }}.kept
{% endmacro %}
"""

NEWEST = """
{{ config(materialized='incremental', incremental_strategy='newest', on_schema_change='append_new_columns') }}
{% if is_incremental() %}
select 1 as id, 2 as version, 'x' as extra union all select 2, 0, 'y'
{% else %}
select 1 as id, 1 as version union all select 2, 1
{% endif %}
"""

PARTED = (
    "{{ config(materialized='table', partition_by='day') }} select id, id % 2 as day from range(4)"
)

TRUNCATE = """
{% macro empty_it() %}
  {% do truncate_relation(adapter.get_relation(none, target.schema, 'parted')) %}
{% endmacro %}
"""


class TestOwnStatements:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {
            "headed_table.sql": HEADED % "table",
            "headed_incremental.sql": HEADED % "incremental",
            "hooked.sql": HOOKED,
            "newest.sql": NEWEST,
            "parted.sql": PARTED,
        }

    @pytest.fixture(scope="class")
    @classmethod
    def macros(cls) -> dict[str, str]:
        return {"strategy.sql": STRATEGY, "truncate.sql": TRUNCATE}

    def rows(self, project: Any, sql: str) -> list[tuple[Any, ...]]:
        found = project.run_sql(sql.replace("{schema}", project.test_schema), fetch="all")
        return sorted(tuple(row) for row in found)

    def test_a_header_runs_before_the_model_in_its_session(self, project: Any) -> None:
        run_dbt(["run", "-s", "headed_table", "headed_incremental"])
        run_dbt(["run", "-s", "headed_incremental"])
        row = ("hello; there", "Asia/Kolkata")
        assert self.rows(project, "select * from {schema}.headed_table") == [row]
        assert self.rows(project, "select * from {schema}.headed_incremental") == [row, row]

    def test_show_runs_the_header_too(self, project: Any) -> None:
        results = run_dbt(["show", "-s", "headed_table"])
        assert [tuple(row) for row in results.results[0].agate_table.rows] == [
            ("hello; there", "Asia/Kolkata")
        ]

    def test_a_hook_has_several_statements(self, project: Any) -> None:
        run_dbt(["run", "-s", "hooked"])
        assert self.rows(project, "select * from {schema}.hooked") == [(2,)]
        assert self.rows(project, "select * from {schema}.seen") == [("a;b",), ("c",)]

    def test_a_strategy_is_a_macro_of_the_project(self, project: Any) -> None:
        """dbt's own way: the rows of the model in a temporary relation, and the table's columns changed before."""
        for _run in range(2):
            run_dbt(["run", "-s", "newest"])
        assert self.rows(project, "select id, version, nvl(extra, '') from {schema}.newest") == [
            (1, 2, "x"),
            (2, 1, ""),
        ]

    def test_a_partitioned_table_is_truncated(self, project: Any) -> None:
        run_dbt(["run", "-s", "parted"])
        assert len(self.rows(project, "select * from {schema}.parted")) == 4
        run_dbt(["run-operation", "empty_it"])
        assert self.rows(project, "select * from {schema}.parted") == []
        run_dbt(["run", "-s", "parted"])
        assert len(self.rows(project, "select * from {schema}.parted")) == 4
