"""Columns that are added together on real Spark: only where one projection gives what the single steps give."""

from __future__ import annotations

from typing import Any

import pytest
from glue_session.added_columns import chain, with_columns
from glue_session.piles import Piles
from glue_session.rewrites import project
from pyspark.sql import Window
from pyspark.sql import functions as F
from refused_frames import WITH_COLUMNS
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


PILES = {
    "under a condition": ("for c in ['q', 'u', 'name']:\n    if c not in df.columns:\n        df = df.withColumn(c, F.lit(0))\n    else:\n        df = df.withColumn(c, F.col(c).cast('string'))\nreturn df", True),
    "two steps of one column": ("for c in ['name', 'cust', 'Mixed']:\n    df = df.withColumn(c, F.regexp_replace(F.col(c), '[a-x]', '7'))\n    df = df.withColumn(c, F.col(c).cast('double'))\nreturn df", True),
    "a chain in a round": ("for c in ('name', 'cust'):\n    df = df.withColumn(c, F.upper(F.col(c))).withColumn(c, F.concat(F.lit('{'), F.col(c)))\nreturn df", True),
    "new columns in two steps": ("for i in range(3):\n    df = df.withColumn(f'a{i}', F.lit(i))\n    df = df.withColumn(f'b{i}', F.col(f'a{i}') + 1)\nreturn df", True),
    "an assignment in between": ("for i, c in enumerate(['q', 'n']):\n    name = f'{c}_{i}'\n    value = F.col(c) * i\n    df = df.withColumn(name, value)\nreturn df", True),
    "the variable afterwards": ("for c in 'xyz':\n    df = df.withColumn('new_' + c, F.lit(c))\nreturn df.withColumn('last', F.lit(c))", True),
    "renames": ("for c in df.columns:\n    df = df.withColumnRenamed(c, c.lower() + '_1')\nreturn df", True),
    "renames by a dict": ("names = {'id': 'q1', 'q': 'id', 'name': 'q', 'cust': 'cust'}\nfor old, new in names.items():\n    df = df.withColumnRenamed(old, new)\nreturn df", True),
    "a rename that does nothing": ("for old in ['ID', 'nowhere', 'Name']:\n    df = df.withColumnRenamed(old, old + '2')\nreturn df", True),
    "renames into one name": ("for old in ['id', 'q']:\n    df = df.withColumnRenamed(old, 'same')\nreturn df.select('name')", False),
    "columns that go": ("for c in ['id', 'Q', 'nowhere']:\n    df = df.drop(c)\nreturn df", True),
    "columns that come and go": ("for c in ['q', 'n']:\n    df = df.withColumn(c + '_text', F.col(c).cast('string')).drop(c)\nreturn df", True),
    "a column that goes and comes": ("for c in ['q', 'id']:\n    df = df.drop(c)\n    df = df.withColumn(c, F.lit(c))\nreturn df", True),
    "columns of the frame so far": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.lit(len(df.columns)))\nreturn df", True),
    "the frame's own columns": ("for c in ['q', 'n', 'x']:\n    df = df.withColumn(c, (df['q'] + df.n).cast('string') if c != 'n' else df.n)\nreturn df", True),
    "items that look at the frame": ("for c in (x for x in ['x1', 'x2', 'x3'] if len(df.columns) < 14):\n    df = df.withColumn(c, F.lit(1))\nreturn df", True),
    "every column so far": ("for c in ['u', 'v']:\n    df = df.withColumn(c, F.to_json(F.struct('*')))\nreturn df.select('u', 'v')", False),
    "numbers and explosions": ("for c in ['i', 't', 'j']:\n    df = df.withColumn(c, F.explode('tags') if c == 't' else F.monotonically_increasing_id())\nreturn df", False),
    "random values": ("for c in ['i', 'j']:\n    df = df.withColumn(c, F.rand(3))\nreturn df", False),
    "windows": ("from pyspark.sql import Window\nw = Window.partitionBy('cust').orderBy('q', 'n')\nfor n in range(1, 4):\n    if n:\n        df = df.withColumn(f'lag{n}', F.lag('q', n).over(w))\nreturn df", True),
    "a running value": ("for n in range(4):\n    df = df.withColumn('q', F.col('q') + n)\nreturn df", False),
    "a filter in between": ("for c in ['q', 'id', 'n']:\n    df = df.withColumn(c, F.col(c) + 1)\n    df = df.withColumn(c + '2', F.lit(2))\n    if c == 'id':\n        df = df.filter('q > 11')\nreturn df", True),
    "frames that are kept": ("kept = []\nfor c in ['a', 'b', 'c']:\n    df = df.withColumn(c, F.lit(c))\n    kept.append(df)\nreturn df.filter(kept[0]['a'] == 'a').filter(kept[1]['b'] == 'b').unionByName(kept[2])", None),
    "a fork": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.lit(c))\n    other = df.withColumn('d', F.lit(1))\n    df = df.withColumn(c + '1', df[c])\nreturn df.join(other.select('id', 'd'), 'id')", None),
    "a count inside": ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.lit(df.count()))\nreturn df", None),
    "left early": ("for c in ['a', 'b', 'c', 'd']:\n    if c == 'c':\n        break\n    df = df.withColumn(c, F.lit(c))\nelse:\n    df = df.limit(0)\nreturn df", True),
    "returned inside": ("for c in ['a', 'b', 'c', 'd']:\n    df = df.withColumn(c, F.lit(c))\n    if c == 'c':\n        return df", True),
    "one in the other": ("for p in ['x', 'y']:\n    df = df.withColumn(p, F.lit(p))\n    for c in 'ab':\n        df = df.withColumn(p + c, F.lit(c))\nreturn df", True),
    "a tuple without parentheses": ("for c in 'q', 'n':\n    x = c\n    df = df.withColumn(x, F.col(c) + 1)\nreturn df", True),
    "reduce": ("from functools import reduce\nreturn reduce(lambda d, c: d.withColumn(c, F.concat(d[c], F.lit('!'))), ['name', 'cust', 'Mixed'], df)", True),
    "reduce of renames": ("import functools\ndf = functools.reduce(lambda acc, p: acc.withColumnRenamed(*p), zip(['id', 'q', 'n'], ['a', 'b', 'c']), df)\nreturn df", True),
    "a helper of the loop": ("def add(frame, c):\n    return frame.withColumn(c, F.trim(F.col(c)))\nfor c in ['name', 'cust']:\n    df = add(df, c)\nreturn df", True),
    "a loop in a helper": ("def all_text(frame, names):\n    for n in names:\n        t = 'string'\n        frame = frame.withColumn(n, F.col(n).cast(t))\n    return frame\nreturn all_text(df, ['q', 'n']).join(all_text(df.selectExpr('cust', 'day as d2'), ['d2', 'cust']).distinct(), 'cust')", True),
    "two frames": ("a = df.select('id', 'q')\nb = df.select('id', 'n')\nfor c in 'xy':\n    a = a.withColumn(c, F.lit(1))\n    b = b.withColumn(c + '2', F.lit(2))\nreturn a.join(b, 'id')", True),
    "a UDF": ("twice = F.udf(lambda x: None if x is None else x * 2, 'int')\nfor c in ['q', 'n']:\n    y = twice(F.col(c))\n    df = df.withColumn(c, y)\nreturn df", True),
    "odd names": ("for c in ['new-col', 'é', 'ß-2', 'NEW-COL']:\n    x = F.lit(c)\n    df = df.withColumn(c, x)\nreturn df", True),
    "names of another case": ("for c in ['ID', 'id', 'Q']:\n    x = F.col(c)\n    df = df.withColumn(c, x + 1)\nreturn df", True),
    "a frame of pandas": ("p = df.select('id').toPandas()\nfor c in ['id']:\n    p = p.drop(c, axis=1)\n    p[c] = 1\nreturn p", None),
    "a failure": ("for c in ['q', 'gone', 'n']:\n    x = F.col(c)\n    df = df.withColumn(c, x)\nreturn df", None),
    "a failure before a handler": ("for c in ['q', 'gone', 'n']:\n    x = F.col(c)\n    df = df.withColumn(c, x)\ntry:\n    n = df.count()\nexcept Exception:\n    df = session.range(1)\nreturn df", None),
    "a rename of a missing method": ("for c in ['q', 'n']:\n    df = df.withColumnRenamed(existing=c, new=c + '1')\nreturn df", True),
}  # fmt: skip
"""Loops that the session takes as they stand, and whether it finds steps to take together (None: it depends)."""


@pytest.mark.parametrize(("body", "together"), PILES.values(), ids=PILES)
@pytest.mark.parametrize("sensitive", [False, True], ids=["any case", "case counts"])
def test_steps_that_pile_up_make_the_same_frame(
    spark: Any, body: str, together: bool | None, sensitive: bool
) -> None:
    spark.conf.set("spark.sql.caseSensitive", sensitive)
    try:
        made, before, after = both(spark, body, {"t": "v_t"})
    finally:
        spark.conf.unset("spark.sql.caseSensitive")
    assert before.same(after, ordered="join" not in body), f"{made.source}\n{before}\n{after}"
    assert before.printed == after.printed
    assert bool(before.error) is ("a failure" in made.source or "'gone'" in body) or sensitive
    told = [call for call in after.followed if call["rewrite"] == "with_columns"]
    if "__dbt_glue_pile__" in made.source and not before.error and not sensitive:
        assert told
        assert together in (None, any(call["applied"] for call in told)), told


@pytest.mark.parametrize("name", WITH_COLUMNS)
def test_what_strictness_refuses_is_sound_without_it(spark: Any, name: str) -> None:
    made, before, after = both(spark, WITH_COLUMNS[name][1], {"t": "v_t"})
    assert before.same(after, ordered=True), f"{made.source}\n{before}\n{after}"
    assert not before.error


def test_a_pending_frame_is_a_frame(spark: Any) -> None:
    from pyspark.sql import DataFrame

    told: list[Any] = []
    calls = Piles(told).calls
    each, pile = calls["__dbt_glue_each__"], calls["__dbt_glue_pile__"]
    frame = spark.range(2)
    assert pile(frame) is frame
    assert pile("text") == "text"
    for name in each(["a", "b"]):
        frame = pile(frame).withColumn(name, F.lit(name))
        assert isinstance(frame, DataFrame)
        assert frame.columns[-1] == name
        assert not frame.isStreaming if name == "b" else True
        with pytest.raises(AttributeError):
            frame.nowhere  # noqa: B018 - the error is what is looked at
    assert type(frame) is type(spark.range(1))
    assert frame.schema.names == ["id", "a", "b"]
    assert [(call["applied"], call["why"]) for call in told] == [(True, "")]


def test_steps_are_taken_together(spark: Any) -> None:
    calls = Piles(told := []).calls
    each, pile = calls["__dbt_glue_each__"], calls["__dbt_glue_pile__"]
    frame = spark.range(2).selectExpr("id", *(f"'1' as c{i}" for i in range(20)))
    base = frame
    for i in each(range(20)):
        frame = pile(frame).withColumn(f"c{i}", F.regexp_replace(F.col(f"c{i}"), "2", ""))
        frame = pile(frame).withColumn(f"c{i}", F.col(f"c{i}").cast("double"))
    projections = frame._jdf.queryExecution().analyzed().toString().count("Project [")
    below = base._jdf.queryExecution().analyzed().toString().count("Project [")
    assert projections - below == 2
    assert told[0]["applied"]
