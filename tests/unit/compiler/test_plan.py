"""The plan of a run: what is rewritten, that lines stay where they are, and what it says of itself."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.compiler.counting import calls_of

HEADER = "import pandas as pd\nfrom pyspark.sql import functions as F\n\ndef model(dbt, session):\n    df = dbt.ref('t')\n"


def planned(body: str, context: RunContext | None = None) -> Plan:
    text = HEADER + "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    # `arrow` is put around every conversion: its own test looks at it.
    without = RunContext(optimize=Optimize.of({"disable": ["arrow"]}))
    return plan(analyze(text), text, context or without)


def rewritten(body: str, context: RunContext | None = None) -> str:
    """The rewritten body, without indentation."""
    made = planned(body, context)
    assert made.source.count("\n") == made.original.count("\n")
    lines = made.source[len(HEADER) :].splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if df.count() == 0: return df", "if (df.isEmpty()): return df"),
        ("if 0 == df.count(): return df", "if (df.isEmpty()): return df"),
        ("x = df.count() > 0", "x = (not df.isEmpty())"),
        ("x = df.count() >= 1", "x = (not df.isEmpty())"),
        ("x = 1 > df.count()", "x = (df.isEmpty())"),
        ("x = not df.count()", "x = (df.isEmpty())"),
        ("if df.count(): return df", "if (not df.isEmpty()): return df"),
        ("n = df.count()\nif n == 0: return df", "n = df.limit(1).count()\nif n == 0: return df"),
        ("if (df\n    .filter('a > 1')\n    .count() == 0): return df", "if ((df\n    .filter('a > 1')\n    .isEmpty())): return df"),
    ],
)  # fmt: skip
def test_emptiness(before: str, after: str) -> None:
    assert rewritten(before + "\nreturn df") == after + "\nreturn df"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pdf = df.toPandas()\nx = pdf['a'].sum()", "pdf = __dbt_glue_project__(df, ('a',)).toPandas()\nx = pdf['a'].sum()"),
        ("pdf = df.toPandas()\nx = pdf.amount.sum()", "pdf = __dbt_glue_project__(df, ('amount',)).toPandas()\nx = pdf.amount.sum()"),
        ("x = df.toPandas()[['a', 'b']]", "x = __dbt_glue_project__(df, ('a', 'b')).toPandas()[['a', 'b']]"),
        ("pdf = df.toPandas()\npdf = pdf[pdf['c'] > 1]\nx = pdf.groupby('a').agg({'b': 'sum'})", "pdf = __dbt_glue_project__(df, ('a', 'b', 'c')).toPandas()\npdf = pdf[pdf['c'] > 1]\nx = pdf.groupby('a').agg({'b': 'sum'})"),
        ("pdf = df.toPandas()\no = pd.DataFrame({'k': [1]})\nx = pdf.merge(o, on='k')['v_x']", "pdf = __dbt_glue_project__(df, ('k', 'v', 'v_x')).toPandas()\no = pd.DataFrame({'k': [1]})\nx = pdf.merge(o, on='k')['v_x']"),
        ("x = {r['k']: r.v for r in df.collect()}", "x = {r['k']: r.v for r in __dbt_glue_project__(df, ('k', 'v')).collect()}"),
        ("rows = df.collect()\nx = rows[0]['k'] if rows else None", "rows = __dbt_glue_project__(df, ('k',)).collect()\nx = rows[0]['k'] if rows else None"),
    ],
)  # fmt: skip
def test_projection(before: str, after: str) -> None:
    alone = RunContext(
        optimize=Optimize(disabled=frozenset({"driver_aggregation", "arrow", "row_loops"}))
    )
    assert rewritten(before + "\nreturn df", alone) == after + "\nreturn df"


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("x = len(df.toPandas())", "(), (), (), ()"),
        ("x = []\nfor i in range(3):\n    pdf = df.toPandas()\n    x.append(pdf['a'].max())", "(), (('a', 'max'),), (), ()"),
        ("pdf = df.toPandas()\nx = pdf['a'].sum() + pdf.b.max()", "(), (('a', 'sum'), ('b', 'max')), (), ()"),
        ("pdf = df.toPandas()\nx = pdf['a'].nunique(), sorted(set(pdf['b'].unique()))", "('a', 'b'), (), (), ()"),
        ("pdf = df.toPandas()\nx = pdf['a'].value_counts(normalize=True)", "('a',), (), (), ('a',)"),
        ("pdf = df.toPandas()[['k', 'v']]\nx = pdf.groupby('k')['v'].mean()", "('k',), (('v', 'sum'),), (('k',),), ()"),
        ("x = df.toPandas().groupby(['k', 'l'], dropna=False).size()", "('k', 'l'), (), (), ()"),
        ("pdf = df.toPandas()\nx = pdf.groupby('k').agg(a=('v', 'max'), n=('w', 'nunique'))", "('w', 'k'), (('v', 'max'),), (('k',),), ()"),
        ("pdf = df.toPandas()\nx = pdf.groupby('k', as_index=False).agg({'v': 'min'})", "('k',), (('v', 'min'),), (('k',),), ()"),
    ],
)  # fmt: skip
def test_driver_aggregation(body: str, asked: str) -> None:
    alone = RunContext(optimize=Optimize(disabled=frozenset({"projection", "arrow"})))
    before = body + "\nreturn df"
    after = before.replace("df.toPandas()", f"__dbt_glue_aggregated__(df, {asked}).toPandas()")
    assert rewritten(before, alone) == after


@pytest.mark.parametrize("name", ["_cells", "toPandas", "__dict__", "columns"])
def test_a_column_is_not_asked_for_by_a_name_that_what_stands_for_the_frame_could_have(
    name: str,
) -> None:
    made = planned(f"pdf = df.toPandas()\nx = pdf.{name}.max(), len(pdf)\nreturn df")
    assert not [d for d in made.decisions if d.rewrite == "driver_aggregation" and d.applied]


def test_an_aggregation_asks_a_projected_frame() -> None:
    without = RunContext(optimize=Optimize(disabled=frozenset({"arrow"})))
    made = rewritten("pdf = df.toPandas()\nx = pdf['a'].sum()\nreturn df", without).splitlines()[0]
    call = "__dbt_glue_aggregated__(__dbt_glue_project__(df, ('a',)), (), (('a', 'sum'),), (), ())"
    assert made == f"pdf = {call}.toPandas()"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("for c in ['a', 'b']:\n    df = df.withColumn(c, F.col(c) + 1)", "df = __dbt_glue_with_columns__(df, False, (['a', 'b']), lambda df, c: (\nc, F.col(c) + 1))"),
        ("pairs = {'a': 'int'}\nfor c, t in pairs.items():\n    df = df.withColumn(c, df[c].cast(t))", "pairs = {'a': 'int'}\ndf = __dbt_glue_with_columns__(df, True, (pairs.items()), lambda df, c, t: (\nc, df[c].cast(t)))"),
        ("for c in df.columns:\n    df = df.withColumn(c, F.trim(c))", "df = __dbt_glue_with_columns__(df, False, (df.columns), lambda df, c: (\nc, F.trim(c)))"),
        ("for i, c in enumerate(zip(['a'], range(3))):\n    df = df.withColumn(c, F.lit(i))", "df = __dbt_glue_with_columns__(df, True, (enumerate(zip(['a'], range(3)))), lambda df, i, c: (\nc, F.lit(i)))"),
        ("df = (df\n    .withColumn('a', F.lit(1))  # one\n    .withColumn('b', (F.lit(2)))\n    .withColumn('c', F.lit(3)))", "df = (__dbt_glue_chain__(df, \n'a', F.lit(1), \n'b', (F.lit(2)), \n'c', F.lit(3)))"),
    ],
)  # fmt: skip
def test_with_columns(before: str, after: str) -> None:
    assert rewritten(before + "\nreturn df") == after + "\nreturn df"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("n = df.count()\nprint(f'{n:,} rows')\nprint('done')", "n = __dbt_glue_rows__(df)\n__dbt_glue_after_write__(n, lambda n: print(f'{n:,} rows'))\n__dbt_glue_after_write__(df, lambda df: print('done'))"),
        ("print(f'{df.count()} rows of {dbt.this.identifier}')", "__dbt_glue_after_write__(df, lambda df: print(f'{df.count()} rows of {dbt.this.identifier}'))"),
        ("print('rows',\n    df.count())  # told", "__dbt_glue_after_write__(df, lambda df: print('rows',\n    df.count()))  # told"),
        ("print(df.count())\nprint(df.count())", "__dbt_glue_after_write__(df, lambda df: print(df.count()))\n__dbt_glue_after_write__(df, lambda df: print(df.count()))"),
        ("import logging\nlog = logging.getLogger(__name__)\nlog.info('%s rows', df.count())", "import logging\nlog = logging.getLogger(__name__)\n__dbt_glue_after_write__(df, lambda df: log.info('%s rows', df.count()))"),
        ("big = F.udf(lambda x: x * 2 > len(str(x)), 'boolean')\ndf = df.filter(big('a'))\nprint(df.count())", "big = F.udf(lambda x: x * 2 > len(str(x)), 'boolean')\ndf = df.filter(big('a'))\n__dbt_glue_after_write__(df, lambda df: print(df.count()))"),
    ],
)  # fmt: skip
def test_a_reported_count_waits_for_the_write(before: str, after: str) -> None:
    assert rewritten(before + "\nreturn df") == after + "\nreturn df"


def test_partial_evaluation() -> None:
    context = RunContext(
        is_incremental=True,
        config={"n": -3, "text": "it's"},
        meta={"on": True},
        this={"database": None, "schema": "s", "identifier": "m"},
    )
    body = (
        "if dbt.is_incremental and not dbt.is_incremental():\n    df = dbt.ref('u')\n"
        "x = dbt.config.get('n').bit_length(), dbt.config.get('text'), dbt.config.get('no', 4), dbt.config.meta_get('on')\n"
        "y = dbt.this.schema + dbt.this.identifier\nreturn df"
    )
    assert rewritten(body, context) == (
        "if True and not True:\n    df = dbt.ref('u')\n"
        'x = (-3).bit_length(), "it\'s", (4), True\n'
        "y = 's' + 'm'\nreturn df"
    )


def test_a_filter_and_a_projection_of_one_conversion_nest() -> None:
    body = "pdf = df.toPandas()\npdf = pdf[pdf['k'] == 'x'].reset_index(drop=True)\nx = pdf['v'].sum()\nreturn df"
    assert rewritten(body).splitlines()[0] == (
        "pdf = __dbt_glue_filter__(__dbt_glue_project__(df, ('k', 'v')), 'k', '==', 'x').toPandas()"
    )


@pytest.mark.parametrize(
    ("condition", "call"),
    [
        ("pdf['k'] == 'x'", "__dbt_glue_filter__(df, 'k', '==', 'x')"),
        ("pdf.k == 'x'", "__dbt_glue_filter__(df, 'k', '==', 'x')"),
        ("(pdf['k'] == 'x') & (2 > pdf.v)", "__dbt_glue_filter__(__dbt_glue_filter__(df, 'v', '<', 2), 'k', '==', 'x')"),
    ],
)  # fmt: skip
def test_filters(condition: str, call: str) -> None:
    body = (
        f"pdf = df.toPandas()\nother = 3\npdf = pdf[{condition}].reset_index(drop=True)\nreturn pdf"
    )
    assert rewritten(body).splitlines()[0] == f"pdf = {call}.toPandas()"


def test_debug_actions_go_when_asked() -> None:
    context = RunContext(optimize_actions=True)
    assert (
        rewritten("df.show()\ndf.printSchema(); df.count()\nreturn df", context)
        == "pass\npass; pass\nreturn df"
    )


def test_the_kind_of_this_run_is_told() -> None:
    body = "if dbt.is_incremental:\n    return df.toPandas()\nreturn df"
    assert planned(body).kind == "spark"
    assert planned(body, RunContext(is_incremental=True)).kind == "pandas"
    assert planned(body, RunContext(optimize=Optimize.of({"disable": ["conversion"]}))).kind is None


def test_only_what_this_run_reaches_is_rewritten() -> None:
    body = "if dbt.is_incremental:\n    if df.count() == 0:\n        return df\nreturn df"
    assert "isEmpty" not in planned(body).source
    assert "isEmpty" in planned(body, RunContext(is_incremental=True)).source


@pytest.mark.parametrize("text", ["", "x = (", "def model(dbt, session):\n    return (", "\ufeffdef model(dbt, session):\n    return 1\n", "if 1:\n    def model(dbt, session):\n        return dbt.ref('x')\n"])  # fmt: skip
def test_what_cannot_be_planned_stays_as_it_is(text: str) -> None:
    made = plan(analyze(text), text, RunContext())
    assert made.source == text
    assert made.why_not
    assert not made.decisions


def test_facts_of_another_text_are_not_believed() -> None:
    with pytest.raises(ValueError, match="another text"):
        plan(analyze("x = 1\n"), "x = 2\n", RunContext())


def test_the_plan_is_json_and_one_line() -> None:
    made = planned("if df.count() == 0:\n    return df\nprint(df.count())\nreturn df.limit(1)")
    data = json.loads(made.to_json())
    first = data["decisions"][0]
    assert (first["rewrite"], first["applied"], first["line"]) == ("emptiness", True, 6)
    assert all(d["why"] for d in data["decisions"])
    assert "\n" not in made.summary()
    assert made.changed_lines == {6: "    if df.count() == 0:"}


STATEMENTS = st.lists(
    st.sampled_from(
        [
            "if df.count() == 0: return df",
            "n = df.count()",
            "for c in ['a', 'b']:\n    df = df.withColumn(c, F.col(c) + 1)",
            "for c in ['a', 'b']: df = df.withColumn(c, F.lit('é'))",
            "pdf = df.toPandas()",
            "x = pdf['é'].sum()",
            "pdf = pdf[pdf['k'] == 'x'].reset_index(drop=True)",
            "if dbt.is_incremental:\n    df = df.filter('a > 1')\nelse:\n    pass",
            "rows = [r.a for r in df.collect()]",
            "df = (df.withColumn('p', F.lit(1)) # )\n  .withColumn('q', F.lit('(')) \\\n  .withColumn('r', F.lit(3)))",
            "df.show(); df.count()",
            "s = '''\n  a'''; k = dbt.config.get('k')",
        ]
    ),
    max_size=8,
)


@settings(deadline=None)
@given(STATEMENTS, st.booleans())
def test_whatever_is_rewritten_is_python_of_the_same_lines(
    body: list[str], incremental: bool
) -> None:
    context = RunContext(is_incremental=incremental, config={"k": "é\n'\""}, optimize_actions=True)
    made = planned("\n".join([*body, "return df"]), context)
    assert not made.why_not
    before, after = ast.parse(made.original), ast.parse(made.source)
    returns = [
        [n.lineno for n in ast.walk(t) if isinstance(n, ast.Return)] for t in (before, after)
    ]
    assert returns[0] == returns[1]


def test_planning_is_a_fraction_of_the_analysis() -> None:
    folder = Path(__file__).parents[3] / "examples"
    models = sorted(folder.rglob("models/**/*.py"))
    assert models
    analysing = planning = 0
    for path in models:
        text = path.read_text(encoding="utf-8")
        facts = analyze(text)
        analysing += calls_of(lambda text=text: analyze(text))  # type: ignore[misc]
        planning += calls_of(lambda text=text, facts=facts: plan(facts, text, RunContext()))  # type: ignore[misc]
    assert planning < analysing / 2  # some quarter


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pdf = df.toPandas()\nreturn pdf", "pdf = __dbt_glue_to_pandas__(df)\nreturn pdf"),
        ("return df.toPandas()[['a']]", "return __dbt_glue_to_pandas__(__dbt_glue_project__(df, ('a',)))[['a']]"),
        ("x = (df).toPandas()\nreturn x", "x = __dbt_glue_to_pandas__((df))\nreturn x"),
        ("x = (df  # c\n.toPandas())\nreturn x", "x = (__dbt_glue_to_pandas__(df  # c\n))\nreturn x"),
        ("return f'{df.toPandas()}'", "return f'{df.toPandas()}'"),
        ("return df.toPandas(*[])", "return df.toPandas(*[])"),
    ],
)  # fmt: skip
def test_arrow(before: str, after: str) -> None:
    made = planned(before, RunContext())
    assert made.source == planned(after, RunContext(optimize=Optimize(enabled=False))).source


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("x = 1", ""),
        ("f = F.udf(lambda v: v, 'string')", ", True"),
        ("n = session.sparkContext.defaultParallelism", ", False"),
        ("import shared", ", False"),
    ],
)
def test_the_session_is_told_whose_rows_an_rdd_may_hold(first: str, said: str) -> None:
    body = f"{first}\npdf = df.toPandas()\nx = pdf['a'].head()\nreturn df"
    assert f"__dbt_glue_project__(df, ('a',){said})" in rewritten(body)
