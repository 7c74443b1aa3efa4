"""Formats of tables: what configs may say, how tables of each are named, and what sessions have for them."""

from __future__ import annotations

from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.adapters.contracts.relation import RelationType
from dbt_common.exceptions import CompilationError, DbtRuntimeError
from glue_compiler.knowledge.tables import OPEN_FORMATS

from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.formats import FORMATS, open_format
from dbt.adapters.glue.formats.open_format import OpenFormat
from dbt.adapters.glue.incremental import ChangePlan, check_batches, plan_changes
from dbt.adapters.glue.maintenance import maintenance_calls
from dbt.adapters.glue.model_config import check, kept_format, partition_fields
from dbt.adapters.glue.relation import GlueRelation
from dbt.adapters.glue.sessions import format_conf
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.table_formats import TableFormats

EXTENSIONS = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"


def credentials(**fields: Any) -> GlueCredentials:
    return GlueCredentials(schema="x", endpoint="local", **fields)


# Configs


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("id", "`id`"),
        ("a `b", "`a ``b`"),
        ("day(ts)", "days(`ts`)"),
        (" Years ( `a b` ) ", "years(`a b`)"),
        ("hours(ts)", "hours(`ts`)"),
        ("bucket(16, id)", "bucket(16, `id`)"),
        ("bucket(id, 16)", "bucket(16, `id`)"),
        ("truncate(4, name)", "truncate(4, `name`)"),
    ],
)
def test_fields_of_partitions(written: str, field: str) -> None:
    assert partition_fields([written], "iceberg") == [field]


@pytest.mark.parametrize(
    "written",
    [
        "bucket(id)",
        "bucket(0, id)",
        "days()",
        "days(a, b)",
        "upper(x)",
        "bucket(a, b)",
        "x) ; drop",
    ],
)
def test_fields_that_are_none(written: str) -> None:
    if "(" in written:
        with pytest.raises(CompilationError, match="is no transform of Iceberg's"):
            partition_fields(written, "iceberg")
    else:
        assert partition_fields(written, "iceberg") == [f"`{written}`"]
    assert partition_fields(None, "iceberg") == []


def test_transforms_are_icebergs() -> None:
    with pytest.raises(CompilationError, match="which parquet tables do not have"):
        partition_fields("days(ts)", "parquet")
    check({"config": {"file_format": "iceberg", "partition_by": ["days(ts)"]}})
    with pytest.raises(CompilationError, match="'days\\(ts\\)' is a transform"):
        check({"config": {"partition_by": ["days(ts)"]}})
    with pytest.raises(CompilationError, match="bucket\\(n, column\\)"):
        check({"config": {"file_format": "iceberg", "clustered_by": "id", "buckets": 2}})
    with pytest.raises(CompilationError, match="`matched_condition` needs a format that has MERGE"):
        check({"config": {"matched_condition": "true"}})


def test_a_change_of_format_is_asked_for_by_name() -> None:
    assert kept_format(None, None, "s.t") == "parquet"
    assert kept_format(None, "parquet", "s.t") == "parquet"
    assert kept_format(None, "iceberg", "s.t", "iceberg") == "iceberg"  # a seed's, by seed_format
    assert kept_format(None, None, "s.t", "iceberg") == "iceberg"
    assert kept_format("Parquet", "iceberg", "s.t") == "parquet"
    for there in ("iceberg", "delta", "hudi"):
        with pytest.raises(CompilationError, match=f"s.t is in the format {there}, and the node"):
            kept_format(None, there, "s.t", "parquet")


def test_batches() -> None:
    check_batches("microbatch", "sql", "iceberg", [])
    check_batches("microbatch", "sql", "parquet", ["day"])
    check_batches("merge", "sql", "parquet", [])
    with pytest.raises(CompilationError, match="needs `partition_by`"):
        check_batches("microbatch", "sql", "parquet", [])


def test_what_is_tidied() -> None:
    def calls(**config: Any) -> list[str]:
        now = datetime(2026, 1, 8, tzinfo=timezone.utc)
        return maintenance_calls(config, "glue_catalog", "s.it's", lambda: now)

    assert calls() == calls(expire_snapshots=False, iceberg_expire_snapshots="False") == []
    assert calls(expire_snapshots=True) == [
        "call `glue_catalog`.system.expire_snapshots(table => 's.it\\'s')"
    ]
    assert calls(
        expire_snapshots={"older_than_days": 7, "retain_last": 3},
        remove_orphan_files={"older_than_days": 1.5},
    ) == [
        (
            "call `glue_catalog`.system.expire_snapshots(table => 's.it\\'s', "
            "older_than => timestamp'2026-01-01 00:00:00.000000+00:00', retain_last => 3)"
        ),
        (
            "call `glue_catalog`.system.remove_orphan_files(table => 's.it\\'s', "
            "older_than => timestamp'2026-01-06 12:00:00.000000+00:00')"
        ),
    ]
    assert "older_than => timestamp'2026-01-08" in calls(iceberg_expire_snapshots="True")[0]
    for wrong in ("yes", {"older_than": 3}, {"retain_last": "3"}, {"retain_last": -1}, 7):
        with pytest.raises(CompilationError, match="expire_snapshots"):
            calls(expire_snapshots=wrong)


# Plans


def plan(change: str, target: dict[str, str], source: dict[str, str] | None) -> ChangePlan:
    described = [GlueColumn(name, kind) for name, kind in target.items()]
    coming = None if source is None else [GlueColumn(name, kind) for name, kind in source.items()]
    return plan_changes("merge", change, "s.t", described, coming)


def test_columns_come_go_and_widen() -> None:
    there = {"id": "int", "name": "string", "price": "decimal(5,2)"}
    coming = {"ID": "bigint", "price": "decimal(9,2)", "new": "array<int>"}
    made = plan("sync_all_columns", there, coming)
    assert made.action == "merge"
    assert [column.name for column in made.columns] == ["ID", "price", "new"]
    assert [(column.name, column.data_type) for column in made.added] == [("new", "array<int>")]
    assert made.dropped == ("`name`",)
    assert [column.name for column in made.widened] == ["ID", "price"]

    made = plan("append_new_columns", there, coming)
    assert [column.name for column in made.added] == ["new"]
    assert (made.dropped, made.widened) == ((), ())
    assert [column.name for column in made.columns] == ["id", "name", "price", "new"]
    assert [column.comes for column in made.columns] == [True, False, True, True]

    assert plan("ignore", there, None).added == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("string", "int"),
        ("bigint", "int"),
        ("decimal(9,2)", "decimal(9,3)"),
        ("decimal(9,2)", "decimal(5,2)"),
    ],
)
def test_a_type_that_does_not_widen(old: str, new: str) -> None:
    with pytest.raises(CompilationError, match="id from"):
        plan("sync_all_columns", {"id": old}, {"id": new})
    with pytest.raises(CompilationError, match="differ"):
        plan("fail", {"id": old}, {"id": new})


# Names


class Catalog:
    """The Data Catalog of a test: its tables by name, and how often it was asked."""

    def __init__(self, **tables: str) -> None:
        self.tables = tables
        self.asked: list[str] = []

    def tables_named(self, _database: str, names: set[str]) -> list[dict[str, Any]]:
        self.asked += sorted(names)
        return [
            {"Name": name, "Parameters": {"table_type": self.tables[name].upper()}}
            for name in names & self.tables.keys()
        ]


def node(name: str, kind: str = "model", **config: Any) -> Any:
    return SimpleNamespace(
        unique_id=f"{kind}.p.{name}",
        resource_type=kind,
        schema="s",
        identifier=name,
        database=None,
        quoting_dict={},
        catalog_name=None,
        config=config,
        depends_on=SimpleNamespace(nodes=config.pop("reads", [])),
    )


def test_tables_are_named_as_their_format_needs_it() -> None:
    profile = credentials()
    formats = TableFormats(lambda: profile, Catalog(raw="iceberg"))  # type: ignore[arg-type]
    Relation = GlueRelation.of_project(formats)
    quoting = SimpleNamespace(quoting={})

    def name(item: Any) -> str:
        return Relation.create_from(quoting, item).render()

    lake = node("lake", file_format="Iceberg", reads=["source.p.raw"])
    raw, other = node("raw", "source"), node("other", "source")
    assert name(raw) == "`s`.`raw`"
    formats.learn([lake], ["model.p.lake"], {item.unique_id: item for item in (raw, other)})
    assert name(raw) == "`glue_catalog`.`s`.`raw`"
    assert name(other) == "`s`.`other`"
    assert name(lake) == "`glue_catalog`.`s`.`lake`"
    assert name(node("v", file_format="iceberg", materialized="view")) == "`s`.`v`"
    assert name(node("plain")) == "`s`.`plain`"
    # As macros make them, by a name alone.
    assert Relation.create(schema="S", identifier="LAKE").render() == "`glue_catalog`.`s`.`lake`"
    assert Relation.create(schema="s", identifier="nobody").render() == "`s`.`nobody`"
    assert Relation.create(schema="s").render() == "`s`"
    view = Relation.create(schema="s", identifier="lake", type=RelationType.View)
    assert view.render() == "`s`.`lake`"
    assert profile.formats == ("iceberg",)


def test_a_table_as_of_a_moment() -> None:
    profile = credentials()
    formats = TableFormats(lambda: profile, Catalog())  # type: ignore[arg-type]
    relation = GlueRelation.of_project(formats).create(schema="s", identifier="t")
    lake = relation.stored_as("iceberg")
    name = "`glue_catalog`.`s`.`t`"
    assert lake.as_of("2026-01-02").render() == f"{name} timestamp as of '2026-01-02'"
    assert lake.as_of(version=7).render() == f"{name} version as of 7"
    assert lake.as_of(version="it's").render() == f"{name} version as of 'it\\'s'"
    assert lake.render() == name
    # While dbt parses, a ref is a relation of the model that has it, whatever it names.
    assert relation.as_of(version=7).render() == "`s`.`t` version as of 7"
    formats.learn([], (), {})
    with pytest.raises(CompilationError, match="keeps no versions"):
        relation.as_of(version=7)
    for wrong in ({}, {"timestamp": "2026-01-02", "version": 7}):
        with pytest.raises(CompilationError, match="takes a timestamp, or version"):
            lake.as_of(**wrong)


def test_a_source_that_a_model_makes_is_in_the_models_format() -> None:
    profile = credentials()
    formats = TableFormats(lambda: profile, Catalog())  # type: ignore[arg-type]
    source = node("lake", "source")
    reader = node("reader", reads=["source.p.lake"])
    formats.learn(
        [node("lake", file_format="iceberg"), reader],
        ["model.p.reader"],
        {source.unique_id: source},
    )
    assert formats.of(source) == "iceberg"


def test_sources_are_looked_up_once_and_only_those_that_are_read() -> None:
    profile = credentials()
    catalog = Catalog(raw="iceberg")
    formats = TableFormats(lambda: profile, catalog)  # type: ignore[arg-type]
    sources = {item.unique_id: item for item in (node("raw", "source"), node("far", "source"))}
    reader = node("reader", reads=["source.p.raw", "model.p.else"])
    for _ in range(2):
        formats.learn([reader], ["model.p.reader"], sources)
    assert catalog.asked == ["raw"]
    formats.learn([reader], [], sources)
    assert catalog.asked == ["raw"]
    assert profile.formats == ("iceberg",)


# Sessions


def conf_of(profile: GlueCredentials) -> dict[str, str]:
    text = Environment.of(profile).arguments["--conf"]
    return dict(setting.split("=", 1) for setting in text.split(" --conf "))


def test_sessions_know_iceberg_where_it_is_needed() -> None:
    profile = credentials(location="s3://lake/tables")
    assert "--datalake-formats" not in Environment.of(profile).arguments
    assert not [key for key in conf_of(profile) if "catalog" in key]
    profile.need_formats(["iceberg"])
    assert Environment.of(profile).arguments["--datalake-formats"] == "iceberg"
    conf = conf_of(profile)
    assert conf["spark.sql.extensions"] == EXTENSIONS
    assert conf["spark.sql.catalog.glue_catalog"] == "org.apache.iceberg.spark.SparkCatalog"
    assert conf["spark.sql.catalog.glue_catalog.catalog-impl"].endswith(".GlueCatalog")
    assert conf["spark.sql.catalog.glue_catalog.warehouse"] == "s3://lake/tables/"
    assert conf["spark.sql.catalog.glue_catalog.cache-enabled"] == "false"


def test_what_the_profile_says_itself_wins() -> None:
    profile = credentials(
        datalake_formats="Iceberg",
        conf={
            "spark.sql.extensions": "mine.Extension",
            "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
            "spark.sql.catalog.lake.warehouse": "s3://theirs",
        },
        custom_iceberg_catalog_namespace="lake",
    )
    conf = conf_of(profile)
    assert conf["spark.sql.extensions"] == f"mine.Extension,{EXTENSIONS}"
    assert conf["spark.sql.catalog.lake.warehouse"] == "s3://theirs"
    assert conf["spark.sql.catalog.lake.cache-enabled"] == "false"
    assert "spark.sql.catalog.lake.catalog-impl" not in conf
    assert profile.iceberg_catalog == "lake"
    # Jars of one's own, and Spark's own catalog.
    profile = credentials(
        extra_jars=["s3://jars/iceberg-spark-runtime-9.jar"], custom_iceberg_catalog_namespace=""
    )
    profile.need_formats(["iceberg"])
    assert "--datalake-formats" not in Environment.of(profile).arguments
    assert "spark.sql.catalog.spark_catalog" not in conf_of(profile)
    assert profile.iceberg_catalog is None


def test_what_the_compiler_knows_as_open_formats_the_adapter_has() -> None:
    assert tuple(FORMATS) == OPEN_FORMATS
    assert open_format("parquet") is None
    assert open_format(None) is None


def test_two_formats_that_need_sparks_own_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    class First(OpenFormat):
        name = provider = "first"
        title = "First"
        extension = "first.Extension"
        session_catalog = "first.Catalog"

    class Second(First):
        name = provider = "second"
        title = "Second"
        extension = "second.Extension"
        session_catalog = "second.Catalog"

    each = {"first": First(), "second": Second()}
    monkeypatch.setattr(format_conf, "FORMATS", each)
    conf = conf_of(credentials(datalake_formats=["first"]))
    assert conf["spark.sql.catalog.spark_catalog"] == "first.Catalog"
    with pytest.raises(DbtRuntimeError, match="First and Second in one session"):
        conf_of(credentials(datalake_formats=["first", "second"]))
    own = {"spark.sql.catalog.spark_catalog": "second.Catalog"}
    conf = conf_of(credentials(datalake_formats=["first", "second"], conf=own))
    assert conf["spark.sql.catalog.spark_catalog"] == "second.Catalog"
    # The parser of the last extension reads a statement first.
    assert conf["spark.sql.extensions"] == "second.Extension,first.Extension"
