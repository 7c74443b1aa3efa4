"""Names, texts and types of any kind, on their way through Spark's own parser and through tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, write_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt.adapters.glue.literals import quoted_name, string_literal, type_name
from tests.unit.adapter.test_literals import NAMES, TYPES

if TYPE_CHECKING:
    from dbt.adapters.glue.cursor import GlueHandle

pytestmark = pytest.mark.spark

TEXTS = NAMES | st.sampled_from(
    ("${env:HOME}", "\\${spark.app.name}", "%\\_", "\\u0041", "--", "/*")
)


@given(
    st.lists(NAMES, min_size=20, max_size=40),
    st.lists(TEXTS, min_size=20, max_size=40),
    st.lists(TYPES, min_size=10, max_size=20),
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_spark_reads_is_what_was_meant(
    shared: GlueHandle, names: list[str], texts: list[str], kinds: list[Any]
) -> None:
    parts = [f"1 as {quoted_name(name)}" for name in names]
    parts += [string_literal(text) for text in texts]
    parts += [f"cast(null as {type_name(kind)})" for kind in kinds]
    cursor = shared.cursor()
    cursor.execute(f"select {', '.join(parts)}")
    (row,) = cursor.fetchall()
    described = cursor.description or []
    assert [column[0] for column in described[: len(names)]] == names
    assert list(row[len(names) : len(names) + len(texts)]) == texts
    assert [column[1] for column in described[-len(kinds) :]] == [type_name(kind) for kind in kinds]


FIRST = """
{{ config(materialized='incremental', file_format='%s', unique_key='the key', incremental_strategy='merge',
          on_schema_change='append_new_columns', persist_docs={'relation': true, 'columns': true},
          table_properties={"it's `a`": "b'; drop table x; ${env:HOME}"}) }}
select 1 as `the key`, 'a' as `it's`, 'b' as `q``r`
"""
SECOND = """
{{ config(materialized='incremental', file_format='%s', unique_key='the key', incremental_strategy='merge',
          on_schema_change='append_new_columns', persist_docs={'relation': true, 'columns': true},
          table_properties={"it's `a`": "b'; drop table x; ${env:HOME}"}) }}
select 1 as `the key`, 'c' as `it's`, 'd' as `q``r`, 5 as `new-one`,
  named_struct('x-y', 1, 'a.b', array(named_struct('c d', 'deep')), 'e`f', 'g', '😀', 2) as nested
union all select 2, 'x', 'y', null, null
"""
DESCRIPTION = 'It\'s `one` row; "quoted" \\ ${env:HOME} -- 😀'
PARTED = """
{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['the day', "it's"]) }}
select %s as n, concat("o'clock `x` \\\\ $", "{spark.app.name}") as `the day`, '50%% / = 😀' as `it's`
"""
FORMATS = ("parquet", "iceberg")


class TestNamesOfData:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        columns = [
            {"name": name, "description": DESCRIPTION} for name in ("it's", "q`r", "the key")
        ]
        told = [
            {"name": f"of_{kind}", "description": DESCRIPTION, "columns": columns}
            for kind in FORMATS
        ]
        made = {f"of_{kind}.sql": FIRST % kind for kind in FORMATS}
        return {
            **made,
            "parted.sql": PARTED % 1,
            "schema.yml": json.dumps({"models": told}, ensure_ascii=False),
        }

    def test_tables(self, project: Any) -> None:
        run_dbt(["run"])
        for kind in FORMATS:
            write_file(SECOND % kind, project.project_root, "models", f"of_{kind}.sql")
        write_file(PARTED % 2, project.project_root, "models", "parted.sql")
        run_dbt(["run"])
        for kind in FORMATS:
            catalog = "glue_catalog." if kind == "iceberg" else ""
            table = f"{catalog}{project.test_schema}.of_{kind}"
            found = project.run_sql(
                "select `the key`, `it's`, `q``r`, `new-one`, nested.`x-y`, nested.`a.b`[0].`c d`, "
                f"nested.`e``f`, nested.`😀` from {table} order by 1",
                fetch="all",
            )
            assert [tuple(row) for row in found] == [
                (1, "c", "d", 5, 1, "deep", "g", 2),
                (2, "x", "y", None, None, None, None, None),
            ]
            properties = project.run_sql(f"show tblproperties {table}", fetch="all")
            assert "b'; drop table x; ${env:HOME}" in {str(row[1]) for row in properties}
            described = project.run_sql(f"describe table extended {table}", fetch="all")
            comments = {str(row[0]): str(row[2]) for row in reversed(described) if row[2]}
            assert {comments[name] for name in ("it's", "q`r", "the key")} == {DESCRIPTION}
            assert DESCRIPTION in {str(row[1]) for row in described}
        rows = project.run_sql(f"select * from {project.test_schema}.parted", fetch="all")
        assert [tuple(row) for row in rows] == [
            (2, "o'clock `x` \\ ${spark.app.name}", "50% / = 😀")
        ]
