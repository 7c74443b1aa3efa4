"""Tables that Hive cannot read: Spark keeps their place and columns beside what the Data Catalog shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt
from dbt_common.exceptions import DbtRuntimeError
from glue_endpoint.spark.formats import Jar
from glue_endpoint.spark.jars import JarCache

from dbt.adapters.glue.replacement import VERSION
from tests.local_target import local_target

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

ROWS = "select * from values (1, 'one', 'x'), (2, 'two', 'y') as t(id, name, part)"
NEW_ROWS = "select * from values (2, 'TWO', 'y'), (3, 'three', 'z') as t(id, name, part)"
TABLE = "{{ config(materialized='table', %s) }} %s"
INCREMENTAL = (
    "{{ config(materialized='incremental', %s) }}\n"
    f"{{%% if is_incremental() %%}}{NEW_ROWS}{{%% else %%}}{ROWS}{{%% endif %%}}"
)
PYTHON = """
def model(dbt, session):
    dbt.config(materialized="table", file_format="json", partition_by=["part"])
    return session.sql("select 1 as id, 'one' as name, 'x' as part")
"""
PYTHON_INCREMENTAL = """
def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="merge", unique_key="id", file_format="csv")
    if dbt.is_incremental:
        return session.sql("select 2 as id, 'TWO' as name, 'y' as part")
    return session.sql("select 2 as id, 'two' as name, 'y' as part")
"""
PYTHON_TEXT = """
def model(dbt, session):
    dbt.config(materialized="table", file_format="text")
    return session.sql("select 'line' as value")
"""
PYTHON_ORC = """
def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append", file_format="orc", partition_by=["part"])
    return session.sql("select 1 as id, 'one' as name, 'x' as part")
"""
PYTHON_WITHOUT_ZONE = """
def model(dbt, session):
    dbt.config(materialized="table", partition_by=["part"])
    return session.sql("select timestamp_ntz'2026-01-02 03:04:05' as at, 'x' as part")
"""
MODELS = {
    "as_json.sql": TABLE % ("file_format='json'", ROWS),
    "as_csv.sql": TABLE % ("file_format='csv', options={'header': 'true'}", ROWS),
    "as_text.sql": TABLE % ("file_format='text'", "select 'line' as value"),
    "by_part.sql": TABLE % ("file_format='json', partition_by=['part']", ROWS),
    "in_buckets.sql": TABLE % ("clustered_by=['id'], buckets=2", ROWS),
    "without_zone.sql": TABLE
    % ("", "select timestamp_ntz'2026-01-02 03:04:05' as at, 'x' as part"),
    "without_zone_orc.sql": TABLE
    % ("file_format='orc', partition_by=['part']", "select timestamp_ntz'2026-01-02' as at, 'x' as part"),
    "merged.sql": INCREMENTAL % "file_format='json', incremental_strategy='merge', unique_key='id'",
    "appended.sql": INCREMENTAL % "file_format='csv', incremental_strategy='append'",
    "overwritten.sql": INCREMENTAL
    % "file_format='json', incremental_strategy='insert_overwrite', partition_by=['part']",
    "widened.sql": (
        "{{ config(materialized='incremental', incremental_strategy='append', file_format='json', "
        "partition_by=['part'], on_schema_change='append_new_columns') }}\n"
        "select 1 as id, 'x' as part {% if is_incremental() %}, 'new' as name{% endif %}"
    ),
    "python_json.py": PYTHON,
    "python_merged.py": PYTHON_INCREMENTAL,
    "python_text.py": PYTHON_TEXT,
    "python_orc.py": PYTHON_ORC,
    "python_without_zone.py": PYTHON_WITHOUT_ZONE,
    "documented.yml": """
version: 2
models:
  - name: as_json
    description: Kept as JSON.
    config: {persist_docs: {relation: true, columns: true}}
    columns: [{name: name, description: What it is called.}]
""",
}  # fmt: skip
OLD = [(1, "one", "x"), (2, "two", "y")]
MERGED = [(1, "one", "x"), (2, "TWO", "y"), (3, "three", "z")]


class TestFormats:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"seed_csv.csv": "id,name\n1,one\n2,two\n", "seed_json.csv": "id,name\n1,one\n"}

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        at_once = {"+old_version_retention_in_minutes": 0}
        return {
            "models": at_once,
            "seeds": {
                **at_once,
                "test": {
                    "seed_csv": {"+file_format": "csv"},
                    "seed_json": {"+file_format": "json"},
                },
            },
        }

    @pytest.fixture(scope="class")
    def runs(self, project: Any) -> list[dict[str, dict[str, Any]]]:
        """What the catalog shows of the tables after each of two builds."""
        return [self.built(project), self.built(project)]

    def built(self, project: Any) -> dict[str, dict[str, Any]]:
        run_dbt(["build"])
        catalog = project.adapter.data_catalog
        return {table["Name"]: table for table in catalog.tables(project.test_schema)}

    def rows(self, project: Any, table: str, columns: str = "id, name, part") -> list[Any]:
        found = project.run_sql(f"select {columns} from {{schema}}.{table}", fetch="all")
        return sorted((tuple(row) for row in found), key=repr)

    def test_every_table_is_replaced(
        self, project: Any, runs: list[dict[str, Any]], endpoint_dir: Path
    ) -> None:
        second = runs[-1]
        names = {name.partition(".")[0] for name in MODELS} - {"documented"}
        assert set(second) == {*names, "seed_csv", "seed_json"}
        hidden = {n for n, t in second.items() if t["StorageDescriptor"]["Location"].endswith("-__PLACEHOLDER__")}  # fmt: skip
        assert {"as_json", "as_csv", "as_text", "without_zone", "by_part", "merged", "seed_csv", "python_json"} <= hidden  # fmt: skip
        for name, values in {"as_json": OLD, "as_csv": OLD, "by_part": OLD, "in_buckets": OLD}.items():  # fmt: skip
            assert self.rows(project, name) == values, name
        assert self.rows(project, "as_text", "value") == [("line",)]
        assert self.rows(project, "without_zone", "cast(at as string), part") == [("2026-01-02 03:04:05", "x")]  # fmt: skip
        assert self.rows(project, "without_zone_orc", "part") == [("x",)]
        assert self.rows(project, "merged") == MERGED
        assert self.rows(project, "appended") == sorted([*OLD, (2, "TWO", "y"), (3, "three", "z")], key=repr)  # fmt: skip
        assert self.rows(project, "overwritten") == MERGED
        assert self.rows(project, "widened") == [(1, "new", "x"), (1, None, "x")]
        assert self.rows(project, "python_json") == [(1, "one", "x")]
        assert self.rows(project, "python_merged") == [(2, "TWO", "y")]
        assert self.rows(project, "python_text", "value") == [("line",)]
        assert self.rows(project, "python_orc") == [(1, "one", "x")] * 2
        assert self.rows(project, "python_without_zone", "cast(at as string), part") == [("2026-01-02 03:04:05", "x")]  # fmt: skip
        assert self.rows(project, "seed_csv", "id, name") == [(1, "one"), (2, "two")]
        assert self.rows(project, "seed_json", "id, name") == [(1, "one")]
        # Removed at the end of the run, as nothing is to stay.
        for name in set(second) - {"appended", "overwritten", "widened", "python_orc"}:
            was, now = (_place(tables[name]) for tables in runs)
            assert was != now, name
            root = endpoint_dir / "s3" / now.removeprefix("s3://").rpartition("/")[0]
            assert [f.name for f in root.iterdir() if VERSION.fullmatch(f.name)] == [now.rpartition("/")[2]]  # fmt: skip

    def test_partitions_are_where_their_table_is(
        self, project: Any, runs: list[dict[str, Any]]
    ) -> None:
        for name in ("by_part", "python_json", "without_zone_orc", "widened"):
            found = project.adapter.data_catalog.partitions(project.test_schema, name)
            places = {part["StorageDescriptor"]["Location"] for part in found.values()}
            assert places == {f"{_place(runs[-1][name])}/part={value}" for (value,) in found}

    def test_the_catalog_shows_their_columns_and_docs(
        self, project: Any, runs: list[dict[str, Any]]
    ) -> None:
        found = run_dbt(["docs", "generate", "--no-compile"])
        columns = {
            node.metadata.name: {c.name: c.type for c in node.columns.values()}
            for node in found.nodes.values()
        }
        assert columns["as_json"] == {"id": "int", "name": "string", "part": "string"}
        assert columns["by_part"] == {"id": "int", "name": "string", "part": "string"}
        assert columns["without_zone"] == {"at": "timestamp_ntz", "part": "string"}
        documented = found.nodes["model.test.as_json"]
        assert documented.metadata.comment == "Kept as JSON."
        assert documented.columns["name"].comment == "What it is called."
        described = project.run_sql("describe {schema}.as_json", fetch="all")
        assert ("name", "string", "What it is called.") in {tuple(row) for row in described}

    def test_dropped_and_renamed(
        self, project: Any, runs: list[dict[str, Any]], endpoint_dir: Path
    ) -> None:
        adapter = project.adapter
        folders = []
        with adapter.connection_named("test"):
            names = ("as_csv", "by_part")
            here, other = (
                adapter.Relation.create(schema=project.test_schema, identifier=name)
                for name in names
            )
            with pytest.raises(DbtRuntimeError, match="is there already; drop that one first"):
                adapter.rename_relation(here, other)
            for name in names:
                assert self.rows(project, name) == OLD
                here = adapter.Relation.create(schema=project.test_schema, identifier=name)
                there = adapter.Relation.create(schema=project.test_schema, identifier=f"{name}_2")
                with pytest.raises(DbtRuntimeError, match="is there already"):
                    adapter.rename_relation(here, here)
                adapter.rename_relation(here, there)
                assert self.rows(project, f"{name}_2") == OLD
                folders.append(endpoint_dir / "s3" / _place(runs[-1][name]).removeprefix("s3://"))
                adapter.drop_relation(there)
            project.run_sql("select 1")
        assert all(folder.is_dir() for folder in folders)
        adapter.cleanup_connections()  # as at the end of a command
        assert not any(folder.exists() for folder in folders)


AVRO = Jar(
    "org.apache.spark",
    "spark-avro_2.12",
    "3.5.6",
    "933ab859ec96aca9b4628b26e1b9ac4e67156f38f6936fb495d7df1486f6ee24",
    207_233,
)
AVRO_PYTHON = """
def model(dbt, session):
    dbt.config(materialized="table", file_format="avro")
    return session.sql("select 1 as id, 'one' as name, 'x' as part")
"""


class AvroModels:
    """Spark has no Avro without a jar, on AWS as here."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "as_avro.sql": TABLE % ("file_format='avro'", ROWS),
            "merged.sql": INCREMENTAL
            % "file_format='avro', incremental_strategy='merge', unique_key='id'",
            "by_part.sql": INCREMENTAL
            % "file_format='avro', incremental_strategy='insert_overwrite', partition_by=['part']",
            "python_avro.py": AVRO_PYTHON,
        }

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"seed_avro.csv": "id,name\n1,one\n"}

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"seeds": {"+file_format": "avro"}}


class TestAvro(AvroModels):
    def test_it_is_refused_by_name_without_its_jar(self, project: Any) -> None:
        results = run_dbt(["build"], expect_pass=False)
        messages = {result.node.name: str(result.message) for result in results}
        assert set(messages) == {"as_avro", "merged", "by_part", "python_avro", "seed_avro"}
        for message in messages.values():
            assert "Failed to find data source: avro" in message
            assert "extra_jars" in message


class TestAvroWithItsJar(AvroModels):
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, endpoint_dir: Path) -> dict[str, Any]:
        (jar,) = JarCache().paths([AVRO], report=print)
        return {**local_target(endpoint_dir), "extra_jars": str(jar)}

    def test_it_is_replaced_and_merged_with_its_jar(self, project: Any) -> None:
        for _ in range(2):
            run_dbt(["build"])
        rows = TestFormats().rows
        assert rows(project, "as_avro") == OLD
        assert rows(project, "merged") == MERGED
        assert rows(project, "by_part") == MERGED
        assert rows(project, "python_avro") == [(1, "one", "x")]
        assert rows(project, "seed_avro", "id, name") == [(1, "one")]


def _place(table: dict[str, Any]) -> str:
    storage = table["StorageDescriptor"]
    path = storage["SerdeInfo"]["Parameters"].get("path")
    return str(path or storage["Location"])
