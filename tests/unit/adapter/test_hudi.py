"""Hudi: what configs say of a table, what they cannot say, and what the Data Catalog has beside the rows' own columns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dbt_common.exceptions import CompilationError, DbtRuntimeError

from dbt.adapters.glue.catalog import columns_of
from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.formats.hudi import HudiShape, hudi_shape, table_properties, write_settings
from dbt.adapters.glue.impl import GlueAdapter
from dbt.adapters.glue.model_config import check
from dbt.adapters.glue.relation import GlueRelation
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.synced_views import forget_stale_views, forget_synced_views

MERGE_ON_READ = {"hoodie.datasource.write.table.type": "MERGE_ON_READ"}


def checked(**config: Any) -> None:
    check({"config": {"file_format": "hudi", **config}})


def test_the_shape_of_a_table() -> None:
    assert hudi_shape({}, ["id"], ["day"]) == HudiShape(("id",), ("day",), None, None)
    assert hudi_shape({}, ["id", "id"], []).keys == ("id",)
    assert hudi_shape({}, [""], []).keys == ()
    options = {**MERGE_ON_READ, "hoodie.datasource.write.precombine.field": "at"}
    shape = hudi_shape({"hudi_options": options}, [], [])
    assert shape == HudiShape((), (), "MERGE_ON_READ", "at")
    short = {"type": "mor", "primaryKey": "id", "preCombineField": "at"}
    for place in ("options", "table_properties", "tblproperties", "hudi_options"):
        shape = hudi_shape({place: short}, [], [])
        assert shape == HudiShape(("id",), (), "MERGE_ON_READ", "at"), place


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"hudi_options": "cow"}, "hudi_options is a mapping"),
        ({"hudi_options": {"hoodie.datasource.write.table.type": "both"}}, "COPY_ON_WRITE or MERGE"),
        ({"hudi_options": {"hoodie.datasource.write.operation": "insert"}}, "append is Hudi's insert"),
        ({"hudi_options": {"hoodie.datasource.write.recordkey.field": "id"}}, "said by `unique_key`"),
        ({"hudi_options": {"hoodie.table.name": "t"}}, "the model's name"),
        ({"hudi_options": {"compression": "gzip"}}, "'compression' is none of Hudi's options"),
        ({"options": {"hoodie.datasource.write.operation": "insert"}}, "options: hoodie.datasource"),
        ({"incremental_predicates": ["true"]}, "`incremental_predicates` is not there for hudi"),
        ({"predicates": ["true"]}, "`matched_condition`"),
        ({"incremental_strategy": "microbatch"}, "needs `partition_by`"),
        ({"clustered_by": "id", "buckets": 2}, "hudi tables have no buckets"),
        ({"partition_by": ["days(at)"]}, "hudi tables do not have"),
    ],
)  # fmt: skip
def test_what_configs_cannot_say(config: dict[str, Any], said: str) -> None:
    with pytest.raises(CompilationError, match=said):
        checked(**config)


def test_what_they_can_say() -> None:
    checked(incremental_strategy="microbatch", partition_by="day", hudi_options=MERGE_ON_READ)
    checked(matched_condition="true", merge_update_columns=["name"], unique_key=["id", "part"])
    with pytest.raises(CompilationError, match="unique_key is id and primaryKey name"):
        hudi_shape({"options": {"primaryKey": "name"}}, ["id"], [])


def test_options_of_writes() -> None:
    config = {"hudi_options": {**MERGE_ON_READ, "hoodie.cleaner.commits.retained": 3, "hoodie.index.type": "SIMPLE"}}  # fmt: skip
    settings = write_settings(config)
    assert settings["hoodie.cleaner.commits.retained"] == "3"
    assert settings["hoodie.index.type"] == "SIMPLE"
    assert "hoodie.datasource.write.table.type" not in settings
    assert write_settings({})["hoodie.index.type"] == "GLOBAL_BLOOM"


def test_properties_of_a_new_table() -> None:
    shape = hudi_shape(
        {"hudi_options": {**MERGE_ON_READ, "preCombineField": "n"}}, ["id", "at"], []
    )
    encoded = {"hoodie.datasource.write.partitionpath.urlencode": "true"}
    assert table_properties(shape) == {
        "type": "mor",
        "primaryKey": "id,at",
        "preCombineField": "n",
        **encoded,
    }
    assert table_properties(hudi_shape({}, [], [])) == {"type": "cow", **encoded}


def test_columns_only_come() -> None:
    hudi = open_format("hudi")
    assert hudi is not None
    assert list(hudi.preparations("t", [], [], dict)) == []
    with pytest.raises(CompilationError, match="t: `a` cannot be dropped: a hudi table gets"):
        hudi.preparations("t", ["`a`"], [], dict)
    with pytest.raises(CompilationError, match="`b` cannot be changed in its type"):
        hudi.preparations("t", [], ["`b`"], dict)


def test_a_moment_is_a_time() -> None:
    relation = GlueRelation.create(schema="s", identifier="t", table_format="hudi")
    seen = relation.as_of("20261101000000000")
    assert seen.render() == "`s`.`t` timestamp as of '20261101000000000'"
    with pytest.raises(CompilationError, match="Hudi numbers its commits by their time"):
        relation.as_of(version=7)


def test_sessions_know_hudi_where_it_is_needed() -> None:
    profile = GlueCredentials(schema="s", location="s3://lake/tables")
    profile.need_formats(["hudi"])
    arguments = Environment.of(profile).arguments
    assert arguments["--datalake-formats"] == "hudi"
    conf = dict(setting.split("=", 1) for setting in arguments["--conf"].split(" --conf "))
    assert conf["spark.sql.extensions"] == "org.apache.spark.sql.hudi.HoodieSparkSessionExtension"
    assert conf["spark.serializer"] == "org.apache.spark.serializer.KryoSerializer"
    # Spark's own catalog stays what it is: other tables are as they were, and Delta may have it.
    assert "spark.sql.catalog.spark_catalog" not in conf


def test_hudis_own_columns_are_none_of_a_models() -> None:
    names = ["_hoodie_commit_time", "_hoodie_file_name", "id", "_hoodie_of_ours"]
    fields = [{"name": n, "type": "string", "nullable": True, "metadata": {}} for n in names]
    schema = json.dumps({"type": "struct", "fields": fields})
    parameters = {"spark.sql.sources.provider": "hudi", "spark.sql.sources.schema": schema}
    table = {"Name": "t", "Parameters": parameters}
    assert columns_of(table) == [
        GlueColumn("id", "string"),
        GlueColumn("_hoodie_of_ours", "string"),
    ]
    parameters["spark.sql.sources.provider"] = "parquet"
    assert [column.name for column in columns_of(table)] == names


@pytest.mark.parametrize(
    ("table_format", "said"),
    [("hudi", "a Hudi table has its name"), ("s3tables", "in a table bucket")],
)
def test_a_table_keeps_its_name(table_format: str, said: str) -> None:
    one = GlueRelation.create(schema="s", identifier="t", type="table", table_format=table_format)
    other = GlueRelation.create(schema="s", identifier="u", type="table", table_format="iceberg")
    for relations in ((one, other), (other, one)):
        with pytest.raises(DbtRuntimeError, match=f"`s`.`t` cannot be renamed: .*{said}"):
            GlueAdapter.check_rename(object(), *relations)


class Tables:
    """The Data Catalog's part that is asked."""

    def __init__(self, **there: dict[str, Any]) -> None:
        self.there = there

    def table(self, _database: str, name: str) -> dict[str, Any] | None:
        return self.there.get(name)

    def delete_table(self, _database: str, name: str) -> None:
        del self.there[name]


def placed(location: str, kind: str = "mor") -> dict[str, Any]:
    return {
        "StorageDescriptor": {"Location": location},
        "Parameters": {"type": kind, "spark.sql.sources.provider": "hudi"},
    }


def test_what_the_sync_registered_goes_with_its_table() -> None:
    relation = GlueRelation.create(schema="s", identifier="t", table_format="hudi")
    tables: Any = Tables(t=placed("s3://a/t"), t_ro=placed("s3://a/t"), t_rt=placed("s3://a/other"))
    forget_synced_views(tables, relation)
    assert set(tables.there) == {"t", "t_rt"}
    tables = Tables(t=placed("s3://a/t", "cow"), t_ro=placed("s3://a/t"))
    forget_synced_views(tables, relation)
    forget_synced_views(tables, relation.replace(table_format="parquet"))
    assert set(tables.there) == {"t", "t_ro"}


def test_what_a_killed_run_left_of_them() -> None:
    staging = GlueRelation.create(schema="s", identifier="t__dbt_new", table_format="hudi")
    tables: Any = Tables(t__dbt_new_ro=placed("s3://a/t/v1"), t_ro=placed("s3://a/t"))
    forget_stale_views(tables, staging)
    assert set(tables.there) == {"t_ro"}
