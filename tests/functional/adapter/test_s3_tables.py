"""Models, seeds and snapshots in a table bucket, beside the account's own catalog: built, changed, documented, dropped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, write_file
from dbt_common.exceptions import DbtRuntimeError
from glue_endpoint.buckets import Buckets

from tests.functional.adapter.open_tables import client_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.process.state import EndpointHandle

pytestmark = pytest.mark.spark

BUCKET = "lake-house"
CATALOG = f"000000000000:s3tablescatalog/{BUCKET}"

SEED = "id,name,at\n1,one,2026-01-01\n2,two,2026-01-02\n"

MODELS = {
    "raw.sql": "select 1 as id, 10 as amount union all select 2, 20",
    "orders.sql": """
        {{ config(materialized='table', file_format='s3tables', partition_by=['bucket(2, id)'],
                  persist_docs={'relation': true, 'columns': true}) }}
        select c.id, c.name, r.amount from {{ ref('customers') }} c join {{ ref('raw') }} r on c.id = r.id
    """,
    "merged.sql": """
        {{ config(materialized='incremental', file_format='s3tables', incremental_strategy='merge', unique_key='id',
                  on_schema_change='sync_all_columns') }}
        {% if is_incremental() %}
        select 2L as id, 'changed' as name, 5 as extra union all select 3L, 'new', 6
        {% else %}
        select id, name from {{ ref('orders') }}
        {% endif %}
    """,
    "appended.py": """
def model(dbt, session):
    dbt.config(materialized="incremental", file_format="s3tables", incremental_strategy="append")
    orders = dbt.ref("orders")
    if dbt.is_incremental:
        orders = orders.where("id = 1")
    return orders.select("id", "amount")
""",
    "made.py": """
def model(dbt, session):
    dbt.config(materialized="table", file_format="s3tables")
    return dbt.ref("orders").select("id", "name").join(dbt.ref("raw"), "id").selectExpr("id", "name", "amount * 2 as twice")
""",
    "mart.sql": """
        {{ config(materialized='view') }}
        select o.id, o.name, r.amount from {{ ref('orders') }} o join {{ ref('raw') }} r on o.id = r.id
    """,
    "schema.yml": """
        models:
          - name: orders
            description: What was ordered
            columns:
              - {name: id, description: Its number, data_tests: [not_null, unique]}
    """,
}

SNAPSHOT = """
{% snapshot history %}
{{ config(file_format='s3tables', unique_key='id', strategy='check', check_cols=['name']) }}
select id, name from {{ ref('merged') }}
{% endsnapshot %}
"""


@pytest.fixture(scope="class")
def glue(endpoint: EndpointHandle) -> Any:
    return client_of(endpoint)


class OnTableBucket:
    @pytest.fixture(scope="class")
    @classmethod
    def dbt_profile_target(cls, endpoint: Any, endpoint_dir: Path) -> dict[str, Any]:
        return {
            "type": "glue",
            "endpoint": "local",
            "endpoint_dir": str(endpoint_dir),
            "glue_version": "5.1",
            "s3_tables_bucket": BUCKET,
            "threads": 1,
        }


class TestAProject(OnTableBucket):
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    @classmethod
    def seeds(cls) -> dict[str, str]:
        return {"customers.csv": SEED}

    @pytest.fixture(scope="class")
    @classmethod
    def snapshots(cls) -> dict[str, str]:
        return {"history.sql": SNAPSHOT}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"seeds": {"+file_format": "s3tables"}}

    @pytest.fixture(scope="class")
    @classmethod
    def rows(cls, project: Any) -> Callable[[str], list[list[Any]]]:
        def fetch(query: str) -> list[list[Any]]:
            text = query.format(s=f"s3tablescatalog.{project.test_schema}")
            return [list(row) for row in project.run_sql(text, fetch="all")]

        return fetch

    def test_1_a_build(self, project: Any, rows: Any, glue: Any, endpoint_dir: Path) -> None:
        run_dbt(["build"])
        assert rows("select id, name, amount from {s}.orders order by id") == [
            [1, "one", 10], [2, "two", 20],
        ]  # fmt: skip
        assert rows("select * from {s}.made order by id") == [[1, "one", 20], [2, "two", 40]]
        names = tables_of(glue, project.test_schema, CatalogId=CATALOG)
        assert {table["Name"] for table in names} == {
            "appended", "customers", "history", "made", "merged", "orders",
        }  # fmt: skip
        own = tables_of(glue, project.test_schema)
        assert {table["Name"] for table in own} == {"mart", "raw"}
        orders = next(table for table in names if table["Name"] == "orders")
        assert orders["Description"] == "What was ordered"
        assert orders["StorageDescriptor"]["Columns"][0]["Comment"] == "Its number"
        assert orders["StorageDescriptor"]["Location"].endswith("--table-s3/orders")
        assert rows("select * from " + project.test_schema + ".mart order by id") == [
            [1, "one", 10], [2, "two", 20],
        ]  # fmt: skip

    def test_2_the_next_builds_change_what_is_there(
        self, project: Any, rows: Any, glue: Any
    ) -> None:
        def orders() -> tuple[str, str]:
            found = glue.get_table(
                CatalogId=CATALOG, DatabaseName=project.test_schema, Name="orders"
            )["Table"]
            return found["StorageDescriptor"]["Location"], found["VersionId"]

        location, version = orders()
        run_dbt(["build"])
        assert orders()[0] == location
        assert int(orders()[1]) > int(version)
        merged = [[1, "one", None], [2, "changed", 5], [3, "new", 6]]
        assert rows("select id, name, extra from {s}.merged order by id") == merged
        run_dbt(["build"])
        assert rows("select id, name, extra from {s}.merged order by id") == merged
        assert rows("select id, amount from {s}.appended order by id") == [
            [1, 10], [1, 10], [1, 10], [2, 20],
        ]  # fmt: skip
        assert rows("select id, name, dbt_valid_to is null from {s}.history order by id, name") == [
            [1, "one", True], [2, "changed", True], [2, "two", False], [3, "new", True],
        ]  # fmt: skip

    def test_3_docs(self, project: Any) -> None:
        run_dbt(["docs", "generate"])
        catalog = json.loads(Path(project.project_root, "target/catalog.json").read_text())
        assert set(catalog["nodes"]) == {
            "model.test.appended", "model.test.made", "model.test.mart", "model.test.merged",
            "model.test.orders", "model.test.raw", "seed.test.customers", "snapshot.test.history",
        }  # fmt: skip
        assert list(catalog["nodes"]["model.test.merged"]["columns"]) == ["id", "name", "extra"]

    def test_4_a_source_is_found_in_the_bucket(self, project: Any, rows: Any) -> None:
        schema = project.test_schema
        project.run_sql(
            f"create table s3tablescatalog.{schema}.outside using iceberg as select 7 as id"
        )
        tables = "tables: [{name: outside}, {name: raw}]"
        freshness = "config: {freshness: {warn_after: {count: 1, period: day}}}"
        source = f"sources: [{{name: lake, schema: {schema}, {freshness}, {tables}}}]"
        write_file(source, project.project_root, "models", "sources.yml")
        query = "select id from {{ source('lake', 'outside') }} union all select id from {{ source('lake', 'raw') }}"
        write_file(query, project.project_root, "models", "both.sql")
        run_dbt(["run", "-s", "both"])
        assert rows(f"select id from {schema}.both order by id") == [[1], [2], [7]]

        def loaded() -> Any:
            (found,) = run_dbt(["source", "freshness", "-s", "source:lake.outside"])
            return found.max_loaded_at

        before = loaded()
        project.run_sql(
            f"alter table s3tablescatalog.{schema}.outside set tblproperties ('team' = 'lake')"
        )
        assert loaded() == before
        project.run_sql(f"insert into s3tablescatalog.{schema}.outside values (8)")
        assert loaded() > before

    def test_5_a_model_moves_and_leaves_its_table(self, project: Any, rows: Any, glue: Any) -> None:
        def homes() -> list[str]:
            found = []
            for catalog in ("000000000000", CATALOG):
                tables = tables_of(glue, project.test_schema, CatalogId=catalog)
                found += [catalog for table in tables if table["Name"] == "raw"]
            return found

        for config, homes_then in (
            ("materialized='table', file_format='s3tables'", ["000000000000", CATALOG]),
            ("materialized='view'", ["000000000000", CATALOG]),
        ):
            query = f"{{{{ config({config}) }}}} select 3 as id, 30 as amount"
            write_file(query, project.project_root, "models", "raw.sql")
            run_dbt(["run", "-s", "raw"])
            assert homes() == homes_then
        assert rows("select id from {s}.raw") == [[3]]
        assert rows("select id from " + project.test_schema + ".raw") == [[3]]

    def test_6_a_full_refresh_and_the_end(
        self, project: Any, rows: Any, glue: Any, endpoint_dir: Path
    ) -> None:
        run_dbt(["run", "-s", "merged", "--full-refresh"])
        assert rows("select * from {s}.merged order by id") == [[1, "one"], [2, "two"]]
        folders = [
            table["StorageDescriptor"]["Location"]
            for table in tables_of(glue, project.test_schema, CatalogId=CATALOG)
        ]
        buckets = Buckets(endpoint_dir / "s3")
        assert all(buckets.path(location).is_dir() for location in folders)
        adapter = project.adapter
        with adapter.connection_named("drop"):
            made = adapter.get_relation(None, project.test_schema, "made")
            assert made.render().startswith("`s3tablescatalog`.")
            with pytest.raises(DbtRuntimeError, match="Glue renames no table"):
                adapter.rename_relation(made, made.incorporate(path={"identifier": "other"}))
            adapter.drop_relation(made)
            assert adapter.data_catalog.table(project.test_schema, "made") is None
            assert sum(buckets.path(location).exists() for location in folders) == len(folders) - 1
            adapter.drop_schema(adapter.Relation.create(schema=project.test_schema))
        assert not any(buckets.path(location).exists() for location in folders)
        with pytest.raises(glue.exceptions.EntityNotFoundException):
            glue.get_database(CatalogId=CATALOG, Name=project.test_schema)


class TestWhatIsRefused(OnTableBucket):
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        config = "{{ config(materialized=%s, file_format='s3tables'%s) }} select 1 as id"
        return {
            "viewed.sql": config % ("'view'", ""),
            "placed.sql": config % ("'table'", ", custom_location='s3://mine/placed'"),
            "rooted.sql": config % ("'incremental'", ", location_root='s3://mine'"),
            "tidied.sql": config % ("'table'", ", expire_snapshots=true"),
            "bucketed.sql": config % ("'table'", ", clustered_by='id', buckets=2"),
        }

    def test_by_name(self, project: Any) -> None:
        results = run_dbt(["run"], expect_pass=False)
        found = {result.node.name: result.message for result in results}
        for name, words in {
            "viewed": "a table bucket has no views",
            "placed": "`custom_location` is not there for s3tables",
            "rooted": "`location_root` is not there for s3tables",
            "tidied": "S3 expires snapshots",
            "bucketed": "bucket(n, column)",
        }.items():
            assert words in found[name], found[name]
