"""Counts that only tell whether there is a row, as the session takes them, and whether it takes them: on real Spark."""

from __future__ import annotations

from typing import Any

import pytest
from glue_compiler.plan.planner import RunContext
from glue_session.emptiness import some_rows
from pyspark.sql import functions as F
from refused_frames import EMPTINESS
from sessions import both

pytestmark = pytest.mark.spark

WHY = {
    "python": "the frame runs Python functions",
    "changes": "random values",
    "cached": "the frame is cached",
    "frame": "it is no Spark frame",
    "": "",
}

BODIES = {
    "a cached frame": ("df = df.union(df).cache()\nif df.count() == 0:\n    return df\nreturn df.select('id', 'q')", ""),
    "a frame below a cache": ("base = df.union(df).persist()\ng = base.filter('q > 100')\nif g.count() > 0:\n    return g\nreturn base.groupBy('cust').count()", ""),
    "a cache that is let go": ("df = df.union(df).cache()\ng = df.filter('q > 10')\nif g.count() == 0:\n    return df\nout = g.select('id')\nn = out.count()\ndf.unpersist()\nreturn out.limit(n)", None),
    "another frame is cached": ("other = session.range(3).cache()\nif df.count() == 0:\n    return df\nother.unpersist()\nreturn df.select('id')", ""),
    "a pure UDF": ("big = F.udf(lambda x: x > 15, 'boolean')\ng = df.filter(big('q'))\nif g.count() == 0:\n    return df.limit(1)\nreturn g.select('id')", ""),
    "a pure UDF of a set": ("KNOWN = {'x', 'y'}\n@F.udf('boolean')\ndef known(name):\n    found = []\n    for k in sorted(KNOWN):\n        found.append(k == name)\n    return any(found)\ng = df.filter(known('name'))\nif not g.count():\n    return df.limit(1)\nreturn g.select('id')", ""),
    "a UDF that has effects": ("seen = dbt.config.get('seen')\ng = df.filter(F.udf(lambda x: seen.append(x) is None, 'boolean')('id'))\nif g.count() == 0:\n    return df.limit(1)\nreturn df.select('id')", "python"),
    "a UDF elsewhere": ("u = F.udf(lambda x: print(x))\nother = df.select(u('id').alias('p'))\ng = df.filter('q > 15')\nif g.count() > 0:\n    return g.select('id')\nreturn other", ""),
    "random rows": ("g = df.withColumn('r', F.rand(3)).filter('r > 0.5')\nif g.count() == 0:\n    return df.limit(1)\nreturn df.select('id')", "changes"),
    "numbers of rows": ("g = df.withColumn('r', F.monotonically_increasing_id()).filter('r > 2')\nif g.count() == 0:\n    return df.limit(1)\nreturn df.select('id')", "changes"),
    "a clock": ("g = df.withColumn('t', F.current_timestamp()).filter('q > 0')\nn = g.count()\nif n == 0:\n    return df.limit(1)\nreturn g.select('id')", ""),
    "rows that were given": ("g = session.createDataFrame([(1, 'a')], 'id int, name string')\nwhile g.count() > 0:\n    g = g.filter('id > 1')\nreturn df.select('id')", ""),
    "rows of an RDD": ("g = df.select('id').rdd.filter(lambda r: r.id > 3).toDF('id int')\nif g.count() == 0:\n    return df\nreturn g", "python"),
    "a pandas frame": ("g = df.select('id').toPandas()\nif g['id'].count() == 0:\n    return df\nreturn df.select('id')", "frame"),
    "a text": ("words = ['a', 'b']\ng = df if len(words) > 1 else words\nif g.count() == 0:\n    return df\nreturn df.select('id')", ""),
    "in a loop": ("parts = {k: df.filter(F.col('cust') == k) for k in ('k1', 'k9', 'k2')}\nkept = [k for k, p in parts.items() if p.count() > 0]\nreturn session.createDataFrame([(k,) for k in kept], 'k string')", ""),
    "a helper": ("def is_empty(frame):\n    return frame.count() == 0\nif is_empty(df.filter('q > 1000')):\n    return df.select('id')\nreturn df", ""),
    "a try that raises again": ("try:\n    empty = df.distinct().count() == 0\nexcept ValueError:\n    print('no')\n    raise\nreturn df.select('id') if not empty else df", ""),
    "a failure that is handled": ("g = df.filter(F.when(F.col('id') == 5, F.raise_error(F.lit('bad'))).otherwise(True))\ntry:\n    empty = g.count() == 0\nexcept Exception:\n    empty = True\nreturn df.limit(1) if empty else df.select('id')", None),
    "a grouped, joined frame": ("g = df.groupBy('cust').agg(F.sum('q').alias('s')).join(df.select('cust').distinct(), 'cust', 'left_anti')\nif g.count() > 0:\n    return df.limit(1)\nreturn df.select('id')", ""),
}  # fmt: skip
"""Bodies with what the session says: why not (a key of WHY), or None where it is not asked."""


@pytest.mark.parametrize(("body", "why"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("table", ["v_t", "v_empty"])
def test_the_rows_are_those_of_the_source(
    spark: Any, table: str, body: str, why: str | None
) -> None:
    context = RunContext(config={"seen": []})
    made, before, after = both(spark, body, {"t": table}, context)
    spark.catalog.clearCache()
    assert before.same(after, ordered=True), f"{made.source}\n{before}\n{after}"
    assert before.printed == after.printed
    assert not before.error
    told = [call for call in after.followed if call["rewrite"] == "emptiness"]
    if "__dbt_glue_some__" in made.source:
        assert why is not None
        assert all(call["applied"] is (why == "") for call in told), told
        assert all(WHY[why] in call["why"] for call in told), told
    else:
        assert why in (None, "")
        assert not told


_HERE = [
    name
    for name, (reason, body, _) in EMPTINESS.items()
    if reason != "may_raise" and "checked_elsewhere" not in body
]


@pytest.mark.parametrize("name", _HERE)
def test_what_strictness_refuses_is_sound_without_it(spark: Any, name: str) -> None:
    accumulator = spark.sparkContext.accumulator(0)
    context = RunContext(config={"seen": accumulator})
    body = EMPTINESS[name][1]
    made, before, after = both(spark, body, {"t": "v_t"}, context)
    spark.catalog.clearCache()
    assert before.same(after, ordered=True), f"{made.source}\n{before}\n{after}"
    assert not before.error


def test_effects_are_seen_as_often_as_before(spark: Any) -> None:
    body = EMPTINESS["a filter by a UDF with side effects"][1]
    seen = []
    for optimize in (False, True):
        accumulator = spark.sparkContext.accumulator(0)
        context = RunContext(config={"seen": accumulator})
        from sessions import model_of, outcome, planned

        text = model_of(body)
        source = planned(text, context).source if optimize else text
        assert ("__dbt_glue_some__" in source) is optimize
        outcome(spark, source, {"t": "v_t"}, context, None)
        seen.append(accumulator.value)
    assert seen[0] == seen[1] > 0


def test_what_fails_as_written_may_succeed(spark: Any) -> None:
    body = EMPTINESS["rows that fail when they are counted"][1]
    spark.range(2000).selectExpr("if(id = 1999, 5, 0) as id").write.mode("overwrite").parquet(
        spark.conf.get("spark.sql.warehouse.dir").removeprefix("file:") + "/fails"
    )
    spark.read.parquet(
        spark.conf.get("spark.sql.warehouse.dir").removeprefix("file:") + "/fails"
    ).createOrReplaceTempView("v_fails")
    made, before, after = both(spark, body, {"t": "v_fails"})
    assert ".isEmpty()" in made.source or "__dbt_glue_some__" in made.source
    assert before.error
    assert not after.error
    assert len(after.rows) == 2000


def test_the_session_stops_at_the_first_row(spark: Any) -> None:
    frame = spark.range(5)
    assert some_rows(frame, False, True, False) == (1, "")
    assert some_rows(frame.filter("id > 9"), False, True, False) == (0, "")
    assert some_rows(frame.filter(F.udf(lambda _: True, "boolean")("id")), True, False, True) == (1, "")  # fmt: skip
    for odd, arguments, number, why in [
        (frame.filter(F.udf(lambda _: True, "boolean")("id")), (False, False, True), 5, "python"),
        (frame.withColumn("r", F.rand()), (True, False, True), 5, "changes"),
        (frame.sample(1.0, seed=1), (True, False, True), 5, "changes"),
        (spark.createDataFrame([(1,), (2,)], "a int"), (False, True, True), 2, "python"),
    ]:
        count, told = some_rows(odd, *arguments)
        assert count == number
        assert WHY[why] in told
    assert some_rows(spark.createDataFrame([(1,), (2,)], "a int"), False, False, True) == (1, "")
    kept = frame.filter("id > 1").cache()
    try:
        assert some_rows(kept.filter("id > 2"), True, False, False) == (2, "the frame is cached: the count fills the cache")  # fmt: skip
        assert some_rows(frame.filter("id > 3"), True, False, False) == (1, "")
    finally:
        kept.unpersist()
    assert some_rows(frame.toPandas()["id"], True, False, True) == (5, "it is no Spark frame")
