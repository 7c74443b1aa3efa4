"""Rows for a loop are those of `collect()`, or `collect()` itself: of every type, on the Spark of every Glue version."""

from __future__ import annotations

import pickle
import time
from typing import Any

import pytest
from arrow_cases import VALUES, frames_of
from glue_session.arrow_pandas import spark_version
from glue_session.rows import rows

pytestmark = pytest.mark.spark


def _seen(read: Any) -> Any:
    """All that a loop could see of its rows, or the error's name."""
    try:
        return [
            (
                type(row),
                row.__fields__,
                repr(row),
                [(type(v), repr(v)) for v in row],
                row.asDict().keys(),
                pickle.loads(pickle.dumps(row)).__fields__,
            )
            for row in read()
        ]
    except Exception as error:  # noqa: BLE001 - both ways have to fail alike
        return type(error).__name__


_STREAMED = {
    **VALUES,
    "timestamp": [*VALUES["timestamp"], "timestamp'2900-01-01 12:00:00'"],
    "decimal(20,10)": ["0.0000000001BD", "0", "-0.0000001000BD", "1234567890.5BD"],
    "decimal(38,38)": ["cast('1e-38' as decimal(38,38))", "0"],
    "binary": ["X'0061'", "X''"],
}
if spark_version() >= (3, 4):  # which has the type
    _STREAMED["timestamp_ntz"] = [
        "timestamp_ntz'2024-10-27 02:30:00.000001'",
        "timestamp_ntz'1700-01-01'",
    ]


@pytest.mark.parametrize(
    ("kind", "zone"),
    [
        *((kind, "UTC") for kind in _STREAMED),
        *((kind, "Europe/Berlin") for kind in _STREAMED if kind.startswith(("timestamp", "date"))),
    ],
)
def test_rows_are_those_of_collect(
    spark: Any, monkeypatch: pytest.MonkeyPatch, kind: str, zone: str
) -> None:
    before = spark.conf.get("spark.sql.session.timeZone")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for session_zone in ("UTC", "Asia/Tokyo"):
            spark.conf.set("spark.sql.session.timeZone", session_zone)
            for name, query in frames_of(kind, _STREAMED[kind]).items():
                frame = spark.sql(query)
                found, why = rows(frame)
                assert why == "", name
                assert len(found) == frame.count()
                assert _seen(lambda found=found: found) == _seen(frame.collect), name
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select array(1) as c", "c is array<int>"),
        ("select map('a', 1) as c", "c is map<string,int>"),
        ("select named_struct('a', 1) as c", "c is struct<a:int>"),
        ("select interval '1' day as c", "c is interval day"),
        ("select null as c", "c is void"),
        ("select id from range(10) limit 3", "the last step chooses rows"),
        ("select id from range(10) order by id limit 3", "the last step chooses rows"),
        ("select cast(X'61ff62' as string) as c", "Arrow did not take it (ArrowInvalid)"),
        ("select date'-0001-01-01' as c", "Arrow did not take it (ValueError)"),
        ("select date'9999-12-31' + int(id) as c from range(2)", "Arrow did not take it"),
        ("select timestamp_micros(9000000000000000000) as c", "Arrow did not take it"),
        ("select string(raise_error('no')) as c from range(2)", "Arrow did not take it"),
    ],
)
def test_rows_of_collect_itself(spark: Any, query: str, reason: str) -> None:
    frame = spark.sql(query)
    told = ""

    def read() -> Any:
        nonlocal told
        found, told = rows(frame)
        return found

    found = _seen(read)
    assert found == _seen(frame.collect)
    if isinstance(found, list):
        assert told.startswith(reason)
    else:
        assert reason.startswith("Arrow")


def test_rows_of_functions_are_collected_once(spark: Any) -> None:
    from pyspark.sql import functions

    frame = spark.range(3).select(functions.udf(lambda x: str(x))("id").alias("c"))
    assert rows(frame)[1] == "its plan runs Python functions"
    assert rows(frame, True)[1] == ""
    assert rows(spark.range(3).select())[1] == "it has no columns"


def test_rows_in_many_batches_keep_their_order(spark: Any) -> None:
    key = "spark.sql.execution.arrow.maxRecordsPerBatch"
    spark.conf.set(key, "7")
    try:
        frame = spark.range(0, 1000, 1, 13).selectExpr("id", "string(id % 7) as s")
        for one in (frame, frame.orderBy("s", frame["id"].desc()), frame.repartition(5)):
            assert list(rows(one)[0]) == one.collect()
    finally:
        spark.conf.unset(key)
