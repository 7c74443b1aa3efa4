"""catalogs.yml: models, seeds and snapshots that name a catalog, in SQL and Python, and what is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from dbt.adapters.catalogs import InvalidCatalogIntegrationConfigError
from dbt.tests.util import run_dbt
from dbt_common.exceptions import CompilationError

from tests.functional.adapter.open_tables import client_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark


VOLUME = "s3://dbt-glue-local/volume"


def catalog(name: str, **integration: Any) -> dict[str, Any]:
    return {"name": name, "write_integrations": [{"name": "here", **integration}]}


def database(name: str) -> dict[str, Any]:
    return {"adapter_properties": {"catalog_database": name}}


MODELS = {
    "in_lake.sql": "{{ config(materialized='table', catalog_name='lake') }} select 1 as id, 'a' as name",
    "merged.sql": "{{ config(materialized='incremental', catalog_name='lake', unique_key='id') }}"
    "select id, name from {{ ref('in_lake') }}",
    "frame.py": """
def model(dbt, session):
    dbt.config(materialized="table", catalog_name="lake", partition_by=["id"])
    return dbt.ref("in_lake").join(dbt.ref("rows"), "id")
""",
    "in_files.sql": "{{ config(materialized='table', catalog_name='files') }} select * from {{ ref('frame') }}",
    "in_bucket.sql": "{{ config(materialized='table', catalog_name='bucket') }} select * from {{ ref('in_files') }}",
    "default.sql": "{{ config(materialized='table', catalog_name='glue') }} select * from {{ ref('in_bucket') }}",
    "seen.sql": "{{ config(materialized='view', catalog_name='lake') }} select id from {{ ref('in_lake') }}",
}

SNAPSHOT = """
{% snapshot kept %}
{{ config(target_schema=schema, unique_key='id', strategy='check', check_cols='all', catalog_name='lake') }}
select * from {{ ref('in_lake') }}
{% endsnapshot %}
"""


class TestCatalogs:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    @classmethod
    def seeds(cls) -> dict[str, str]:
        return {"rows.csv": "id,amount\n1,10\n"}

    @pytest.fixture(scope="class")
    @classmethod
    def snapshots(cls) -> dict[str, str]:
        return {"kept.sql": SNAPSHOT}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"seeds": {"+catalog_name": "lake"}}

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def catalogs(cls, project: Any) -> None:
        entries = [
            catalog(
                "lake", catalog_type="glue", table_format="iceberg", file_format="orc",
                external_volume=VOLUME,
            ),
            catalog("files", catalog_type="info_schema", file_format="orc"),
            {
                **catalog("bucket", catalog_type="s3_tables"),
                "write_integrations": [
                    {"name": "old", "catalog_type": "glue"},
                    {
                        "name": "now",
                        "catalog_type": "s3_tables",
                        "adapter_properties": {"catalog_database": "s3tablescatalog/catalogs-test"},
                    },
                ],
                "active_write_integration": "now",
            },
        ]  # fmt: skip
        write(project, entries)

    def stored(self, project: Any, name: str) -> Mapping[str, Any]:
        with project.adapter.connection_named("look"):
            found: Mapping[str, Any] = project.adapter.data_catalog.table(project.test_schema, name)
            return found

    def test_a_build(self, project: Any, endpoint: EndpointHandle) -> None:
        run_dbt(["build"])
        for name in ("in_lake", "merged", "frame", "rows", "kept"):
            table = self.stored(project, name)
            assert table["Parameters"]["table_type"] == "ICEBERG"
            place = table["StorageDescriptor"]["Location"]
            assert place.startswith(f"{VOLUME}/{project.test_schema}/{name}/")
            relation = f"glue_catalog.{project.test_schema}.{name}"
            files = f"select distinct substring_index(file_path, '.', -1) from {relation}.files"
            assert project.run_sql(files, fetch="all") == [("orc",)]
        assert "orc" in self.stored(project, "in_files")["StorageDescriptor"]["InputFormat"].lower()
        assert self.stored(project, "default")["Parameters"]["table_type"] == "ICEBERG"
        assert VOLUME not in self.stored(project, "default")["StorageDescriptor"]["Location"]
        bucket = "000000000000:s3tablescatalog/catalogs-test"
        found = tables_of(client_of(endpoint), project.test_schema, CatalogId=bucket)
        assert [table["Name"] for table in found] == ["in_bucket"]

    def test_the_second_run_finds_what_the_first_made(self, project: Any) -> None:
        run_dbt(["run", "-s", "merged", "--no-populate-cache"])
        run_dbt(["snapshot"])
        assert project.run_sql(
            f"select count(*) from glue_catalog.{project.test_schema}.merged", fetch="one"
        ) == (1,)

    def test_commands_for_which_dbt_reads_no_catalogs(self, project: Any) -> None:
        shown = run_dbt(["show", "-s", "merged"])
        assert len(shown.results[0].agate_table.rows) == 1
        run_dbt(["docs", "generate"])
        document = json.loads(Path(project.project_root, "target/catalog.json").read_text())
        assert set(document["nodes"]["model.test.frame"]["columns"]) == {"id", "name", "amount"}

    def test_what_is_read_of_the_project_holds_no_catalog(self, project: Any) -> None:
        """So that another catalogs.yml counts in the next run, in which dbt reads no file of models again."""
        manifest = run_dbt(["parse"])
        assert manifest.nodes["model.test.in_lake"].config.get("file_format") is None


def write(project: Any, entries: list[dict[str, Any]]) -> None:
    Path(project.project_root, "catalogs.yml").write_text(yaml.safe_dump({"catalogs": entries}))


class TestWhatIsRefused:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {
            "unknown.sql": "{{ config(catalog_name='pond') }} select 1 as id",
            "contrary.sql": "{{ config(materialized='table', catalog_name='glue', file_format='parquet') }} select 1 as id",
            "alike.sql": "{{ config(materialized='table', catalog_name='glue', file_format='Iceberg') }} select 1 as id",
        }

    def test_names_and_contradictions_are_told_with_their_files(self, project: Any) -> None:
        write(project, [catalog("lake", catalog_type="glue")])
        with pytest.raises(CompilationError) as caught:
            run_dbt(["run"])
        said = str(caught.value.msg)
        assert "models/unknown.sql: `catalog_name: pond` names no catalog" in said
        assert "info_schema, glue, lake" in said
        assert "models/contrary.sql: `catalog_name: glue` makes the table iceberg" in said
        results = run_dbt(["run", "--no-populate-cache"], expect_pass=False)
        assert {str(each.status) for each in results if each.node.name != "alike"} == {"error"}
        assert len(run_dbt(["run", "-s", "alike"])) == 1

    @pytest.mark.parametrize(
        ("integration", "told"),
        [
            ({"catalog_type": "iceberg_rest"}, "Catalog type is not supported"),
            (
                {"catalog_type": "glue", "table_format": "paimon"},
                "table_format is 'paimon'; one of",
            ),
            (
                {"catalog_type": "glue", "file_format": "csv"},
                "file_format is 'csv'; one of parquet",
            ),
            (
                {"catalog_type": "glue", "adapter_properties": {"storage_uri": "s3://b"}},
                "adapter_properties has storage_uri",
            ),
            ({"catalog_type": "glue", **database("other")}, "catalog_database is 'other'"),
            (
                {"catalog_type": "s3_tables", "external_volume": "s3://b"},
                "external_volume is 's3://b'; S3 says where",
            ),
            (
                {"catalog_type": "s3_tables", **database("Bucket!")},
                "write s3tablescatalog/",
            ),
        ],
    )
    def test_an_entry_that_says_what_cannot_be(
        self, project: Any, integration: dict[str, Any], told: str
    ) -> None:
        write(project, [catalog("lake", **integration)])
        with pytest.raises(Exception, match=told):
            run_dbt(["parse"])

    def test_a_session_has_one_table_bucket(self, project: Any) -> None:
        write(
            project,
            [
                catalog(each, catalog_type="s3_tables", **database(f"s3tablescatalog/{each}"))
                for each in ("one-bucket", "two-bucket")
            ],
        )
        with pytest.raises(InvalidCatalogIntegrationConfigError, match="they have one"):
            run_dbt(["parse"])


class Format(NamedTuple):
    value: str


class Entry(NamedTuple):
    """An entry of catalogs.yml v2, as dbt-core 1.12 gives it to an adapter."""

    name: str
    catalog_type: str
    table_format: Format
    config: dict[str, dict[str, Any]]


class TestSecondVersion:
    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            (
                Entry("lake", "glue", Format("iceberg"), {"glue": {"external_volume": "s3://b/v"}}),
                ("iceberg", "iceberg", "s3://b/v"),
            ),
            (Entry("l2", "glue", Format("default"), {}), ("hive", "parquet", None)),
            (
                Entry("l3", "glue", Format("default"), {"glue": {"file_format": "orc"}, "x": {}}),
                ("hive", "orc", None),
            ),
            (
                Entry("l4", "s3_tables", Format("iceberg"), {"athena": {"catalog_database": "s3tablescatalog/a-b"}}),
                ("iceberg", "s3tables", None),
            ),
        ],
        ids=lambda value: value.name if isinstance(value, Entry) else "",
    )  # fmt: skip
    def test_an_entry_is_one_of_the_first(
        self, project: Any, entry: Entry, expected: tuple[str, str, str | None]
    ) -> None:
        adapter = project.adapter
        made = adapter.add_catalog_integration(adapter.bridge_v2_catalog(entry))
        assert (made.table_format, made.stored_as, made.external_volume) == expected

    def test_what_another_adapter_reads_is_told(self, project: Any) -> None:
        entry = Entry("l5", "glue", Format("iceberg"), {"glue": {"base_location_root": "x"}})
        config = project.adapter.bridge_v2_catalog(entry)
        with pytest.raises(InvalidCatalogIntegrationConfigError, match="base_location_root"):
            project.adapter.add_catalog_integration(config)
