"""Projection on real Spark: every form that is followed gives the same, the session keeps what it must, failures may go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.plan.planner import Optimize, RunContext
from glue_session.plans import PlanOf
from glue_session.rewrites import project
from pandas_uses import FOLLOWED
from sessions import both, model_of, outcome, planned

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

ARROW = "spark.sql.execution.arrow.pyspark.enabled"
STRICT = RunContext(optimize=Optimize(strict=True))


@pytest.fixture(scope="module", autouse=True)
def stored(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = tmp_path_factory.mktemp("projection")
    spark.table("v_t").coalesce(1).write.parquet(str(folder / "stored"))
    spark.read.parquet(str(folder / "stored")).createOrReplaceTempView("v_projected")


@pytest.mark.parametrize("arrow", [False, True], ids=["rows", "arrow"])
@pytest.mark.parametrize("name", FOLLOWED)
def test_what_is_followed_gives_the_same(spark: Any, name: str, arrow: bool) -> None:
    spark.conf.set(ARROW, str(arrow).lower())
    body = f"{FOLLOWED[name]}\nreturn out"
    made, before, after = both(spark, body, {"t": "v_projected"})
    assert not before.error, before.error
    assert before.same(after, ordered=True), f"{made.source}\n{before}\n{after}"
    assert before.printed == after.printed
    assert "__dbt_glue_project__" in made.source, [d for d in made.decisions if not d.applied]
    told = [call for call in after.followed if call["rewrite"] == "projection"]
    assert [call["why"] for call in told if not call["applied"]] == []
    assert told


KEPT = {
    "a function of Python with an effect": ("seen = []\ndef note(x):\n    seen.append(x)\n    return x\nmake = getattr(F, 'u' + 'df')\nframe = df.withColumn('z', make(note)('name'))", "Python"),
    "rows of an RDD": ("rows = session.sparkContext.parallelize([(1, 2, 3), (3, 4, 5)])\nframe = session.createDataFrame(rows, 'id int, q int, x int')", "Python"),
    "some rows": ("frame = df.limit(3)", "chooses"),
    "some rows in an order": ("frame = df.orderBy('name').limit(3)", "chooses"),
    "one row of every group": ("frame = df.dropDuplicates(['cust'])", "chooses"),
    "the first of every group": ("frame = df.groupBy('cust').agg(F.first('id').alias('id'), F.first('q').alias('q'))", "chooses"),
    "ranked rows": ("frame = df.withColumn('r', F.row_number().over(Window.partitionBy('cust').orderBy('name'))).filter('r = 1')", "chooses"),
    "a running sum": ("frame = df.withColumn('id', F.sum('q').over(Window.partitionBy('cust').orderBy('name').rowsBetween(-1, 0)))", "chooses"),
    "a sample": ("frame = df.sample(0.5, seed=3)", "change"),
    "random rows": ("frame = df.filter(F.rand(3) > 0.3)", "change"),
    "numbers of rows": ("frame = df.withColumn('id', F.monotonically_increasing_id())", "change"),
    "a random column": ("frame = df.withColumn('id', F.rand(3))", "change"),
    "in a view": ("df.limit(2).createOrReplaceTempView('v_limited')\nframe = session.table('v_limited')", "chooses"),
    "in SQL": ("df.createOrReplaceTempView('v_all')\nframe = session.sql('select id, first(q) as q, name, first(n) n from v_all group by id, name')", "chooses"),
    "in a subquery": ("df.createOrReplaceTempView('v_all')\nframe = session.sql('select * from v_all where q = (select q from v_all limit 1)')", "chooses"),
}  # fmt: skip


@pytest.mark.parametrize(("made", "why"), KEPT.values(), ids=KEPT)
def test_the_session_keeps_what_the_plan_does_not_allow(spark: Any, made: str, why: str) -> None:
    spark.conf.set(ARROW, "false")
    body = f"{made}\npdf = frame.toPandas()\nreturn pd.DataFrame({{'n': [pdf['id'].count(), pdf['q'].count()]}})"
    plan, before, after = both(spark, body, {"t": "v_projected"})
    assert "__dbt_glue_project__" in plan.source, [d for d in plan.decisions if not d.applied]
    assert not before.error
    assert before.same(after, ordered=True)
    (told,) = (call for call in after.followed if call["rewrite"] == "projection")
    assert not told["applied"]
    assert why in told["why"]


def test_rows_that_were_given_as_a_list_are_no_python(spark: Any) -> None:
    spark.conf.set(ARROW, "false")
    made = "frame = session.createDataFrame([(1, 2, 3), (3, None, 5)], 'id int, q int, x int')"
    body = f"{made}\npdf = frame.toPandas()\nreturn pdf[['id', 'q']]"
    _, before, after = both(spark, body, {"t": "v_projected"})
    assert not before.error
    assert before.same(after, ordered=True)
    assert [c["applied"] for c in after.followed if c["rewrite"] == "projection"] == [True]


FAILURES = {
    "a check in a column that is not read": "df = df.withColumn('z', F.when(F.col('id') == 5, F.raise_error(F.lit('bad row'))))",
    "a date that is none": "session.conf.set('spark.sql.ansi.enabled', True)\ndf = df.withColumn('z', F.expr(\"cast(name as date)\"))",
    "an argument that is none": "df = df.withColumn('z', F.udf(lambda x: 1 // (x - 5), 'int')('id'))",
}  # fmt: skip


@pytest.mark.parametrize("before", FAILURES.values(), ids=FAILURES)
def test_a_failure_in_what_is_not_read_may_go(spark: Any, before: str) -> None:
    spark.conf.set(ARROW, "false")
    body = f"{before}\npdf = df.toPandas()\nreturn pd.DataFrame({{'n': pdf['id']}})"
    try:
        made, written, rewritten = both(spark, body, {"t": "v_projected"})
        assert written.error
        assert not rewritten.error, rewritten
        assert sorted(row[0] for row in rewritten.rows) == [1, 2, 3, 3, 4, 5]
        assert made.source != made.original
        kept = planned(model_of(body), STRICT)
        assert "__dbt_glue_project__" not in kept.source
        again = outcome(spark, kept.source, {"t": "v_projected"}, STRICT, kept.kind)
        assert again.error == written.error
    finally:
        spark.conf.set("spark.sql.ansi.enabled", "false")


HANDLED = {
    "another result": "try:\n    pdf = df.toPandas()\n    out = pdf[['id']]\nexcept Exception:\n    out = pd.DataFrame({'id': [0]})\nreturn out",
    "let pass": "import contextlib\nout = pd.DataFrame({'id': [0]})\nwith contextlib.suppress(Exception):\n    pdf = df.toPandas()\n    out = pdf[['id']]\nreturn out",
    "a handler that sometimes raises": "try:\n    pdf = df.toPandas()\n    out = pdf[['id']]\nexcept Exception as error:\n    if 'bad' not in str(error):\n        raise\n    out = pd.DataFrame({'id': [0]})\nreturn out",
    "around a function": "def load(frame):\n    return frame.toPandas()\ntry:\n    out = load(df)[['id']]\nexcept Exception:\n    out = pd.DataFrame({'id': [0]})\nreturn out",
    "a return at the end": "out = pd.DataFrame({'id': [0]})\ndef load(frame):\n    try:\n        return frame.toPandas()[['id']]\n    finally:\n        return out\nreturn load(df)",
}  # fmt: skip


@pytest.mark.parametrize("body", HANDLED.values(), ids=HANDLED)
def test_a_failure_that_the_model_handles_stays(spark: Any, body: str) -> None:
    spark.conf.set(ARROW, "false")
    check = "df = df.withColumn('z', F.when(F.col('id') == 5, F.raise_error(F.lit('bad row'))))\n"
    made, before, after = both(spark, check + body, {"t": "v_projected"})
    assert "__dbt_glue_project__" not in made.source
    assert before.rows == [(0,)]
    assert before.same(after, ordered=True)


def test_what_a_plan_tells_of_frames(spark: Any) -> None:
    from pyspark.sql import functions as F

    frame = spark.table("v_projected")
    assert not PlanOf(frame.distinct(), optimized=True).chooses
    assert PlanOf(frame.dropDuplicates(["cust"]), optimized=True).chooses
    assert not PlanOf(frame.dropDuplicates(["cust"]).select("cust"), optimized=True).chooses
    assert PlanOf(frame.groupBy("cust").agg(F.max_by("id", "q")), optimized=True).chooses
    assert PlanOf(frame.groupBy("cust").agg(F.percentile_approx("q", 0.5))).chooses
    assert PlanOf(frame.groupBy("cust").agg(F.collect_list("q"))).chooses
    assert not PlanOf(frame.groupBy("cust").agg(F.sum("q"), F.count_distinct("id"))).chooses
    assert PlanOf(frame.filter(F.udf(lambda x: x > 1, "boolean")("id"))).python
    assert not PlanOf(frame.withColumn("z", F.upper("name"))).python
    assert PlanOf(frame.observe("seen", F.count(F.lit(1)))).observed
    assert PlanOf(frame.withColumn("now", F.current_timestamp())).changes
    assert not PlanOf(frame.withColumn("now", F.current_timestamp()), optimized=True).changes


def test_what_is_no_frame_of_spark_stays(spark: Any) -> None:
    class Other:
        pass

    other = Other()
    assert project(other, ("id",)) == (other, "it is a Other, no Spark frame of this session")
