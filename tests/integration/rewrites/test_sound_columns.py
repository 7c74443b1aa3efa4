"""Columns that are added together on real Spark: only where one projection gives what the single steps give."""

from __future__ import annotations

from typing import Any

import pytest
from glue_session.rewrites import chain, project, with_columns
from pyspark.sql import Window
from pyspark.sql import functions as F
from sessions import both

pytestmark = pytest.mark.spark

BODIES = {
    "numbers of rows, then a generator": "return df.withColumn('i', F.monotonically_increasing_id()).withColumn('tag', F.explode('tags')).withColumn('x', F.lit(1))",
    "a generator among the values of a dict": "cols = {'i': F.monotonically_increasing_id(), 'tag': F.explode('tags'), 'x': F.lit(1)}\nfor c, e in cols.items():\n    df = df.withColumn(c, e)\nreturn df",
    "a window, then numbers of rows": "from pyspark.sql import Window\nw = Window.partitionBy('cust').orderBy('q', 'n')\ncols = [('r', F.row_number().over(w)), ('i', F.monotonically_increasing_id()), ('x', F.lit(1))]\nfor c, e in cols:\n    df = df.withColumn(c, e)\nreturn df",
    "a window over what a generator makes": "from pyspark.sql import Window\nw = Window.partitionBy('cust')\nreturn df.withColumn('tag', F.explode('tags')).withColumn('k', F.count('*').over(w)).withColumn('x', F.lit(1))",
    "a star in a variable": "star = F.col('*')\ncols = [('a1', F.lit(1)), ('b1', F.struct(star)), ('c1', F.lit(2))]\nfor c, e in cols:\n    df = df.withColumn(c, e)\nreturn df",
    "steps before a failure": "try:\n    for c in ['amount', 'nowhere', 'q']:\n        df = df.withColumn(c, F.col(c).cast('string'))\nexcept Exception:\n    pass\nreturn df",
    "items that look at the frame so far": "for c in (x for x in ['x1', 'x2'] if len(df.columns) < 13):\n    df = df.withColumn(c, F.lit(1))\nreturn df",
    "one window": "from pyspark.sql import Window\nw = Window.partitionBy('cust').orderBy('q')\nfor n in range(1, 4):\n    df = df.withColumn('lag' + str(n), F.lag('q', n).over(w))\nreturn df",
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_rows_are_those_of_the_source(spark: Any, body: str) -> None:
    _, before, after = both(spark, body, {"t": "v_t"})
    assert before.same(after, ordered=True)
    assert not before.error


def test_a_generator_among_the_columns_would_have_changed_the_rows(spark: Any) -> None:
    frame = spark.table("v_t")
    steps = frame.withColumn("i", F.monotonically_increasing_id()).withColumn(
        "tag", F.explode("tags")
    )
    together = frame.withColumns(
        {"i": F.monotonically_increasing_id(), "tag": F.explode("tags"), "x": F.lit(1)}
    )
    assert [row.i for row in steps.collect()] != [row.i for row in together.collect()]


def test_one_projection_is_taken_and_all_else_is_told(spark: Any) -> None:
    frame = spark.table("v_t")
    window = Window.partitionBy("cust").orderBy("q")
    assert chain(frame, "a1", F.lit(1), "a2", F.upper("name"))[1] == ""
    assert (
        chain(frame, "a1", F.lag("q").over(window), "a2", F.lead("q").over(window), "a3", F.lit(1))[
            1
        ]
        == ""
    )
    for columns, why in [
        (("a1", F.lit(1), "a2", F.explode("tags")), "a Generate"),
        (("a1", F.lit(1), "a2", F.rand(3)), "random values"),
        (("a1", F.lit(1), "a2", F.expr("uuid()")), "random values"),
        (
            ("a1", F.lag("q").over(window), "a2", F.lag("q").over(Window.orderBy("id"))),
            "a Window of their own",
        ),
        (("a1", F.lit(1), "a2", F.struct("*")), "all columns so far"),
        (("a1", F.lit(1), "A1", F.lit(2)), "written twice"),
        (("a1", F.lit(1), "a2", F.expr("a1 + 1")), "added before"),
    ]:
        assert why in chain(frame, *columns)[1]
    made, why = with_columns(frame, False, iter(["a1", "a2"]), lambda _, c: (c, F.lit(c)))
    assert made.columns[-2:] == ["a1", "a2"]
    assert "during the loop" in why
    assert project(frame, ("nowhere",)) == (frame, "none of the columns is there")
