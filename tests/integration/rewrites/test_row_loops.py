"""Loops over rows of `collect()` on real Spark: every form of the page docs/rewrites/row-loops.md, with fewer columns and without."""

from __future__ import annotations

from typing import Any

import pytest
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
