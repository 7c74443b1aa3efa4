"""What the interpreter finds out about Spark frames: kinds, columns, provenance, use."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.facts.schemas import Column, Relation, Schema, resolve
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts

IMPORTS = """\
import pandas as pd
import pyspark.pandas as ps
from functools import reduce
from pyspark.sql import DataFrame, Window, functions as F
from pyspark.sql.functions import col, udf
from pyspark.sql.types import IntegerType, StringType, StructField, StructType
"""


def facts_of(body: str) -> ModelFacts:
    text = IMPORTS + "def model(dbt, session):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    facts = analyze(text)
    assert facts.syntax_errors == ()
    assert facts.flow.complete
    assert json.loads(facts.to_json()) == facts.to_dict()
    return facts


def returned(body: str) -> tuple[str, Schema]:
    facts = facts_of(body)
    (found,) = [r for r in facts.flow.returns if not r.implicit]
    assert found.value == "frame", found
    frame = facts.flow.frames[found.frame]
    return frame.kind, frame.schema


def columns(body: str) -> list[str] | None:
    kind, schema = returned(body)
    assert kind == "spark"
    return list(schema.names) if schema.exact else None


AB = "df = dbt.ref('x').select('a', 'b', 'c')\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("df", ["a", "b", "c"]),
        ("df.select('a', col('b').alias('z'), F.lit(1).alias('one'))", ["a", "z", "one"]),
        ("df.select(['a', 'c'])", ["a", "c"]),
        ("df.select(*['a', 'c'])", ["a", "c"]),
        ("df.select(*[F.col(n) for n in ('a', 'b')])", ["a", "b"]),
        ("df.select('*', F.lit(1).alias('d'))", ["a", "b", "c", "d"]),
        ("df.select(df.a, df['b'])", ["a", "b"]),
        ("df.select(F.col('a') + 1)", None),
        ("df.select(F.col('x.*'), 'a')", None),
        ("df.select(F.col('*'), F.col('s.d'))", ["a", "b", "c", "d"]),
        ("df.alias('x').select(df['x.a'])", ["a"]),
        ("df.select(col('a').cast('int'))", ["a"]),
        ("df.selectExpr('a', 'b + 1 as n', '*')", ["a", "n", "a", "b", "c"]),
        ("df.selectExpr('a.z', 'posexplode(b) as (p, v)', 'b y')", ["z", "p", "v", "y"]),
        ("df.selectExpr('a', 'upper(b)')", None),
        ("df.selectExpr('a', 'b from c')", None),
        ("df.select('a', F.expr('cast(b as int) as n'))", ["a", "n"]),
        ("df.groupBy('a').agg(F.expr('sum(b) as n'))", ["a", "n"]),
        ("df.select(F.expr('upper(b)').alias('n'), F.expr('upper(c)'))", None),
        ("df.selectExpr('a', 'b + 1 as n')", ["a", "n"]),
        ("df.withColumn('d', F.lit(1))", ["a", "b", "c", "d"]),
        ("df.withColumn('A', F.lit(1))", ["A", "b", "c"]),
        ("df.withColumn(session.name, F.lit(1))", None),
        ("df.withColumns({'d': F.lit(1), 'e': F.lit(2)})", ["a", "b", "c", "d", "e"]),
        ("df.withColumnRenamed('a', 'z')", ["z", "b", "c"]),
        ("df.withColumnsRenamed({'a': 'z', 'b': 'y'})", ["z", "y", "c"]),
        ("df.drop('a', 'nope')", ["b", "c"]),
        ("df.drop(df.a)", None),
        ("df.toDF('x', 'y', 'z')", ["x", "y", "z"]),
        ("df[['a', 'b']]", ["a", "b"]),
        ("df[df.a > 1]", ["a", "b", "c"]),
        ("df.filter('a > 1').orderBy('b').limit(3).cache()", ["a", "b", "c"]),
        ("df.na.fill(0).dropDuplicates(['a'])", ["a", "b", "c"]),
        ("df.join(df.select('a', F.lit(1).alias('d')), 'a')", ["a", "b", "c", "d"]),
        ("df.join(df, df.a == df.b, 'left_semi')", ["a", "b", "c"]),
        ("df.join(df.select('a'), df.a == 1)", ["a", "b", "c", "a"]),
        ("df.join(dbt.ref('y'), 'a')", None),
        ("df.crossJoin(df.select(F.lit(1).alias('z')))", ["a", "b", "c", "z"]),
        ("df.groupBy('a').agg(F.sum('b').alias('s'), F.max('c'))", ["a", "s", "max(c)"]),
        ("df.groupBy('a').count()", ["a", "count"]),
        ("df.groupBy('a').sum('b')", ["a", "sum(b)"]),
        ("df.groupBy('a').pivot('b').sum('c')", None),
        ("df.agg({'a': 'max', 'b': 'sum'})", ["max(a)", "sum(b)"]),
        ("df.agg({'*': 'count'})", ["count(1)"]),
        ("df.unpivot('a', ['b', 'c'], 'k', 'v')", ["a", "k", "v"]),
        ("df.melt(['a', 'b'], None, 'k', 'v')", ["a", "b", "k", "v"]),
        ("df.unpivot(names, ['b'], 'k', 'v')", None),
        ("df.mapInPandas(len, 'y int')", ["y"]),
        ("df.groupBy('a').applyInPandas(len, schema='y int')", ["y"]),
        ("df.unionByName(df)", ["a", "b", "c"]),
        (
            "df.unionByName(df.withColumn('d', F.lit(1)), allowMissingColumns=True)",
            ["a", "b", "c", "d"],
        ),
        ("df.transform(lambda f: f.drop('a'))", ["b", "c"]),
        ("F.broadcast(df)", ["a", "b", "c"]),
        ("session.createDataFrame([], 'a int, b struct<c: string>')", ["a", "b"]),
        ("session.createDataFrame([(1,)], ['a'])", ["a"]),
        ("session.createDataFrame([], StructType([StructField('a', StringType())]))", ["a"]),
        ("session.createDataFrame([], StructType().add('a', 'int'))", ["a"]),
        ("df.mapInPandas(f, 'x int')", ["x"]),
        ("session.read.parquet('s3://x')", None),
        ("reduce(DataFrame.unionByName, [df, df])", None),
    ],
)
def test_columns_of_a_returned_frame(expression, expected):
    assert columns(f"{AB}return {expression}\n") == expected


def test_types_are_known_where_the_text_gives_them():
    _, schema = returned(
        "return session.createDataFrame([], 'a long, b array<int>, c decimal(10, 2)')\n"
    )
    assert [column.type for column in schema.columns] == ["bigint", "array<int>", "decimal(10,2)"]
    _, schema = returned(
        "return dbt.ref('x').select(F.col('a').cast(IntegerType()), F.lit('x').alias('t'))"
    )
    assert [column.type for column in schema.columns] == ["int", "string"]


def test_a_schema_over_a_relation_is_resolved_later():
    _, schema = returned(
        "df = dbt.ref('x').withColumn('B', F.lit(1)).drop('c').withColumnRenamed('d', 'e')\nreturn df\n"
    )
    assert not schema.exact
    relation = Relation("ref", ("x",))
    known = {relation: (Column("a", "int"), Column("b", "int"), Column("c"), Column("d", "date"))}
    resolved = resolve(schema, known.get)
    assert resolved.exact
    assert [(column.name, column.type) for column in resolved.columns] == [
        ("a", "int"),
        ("B", "int"),
        ("e", "date"),
    ]


def test_columns_of_a_projection_take_their_types_from_the_relation():
    _, schema = returned("return dbt.source('s', 't').select('a', F.col('B').alias('z'))\n")
    relation = Relation("source", ("s", "t"))
    resolved = resolve(schema, {relation: (Column("A", "int"), Column("b", "date"))}.get)
    assert [(c.name, c.type) for c in resolved.columns] == [("a", "int"), ("z", "date")]


def test_branches_keep_what_they_have_in_common():
    kind, schema = returned(
        f"{AB}if session.x:\n    df = df.withColumn('d', F.lit(1))\nelse:\n    df = df.drop('a')\nreturn df\n"
    )
    assert (kind, schema.exact, schema.names) == ("spark", False, ("b", "c"))


def test_differing_kinds_are_unknown():
    facts = facts_of("df = dbt.ref('x')\nif session.x:\n    df = df.toPandas()\nreturn df\n")
    assert [r.value for r in facts.flow.returns] == ["unknown"]
    assert facts.flow.conversions[0].demand is None


def test_worlds_are_kept_apart():
    facts = facts_of(
        "df = dbt.ref('x')\nif dbt.is_incremental:\n    return df.toPandas()\nreturn df.select('a')\n"
    )
    first, second = facts.flow.returns
    assert (first.worlds, second.worlds) == (("incremental",), ("full",))
    assert facts.flow.frames[first.frame].kind == "pandas"


def test_helpers_are_followed_with_their_arguments():
    text = (
        IMPORTS
        + "def add(frame, name='k', *, value=1):\n    if frame is None:\n        return frame\n"
        "    return frame.withColumn(name, F.lit(value))\n"
        "def loop(frame): return loop(frame)\n"
        "def model(dbt, session):\n    loop(1)\n"
        "    return add(add(dbt.ref('x').select('a')), name='z')\n"
    )
    flow = analyze(text).flow
    assert flow.frames[flow.returns[0].frame].schema.open
    assert flow.frames[flow.returns[0].frame].kind == "spark"


def test_a_loop_over_literals_is_exact_and_one_over_anything_is_open():
    assert columns(
        f"{AB}for n in ['d', 'e']:\n    df = df.withColumn(n, F.lit(1))\nreturn df\n"
    ) == [*"abcde"]
    assert (
        columns(f"{AB}for n in session.x:\n    df = df.withColumn(n, F.lit(1))\nreturn df\n")
        is None
    )


def test_columns_in_a_loop_are_reported_once_with_their_loop():
    facts = facts_of(f"{AB}for n in ['d', 'e']:\n    df = df.withColumn(n, F.lit(1))\nreturn df\n")
    (fact,) = facts.flow.loop_columns
    assert (fact.method, fact.name) == ("withColumn", None)


def test_a_frame_that_nobody_keeps():
    facts = facts_of(
        f"{AB}df.filter('a > 1')\ndf.cache()\ndf.show()\nx = df.drop('a')\nreturn df\n"
    )
    (lost,) = facts.flow.discarded
    assert (lost.method, lost.name) == ("filter", "df")


@pytest.mark.parametrize(
    ("test", "operator", "operand"),
    [
        ("df.count() == 0", "==", "0"),
        ("0 < df.count()", ">", "0"),
        ("not df.count()", "not", None),
    ],
)
def test_how_a_count_is_tested(test, operator, operand):
    facts = facts_of(f"{AB}if {test}:\n    return df\nreturn df.limit(1)\n")
    (action,) = facts.flow.actions
    assert (action.method, action.operator, action.operand) == ("count", operator, operand)


def test_columns_named_in_the_text_have_exact_places():
    body = (
        f"{AB}return df.filter((df.a > 1) & (F.col('b') == 1)).groupBy('c').agg(F.sum(df['a']))\n"
    )
    facts = facts_of(body)
    text = IMPORTS + "def model(dbt, session):\n" + textwrap.indent(body, "    ")
    found = [(text[c.span.start : c.span.end], c.how, c.case_sensitive) for c in facts.flow.columns]
    assert found[3:] == [
        ("a", "attribute", True),
        ("b", "col", False),
        ("c", "argument", False),
        ("a", "subscript", False),
    ]


def test_what_may_be_missing_is_not_demanded():
    facts = facts_of(
        f"{AB}df = df.drop('q').withColumnRenamed('r', 's').select('a').filter(F.col('b') > 1)\nreturn df\n"
    )
    assert {c.name: c.must_exist for c in facts.flow.columns} == {
        "a": True,
        "b": False,  # Spark finds it below the projection
        "c": True,
        "q": False,
        "r": False,
    } | {"b": False}


def test_members_are_recorded_with_their_owner():
    facts = facts_of(
        f"{AB}df.to_pandas()\ndf.iloc[0]\ndf['z'] = 1\ns = session.sqlx('1')\nreturn df\n"
    )
    members = [(m.kind, m.member, m.called, m.store) for m in facts.flow.members][1:]
    assert members == [
        ("spark", "to_pandas", True, False),
        ("spark", "iloc", False, False),
        ("spark", "__setitem__", False, True),
        ("spark_session", "sqlx", True, False),
    ]


WATERMARKS = [
    "m = session.sql(f'select max(t) from {dbt.this}').collect()[0][0]\ndf = df.filter(F.col('t') > m)",
    "m = session.table(str(dbt.this)).agg(F.max('t')).first()['max(t)']\ndf = df.where(df.t >= F.lit(m))",
    "m = session.table(f'{dbt.this}').select(F.max('t').alias('m')).collect()[0].m\ndf = df.filter(m < col('t'))",
    "m = session.table(f'{dbt.this}').groupBy().max('t').head()[0]\ndf = df.filter(f\"t > '{m}'\")",
]


@pytest.mark.parametrize("body", WATERMARKS)
def test_a_watermark_that_may_be_none(body):
    facts = facts_of(
        f"df = dbt.ref('x')\nif dbt.is_incremental:\n{textwrap.indent(body, '    ')}\nreturn df\n"
    )
    (mark,) = facts.flow.watermarks
    assert (mark.relation, mark.guarded, mark.worlds) == (Relation("this"), False, ("incremental",))


@pytest.mark.parametrize(
    "body",
    [
        "m = session.sql(f'select max(t) from {dbt.this}').collect()[0][0]\nif m:\n    df = df.filter(F.col('t') > m)",
        "m = session.sql(f'select max(t) from {dbt.this}').first()[0]\nif m is None:\n    return df\ndf = df.filter(F.col('t') > m)",
        "m = session.sql(f'select max(t) from {dbt.this}').first()[0] or '1970-01-01'\ndf = df.filter(F.col('t') > m)",
        "m = session.sql(f'select coalesce(max(t), 0) from {dbt.this}').first()[0]\ndf = df.filter(F.col('t') > m)",
        "m = session.table(str(dbt.this)).agg(F.coalesce(F.max('t'), F.lit(0))).first()[0]\ndf = df.filter(df.t > m)",
        "m = session.table(str(dbt.this)).agg(F.max('t')).first()[0]\ndf = df.filter(df.t < m)",
        "m = session.table(str(dbt.this)).agg(F.min('t')).first()[0]\ndf = df.filter(df.t > m)",
    ],
)
def test_a_watermark_that_is_guarded_or_none_at_all(body):
    facts = facts_of(f"df = dbt.ref('x')\n{body}\nreturn df\n")
    assert all(mark.guarded for mark in facts.flow.watermarks)


def test_tables_named_by_hand():
    facts = facts_of(
        "a = session.table('db.a')\nb = session.sql('with q as (select 1) select * from db.b join q')\n"
        "dbt.ref('x').createOrReplaceTempView('v')\nc = session.sql('select * from v, db.c')\n"
        "d = session.read.table('db.d')\ne = session.table(f'{dbt.this}')\nreturn a\n"
    )
    assert [(r.how, r.tables) for r in facts.flow.table_reads] == [
        ("session.table", ("db.a",)),
        ("session.sql", ("db.b",)),
        ("read.table", ("db.d",)),
    ]


def test_udfs_with_their_expressions():
    facts = facts_of(
        "@udf('int')\ndef double(x):\n    return x * 2\nlower = F.udf(lambda s: s.lower())\n"
        "df = dbt.ref('x').select(double('a').alias('d'))\nreturn df\n"
    )
    assert [(u.name, u.form, u.expression) for u in facts.flow.udfs] == [
        ("double", "udf", "x * 2"),
        (None, "udf", "s.lower()"),
    ]
    assert facts.flow.frames[facts.flow.returns[0].frame].python_udf


def test_caches_and_their_uses():
    facts = facts_of(
        "a = dbt.ref('x').cache()\na.count()\nb = dbt.ref('y').persist()\nb.unpersist()\nreturn a\n"
    )
    assert [(c.name, c.uses, c.released) for c in facts.flow.caches] == [
        ("a", 2, False),
        ("b", 0, True),
    ]
    assert facts.flow.actions[0].after_cache


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("None", "none"),
        ("(df, 1)", "tuple"),
        ("[df]", "list"),
        ("{'a': df}", "dict"),
        ("'x'", "string"),
        ("1", "number"),
        ("df.a", "column"),
        ("df.groupBy('a')", "grouped"),
        ("df.collect()", "rows"),
        ("df.toPandas()['a']", "series"),
        ("session", "session"),
        ("dbt", "dbt"),
        ("lambda: df", "function"),
        ("df.count()", "number"),
        ("df.nope()", "unknown"),
        ("other(df)", "unknown"),
    ],
)
def test_what_else_a_model_may_return(expression, value):
    assert [r.value for r in facts_of(f"{AB}return {expression}\n").flow.returns] == [value]


def test_a_model_without_return():
    (found,) = facts_of("df = dbt.ref('x')\n").flow.returns
    assert (found.value, found.implicit) == ("none", True)


def test_windows_are_no_columns():
    facts = analyze(
        "from pyspark.sql import Window, functions as F\n\n\n"
        "def model(dbt, session):\n"
        "    keys = Window.partitionBy('id')\n"
        "    if dbt.config.get('newest', False):\n"
        "        keys = Window.partitionBy('id', 'day')\n"
        "    order = keys.orderBy(F.col('day').desc())\n"
        "    return dbt.ref('orders').withColumn('n', F.row_number().over(order).alias('n'))\n"
    )
    kinds = {use.member: use.kind for use in facts.flow.members}
    assert kinds["orderBy"] == "spark_window_spec"
    assert kinds["over"] == "spark_column"
    assert kinds["alias"] == "spark_column"


def test_columns_that_are_taken_off_a_grouped_frame_are_told_of():
    facts = facts_of("g = dbt.ref('x').groupBy('a')\nreturn g['b']\n")
    assert [found.value for found in facts.flow.returns] == ["grouped"]
    assert [(use.name, use.method) for use in facts.flow.columns] == [
        ("a", "groupBy"),
        ("b", "groupby"),
    ]


LISTS = [
    # what is put into a list is there for whoever takes it out
    ("frames = []\nframes.append(df)\nreturn frames[0]", "spark"),
    (
        "frames = []\nfor n in dbt.config.get('n'):\n    frames.append(df.withColumn(n, col('a')))\nreturn frames[0]",
        "spark",
    ),
    (
        "frames = []\nfor n in dbt.config.get('n'):\n    frames += [df.select(n)]\nreturn reduce(DataFrame.unionByName, frames)",
        "spark",
    ),
    (
        "frames = []\nif dbt.config.get('n'):\n    frames.append(df)\nr = frames[0]\nfor f in frames[1:]:\n    r = r.union(f)\nreturn r",
        "spark",
    ),
    (
        "frames = [df, df]\nr = frames[0]\nfor f in frames[1:]:\n    r = r.unionByName(f)\nreturn r",
        "spark",
    ),
    (
        "frames = []\nfor n in dbt.config.get('n'):\n    frames.append(df)\nreturn frames.pop()",
        "spark",
    ),
    (
        "frames = []\nfor n in dbt.config.get('n'):\n    frames.append(df.toPandas())\nreturn pd.concat(frames)",
        "pandas",
    ),
    # and nothing is known of a list that holds several kinds, or that other code may have changed
    (
        "frames = []\nfor n in dbt.config.get('n'):\n    frames.append(df)\n    frames.append(df.toPandas())\nreturn frames[0]",
        None,
    ),
    ("frames = [df]\nframes.append(df.toPandas())\nframes.reverse()\nreturn frames[0]", None),
    (
        "frames = []\nfor n in dbt.config.get('n'):\n    frames.append(df)\nchange(frames)\nreturn frames[0]",
        None,
    ),
    (
        "frames = [df]\nalias = frames\nalias.append(df.toPandas())\nreturn frames[dbt.config.get('n')]",
        None,
    ),
    (
        "frames = [df]\nalias = frames\nalias += [df.toPandas()]\nfor f in frames:\n    r = f\nreturn r",
        None,
    ),
    (
        "def add(items):\n    items.append(df.toPandas())\nframes = [df]\nadd(frames)\nfor f in frames:\n    r = f\nreturn r",
        "pandas",
    ),
    (
        "frames = [df]\nfor n in dbt.config.get('n'):\n    r = frames[0]\n    frames.insert(0, df.toPandas())\nreturn r",
        None,
    ),
    (
        "a, b, c = [df], [df], [df]\nfor n in dbt.config.get('n'):\n    a.extend(b)\n    b.extend(c)\n    c.append(df.toPandas())\nfor f in a:\n    r = f\nreturn r",
        None,
    ),
    # a name without a value stops the model: what comes after was reached by another way
    (
        "for i, n in enumerate(dbt.config.get('n')):\n    if i == 0:\n        r = df\n    else:\n        r = r.union(df)\nreturn r",
        "spark",
    ),
    (
        "def later():\n    nonlocal r\n    r = df.toPandas()\nfor n in dbt.config.get('n'):\n    later()\n    s = r.union(df) if n else df\n    return s\nr = 1",
        None,
    ),
    # every Glue session has this global
    ("return spark.createDataFrame([(1,)], 'a int')", "spark"),
    ("spark = dbt.config.get('n')\nreturn spark.createDataFrame([(1,)], 'a int')", None),
]


@pytest.mark.parametrize(("body", "kind"), LISTS)
def test_kind_of_what_comes_out_of_lists_and_loops(body: str, kind: str | None) -> None:
    returns = facts_of(AB + body).flow.returns
    frames = facts_of(AB + body).flow.frames
    found = {None if r.frame is None else frames[r.frame].kind for r in returns if not r.implicit}
    assert found == {kind}


def test_a_reduced_list_of_frames_keeps_what_is_known_of_their_plans() -> None:
    facts = facts_of(
        AB
        + "@udf('int')\ndef one(x):\n    return 1\n"
        + "frames = [df, df.withColumn('d', one('a'))]\nreturn reduce(DataFrame.union, frames)"
    )
    (found,) = facts.flow.returns
    assert facts.flow.frames[found.frame].python_udf


def test_columns_of_a_frame_that_was_put_into_a_list_may_change_under_another_name() -> None:
    kind, schema = returned(
        AB + "p = df.toPandas()\nframes = []\nframes.append(p)\np['new'] = 1\nreturn frames[0]"
    )
    assert kind == "pandas"
    assert not schema.exact


def test_a_function_of_the_file_may_change_a_list_that_it_is_given() -> None:
    body = "frames = [dbt.ref('x')]\nadd(frames, dbt.ref('x').toPandas())\nfor f in frames:\n    r = f\nreturn r"
    facts = analyze(
        "def add(items, item):\n    items.append(item)\n\n"
        "def model(dbt, session):\n" + textwrap.indent(body, "    ")
    )
    (found,) = facts.flow.returns
    assert found.frame is None


@pytest.mark.parametrize(
    ("body", "guarded"),
    [
        ("return session.table(str(dbt.this))", [False]),
        ("if dbt.config.get('x'):\n        session.table(dbt.this)\n    return df", [True]),
        ("session.sql(f'SELECT * FROM {dbt.this}')\n    return df", [False]),
        ("session.sql(f'drop table {dbt.this}')\n    return df", []),
        ("session.sql(f'select * from a join b on {dbt.this}')\n    return df", []),
        ("session.table(f'{dbt.this}_old')\n    return df", []),
    ],
)
def test_reads_of_the_own_table_are_noted(body, guarded):
    facts = analyze(f"def model(dbt, session):\n    df = dbt.ref('a')\n    {body}\n").flow
    assert [read.guarded for read in facts.own_table_reads] == guarded


def sql_names(body: str) -> list[tuple[str, bool]]:
    facts = facts_of(f"{AB}{body}")
    return [(use.name, use.must_exist) for use in facts.flow.columns if use.how == "sql"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return df.withColumn('n', F.expr('a + z'))", [("a", True), ("z", True)]),
        ("return df.withColumn('n', F.expr('a + \\x7a'))", []),
        ("return df.withColumn('n', F.expr('a ' '+ z'))", []),
        ("text = 'z > a'\nreturn dbt.ref('y').where(text)", [("z", True), ("a", True)]),
        ("return df.where('z > a')", [("z", False), ("a", False)]),
        ("return df.selectExpr('a + 1 as n', 'n + b')", [("a", True), ("n", False), ("b", True)]),
        ("return df.select(F.lit(1).alias('n'), F.expr('N + b'))", [("N", False), ("b", True)]),
        ("return df.join(dbt.ref('y'), F.expr('a = z'))", [("a", True), ("z", True)]),
        ("return session.table('y').groupBy(a).count().where('z > 1')", []),
    ],
)
def test_columns_that_texts_of_sql_name(body: str, expected: list[tuple[str, bool]]) -> None:
    assert sql_names(f"{body}\n") == expected


def test_columns_that_texts_of_sql_give_have_types() -> None:
    _, schema = returned(
        f"{AB}return df.selectExpr('a', 'cast(b as long) n', '1 as one', 'b as other')\n"
    )
    source = Relation("ref", ("x",))
    assert schema.columns == (
        Column("a", None, source, "a"),
        Column("n", "bigint"),
        Column("one", "int"),
        Column("other", None, source, "b"),
    )


STAR = "from pyspark.sql.functions import *\n"


def star_facts(head: str, body: str) -> ModelFacts:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return analyze(f"{head}def model(dbt, session):\n{lines}")


def test_a_star_import_of_the_functions_gives_columns() -> None:
    flow = star_facts(STAR, "return dbt.ref('orders').select(col('id'), lit(1).alias('one'))").flow
    schema = flow.frames[flow.returns[0].frame or 0].schema
    assert [column.name for column in schema.columns] == ["id", "one"]


def test_what_is_bound_after_a_star_import_counts() -> None:
    head = f"{STAR}def col(name):\n    return 3\n"
    assert star_facts(head, "return col('id')").flow.returns[0].value == "number"


def test_a_star_import_replaces_what_was_bound_before() -> None:
    head = f"def col(name):\n    return 3\n{STAR}"
    assert star_facts(head, "return col('id')").flow.returns[0].value == "column"


@pytest.mark.parametrize("head", ["from of_my_own import *\n", "from .near import *\n"])
def test_after_a_star_import_that_nobody_knows_no_other_names_are_known(head: str) -> None:
    assert star_facts(STAR + head, "return col('id')").flow.returns[0].value == "unknown"
    named = f"from pyspark.sql.functions import col\n{head}"
    assert star_facts(named, "return col('id')").flow.returns[0].value == "column"


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("1 + 2", "number"),
        ("df.count() / 2", "number"),
        ("df.count() * 2.5 - 1", "number"),
        ("'a' + 'b'", "string"),
        ("1 + unknown()", "unknown"),
        ("'a' * 2", "unknown"),
        ("True + 1", "unknown"),
    ],
)
def test_arithmetic_of_numbers_is_a_number(expression: str, word: str) -> None:
    body = f"df = dbt.ref('orders')\nreturn {expression}"
    assert star_facts("", body).flow.returns[0].value == word


@pytest.mark.parametrize("items", ["enumerate(df.columns)", "df.dtypes"])
def test_a_loop_over_pairs_knows_the_names_in_them(items: str) -> None:
    body = f"df = dbt.ref('orders')\nfor one, two in {items}:\n    pass\nreturn [one, two]"
    loop = f"df = dbt.ref('orders')\nfor one, two in {items}:\n    two('x')\nreturn df"
    assert star_facts("", body).flow.returns[0].value == "list"
    assert [call.value for call in star_facts("", loop).flow.wrong_calls] == ["string"]


def driver_names(body: str) -> list[tuple[str, str]]:
    return [(use.name, use.kind) for use in facts_of(body).flow.driver_names]


def test_what_a_udf_names_counts_where_it_is_sent() -> None:
    made = "df = dbt.ref('x')\nother = dbt.ref('y')\nfound = udf(lambda v: other.count(), 'int')\n"
    assert driver_names(f"{made}return df") == []
    assert driver_names(f"{made}return df.select(found('a'))") == [("other", "frame")]
    assert driver_names(f"{made}other = 3\nreturn df.select(found('a'))") == []


def test_names_that_a_udf_binds_itself_are_its_own() -> None:
    body = (
        "other = dbt.ref('y')\n@udf('int')\ndef found(other):\n    return other.x\n"
        "return dbt.ref('x').select(found('a'))"
    )
    assert driver_names(body) == []


def test_functions_that_make_columns_are_named_by_their_calls() -> None:
    body = (
        "found = udf(lambda v: F.upper(col(v)), 'string')\nkind = udf(lambda v: F.upper, 'string')\n"
        "return dbt.ref('x').select(found('a'), kind('a'))"
    )
    assert sorted(driver_names(body)) == [("F.upper", "function"), ("col", "function")]


def test_an_expression_of_several_columns_is_not_taken_for_its_first() -> None:
    text = (
        "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n"
        "    df = session.createDataFrame([(1,)], 'id int')\n"
        "    return df.select('id', F.expr(\"stack(1, 'a', 2) as (what, value)\")).select('what', 'value')\n"
    )
    source = SourceText(text)
    assert [item.code for item in check(analyze(source), source)] == []
