"""Delta Lake, as far as no Spark is needed: its sessions, configs, changes of columns, versions and staged tables."""

from __future__ import annotations

from typing import Any

import pytest
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.model_config import check, partition_fields
from dbt.adapters.glue.relation import GlueRelation
from dbt.adapters.glue.replacement import Replacement
from dbt.adapters.glue.sessions.environment import Environment

DELTA = open_format("delta")
assert DELTA is not None
CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog"


def conf_of(profile: GlueCredentials) -> dict[str, str]:
    text = Environment.of(profile).arguments["--conf"]
    return dict(setting.split("=", 1) for setting in text.split(" --conf "))


def test_sessions_have_its_catalog_and_both_extensions_where_both_are_needed() -> None:
    profile = GlueCredentials(schema="x", endpoint="local")
    profile.need_formats(["delta"])
    assert Environment.of(profile).arguments["--datalake-formats"] == "delta"
    conf = conf_of(profile)
    assert conf["spark.sql.extensions"] == "io.delta.sql.DeltaSparkSessionExtension"
    assert conf["spark.sql.catalog.spark_catalog"] == CATALOG
    assert "spark.sql.catalog.glue_catalog" not in conf
    profile.need_formats(["iceberg"])
    assert Environment.of(profile).arguments["--datalake-formats"] == "delta,iceberg"
    conf = conf_of(profile)
    assert conf["spark.sql.extensions"] == (
        "io.delta.sql.DeltaSparkSessionExtension,"
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
    )
    assert conf["spark.sql.catalog.spark_catalog"] == CATALOG
    assert conf["spark.sql.catalog.glue_catalog"] == "org.apache.iceberg.spark.SparkCatalog"


def test_the_prefix_of_dbt_glue_is_told_to_have_no_effect() -> None:
    profile = GlueCredentials(schema="x", endpoint="local", delta_athena_prefix="delta")
    assert profile.without_effect() == [
        "delta_athena_prefix: has no effect: Athena reads Delta tables by their own log"
    ]


def test_tables_have_two_names() -> None:
    relation = GlueRelation.create(schema="s", identifier="T").stored_as("delta")
    assert relation.render() == "`s`.`T`"
    assert relation.as_of(version=7).render() == "`s`.`T` version as of 7"
    assert relation.as_of(version="7").render() == "`s`.`T` version as of 7"
    assert relation.as_of("2026-01-02").render() == "`s`.`T` timestamp as of '2026-01-02'"
    for version in ("a_tag", True, -1, 1.5):
        with pytest.raises(CompilationError, match="versions of a delta table are numbers"):
            relation.as_of(version=version)  # type: ignore[arg-type]


def test_configs() -> None:
    check({"config": {"file_format": "delta", "partition_by": ["day", "a b"]}})
    check({"config": {"file_format": "delta", "expire_snapshots": False}})
    assert partition_fields(["day", "a `b"], "delta") == ["`day`", "`a ``b`"]
    for wrong, told in (
        ({"partition_by": "days(at)"}, "'days\\(at\\)' is a transform, which delta tables do not"),
        ({"clustered_by": "id", "buckets": 2}, "delta tables have no buckets"),
        ({"expire_snapshots": True}, "expire_snapshots: of Iceberg"),
        ({"remove_orphan_files": {"older_than_days": 3}}, "remove_orphan_files: of Iceberg"),
    ):
        with pytest.raises(CompilationError, match=told):
            check({"config": {"file_format": "delta", **wrong}})


def test_columns_go_where_names_are_mapped() -> None:
    def preparations(dropped: list[str], widened: list[str], **there: str) -> list[str]:
        properties = {f"delta.{name}": value for name, value in there.items()}
        return list(DELTA.preparations("`s`.`t`", dropped, widened, lambda: properties))  # type: ignore[union-attr]

    def nobody_asks() -> dict[str, str]:
        raise AssertionError("the table is asked for nothing that is not needed")

    assert DELTA.preparations("`s`.`t`", [], [], nobody_asks) == ()  # type: ignore[union-attr]
    for there in ({}, {"columnMapping.mode": "none"}):
        with pytest.raises(CompilationError, match="`a` cannot be dropped from a delta table") as e:
            preparations(["`a`"], [], **there)
        how = "alter table `s`.`t` set tblproperties ('delta.columnMapping.mode' = 'name')"
        assert how in str(e.value)
    assert preparations(["`a`"], [], **{"columnMapping.mode": "name"}) == []
    assert preparations(["`a`"], [], **{"columnMapping.mode": "id"}) == []
    assert preparations([], ["`n`"], enableTypeWidening="true") == []
    with pytest.raises(CompilationError, match="the type of `n` cannot change in a delta table"):
        preparations(["`a`"], ["`n`"])


class Catalog:
    """The Data Catalog of a test: its tables by name."""

    def __init__(self, **tables: dict[str, Any]) -> None:
        self.tables = tables

    def table(self, _database: str, name: str) -> dict[str, Any] | None:
        return self.tables.get(name)

    def tables_matching(self, _database: str, _pattern: str) -> list[dict[str, Any]]:
        return list(self.tables.values())

    def create_table(self, _database: str, table: dict[str, Any]) -> None:
        self.tables[table["Name"]] = table

    def update_partitions(self, *_arguments: Any) -> None:
        pass

    create_partitions = delete_partitions = update_partitions

    def delete_table(self, _database: str, name: str) -> None:
        del self.tables[name]


def staged(comment: str) -> dict[str, Any]:
    return {
        "Name": "t__dbt_new",
        "StorageDescriptor": {"SerdeInfo": {"Parameters": {"path": "s3://b/t/v1"}}},
        "Parameters": {"spark.sql.sources.provider": "delta", "comment": comment},
    }


def test_a_staged_table_is_known_by_its_comment_which_the_target_does_not_get() -> None:
    catalog = Catalog(t__dbt_new=staged("staged by dbt for s.t"))
    replacement = Replacement(catalog, lambda _removal: None)  # type: ignore[arg-type]
    replacement.switch(("s", "t"), ("s", "t__dbt_new"))
    assert list(catalog.tables) == ["t"]
    assert catalog.tables["t"]["Parameters"] == {"spark.sql.sources.provider": "delta"}

    catalog = Catalog(t__dbt_new=staged("staged by dbt for s.t"))
    replacement = Replacement(catalog, lambda _removal: None)  # type: ignore[arg-type]
    replacement.settle(("s", "t"))
    assert catalog.tables == {}

    for comment in ("", "mine", "staged by dbt for s.u"):
        catalog = Catalog(t__dbt_new=staged(comment))
        replacement = Replacement(catalog, lambda _removal: None)  # type: ignore[arg-type]
        replacement.settle(("s", "t"))
        assert list(catalog.tables) == ["t__dbt_new"]  # it is somebody else's
