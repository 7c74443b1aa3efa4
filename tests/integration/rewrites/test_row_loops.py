"""Loops over rows of `collect()` on real Spark: every form of the page docs/rewrites/row-loops.md, with fewer columns and without."""

from __future__ import annotations

from typing import Any

import pytest
from programs import ROWS
from sessions import both

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("rows", ROWS)
def test_loops_give_the_same(spark: Any, rows: str) -> None:
    body = f"{rows}\nreturn session.createDataFrame(out, 'a string, b string')"
    plan, before, after = both(spark, body, {"t": "v_t"})
    projected = {d.reason for d in plan.decisions if d.rewrite == "projection"}
    assert before.same(after, ordered=True), plan.source
    if projected == {"applied"} and not before.error:
        assert [c for c in after.followed if c["rewrite"] == "projection" and c["applied"]]
    else:
        assert "r[0]), r.name" in rows or "len(r)" in rows or "r.addr" in rows, projected
