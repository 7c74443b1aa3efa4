"""Sessions with table formats and jars of their own: each set has a Spark of its own, all over one warehouse."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.process.client import status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Api

pytestmark = pytest.mark.spark

ICEBERG = {
    "--datalake-formats": "iceberg",
    "--conf": (
        "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
        " --conf spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog"
        " --conf spark.sql.catalog.lake.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog"
        " --conf spark.sql.catalog.lake.io-impl=org.apache.iceberg.aws.s3.S3FileIO"
        " --conf spark.sql.catalog.lake.warehouse=s3://engines/warehouse"
    ),
}
HIVE_STYLE = {
    "--datalake-formats": "iceberg",
    "--conf": (
        "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
        " --conf spark.sql.catalog.spark_catalog=org.apache.iceberg.spark.SparkSessionCatalog"
        " --conf spark.sql.catalog.spark_catalog.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog"
        " --conf spark.sql.catalog.spark_catalog.warehouse=s3://engines/warehouse"
    ),
}
JVM = "print(spark._jvm.java.lang.ProcessHandle.current().pid())"


def test_each_set_of_jars_has_its_spark_over_one_warehouse(api: Api, api_folder: Path) -> None:
    plain = api.session()
    iceberg, second = (api.session(DefaultArguments=ICEBERG) for _ in range(2))
    pids = [api.text(session, JVM).strip() for session in (plain, iceberg, second)]
    assert pids[0] != pids[1] == pids[2]

    api.text(
        plain, "spark.sql('create database if not exists engines location \"s3://engines/db\"')"
    )
    api.text(plain, "spark.sql('create table engines.files using parquet as select 1 id')")
    api.text(
        iceberg,
        "spark.sql('create or replace table lake.engines.t using iceberg partitioned by (bucket(2, id)) "
        "as select id, cast(id as string) name from range(3)')",
    )
    joined = "select t.id, t.name from lake.engines.t t join engines.files f on f.id = t.id"
    assert api.sql(second, joined) == [(1, "1")]
    # A catalog's settings are a session's own, and Spark's own catalog may be the one that knows both kinds.
    third = api.session(DefaultArguments=HIVE_STYLE)
    assert api.text(third, JVM).strip() == pids[1]
    assert api.sql(third, "select count(*) from engines.t join engines.files using (id)") == [(1,)]

    found = status(api_folder) or {}
    setups = {engine["setup"].partition(",")[0]: engine["state"] for engine in found["engines"]}
    assert setups[""] == "ready"
    assert setups["iceberg"] == "ready"


def test_a_spark_that_died_is_replaced_for_the_next_session(
    api: Api, wait: Callable[..., None]
) -> None:
    """The sessions on it fail, and only those."""
    jar = {"--conf": "spark.serializer=org.apache.spark.serializer.KryoSerializer"}
    plain, doomed = api.session(), api.session(DefaultArguments=jar)
    pid = int(api.text(doomed, JVM))
    os.kill(pid, signal.SIGKILL)
    wait(lambda: api.status(doomed) == "FAILED", "the session ends", 30)
    assert api.text(plain, "1 + 1").strip() == "2"
    after = api.session(DefaultArguments=jar)
    assert int(api.text(after, JVM)) != pid


def test_what_is_not_to_be_had_is_told(api: Api) -> None:
    def why(**arguments: str) -> str:
        with pytest.raises(AssertionError):
            api.session(DefaultArguments=arguments)
        ended = api.glue.list_sessions()["Sessions"]
        newest = max(ended, key=lambda session: session["CreatedOn"])
        return str(newest["ErrorMessage"])

    assert "there is no table format 'icberg'" in why(**{"--datalake-formats": "icberg"})
    assert "s3://engines/no.jar does not exist" in why(**{"--extra-jars": "s3://engines/no.jar"})
