"""Macros as dbt-glue's users wrote them: its methods, its macros, and hooks of several statements."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture

pytestmark = pytest.mark.spark

MACROS = """
{% macro told() %}
  {% set here = api.Relation.create(schema=target.schema, identifier='here') %}
  {% set seen = api.Relation.create(schema=target.schema, identifier='seen') %}
  {% set lake = api.Relation.create(schema=target.schema, identifier='lake') %}
  {% set gone = api.Relation.create(schema=target.schema, identifier='gone') %}
  {% set told = {
    'types': [adapter.get_table_type(here), adapter.get_table_type(seen), adapter.get_table_type(lake, 'iceberg'), adapter.get_table_type(gone)],
    'described': adapter.describe_table(here).rows | map('list') | list,
    'here': adapter.get_location(here, as_clause=false),
    'gone': adapter.get_location(gone),
    'given': adapter.get_location(here, "s3://a/b's", trailing_slash=true),
    'catalog': adapter.get_custom_iceberg_catalog_namespace(),
    'copy': adapter.duplicate_view(seen, gone),
    'there': adapter.get_relation(database=none, schema=target.schema, identifier='here', file_format='parquet') is not none,
    'named': glue__make_target_relation(here, 'iceberg') | string,
    'properties': set_table_properties({'a': "it's", 'b': true}),
  } %}
  {% do log('TOLD ' ~ tojson(told), info=true) %}
{% endmacro %}

{% macro changed() %}
  {% do glue_exec_query("create table " ~ target.schema ~ ".made as select 1 as id dbt_next_query insert into " ~ target.schema ~ ".made select 2") %}
  {% set made = api.Relation.create(schema=target.schema, identifier='made', type='table') %}
  {% set moved = api.Relation.create(schema=target.schema, identifier='moved', type='table') %}
  {% do adapter.glue_rename_relation(made, moved) %}
  {% do adapter.iceberg_expire_snapshots(api.Relation.create(schema=target.schema, identifier='lake')) %}
  {% set code %}
      n = spark.table("{{ target.schema }}.moved").count()
      for _ in range(n):
          spark.sql("insert into {{ target.schema }}.moved select 3")
      SqlWrapper2.execute("SELECT 1")
  {% endset %}
  {% do adapter.execute_pyspark(code) %}
{% endmacro %}

{% macro fails() %}{% do adapter.execute_pyspark("1 / 0") %}{% endmacro %}
{% macro seeds() %}{% do adapter.create_csv_table(model, none) %}{% endmacro %}
{% macro tags(enabled) %}
  {% do adapter.add_lf_tags(api.Relation.create(schema='a', identifier='b'), {'enabled': enabled, 'tags_table': {'team': 'data'}}) %}
{% endmacro %}
"""
HOOK = (
    "create table {{ target.schema }}.%s as select 'a;b' as text; -- then; more\n"
    "insert into {{ target.schema }}.%s select ';'"
)


class TestMacrosOfDbtGluesUsers:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {
            "here.sql": "{{ config(materialized='table') }} select 1 as id, 'a' as name",
            "seen.sql": "{{ config(materialized='view') }} select id from {{ ref('here') }}",
            "lake.sql": "{{ config(materialized='table', file_format='iceberg') }} select 1 as id",
        }

    @pytest.fixture(scope="class")
    @classmethod
    def macros(cls) -> dict[str, str]:
        return {"told.sql": MACROS}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {
            "on-run-start": [HOOK % ("began", "began")],
            "models": {"test": {"here": {"+pre-hook": HOOK % ("hooked", "hooked")}}},
        }

    @pytest.fixture(scope="class")
    @classmethod
    def built(cls, project: Any) -> Any:
        run_dbt(["run"])
        return project

    @staticmethod
    def column(project: Any, table: str) -> list[Any]:
        rows = project.run_sql(f"select * from {project.test_schema}.{table}", fetch="all")
        return sorted(row[0] for row in rows)

    def test_a_hook_may_be_several_statements(self, built: Any) -> None:
        assert self.column(built, "hooked") == [";", "a;b"]
        assert self.column(built, "began") == [";", "a;b"]

    def test_what_methods_tell(self, built: Any) -> None:
        _, log = run_dbt_and_capture(["run-operation", "told"])
        told = json.loads(log.split("TOLD ")[1].splitlines()[0])
        schema = built.test_schema
        place = f"s3://dbt-glue-local/warehouse/{schema}"
        assert told.pop("here").startswith(f"{place}/here/v")
        copy = told.pop("copy")
        assert f"`{schema}`.`gone`" in copy.splitlines()[0]
        assert copy.lower().lstrip().startswith("create view")
        assert told == {
            "types": ["table", "view", "iceberg_table", None],
            "described": [["id", "int", None], ["name", "string", None]],
            "gone": f"LOCATION '{place}/gone'",
            "given": r"LOCATION 's3://a/b\'s/'",
            "catalog": "glue_catalog",
            "there": True,
            "named": f"`glue_catalog`.`{schema}`.`here`",
            "properties": r"tblproperties ('a' = 'it\'s', 'b' = 'true')",
        }

    def test_what_methods_change(self, built: Any) -> None:
        _, log = run_dbt_and_capture(["run-operation", "changed"])
        assert self.column(built, "moved") == [1, 2, 3, 3]
        assert log.count("adapter.execute_pyspark is dbt-glue's word: write adapter.") == 1
        assert "adapter.glue_rename_relation is dbt-glue's word" in log

    @pytest.mark.parametrize(
        ("macro", "arguments", "said"),
        [
            ("fails", "{}", "ZeroDivisionError"),
            ("seeds", "{}", "adapter.create_csv_table is dbt-glue's own, and not here"),
            ("tags", "{enabled: true}", "`lf_tags_config` of `a`.`b` is not carried out: "),
        ],
    )
    def test_a_method_that_cannot_says_so(
        self, built: Any, macro: str, arguments: str, said: str
    ) -> None:
        del built
        command = ["run-operation", macro, "--args", arguments]
        _, log = run_dbt_and_capture(command, expect_pass=False)
        assert said in log

    def test_tags_that_are_off_ask_for_nothing(self, built: Any) -> None:
        del built
        run_dbt(["run-operation", "tags", "--args", "{enabled: false}"])
