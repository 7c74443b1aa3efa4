"""Table buckets: how a profile names one, what sessions get for it, and which calls are about its catalog."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from dbt_common.dataclass_schema import ValidationError
from dbt_common.exceptions import CompilationError, DbtRuntimeError

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.inner_catalog import NestedCatalog
from dbt.adapters.glue.model_config import check, kept_format, partition_fields
from dbt.adapters.glue.relation import GlueRelation
from dbt.adapters.glue.sessions.format_conf import format_conf, formats_of_glue
from dbt.adapters.glue.table_formats import TableFormats

BUCKET = "000000000000:s3tablescatalog/lake"


@pytest.fixture(autouse=True)
def _nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBT_S3_TABLES_BUCKET", raising=False)


def on_aws(**fields: Any) -> GlueCredentials:
    role = "arn:aws-cn:iam::123456789012:role/dbt"
    return GlueCredentials(schema="x", role_arn=role, region="cn-north-1", **fields)


def local(**fields: Any) -> GlueCredentials:
    return GlueCredentials(schema="x", endpoint="local", **fields)


# The profile


@pytest.mark.parametrize(
    ("written", "catalog", "arn"),
    [
        ("lake", "123456789012:s3tablescatalog/lake", "arn:aws-cn:s3tables:cn-north-1:123456789012:bucket/lake"),
        ("s3tablescatalog/lake", "123456789012:s3tablescatalog/lake", "arn:aws-cn:s3tables:cn-north-1:123456789012:bucket/lake"),
        ("210987654321:s3tablescatalog/lake", "210987654321:s3tablescatalog/lake", "arn:aws-cn:s3tables:cn-north-1:210987654321:bucket/lake"),
        ("arn:aws:s3tables:eu-west-1:210987654321:bucket/lake", "210987654321:s3tablescatalog/lake", "arn:aws:s3tables:eu-west-1:210987654321:bucket/lake"),
    ],
)  # fmt: skip
def test_a_bucket_as_people_name_it(written: str, catalog: str, arn: str) -> None:
    bucket = on_aws(s3_tables_bucket=written).table_bucket
    assert bucket is not None
    assert (bucket.catalog_id, bucket.arn) == (catalog, arn)
    here = local(s3_tables_bucket=written).table_bucket
    assert here is not None
    assert here.catalog_id == BUCKET  # the endpoint has one account


@pytest.mark.parametrize(
    "written", ["Lake", "a", "s3://lake", "arn:aws:s3:::lake", "x:lake", "-lake-"]
)
def test_what_is_no_bucket(written: str) -> None:
    with pytest.raises(
        ValidationError, match="s3_tables_bucket: must be the name of a table bucket"
    ):
        GlueCredentials.validate({"type": "glue", "schema": "x", "endpoint": "local", "s3_tables_bucket": written})  # fmt: skip


def test_where_dbt_glue_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    conf = "spark.sql.catalog.lake.glue.id=123456789012:s3tablescatalog/of-conf --conf spark.a=1"
    bucket = on_aws(conf=conf).table_bucket
    assert bucket is not None
    assert (bucket.name, bucket.spark_catalog) == ("of-conf", "lake")
    monkeypatch.setenv("DBT_S3_TABLES_BUCKET", "123456789012:s3tablescatalog/of-variable")
    assert [getattr(on_aws(**f).table_bucket, "name", None) for f in ({}, {"s3_tables_bucket": "own"})] == [
        "of-variable", "own",
    ]  # fmt: skip


def test_without_one() -> None:
    nobody, here = on_aws(datalake_formats="s3tables"), local(datalake_formats="s3tables")
    assert nobody.table_bucket is None
    with pytest.raises(DbtRuntimeError, match=r"needs a table bucket.*s3_tables_bucket: my-bucket"):
        format_conf(nobody, {})
    assert "spark.sql.catalog.s3tablescatalog" in format_conf(here, {})
    # Who has no tables there is asked nothing.
    assert TableFormats(lambda: here, None).catalog_id is not None  # type: ignore[arg-type]
    assert TableFormats(lambda: local(), None).catalog_id is None  # type: ignore[arg-type]


# Sessions


def test_sessions_get_a_catalog_beside_that_of_iceberg() -> None:
    profile = local(s3_tables_bucket="lake", datalake_formats=["iceberg", "s3tables"])
    conf = format_conf(profile, {})
    name = "spark.sql.catalog.s3tablescatalog"
    assert {key.removeprefix(name): value for key, value in conf.items() if key.startswith(name)} == {
        "": "org.apache.iceberg.spark.SparkCatalog",
        ".catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
        ".io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        ".glue.id": BUCKET,
        ".warehouse": "arn:aws:s3tables:us-east-1:000000000000:bucket/lake",
        ".s3.delete-enabled": "false",
        ".cache-enabled": "false",
    }  # fmt: skip
    assert conf["spark.sql.catalog.glue_catalog"] == "org.apache.iceberg.spark.SparkCatalog"
    assert conf["spark.sql.extensions"].count("IcebergSparkSessionExtensions") == 1
    assert formats_of_glue(profile) == ["iceberg"]


def test_a_catalog_of_the_profile_is_left_as_it_is() -> None:
    given = {
        "spark.sql.catalog.mine": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.mine.glue.id": BUCKET,
    }
    profile = local(conf=given, datalake_formats="s3tables")
    conf = format_conf(profile, given)
    assert {key for key in conf if ".catalog." in key} == {"spark.sql.catalog.mine.cache-enabled"}


# Configs


def test_configs() -> None:
    assert partition_fields(["days(ts)"], "s3tables") == ["days(`ts`)"]
    for config, said in (
        ({"custom_location": "s3://a"}, "`custom_location` is not there for s3tables"),
        ({"location_root": "s3://a"}, "`location_root` is not there for s3tables"),
        ({"remove_orphan_files": True}, "S3 expires snapshots and removes files by itself"),
        ({"clustered_by": "id", "buckets": 2}, "bucket(n, column)"),
    ):
        with pytest.raises(CompilationError) as caught:
            check({"config": {"file_format": "s3tables", **config}})
        assert said in str(caught.value)
    with pytest.raises(CompilationError, match="is in the format s3tables, and the node names no"):
        kept_format(None, "s3tables", "s.t")


# The two catalogs


class Client:
    """Glue's catalog calls, which note what they were asked."""

    def __init__(self, **tables: list[str]) -> None:
        self.tables = tables
        self.asked: list[tuple[str, str | None, str]] = []

    def __getattr__(self, operation: str) -> Any:
        return lambda **request: self._answer(operation, request)

    def _answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        where = "inner" if request.get("CatalogId") == BUCKET else "own"
        assert request.get("CatalogId") in (None, BUCKET)
        name = request.get("Name") or request.get("TableInput", {}).get("Name", "")
        self.asked.append((operation, where, name))
        if operation == "get_tables":
            return {"TableList": [{"Name": each} for each in self.tables[where]]}
        if operation == "get_table" and name not in self.tables[where]:
            error = {"Code": "EntityNotFoundException", "Message": "none"}
            raise ClientError({"Error": error}, operation)
        return {"Table": {"Name": name, "Parameters": {"table_type": "ICEBERG"}}}


def catalog(client: Client, **formats: str) -> tuple[NestedCatalog, TableFormats]:
    profile = local(s3_tables_bucket="lake")
    found = NestedCatalog(lambda: client, lambda: known)
    known = TableFormats(lambda: profile, found)
    for name, table_format in formats.items():
        known.note("s", name, table_format)
    return found, known


def test_a_call_is_about_the_catalog_that_has_the_table() -> None:
    client = Client(own=["a", "both"], inner=["b", "both"])
    found, _ = catalog(client, b="s3tables", both="s3tables")
    assert [found.table("s", name) is not None for name in ("a", "b", "B", "both")] == [True] * 4
    found.delete_table("S", "b")
    found.update_table("s", {"Name": "a"})
    assert [where for _, where, _ in client.asked] == [
        "own",
        "inner",
        "inner",
        "inner",
        "inner",
        "own",
    ]
    listed = [(table["Name"], "CatalogId" in table) for table in found.tables("s")]
    assert listed == [("a", False), ("b", True), ("both", True)]
    _, known = catalog(client)
    assert [t["Name"] for t in catalog(client)[0].tables("s")] == ["a", "both", "b"]
    assert known.has("s", "both") is None


def test_what_a_model_left_in_the_other_catalog_is_not_its_table() -> None:
    client = Client(own=["stays", "came", "comes"], inner=["went", "viewed", "came"])
    found, known = catalog(client)
    formats = {"went": "parquet", "came": "s3tables", "comes": "s3tables"}
    nodes = [
        SimpleNamespace(
            unique_id=name,
            resource_type="model",
            schema="s",
            identifier=name,
            config={"file_format": each},
        )
        for name, each in formats.items()
    ]
    view = {"materialized": "view"}
    nodes.append(
        SimpleNamespace(
            unique_id="viewed", resource_type="model", schema="s", identifier="viewed", config=view
        )
    )
    known.learn(nodes, (), {})
    listed = [(table["Name"], "CatalogId" in table) for table in found.tables("s")]
    assert listed == [("stays", False), ("came", True)]
    assert [known.has("s", name) for name in ("went", "viewed", "came", "stays")] == [
        False, False, True, None,
    ]  # fmt: skip


def test_a_source_is_looked_for_in_both() -> None:
    client = Client(own=["a", "both"], inner=["b", "both"])
    _, known = catalog(client)
    sources = [
        SimpleNamespace(resource_type="source", schema="s", identifier=name)
        for name in ("a", "b", "both", "none")
    ]
    known.look_up(sources)
    assert [known.of(source) for source in sources] == ["iceberg", "s3tables", "iceberg", None]
    relation = GlueRelation.of_project(known)
    names = [relation.create(schema="s", identifier=name).render() for name in ("a", "b")]
    assert names == ["`glue_catalog`.`s`.`a`", "`s3tablescatalog`.`s`.`b`"]


def test_one_catalog_of_spark_cannot_be_both() -> None:
    client = Client(own=[], inner=[])
    profile = local(conf=f"spark.sql.catalog.glue_catalog.glue.id={BUCKET}")
    known = TableFormats(lambda: profile, NestedCatalog(lambda: client, lambda: known))
    known._need(["s3tables"])
    with pytest.raises(DbtRuntimeError, match="custom_iceberg_catalog_namespace"):
        known._need(["iceberg", "s3tables"])


def test_an_error_of_the_inner_catalog_is_one() -> None:
    class Refusing(Client):
        def _answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
            error = {"Code": "EntityNotFoundException", "Message": "Catalog not found."}
            raise ClientError({"Error": error}, operation)

    found, _ = catalog(Refusing())
    with pytest.raises(GlueApiError, match=r"Catalog not found\."):
        found.create_inner_database("s")
    assert found.inner_tables("s") == []
