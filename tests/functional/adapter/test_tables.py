"""Tables and views: replaced as a whole, by every strategy, with the old one in place until then."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt, write_file

pytestmark = pytest.mark.spark

SOURCE = "{{ config(materialized='table') }}\nselect * from values {{ var('rows', \"(1, 'one'), (2, 'two'), (null, 'nul')\") }} as t(id, name)"


def rows(project: Any, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    found = project.run_sql(f"select {columns} from {{schema}}.{table}", fetch="all")
    return sorted((tuple(row) for row in found), key=repr)


def model(project: Any, name: str, text: str) -> None:
    write_file(text, project.project_root, "models", f"{name}.sql")


def incremental(strategy: str, first: str, then: str, **config: Any) -> str:
    settings = ", ".join(f"{key}={value!r}" for key, value in config.items())
    return (
        f"{{{{ config(materialized='incremental', incremental_strategy={strategy!r}, {settings}) }}}}\n"
        f"{{% if is_incremental() %}}\n{then}\n{{% else %}}\n{first}\n{{% endif %}}\n"
    )


FIRST = "select * from values (1, 'one', 'x'), (2, 'two', 'y'), (cast(null as int), 'nul', 'z') as t(id, name, note)"
THEN = "select * from values (2, 'TWO', 'Y'), (3, 'three', 'w'), (cast(null as int), 'NUL', 'Z') as t(id, name, note)"


class TestTables:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"start.sql": "select 1 as n"}

    def test_a_failing_model_leaves_the_table(self, project: Any) -> None:
        model(project, "t", "{{ config(materialized='table') }} select 1 as n")
        run_dbt(["run", "-s", "t"])
        model(
            project,
            "t",
            "{{ config(materialized='table') }} select cast(raise_error('on purpose') as int) as n",
        )
        for flags in ([], ["--full-refresh"]):
            results = run_dbt(["run", "-s", "t", *flags], expect_pass=False)
            assert "on purpose" in results[0].message
            assert rows(project, "t") == [(1,)]

    def test_views_become_tables_and_tables_views(self, project: Any) -> None:
        for kind, number in (("view", 1), ("table", 2), ("view", 3), ("table", 4)):
            model(project, "k", f"{{{{ config(materialized='{kind}') }}}} select {number} as n")
            run_dbt(["run", "-s", "k"])
            assert rows(project, "k") == [(number,)]
        table = project.adapter.data_catalog.table(project.test_schema, "k")
        assert table["TableType"] == "EXTERNAL_TABLE"
        catalog = project.adapter.data_catalog
        assert list(catalog.tables_matching(project.test_schema, "k__.*")) == []

    def test_partitions_and_columns_change_with_the_model(self, project: Any) -> None:
        head = "{{ config(materialized='table', partition_by=%r) }} "
        model(project, "p", head % ["a"] + "select 1 as n, 'x' as a union all select 2, 'y'")
        run_dbt(["run", "-s", "p"])
        model(project, "p", head % ["b"] + "select 3 as n, 'z' as b")
        run_dbt(["run", "-s", "p"])
        assert rows(project, "p") == [(3, "z")]
        model(project, "p", "{{ config(materialized='table') }} select 4 as m")
        run_dbt(["run", "-s", "p"])
        assert rows(project, "p") == [(4,)]

    def test_merge(self, project: Any) -> None:
        text = incremental("merge", FIRST, THEN, unique_key="id", merge_exclude_columns=["note"])
        model(project, "m", text)
        run_dbt(["run", "-s", "m"])
        run_dbt(["run", "-s", "m"])
        assert rows(project, "m") == sorted(
            [(1, "one", "x"), (2, "TWO", "y"), (3, "three", "w"), (None, "NUL", "z")], key=repr
        )

    def test_merge_keeps_what_the_new_rows_do_not_have(self, project: Any) -> None:
        text = incremental(
            "merge", FIRST, "select * from values (2, 'TWO', true), (3, 'three', false) as t(id, name, flag)",
            unique_key="id", on_schema_change="append_new_columns",
        )  # fmt: skip
        model(project, "mk", text)
        run_dbt(["run", "-s", "mk"])
        run_dbt(["run", "-s", "mk"])
        assert rows(project, "mk", "id, name, note, flag") == sorted(
            [(1, "one", "x", None), (2, "TWO", "y", True), (3, "three", None, False), (None, "nul", "z", None)],
            key=repr,
        )  # fmt: skip

    def test_merge_refuses_two_rows_for_one(self, project: Any) -> None:
        twice = "select * from values (2, 'a', 'b'), (2, 'c', 'd') as t(id, name, note)"
        model(project, "mm", incremental("merge", FIRST, twice, unique_key=["id"]))
        run_dbt(["run", "-s", "mm"])
        results = run_dbt(["run", "-s", "mm"], expect_pass=False)
        assert 'same unique_key (id): {"id":2}' in results[0].message
        assert len(rows(project, "mm")) == 3

    def test_delete_insert_with_predicates(self, project: Any) -> None:
        text = incremental(
            "delete+insert", FIRST, THEN, unique_key="id",
            incremental_predicates=["DBT_INTERNAL_DEST.note <> 'y'"],
        )  # fmt: skip
        model(project, "d", text)
        run_dbt(["run", "-s", "d"])
        run_dbt(["run", "-s", "d"])
        assert rows(project, "d") == sorted(
            [(1, "one", "x"), (2, "two", "y"), (2, "TWO", "Y"), (3, "three", "w"), (None, "NUL", "Z")],
            key=repr,
        )  # fmt: skip

    def test_insert_overwrite_replaces_the_partitions_that_come(self, project: Any) -> None:
        text = incremental(
            "insert_overwrite",
            "select 1 as n, 'a' as p union all select 2, 'b'",
            "select 20 as n, 'b' as p union all select 30, 'c'",
            partition_by=["p"],
        )
        model(project, "o", text)
        run_dbt(["run", "-s", "o"])
        run_dbt(["run", "-s", "o"])
        assert rows(project, "o") == [(1, "a"), (20, "b"), (30, "c")]

    def test_append_with_new_columns(self, project: Any) -> None:
        text = incremental(
            "append", "select 1 as a", "select 2 as a, 'new' as b", on_schema_change="append_new_columns"
        )  # fmt: skip
        model(project, "a", text)
        run_dbt(["run", "-s", "a"])
        run_dbt(["run", "-s", "a"])
        assert rows(project, "a", "a, b") == [(1, None), (2, "new")]

    def test_sync_all_columns_rewrites(self, project: Any) -> None:
        text = incremental(
            "append", "select 1 as a, 'x' as gone", "select 2 as a, 'y' as came",
            on_schema_change="sync_all_columns",
        )  # fmt: skip
        model(project, "s", text)
        run_dbt(["run", "-s", "s"])
        run_dbt(["run", "-s", "s"])
        assert rows(project, "s", "a, came") == [(1, None), (2, "y")]
        columns = project.adapter.data_catalog.table(project.test_schema, "s")
        assert "gone" not in str(columns["Parameters"].get("spark.sql.sources.schema"))

    @pytest.mark.parametrize(
        ("config", "said"),
        [
            (
                "incremental_strategy='upsert'",
                '"get_incremental_upsert_sql" in test. Next: write that macro, or use one of append',
            ),
            ("incremental_strategy='delete+insert'", "needs `unique_key`"),
            ("file_format='parket'", "file_format 'parket' is not known; one of parquet"),
        ],
    )
    def test_configs_that_cannot_work_are_refused_by_name(
        self, project: Any, config: str, said: str
    ) -> None:
        model(
            project, "bad", f"{{{{ config(materialized='incremental', {config}) }}}} select 1 as a"
        )
        results = run_dbt(["run", "-s", "bad"], expect_pass=False)
        assert said in results[0].message


SEED = """id,text,amount,day,moment,flag
1,it's,1.50,2024-01-02,2024-01-02 03:04:05,true
2,"a ""quoted"" \\ back, comma",,,,
3,☃ {{ braces }},-0.1,1999-12-31,2024-01-02 23:59:59,false
"""


class TestSeeds:
    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"stuff.csv": SEED}

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {
            "seeds": {
                "+alias": "renamed",
                "+column_types": {"amount": "decimal(10,2)", "id": "int"},
                "+persist_docs": {"relation": True, "columns": True},
            }
        }

    def test_values_types_and_alias(self, project: Any) -> None:
        run_dbt(["seed"])
        run_dbt(["seed"])
        found = rows(
            project, "renamed", "id, text, cast(amount as string), cast(day as string), flag"
        )
        assert found == [
            (1, "it's", "1.50", "2024-01-02", True),
            (2, 'a "quoted" \\ back, comma', None, None, None),
            (3, "☃ {{ braces }}", "-0.10", "1999-12-31", False),
        ]
        relation = project.adapter.Relation.create(schema=project.test_schema, identifier="renamed")
        with project.adapter.connection_named("look"):
            types = {c.name: c.dtype for c in project.adapter.get_columns_in_relation(relation)}
        assert types == {
            "id": "int", "text": "string", "amount": "decimal(10,2)",
            "day": "date", "moment": "timestamp", "flag": "boolean",
        }  # fmt: skip


DOCS = """
models:
  - name: described
    description: "it's a \\\\ table"
    config: {persist_docs: {relation: true, columns: true}}
    columns:
      - {name: id, description: "the id's meaning"}
"""


class TestDocs:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "described.sql": "{{ config(materialized=var('kind', 'table')) }} select 1 as id",
            "schema.yml": DOCS,
        }

    @pytest.mark.parametrize("kind", ["table", "view"])
    def test_descriptions_reach_the_catalog_and_spark(self, project: Any, kind: str) -> None:
        run_dbt(["run", "--vars", f"kind: {kind}"])
        described = project.run_sql("describe table extended {schema}.described", fetch="all")
        text = {row[0]: (row[1], row[2]) for row in described}
        assert text["id"][1] == "the id's meaning"
        assert text["Comment"][0] == "it's a \\ table"
