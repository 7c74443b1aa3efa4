"""Delta tables: made, replaced, merged into and swapped with tables of other formats, by SQL, Python and seeds."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file

from tests.functional.adapter.open_tables import (
    CHANGED,
    OLD,
    PLAIN,
    SEED,
    SEEDED,
    SEEN,
    changing_models,
    client_of,
    in_order,
    incremental,
    names_of_tables,
    tables_of,
    values,
)

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

MODELS = {
    "plain.sql": PLAIN,
    "lake.sql": "{{ config(materialized='table', file_format='iceberg') }} select 1 as id, 'i' as ice",
    "made.sql": (
        "{{ config(materialized='table', file_format='delta', partition_by=['part'], "
        "table_properties={'delta.appendOnly': 'false', 'mine': \"it's\"}) }} " + values(OLD)
    ),
    "seen.sql": SEEN,
    "mixed.sql": (
        "{{ config(materialized='table', file_format='delta') }} select m.id, m.name, p.name as other, l.ice "
        "from {{ ref('made') }} m join {{ ref('plain') }} p using (id) join {{ ref('lake') }} l using (id)"
    ),
    "mixed_in_python.py": """
def model(dbt, session):
    dbt.config(materialized="table", file_format="delta", partition_by=["name"])
    frame = dbt.ref("made").join(dbt.ref("plain").withColumnRenamed("name", "other"), "id")
    return frame.join(dbt.ref("lake"), "id").select("id", "name", "other", "ice").toPandas()
""",
    "into_iceberg.sql": (
        "{{ config(materialized='table', file_format='iceberg') }} select name, ice from {{ ref('made') }} "
        "join {{ ref('lake') }} using (id)"
    ),
    "itself.sql": (
        "{{ config(materialized='table', file_format='delta') }} select 1 as n "
        "{% if flags.WHICH == 'run' %}union all select n + 1 from {{ this }}{% endif %}"
    ),
    "before.sql": (
        "{{ config(materialized='table') }} select count(*) as n from {{ ref('appended') if var('version', none) is none "
        "else ref('appended').as_of(version=var('version')) }}"
    ),
    **changing_models("delta"),
    "conditions.sql": incremental(
        "delta",
        "incremental_strategy='merge', unique_key='id', matched_condition='DBT_INTERNAL_SOURCE.id is null', "
        "not_matched_condition='DBT_INTERNAL_SOURCE.id < 3'",
    ),
}
AFTER = {**CHANGED, "conditions": [(1, "one", "x"), (2, "two", "y"), (None, "NONE", "z")]}


class TestDeltaTables:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"seeded.csv": SEED}

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"seeds": {"+file_format": "delta", "+column_types": {"id": "int"}}}

    def test_everything(self, project: Any, endpoint: EndpointHandle) -> None:
        run_dbt(["build"])
        schema = project.test_schema

        def rows(name: str, columns: str = "*") -> list[tuple[Any, ...]]:
            return in_order(project.run_sql(f"select {columns} from {schema}.{name}", fetch="all"))

        def history(name: str) -> list[str]:
            told = project.run_sql(f"describe history {schema}.{name}", fetch="all")
            return [row[4] for row in sorted(told)]

        assert rows("made") == in_order(OLD)
        assert rows("seeded", "id, name, cast(at as string)") == SEEDED
        assert rows("mixed") == rows("mixed_in_python") == [(1, "one", "p", "i")]
        assert rows("seen") == [(1, "p")]
        lake = project.run_sql(f"select * from glue_catalog.{schema}.into_iceberg", fetch="all")
        assert lake == [("one", "i")]
        for name in AFTER:
            assert rows(name) == in_order(OLD), name
        glue = client_of(endpoint)

        def place(name: str) -> str:
            table = glue.get_table(DatabaseName=schema, Name=name)["Table"]
            assert table["Parameters"]["spark.sql.sources.provider"] == "delta"
            return str(table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["path"])

        made_at = place("made")

        run_dbt(["build"])
        for name, expected in AFTER.items():
            assert rows(name) == in_order(expected), name
        assert rows("seeded", "id, name, cast(at as string)") == SEEDED
        # A change is a commit, and a table that is replaced keeps its history.
        assert history("made") == history("seeded") == ["CREATE TABLE AS SELECT", "WRITE"]
        assert history("mixed_in_python") == ["CREATE TABLE AS SELECT", "WRITE"]
        assert history("merged") == history("replaced") == ["CREATE TABLE AS SELECT", "MERGE"]
        assert history("python_merged") == ["CREATE TABLE AS SELECT", "MERGE"]
        detail = project.run_sql(f"describe detail {schema}.made", fetch="one")
        assert detail[7] == ["part"]
        properties = dict(project.run_sql(f"show tblproperties {schema}.made", fetch="all"))
        assert properties["mine"] == "it's"

        run_dbt(["run", "-s", "itself"])
        run_dbt(["run", "-s", "itself"])
        assert rows("itself") == [(1,), (2,), (3,)]

        run_dbt(["run", "-s", "before", "--vars", "version: 0"])
        assert rows("before") == [(3,)]
        run_dbt(["run", "-s", "before"])
        assert rows("before") == [(6,)]
        told = run_dbt(["run", "-s", "before", "--vars", "version: latest"], expect_pass=False)
        assert "versions of a delta table are numbers" in told[0].message
        # Nothing is staged: each table is where it was, and nothing lies beside it.
        assert place("made") == made_at
        assert names_of_tables(glue, schema) == {file.partition(".")[0] for file in MODELS} | {
            "seeded"
        }


class TestColumnsThatChange:
    """on_schema_change: columns come and go by commits of their own; a type changes where the table lets it."""

    FIRST = """
{{ config(materialized='incremental', file_format='delta', unique_key='id', on_schema_change='%s') }}
select 1 as id, 'one' as name, cast(1 as int) as n, timestamp_ntz'2026-01-02 03:04:05' as at
"""
    MAPPED = (
        "sync_all_columns', table_properties={'delta.columnMapping.mode': 'name'}, alias='synced"
    )
    SECOND = """
{{ config(materialized='incremental', file_format='delta', unique_key='id', on_schema_change='%s') }}
select 2 as id, cast(2 as int) as n, timestamp_ntz'2026-01-02 03:04:05' as at, 'new' as extra
"""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "synced.sql": self.FIRST % self.MAPPED,
            "kept.sql": self.FIRST % "sync_all_columns",
            "grown.sql": self.FIRST % "append_new_columns",
            "held.sql": self.FIRST % "fail",
            "widened.sql": self.FIRST % "sync_all_columns",
            "replaced.sql": self.FIRST % "ignore",
        }

    def test_changes(self, project: Any) -> None:
        run_dbt(["run"])
        for name, change in {
            "synced": self.MAPPED,
            "kept": "sync_all_columns",
            "grown": "append_new_columns",
            "held": "fail",
            "replaced": "ignore",
        }.items():
            write_file(self.SECOND % change, project.project_root, "models", f"{name}.sql")
        wider = (self.FIRST % "sync_all_columns").replace("cast(1 as int)", "cast(1 as bigint)")
        write_file(wider, project.project_root, "models", "widened.sql")
        results = run_dbt(["run"], expect_pass=False)
        said = {result.node.name: str(result.message) for result in results}
        assert "extra (string) is new" in said["held"]
        assert "name is gone" in said["held"]
        assert (
            "`name` cannot be dropped from a delta table whose names are not mapped" in said["kept"]
        )
        assert (
            "the type of `n` cannot change in a delta table without type widening"
            in said["widened"]
        )
        assert "'delta.enableTypeWidening' = 'true'" in said["widened"]
        schema = project.test_schema

        def described(name: str) -> list[tuple[str, str]]:
            found = project.run_sql(f"describe {schema}.{name}", fetch="all")
            return [(row[0], row[1]) for row in found if row[0] and not row[0].startswith("#")]

        after = [("id", "int"), ("n", "int"), ("at", "timestamp_ntz"), ("extra", "string")]
        assert described("synced") == after
        assert described("grown") == [
            ("id", "int"),
            ("name", "string"),
            ("n", "int"),
            ("at", "timestamp_ntz"),
            ("extra", "string"),
        ]
        rows = project.run_sql(f"select id, extra from {schema}.synced", fetch="all")
        assert in_order(rows) == [(1, None), (2, "new")]
        # Once names are mapped, columns come and go as they like, and the table can be replaced.
        write_file(self.FIRST % self.MAPPED, project.project_root, "models", "synced.sql")
        run_dbt(["run", "-s", "synced"])
        rows = project.run_sql(f"select id, name, n from {schema}.synced", fetch="all")
        assert in_order(rows) == [(1, "one", 1), (2, None, 2)]
        run_dbt(["run", "-s", "synced", "replaced", "--full-refresh"])
        assert described("replaced") == after
        assert described("synced") == [
            ("id", "int"),
            ("name", "string"),
            ("n", "int"),
            ("at", "timestamp_ntz"),
        ]
        assert project.run_sql(f"select id, name from {schema}.synced", fetch="all") == [(1, "one")]


class TestFormatsThatChange:
    """From one format to another, and from and to a view: asked for by name, in one step, never in silence."""

    BODY = "select 1 as id, 'one' as name"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "t.sql": "{{ config(materialized='table', file_format='delta') }} " + self.BODY,
            "i.sql": "{{ config(materialized='incremental', file_format='parquet') }} " + self.BODY,
        }

    def test_changes(self, project: Any, endpoint: EndpointHandle) -> None:
        glue = client_of(endpoint)
        schema = project.test_schema

        def become(name: str, config: str, *options: str, good: bool = True) -> Any:
            text = f"{{{{ config({config}) }}}} {self.BODY}"
            write_file(text, project.project_root, "models", f"{name}.sql")
            return run_dbt(["run", "-s", name, *options], expect_pass=good)

        def found(name: str) -> dict[str, Any]:
            table: dict[str, Any] = glue.get_table(DatabaseName=schema, Name=name)["Table"]
            return table

        def kept_as(name: str) -> str:
            parameters = found(name)["Parameters"]
            other = parameters.get("spark.sql.sources.provider")
            return str(parameters.get("table_type") or other).lower()

        def is_there(name: str = f"{schema}.t") -> bool:
            return bool(project.run_sql(f"select * from {name}", fetch="all") == [(1, "one")])

        run_dbt(["run"])
        results = become("t", "materialized='table'", good=False)
        assert "is in the format delta, and the node names no file_format" in results[0].message
        assert kept_as("t") == "delta"
        become("t", "materialized='table', file_format='parquet'")
        assert kept_as("t") == "parquet"
        assert is_there()
        become("t", "materialized='table', file_format='delta', persist_docs={'relation': true}")
        assert kept_as("t") == "delta"
        assert is_there()
        assert not str(found("t").get("Description") or "").startswith("staged")
        assert "comment" not in found("t")["Parameters"]
        told = project.run_sql(f"describe detail {schema}.t", fetch="one")
        assert not told[3]
        become("t", "materialized='table', file_format='iceberg'")
        assert kept_as("t") == "iceberg"
        assert is_there(f"glue_catalog.{schema}.t")
        become("t", "materialized='table', file_format='delta'")
        assert kept_as("t") == "delta"
        assert is_there()
        become("t", "materialized='view'")
        assert found("t")["TableType"] == "VIRTUAL_VIEW"
        become("t", "materialized='table', file_format='delta'")
        become("t", "materialized='table', file_format='delta'")
        assert kept_as("t") == "delta"
        assert is_there()

        config = "materialized='incremental', file_format='delta', incremental_strategy='append'"
        results = become("i", config, good=False)
        assert "changes it with --full-refresh" in results[0].message
        become("i", config, "--full-refresh")
        become("i", config)
        assert project.run_sql(f"select count(*) from {schema}.i", fetch="all") == [(2,)]
        names = [table["Name"] for table in tables_of(glue, schema)]
        assert sorted(names) == ["i", "t"]


class TestWhatTheCatalogDoesNotShow:
    """Columns, descriptions and the moment of the last change: the Data Catalog has none of a Delta table's."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "told.sql": "{{ config(materialized='table', file_format='delta') }} select 1 as id, 'x' as Name",
            "reader.sql": "select * from {{ source('lake', 'told') }} -- {{ ref('told') }}",
            "told.yml": """
version: 2
models:
  - name: told
    description: What it's "all" about.
    config: {persist_docs: {relation: true, columns: true}}
    columns:
      - {name: id, description: "The key's\\nsecond line"}
      - {name: name, description: 'a "name"'}
      - {name: nobody, description: there is none}
sources:
  - name: lake
    schema: "{{ target.schema }}"
    tables:
      - name: told
        freshness: {warn_after: {count: 1, period: hour}}
""",
        }

    def test_it_is_asked_of_the_table(self, project: Any, endpoint: EndpointHandle) -> None:
        glue = client_of(endpoint)
        schema = project.test_schema
        _, log = run_dbt_and_capture(["run"])
        assert "not present in the database: nobody" in log
        stored = glue.get_table(DatabaseName=schema, Name="told")["Table"]
        assert [c["Type"] for c in stored["StorageDescriptor"]["Columns"]] == ["array<string>"]
        assert stored["Description"] == 'What it\'s "all" about.'

        def columns() -> dict[str, tuple[Any, ...]]:
            run_dbt(["docs", "generate"])
            written = Path(project.project_root, "target", "catalog.json").read_text()
            node = json.loads(written)["nodes"]["model.test.told"]
            assert node["metadata"]["comment"] == 'What it\'s "all" about.'
            return {
                name: (c["index"], c["type"], c["comment"]) for name, c in node["columns"].items()
            }

        told = {"id": (1, "int", "The key's\nsecond line"), "Name": (2, "string", 'a "name"')}
        assert columns() == told

        def versions() -> list[tuple[int, str]]:
            found = project.run_sql(f"describe history {schema}.told", fetch="all")
            return sorted((row[0], row[4]) for row in found)

        before = versions()
        run_dbt(["run"])
        # What is described already is not written again: a replaced table keeps it.
        assert versions() == [*before, (len(before), "WRITE")]
        assert columns() == told

        # A change that no dbt made: the catalog's own time stays as it was.
        then = datetime.now(timezone.utc)
        project.run_sql(f"insert into {schema}.told values (2, 'y')")
        run_dbt(["source", "freshness"])
        written = Path(project.project_root, "target", "sources.json").read_text()
        (found,) = json.loads(written)["results"]
        loaded = datetime.fromisoformat(found["max_loaded_at"].replace("Z", "+00:00"))
        assert then - timedelta(seconds=2) <= loaded <= datetime.now(timezone.utc)


class TestWhatDeltaHasNot:
    """Refused by name, before anything runs."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        config = "{{ config(materialized='table', file_format='delta', %s) }} select 1 as id"
        return {
            "transformed.sql": config % "partition_by=['bucket(2, id)']",
            "expired.sql": config % "expire_snapshots=true",
            "in_buckets.sql": config % "clustered_by='id', buckets=2",
        }

    def test_it_is_said(self, project: Any) -> None:
        results = run_dbt(["run"], expect_pass=False)
        said = {result.node.name: str(result.message) for result in results}
        assert (
            "'bucket(2, id)' is a transform, which delta tables do not have" in said["transformed"]
        )
        assert "expire_snapshots: of Iceberg, which delta tables do not have" in said["expired"]
        assert "delta tables have no buckets" in said["in_buckets"]
