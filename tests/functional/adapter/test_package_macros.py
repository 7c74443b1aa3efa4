"""Macros that dbt packages dispatch, as a project finds them with dbt's own macros in the search order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture

pytestmark = pytest.mark.spark

# As the packages call them: by a dispatch in the package's own namespace.
MACROS = """
{% macro rows_of(sql) %}{{ return(run_query(sql).rows | map('list') | list) }}{% endmacro %}

{% macro matches(text, regexp, is_raw, flags) %}
  {% set condition = adapter.dispatch('regexp_instr', 'dbt_expectations')("'" ~ text ~ "'", regexp, 1, 1, is_raw, flags) %}
  {{ return(rows_of('select ' ~ condition)[0][0]) }}
{% endmacro %}

{% macro alike(a, b, event_time=none) %}
  {% set sql = adapter.dispatch('quick_are_queries_identical', 'audit_helper')(a, b, ['id', 'name'], event_time) %}
  {{ return(rows_of(sql)[0][0]) }}
{% endmacro %}

{% macro told() %}
  {% set tables = adapter.dispatch('get_tables_by_pattern_sql', 'dbt_utils') %}
  {% set two = "select * from values (1, 'a', 10), (2, null, 20) as t(id, name, at)" %}
  {% set turned = "select * from values (2, null, 20), (1, 'a', 10) as t(id, name, at)" %}
  {% set more = "select * from values (1, 'a', 10), (2, null, 20), (2, null, 30), (2, null, 30) as t(id, name, at)" %}
  {% set moved = "select * from values (1, 'a', 10), (null, '2', 20) as t(id, name, at)" %}
  {% set nothing = "select 1 as id, 'a' as name, 1 as at where false" %}
  {% set counted = adapter.dispatch('_count_num_rows_in_status', 'audit_helper')() %}
  {% set told = {
    'found': rows_of(tables(target.schema | upper, 'data\\\\_%', '%_b', target.database) ~ ' order by 2'),
    'none': rows_of(tables('no such', '%', '', target.database)),
    'matches': [
      matches('ab', '[A-Z]', false, ''), matches('ab', '[A-Z]', false, 'i'),
      matches('123', '^\\\\d{3}$', false, ''), matches('123', '^\\\\d{3}$', true, ''), matches("it\\\\'s", "t's", true, ''),
    ],
    'alike': [alike(two, turned), alike(two, more), alike(two, more, 'at'), alike(two, moved), alike(nothing, nothing), alike(two, nothing)],
    'counted': rows_of(
      'select distinct dbt_audit_row_status, ' ~ counted ~ " from values ('same', 'k', 1), ('same', 'l', 1), ('same', 'l', 1),"
      ~ " ('new', 'm', 1) as t(dbt_audit_row_status, dbt_audit_surrogate_key, dbt_audit_pk_row_num) order by 1"
    ),
  } %}
  {% do log('TOLD ' ~ tojson(told), info=true) %}
{% endmacro %}

{% macro intermediate() %}
  {% set named = api.Relation.create(database=target.database, schema=target.schema, identifier='data_a', type='table') %}
  {% set bare = named.incorporate(path={'schema': none, 'identifier': 'data_a__tmp'}) %}
  {% set view = named.incorporate(path={'schema': none, 'identifier': 'data_v__tmp'}) %}
  {% do adapter.drop_relation(bare) %}
  {% do run_query('create table ' ~ bare ~ ' as select id, 1 as n from ' ~ named) %}
  {% do run_query('create temporary view ' ~ view ~ ' as select id as m from ' ~ named) %}
  {% set told = {
    'named': named | string, 'bare': adapter.get_columns_in_relation(bare) | map(attribute='name') | list,
    'view': adapter.get_columns_in_relation(view) | map(attribute='name') | list,
  } %}
  {% do adapter.drop_relation(bare) %}
  {% do adapter.drop_relation(view) %}
  {% do told.update({'left': rows_of("show tables in " ~ target.schema ~ " like '*__tmp'") | length}) %}
  {% do log('TOLD ' ~ tojson(told), info=true) %}
{% endmacro %}

{% macro without_schema() %}
  {% do adapter.drop_schema(api.Relation.create(schema=target.schema)) %}
  {% set bare = api.Relation.create(identifier='nowhere__tmp', type='table') %}
  {% do run_query('create table ' ~ bare ~ ' as select 1 as id') %}
  {% set there = rows_of("show tables in default like 'nowhere__tmp'") | length %}
  {% do adapter.drop_relation(bare) %}
  {% do log('TOLD ' ~ tojson([there, rows_of("show tables in default like 'nowhere__tmp'") | length]), info=true) %}
{% endmacro %}
"""


class TestMacrosOfPackages:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        table = "{{ config(materialized='table') }} select 1 as id"
        view = "{{ config(materialized='view') }} select 1 as id"
        return {"data_a.sql": table, "data_b.sql": table, "data_c.sql": view, "dataxd.sql": view}

    @pytest.fixture(scope="class")
    @classmethod
    def macros(cls) -> dict[str, str]:
        return {"told.sql": MACROS}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        packages = ("dbt_utils", "dbt_expectations", "audit_helper")
        return {
            "dispatch": [
                {"macro_namespace": package, "search_order": ["test", "dbt"]}
                for package in packages
            ]
        }

    def test_do_what_the_package_means(self, project: Any) -> None:
        assert len(run_dbt(["run"])) == 4
        _, log = run_dbt_and_capture(["run-operation", "told"])
        told = json.loads(log.partition("TOLD ")[2].splitlines()[0])
        schema = project.test_schema
        assert told["found"] == [[schema, "data_a", "table"], [schema, "data_c", "view"]]
        assert told["none"] == []
        assert told["matches"] == [0, 1, 0, 1, 1]
        assert told["alike"] == [True, False, True, False, True, False]
        assert told["counted"] == [["new", 1], ["same", 2]]

    def test_a_relation_without_a_schema_is_what_the_session_knows_by_that_name(
        self, project: Any
    ) -> None:
        """As dbt-spark has it. A macro may also name a database that the target has not."""
        run_dbt(["run", "--select", "data_a"])
        _, log = run_dbt_and_capture(["run-operation", "intermediate"])
        assert json.loads(log.partition("TOLD ")[2].splitlines()[0]) == {
            "named": f"`{project.test_schema}`.`data_a`",
            "bare": ["id", "n"],
            "view": ["m"],
            "left": 0,
        }

    def test_without_the_profiles_schema_the_session_is_in_the_default_database(
        self, project: Any
    ) -> None:
        _, log = run_dbt_and_capture(["run-operation", "without_schema"])
        assert json.loads(log.partition("TOLD ")[2].splitlines()[0]) == [1, 0]
