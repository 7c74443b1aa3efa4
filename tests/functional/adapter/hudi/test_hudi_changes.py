"""What changes in a Hudi table beside its rows: columns, keys, the format; and what Hudi cannot do, which is an error by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from dbt.tests.util import run_dbt, write_file

from tests.functional.adapter import open_tables
from tests.functional.adapter.open_tables import client_of, in_order, tables_of

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


incremental = partial(open_tables.incremental, "hudi")
KEY = "unique_key='id'"
PRECOMBINE = "hudi_options={'hoodie.datasource.write.precombine.field': 'n'}"
# Of a key of timestamps Hudi's own ways to write make two kinds of text; a partition may have any.
MOMENT = "timestamp'2026-01-02 03:04:05'"
MODELS = {
    "grown.sql": incremental(
        f"{KEY}, on_schema_change='append_new_columns'",
        "select 1 as id, 'one' as name union all select 2, 'two'",
        "select 2 as id, cast(7 as bigint) as n",
    ),
    "doubled.sql": incremental(KEY, "select 1 as id", "select 2 as id union all select 2"),
    "nulled.sql": incremental(KEY, "select 1 as id", "select cast(null as int) as id"),
    "latest.sql": incremental(
        f"{KEY}, {PRECOMBINE}",
        "select 1 as id, 'kept' as name, 9 as n",
        "select * from values (1, 'older', 3), (2, 'a', 1), (2, 'b', 2) as t(id, name, n)",
    ),
    "moments.sql": incremental(
        "unique_key=['at', 'part'], partition_by=['day', 'part']",
        f"select {MOMENT} as at, 'a/b c=d' as part, date'2026-01-02' as day, 1 as n",
        f"select {MOMENT} as at, 'a/b c=d' as part, date'2026-01-03' as day, 2 as n "
        f"union all select {MOMENT}, cast(null as string), date'2026-01-03', 3",
    ),
    "shaped.sql": "{{ config(materialized='table', file_format='parquet') }} select 1 as id, 'one' as name",
    "then.sql": (
        "{{ config(materialized='table') }} select count(*) as n from {{ ref('grown') if not var('then', none) "
        "else ref('grown').as_of(var('then')) }}"
    ),
    "then.yml": """
version: 2
models:
  - name: grown
    description: What it's "all" about.
    config: {persist_docs: {relation: true, columns: true}}
    columns: [{name: id, description: "The key's\\nsecond line"}]
""",
}


class TestHudiChanges:
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "glue_version": "5.1"}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    def test_changes(self, project: Any, endpoint: EndpointHandle) -> None:
        schema = project.test_schema
        glue = client_of(endpoint)

        def rows(name: str, columns: str) -> list[tuple[Any, ...]]:
            return in_order(project.run_sql(f"select {columns} from {schema}.{name}", fetch="all"))

        def table(name: str) -> dict[str, Any]:
            return dict(glue.get_table(DatabaseName=schema, Name=name)["Table"])

        def become(name: str, text: str, *options: str, good: bool = True) -> str:
            write_file(text, project.project_root, "models", f"{name}.sql")
            results = run_dbt(["run", "-s", name, *options], expect_pass=good)
            return str(results[0].message)

        run_dbt(["run"])
        assert table("grown")["Description"] == 'What it\'s "all" about.'
        asked = f"call show_commits(table => '{schema}.grown')"
        first = project.run_sql(asked, fetch="all")[0][0]

        results = run_dbt(["run"], expect_pass=False)
        said = {result.node.name: str(result.message) for result in results}
        assert "same record key (id), of which a Hudi table has one: {" in said["doubled"]
        assert "The record key (id) of a row is null" in said["nulled"]
        assert [result.node.name for result in results if result.status == "error"] == [
            "doubled",
            "nulled",
        ]
        assert rows("doubled", "id") == rows("nulled", "id") == [(1,)]
        assert rows("grown", "id, name, n") == [(1, "one", None), (2, "two", 7)]
        assert rows("latest", "id, name") == [(1, "kept"), (2, "b")]
        assert rows("moments", "part, n") == [("a/b c=d", 2), (None, 3)]

        # As of the first commit, in which the table had no third column.
        run_dbt(["run", "-s", "then", "--vars", f"then: '{first}'"])
        assert rows("then", "n") == [(2,)]

        # Descriptions stay, and Hudi's own columns are in no documentation.
        columns = table("grown")["StorageDescriptor"]["Columns"]
        comments = {column["Name"]: column.get("Comment", "") for column in columns}
        assert comments["id"] == "The key's second line"
        catalog = run_dbt(["docs", "generate"])
        assert list(catalog.nodes["model.test.grown"].columns) == ["id", "name", "n"]

        # What a Hudi table cannot become in place.
        synced = f"{KEY}, on_schema_change='sync_all_columns'"
        gone = incremental(synced, "", "select 1 as id, cast(8 as bigint) as n")
        assert "`name` cannot be dropped: a hudi table gets columns" in become(
            "grown", gone, good=False
        )
        wider = incremental(synced, "", "select cast(1 as bigint) as id")
        assert "`id` cannot be changed in its type" in become("doubled", wider, good=False)
        rekeyed = incremental("unique_key='name'", "select 5 as id, 'five' as name, 5 as n", "select 6 as id, 'five' as name, 5 as n")  # fmt: skip
        assert "is id, and unique_key is name" in become("latest", rekeyed, good=False)
        become("latest", rekeyed, "--full-refresh")
        become("latest", rekeyed)
        assert rows("latest", "id, name") == [(6, "five")]

        # From one format to another, and from one shape to another: beside the old table, and then in its place.
        head = "{{ config(materialized='table', file_format='%s') }} "
        assert "spark.sql.sources.provider" in table("shaped")["Parameters"]
        become("shaped", head % "hudi" + "select 1 as id, 'one' as name")
        there = table("shaped")
        assert there["Parameters"]["spark.sql.sources.provider"] == "hudi"
        become("shaped", head % "hudi" + "select 2 as id, 'two' as name")
        assert (
            table("shaped")["StorageDescriptor"]["Location"]
            == there["StorageDescriptor"]["Location"]
        )
        become("shaped", head % "hudi" + "select 3 as id, 'three' as name, cast(3 as tinyint) as n")
        assert rows("shaped", "id, name, n") == [(3, "three", 3)]
        predicated = incremental(f"{KEY}, incremental_predicates=['true']", "select 1", "select 1")
        said_of = become("nulled", predicated, good=False)
        assert "`incremental_predicates` is not there for hudi" in said_of
        said_of = become("shaped", "{{ config(materialized='table') }} select 1 as id", good=False)
        assert "is in the format hudi, and the node names no file_format" in said_of
        become("shaped", head % "parquet" + "select 4 as id")
        assert rows("shaped", "*") == [(4,)]
        names = [each["Name"] for each in tables_of(glue, schema)]
        assert sorted(names) == sorted(f.partition(".")[0] for f in MODELS if f.endswith("sql"))


class TestHudi015:
    """The Hudi of Glue 5.0, on both types of table."""

    BOTH: ClassVar = {
        name: incremental(
            f"{KEY}, partition_by='part', hudi_options={{'hoodie.datasource.write.table.type': '{kind}'}}",
            "select * from values (1, 'one', 'x'), (2, 'two', 'y') as t(id, name, part)",
            "select * from values (2, 'TWO', 'x'), (3, 'three', 'y') as t(id, name, part)",
        )
        for name, kind in (("on_write", "COPY_ON_WRITE"), ("on_read", "MERGE_ON_READ"))
    }

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "glue_version": "5.0"}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {f"{name}.sql": text for name, text in self.BOTH.items()}

    def test_merges(self, project: Any) -> None:
        for _ in range(2):
            run_dbt(["run"])
        for name in self.BOTH:
            asked = f"select id, name, part from {project.test_schema}.{name}"
            assert in_order(project.run_sql(asked, fetch="all")) == [
                (1, "one", "x"),
                (2, "TWO", "x"),
                (3, "three", "y"),
            ], name
