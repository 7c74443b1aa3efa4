"""Iceberg tables: made, replaced, merged into and swapped with tables of other formats, by SQL, Python and seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, write_file

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
    names_of_tables,
    tables_of,
    values,
)

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

PYTHON_BEFORE = """
def model(dbt, session):
    dbt.config(materialized="table"{more})
    appended = dbt.ref("appended")
    return session.createDataFrame([(appended.count(),)], "n bigint")
"""
MODELS = {
    "plain.sql": PLAIN,
    "made.sql": (
        "{{ config(materialized='table', file_format='iceberg', "
        "partition_by=['bucket(2, id)', 'truncate(1, part)'], table_properties={'write.format.default': 'orc'}) }} "
        + values(OLD)
    ),
    "seen.sql": SEEN,
    "mixed.py": """
def model(dbt, session):
    dbt.config(materialized="table", file_format="iceberg", partition_by=["truncate(1, name)"])
    frame = dbt.ref("made").join(dbt.ref("plain").withColumnRenamed("name", "other"), "id")
    return frame.select("id", "name", "other").toPandas()
""",
    "before.sql": (
        "{{ config(materialized='table') }} select count(*) as n from {{ ref('appended') if not var('snapshot', none) "
        "else ref('appended').as_of(version=var('snapshot')) }}"
    ),
    "before_python.py": PYTHON_BEFORE.format(more=""),
    "tidied.sql": (
        "{{ config(materialized='incremental', file_format='iceberg', incremental_strategy='append', "
        "iceberg_expire_snapshots=true, remove_orphan_files={'older_than_days': 2}) }} select 1 as id"
    ),
    **changing_models("iceberg"),
}


class TestIcebergTables:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"seeded.csv": SEED}

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"seeds": {"+file_format": "iceberg", "+column_types": {"id": "int"}}}

    def test_everything(self, project: Any, endpoint: EndpointHandle) -> None:
        run_dbt(["build"])

        def rows(name: str, columns: str = "*") -> list[tuple[Any, ...]]:
            table = f"glue_catalog.{project.test_schema}.{name}"
            return in_order(project.run_sql(f"select {columns} from {table}", fetch="all"))

        assert rows("made") == in_order(OLD)
        assert rows("seeded", "id, name, cast(at as string)") == SEEDED
        assert rows("mixed") == [(1, "one", "p")]
        seen = project.run_sql(f"select * from {project.test_schema}.seen", fetch="all")
        assert in_order(seen) == [(1, "p")]
        for name in CHANGED:
            assert rows(name) == in_order(OLD), name
        glue = client_of(endpoint)
        table = glue.get_table(DatabaseName=project.test_schema, Name="made")["Table"]
        assert table["Parameters"]["table_type"] == "ICEBERG"
        made_at = table["StorageDescriptor"]["Location"]
        files = project.run_sql(
            f"select distinct file_format from glue_catalog.{project.test_schema}.made.files",
            fetch="all",
        )
        assert files == [("ORC",)]

        first = project.run_sql(
            f"select snapshot_id from glue_catalog.{project.test_schema}.appended.snapshots",
            fetch="all",
        )
        run_dbt(["build"])
        for name, expected in CHANGED.items():
            assert rows(name) == in_order(expected), name

        def counted(name: str) -> Any:
            return project.run_sql(f"select n from {project.test_schema}.{name}", fetch="one")[0]

        assert counted("before_python") == 6
        version = first[0][0]
        more = f', as_of={{"appended": {{"version": {version}}}}}'
        write_file(
            PYTHON_BEFORE.format(more=more), project.project_root, "models", "before_python.py"
        )
        run_dbt(["run", "-s", "before", "before_python", "--vars", f"snapshot: {version}"])
        assert (counted("before"), counted("before_python")) == (3, 3)
        run_dbt(["run", "-s", "before"])
        assert counted("before") == 6
        kept = f"select count(*) from glue_catalog.{project.test_schema}.tidied.snapshots"
        assert project.run_sql(kept, fetch="all") == [(1,)]
        assert rows("tidied") == [(1,), (1,)]
        # Nothing is staged: each table is where it was, with one more snapshot, and nothing lies beside it.
        table = glue.get_table(DatabaseName=project.test_schema, Name="made")["Table"]
        assert table["StorageDescriptor"]["Location"] == made_at
        assert names_of_tables(glue, project.test_schema) == {
            file.partition(".")[0] for file in MODELS
        } | {"seeded"}


class TestColumnsThatChange:
    """on_schema_change: columns come, go and widen by commits of their own."""

    FIRST = """
{{ config(materialized='incremental', file_format='iceberg', unique_key='id', on_schema_change='%s') }}
select 1 as id, 'one' as name, cast(1 as int) as n, timestamp_ntz'2026-01-02 03:04:05' as at
"""
    SECOND = """
{{ config(materialized='incremental', file_format='iceberg', unique_key='id', on_schema_change='%s') }}
select 2 as id, cast(2 as bigint) as n, timestamp_ntz'2026-01-02 03:04:05' as at, 'new' as extra
"""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "synced.sql": self.FIRST % "sync_all_columns",
            "grown.sql": self.FIRST % "append_new_columns",
            "held.sql": self.FIRST % "fail",
            "narrowed.sql": self.FIRST % "sync_all_columns",
        }

    def test_changes(self, project: Any, endpoint: EndpointHandle) -> None:
        run_dbt(["run"])
        for name, change in {
            "synced": "sync_all_columns",
            "grown": "append_new_columns",
            "held": "fail",
        }.items():
            write_file(self.SECOND % change, project.project_root, "models", f"{name}.sql")
        narrowed = (
            (self.FIRST % "sync_all_columns").replace("'one'", "5").replace("1 as id", "2 as id")
        )
        write_file(narrowed, project.project_root, "models", "narrowed.sql")
        results = run_dbt(["run"], expect_pass=False)
        said = {result.node.name: str(result.message) for result in results}
        assert "extra (string) is new" in said["held"]
        assert "name is gone" in said["held"]
        assert "name from string to int" in said["narrowed"]
        schema = project.test_schema

        def described(name: str) -> list[tuple[str, str]]:
            found = project.run_sql(f"describe glue_catalog.{schema}.{name}", fetch="all")
            return [(row[0], row[1]) for row in found if row[0] and not row[0].startswith("#")]

        assert described("synced") == [
            ("id", "int"),
            ("n", "bigint"),
            ("at", "timestamp_ntz"),
            ("extra", "string"),
        ]
        assert described("grown") == [
            ("id", "int"),
            ("name", "string"),
            ("n", "int"),
            ("at", "timestamp_ntz"),
            ("extra", "string"),
        ]
        glue = client_of(endpoint)
        columns = glue.get_table(DatabaseName=schema, Name="synced")["Table"]
        assert "name" in [c["Name"] for c in columns["StorageDescriptor"]["Columns"]]
        run_dbt(["docs", "generate"])


class TestFormatsThatChange:
    """From one format to another, and from and to a view: asked for by name, in one step, never in silence."""

    BODY = "select 1 as id, 'one' as name"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "t.sql": "{{ config(materialized='table', file_format='iceberg') }} " + self.BODY,
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

        def is_iceberg(name: str) -> bool:
            return bool(found(name)["Parameters"].get("table_type") == "ICEBERG")

        run_dbt(["run"])
        results = become("t", "materialized='table'", good=False)
        assert "is in the format iceberg, and the node names no file_format" in results[0].message
        assert is_iceberg("t")
        become("t", "materialized='table', file_format='parquet'")
        assert not is_iceberg("t")
        assert project.run_sql(f"select * from {schema}.t", fetch="all") == [(1, "one")]
        become("t", "materialized='table', file_format='iceberg', persist_docs={'relation': true}")
        assert is_iceberg("t")
        iceberg = f"glue_catalog.{schema}.t"
        assert project.run_sql(f"select * from {iceberg}", fetch="all") == [(1, "one")]
        assert not str(found("t").get("Description") or "").startswith("staged")
        become("t", "materialized='view'")
        assert found("t")["TableType"] == "VIRTUAL_VIEW"
        become("t", "materialized='table', file_format='iceberg'")
        assert is_iceberg("t")
        become("t", "materialized='table', file_format='iceberg'")
        assert project.run_sql(f"select * from {iceberg}", fetch="all") == [(1, "one")]

        config = "materialized='incremental', file_format='iceberg', incremental_strategy='append'"
        results = become("i", config, good=False)
        assert "changes it with --full-refresh" in results[0].message
        become("i", config, "--full-refresh")
        become("i", config)
        counted = project.run_sql(f"select count(*) from glue_catalog.{schema}.i", fetch="all")
        assert counted == [(2,)]
        names = [table["Name"] for table in tables_of(glue, schema)]
        assert sorted(names) == ["i", "t"]


class TestDescriptions:
    """persist_docs on Iceberg: by the table's own commits, and only what changed."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "told.sql": "{{ config(materialized='table', file_format='iceberg') }} select 1 as id, 'x' as Name",
            "told.yml": """
version: 2
models:
  - name: told
    description: What it's "all" about.
    config: {persist_docs: {relation: true, columns: true}}
    columns:
      - {name: id, description: "The key's\\nsecond line"}
      - {name: name, description: 'a "name"'}
""",
        }

    def test_they_are_kept(self, project: Any, endpoint: EndpointHandle) -> None:
        glue = client_of(endpoint)

        def told() -> tuple[str, dict[str, str], str]:
            table = glue.get_table(DatabaseName=project.test_schema, Name="told")["Table"]
            columns = table["StorageDescriptor"]["Columns"]
            comments = {column["Name"]: column.get("Comment", "") for column in columns}
            return table["Description"], comments, table["Parameters"]["metadata_location"]

        for _ in range(2):
            run_dbt(["run"])
            description, comments, _place = told()
            assert description == 'What it\'s "all" about.'
            assert comments["id"] == "The key's second line"
            assert comments["Name"] == 'a "name"'
