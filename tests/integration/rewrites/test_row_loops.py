"""Loops over rows of `collect()` on real Spark: every form of the page docs/rewrites/row-loops.md, with fewer columns and without."""

from __future__ import annotations

import pickle
import time
from typing import Any

import pytest
from arrow_cases import VALUES, frames_of
from glue_session.rows import rows
from programs import ROWS
from sessions import both

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("loop", ROWS)
def test_loops_give_the_same(spark: Any, loop: str) -> None:
    body = f"{loop}\nreturn session.createDataFrame(out, 'a string, b string')"
    plan, before, after = both(spark, body, {"t": "v_t"})
    projected = {d.reason for d in plan.decisions if d.rewrite == "projection"}
    assert before.same(after, ordered=True), plan.source
    if projected == {"applied"} and not before.error:
        assert [c for c in after.followed if c["rewrite"] == "projection" and c["applied"]]
    else:
        assert "r[0]), r.name" in loop or "len(r)" in loop or "r.addr" in loop, projected


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
    "timestamp_ntz": ["timestamp_ntz'2024-10-27 02:30:00.000001'", "timestamp_ntz'1700-01-01'"],
    "decimal(20,10)": ["0.0000000001BD", "0", "-0.0000001000BD", "1234567890.5BD"],
    "decimal(38,38)": ["cast('1e-38' as decimal(38,38))", "0"],
    "binary": ["X'0061'", "X''"],
}


@pytest.mark.parametrize(
    ("kind", "zone"),
    [
        *((kind, "UTC") for kind in _STREAMED),
        *((kind, "Europe/Berlin") for kind in ("timestamp", "timestamp_ntz", "date")),
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


@pytest.mark.parametrize(
    ("body", "applied"),
    [
        ("out = [(r.id, r.name) for r in df.collect()]", True),
        ("out = []\nfor r in df.select('id', 'name').collect():\n    out.append(tuple(r))", True),
        ("out = []\nfor a, b in (df.select('id', 'name')\n    .collect(\n    )):\n    out.append((a, b))", True),
        ("got = df.collect()\nout = [(r.id, r.name) for r in got]", False),
        ("import time\ntime.tzset()\nout = [(r.id, r.name) for r in df.collect()]", False),
    ],
)  # fmt: skip
def test_loops_take_rows_as_they_go(spark: Any, body: str, applied: bool) -> None:
    spark.sql(
        "select string(id) as id, string(id * 2) as name, id as k from range(50)"
    ).createOrReplaceTempView("looped")
    text = f"{body}\nreturn session.createDataFrame(out, 'a string, b string')"
    plan, before, after = both(spark, text, {"t": "looped"})
    assert before.same(after, ordered=True), plan.source
    assert not before.error
    assert plan.source.count("\n") == plan.original.count("\n")
    told = [call for call in after.followed if call["rewrite"] == "row_loops"]
    assert [call["applied"] for call in told] == ([True] if applied else []), told
    assert all(call["rows"] == 50 for call in told)
