"""What the interpreter finds out about column expressions: aggregates, windows, chains of `when`."""

from __future__ import annotations

import textwrap

import pytest
from glue_compiler.analysis import analyze

IMPORTS = "from pyspark.sql import Window, functions as F\n\n\n"


def problems(body: str) -> list[str]:
    text = IMPORTS + "def model(dbt, session):\n    df = dbt.ref('x')\n"
    facts = analyze(text + textwrap.indent(textwrap.dedent(body), "    "))
    assert facts.syntax_errors == ()
    assert facts.flow.complete
    return [fact.problem for fact in facts.flow.misplaced]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return df.withColumn('x', F.sum('y'))", ["rows"]),
        ("return df.withColumn('x', F.sum(F.max('y')))", ["nested"]),
        ("return df.withColumn('x', F.sum(F.max('y')).over(Window.partitionBy('a')))", ["rows"]),
        ("return df.withColumn('x', F.lag('y'))", ["no_window"]),
        ("return df.withColumn('x', F.expr('sum(y)'))", []),
        ("return df.withColumn('x', F.percentile_approx('y', 0.5))", []),
        ("return df.select('a', F.explode(F.collect_list('y')))", []),
        ("return df.select(dbt.config.get('a'), F.sum('y'))", []),
        ("return df.select('a', *dbt.config.get('a'), F.sum('y'))", []),
        ("return df.select(F.lit(dbt.config.get('a')), F.sum('y'))", []),
        ("return df.groupBy(*dbt.config.get('a')).agg(F.col('b'))", []),
        ("return df.groupBy('a').pivot('b').agg(F.col('b'))", []),
        ("return df.groupBy('A').agg(F.col('a'))", []),
        ("return df.rollup('a').agg(F.col('b'))", []),
        ("return df.transform(lambda d: d.agg(F.sum('y'))).filter(F.sum('y') > 1)", []),
        ("return df.transform(dbt.config.get('f')).filter(F.sum('y') > 1)", []),
        ("return session.table('t').filter(F.sum('y') > 1)", ["rows"]),
        ("return session.sql('select 1').limit(3).filter(F.sum('y') > 1)", []),
    ],
)
def test_arguments_are_judged_where_they_are_known(body: str, expected: list[str]) -> None:
    assert problems(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            """
            x = F.sum('y')
            if dbt.config.get('a'):
                x = F.col('y')
            return df.withColumn('x', x)
            """,
            [],
        ),
        (
            """
            x = F.sum('y')
            if dbt.config.get('a'):
                x = F.max('y')
            return df.withColumn('x', x)
            """,
            ["rows"],
        ),
        (
            """
            if dbt.config.get('a'):
                df = df.groupBy('a').agg(F.sum('y').alias('s'))
            return df.filter(F.sum('y') > 1)
            """,
            [],
        ),
        (
            """
            x = F.col('y')
            for n in dbt.config.get('a'):
                x = F.when(F.col('y') == n, n) if n == 1 else x.when(F.col('y') == n, n)
            return df.withColumn('x', x.otherwise(0))
            """,
            [],
        ),
        (
            """
            x = F.lit(None)
            x = x.when(F.col('y') == 1, 2)
            return df.withColumn('x', x.otherwise(0))
            """,
            ["when"],
        ),
        (
            """
            w = Window.partitionBy('a')
            for name in dbt.config.get('names'):
                w = w.orderBy(name)
            return df.withColumn('n', F.row_number().over(w))
            """,
            [],
        ),
        (
            """
            order = [F.col('x')]
            w = Window.partitionBy('a').orderBy(order).rowsBetween(0, 1)
            v = Window.partitionBy('a').orderBy([])
            return df.withColumn('n', F.lag('x').over(w)).withColumn('m', F.rank().over(v))
            """,
            ["no_order"],
        ),
        (
            """
            names = dbt.config.get('names')
            return df.join(df[names].groupBy('a').agg(F.sum('y').alias('s')), 'a')
            """,
            [],
        ),
    ],
)
def test_what_two_ways_have_in_common_is_judged(body: str, expected: list[str]) -> None:
    assert problems(body) == expected
