"""GLU616: an aggregate where Spark computes rows, or a row's column where it aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.columns import MisplacedColumn
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame

_PROBLEMS = frozenset({"rows", "beside", "ungrouped", "nested", "nested_over"})
_CONDITIONS = frozenset({"filter", "where"})
_SORTS = frozenset({"orderBy", "sort"})


def _is_aggregate(fact: MisplacedColumn, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return fact.problem in _PROBLEMS


_SCREEN = Screen("misplaced", _is_aggregate)


def _check(context: Context) -> Iterator[Finding]:
    for fact in context.kept_by(_SCREEN):
        message, advice = _said(fact)
        yield Finding(fact.span, message + in_world(fact.worlds), help=advice)


def _said(fact: MisplacedColumn) -> tuple[str, str]:
    name, method = fact.name, fact.method
    if fact.problem == "rows":
        message = f"`{name}` is an aggregate, and `{method}` has no groups to compute it for"
        if method in _CONDITIONS:
            return message, (
                "Aggregate first, and filter what that gives: "
                f"`.groupBy(...).agg(F.{name}(...).alias('x')).filter('x > ...')`."
            )
        if method in _SORTS:
            return message, "Aggregate first, and sort by the column that this gives."
        return message, (
            f"Add a window (`F.{name}(...).over(Window.partitionBy(...))`), or aggregate with "
            "`groupBy(...).agg(...)`."
        )
    if fact.problem == "beside":
        beside = "all columns" if fact.other == "*" else f"`{fact.other}`"
        return (
            f"`{name}` is an aggregate beside {beside}, which no group has one value of",
            f"Write `.groupBy(...).agg(F.{name}(...))`, or `F.{name}(...).over(window)` to keep the rows.",
        )
    if fact.problem == "ungrouped":
        return (
            f"`{name}` is neither aggregated nor one of the keys, and a group has many values of it",
            f"Aggregate it (`F.first({name!r})`, `F.max({name!r})`), or add it to the keys.",
        )
    if fact.problem == "nested":
        return (
            f"`{name}` is an aggregate in the argument of another one",
            "Aggregate twice, one after the other.",
        )
    return (
        f"`{name}` over a window stands in the argument of an aggregate",
        "Add it as a column first (`withColumn`), and aggregate that column.",
    )


_HEAD = "from pyspark.sql import Window, functions as F\n\n\n"


def _spark(body: str) -> str:
    return model(f"df = dbt.ref('orders')\n{body}\nreturn df", head=_HEAD)


RULE = Rule(
    code="GLU616",
    name="misplaced-aggregate",
    severity=Severity.ERROR,
    summary="An aggregate stands where Spark computes rows, or a column of rows where it aggregates.",
    why="""
`F.sum`, `F.count`, `F.max` and the like need the rows of a group. In `withColumn`, in `filter` or beside a column in
`select` there are none, and Spark refuses the query (`MISSING_GROUP_BY`, `INVALID_WHERE_CONDITION`). So it does with
a column in `agg` that is neither aggregated nor a key (`MISSING_AGGREGATION`), and with an aggregate in an aggregate.
""",
    fix="Aggregate with `groupBy(...).agg(...)`, or compute it over a window with `.over(...)`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(
            _spark(
                "df = df.select(F.sum('x').alias('x'), F.lit(1).alias('one'), F.current_date().alias('d'))"
            )
        ),
        Case(_spark("df = df.withColumn('x', F.sum('x').over(Window.partitionBy('a')))")),
        Case(
            _spark(
                "df = df.select('a', (F.col('x') / F.sum('x').over(Window.partitionBy('a'))).alias('share'))"
            )
        ),
        Case(_spark("df = df.groupBy('a').agg(F.sum('x').alias('s')).filter(F.sum('x') > 1)")),
        Case(_spark("df = df.groupBy('a').agg(F.sum('x').alias('s')).orderBy(F.sum('x').desc())")),
        Case(_spark("df = df.select(F.sum('x').alias('s')).where(F.max('x') > 1)")),
        Case(
            _spark("df = session.sql('select a, sum(x) s from t group by a').where(F.sum('x') > 1)")
        ),
        Case(
            _spark(
                "df = df.groupBy('a').agg(F.col('a').alias('b'), F.upper(F.first('c')).alias('c'), F.lit(1).alias('d'))"
            )
        ),
        Case(
            _spark(
                "df = df.groupBy(F.upper('b').alias('k')).agg(F.upper('b').alias('b'), F.max('x').alias('x'))"
            )
        ),
        Case(
            _spark(
                "df = df.groupBy('a').agg(F.sum(F.max('x')).over(Window.orderBy('a')).alias('x'))"
            )
        ),
        Case(_spark("df = df.select(F.sum('x').alias('s'), (F.col('s') + 1).alias('t'))")),
        Case(_spark("df = df.select('x').withColumn('x', F.sum('x'))")),
        Case(_spark("df = df.withColumn('x', F.array_max('xs')).filter(F.greatest('x', 'y') > 1)")),
        Case(
            _spark(
                "names = ['x']\nother = df[names].groupBy('x').agg(F.sum('x').alias('s'))\n"
                "cols = [c for c in df.columns if c != 'x']\n"
                "df = df.join(df[cols].groupBy('a').agg(F.sum('y').alias('t')), 'a').join(other, 'x')"
            )
        ),
        Case(
            _spark(
                "try:\n    df = df.withColumn('x', F.sum('x'))\nexcept Exception:\n    df = df.limit(1)"
            )
        ),
        Case(
            model(
                "@F.pandas_udf('double')\ndef mean(v: pd.Series) -> float:\n    return v.mean()\n\n"
                "df = dbt.ref('orders')\nreturn df.select(mean('x').alias('m'), F.max('x').alias('x'))",
                head="import pandas as pd\nfrom pyspark.sql import functions as F\n\n\n",
            )
        ),
        Case(
            _spark(
                "df = df.select(F.explode(F.collect_list('x')).alias('x')).filter(F.abs('x') > 1)"
            )
        ),
        Case(
            _spark(
                "total = df.agg(F.sum('x')).first()[0]\ndf = df.withColumn('share', F.col('x') / total)"
            )
        ),
    ),
    invalid=(
        Case(
            _spark("df = df.withColumn('total', ⟦F.sum('x')⟧)"),
            message="`sum` is an aggregate, and `withColumn` has no groups",
        ),
        Case(_spark("df = df.withColumn('share', ⟦F.col('x') / F.sum('x')⟧)")),
        Case(_spark("df = df.withColumn('n', ⟦F.count('*')⟧)")),
        Case(_spark("df = df.withColumns(⟦{'n': F.count(F.lit(1)), 'm': F.lit(1)}⟧)")),
        Case(
            _spark("df = df.filter(⟦F.max('day') == F.col('day')⟧)"),
            message="`max` is an aggregate",
        ),
        Case(_spark("df = df.where(⟦F.count('a') > 1⟧)")),
        Case(_spark("df = df[⟦F.count('a') > 1⟧]")),
        Case(_spark("df = df.withColumn('y', F.lit(1)).filter(⟦F.avg('x') > df.x⟧)")),
        Case(_spark("df = df.orderBy(⟦F.sum('x').desc()⟧)")),
        Case(_spark("df = df.groupBy(⟦F.max('x')⟧).count()")),
        Case(_spark("df = df.select('a', ⟦F.sum('x')⟧)"), message="beside `a`"),
        Case(_spark("df = df.select(F.col('a'), ⟦F.max('x').alias('x')⟧, F.lit(1))")),
        Case(
            _spark("df = df.select('*', ⟦F.count('*').alias('n')⟧)"), message="beside all columns"
        ),
        Case(_spark("df = df.select(⟦F.sum('x') + F.col('a')⟧)")),
        Case(
            _spark("df = df.groupBy('a').agg(⟦F.col('b')⟧, F.sum('x').alias('x'))"),
            message="`b` is neither aggregated nor one of the keys",
        ),
        Case(_spark("df = df.groupBy('a', df.c).agg(F.max('x').alias('x'), ⟦df.b.alias('b')⟧)")),
        Case(
            _spark("df = df.groupBy('a').agg(⟦F.sum(F.max('x'))⟧)"),
            message="`max` is an aggregate in",
        ),
        Case(
            _spark("w = Window.partitionBy('a')\ndf = df.agg(⟦F.sum(F.max('x').over(w))⟧)"),
            message="`max` over a window",
        ),
        Case(_spark("df = df.withColumn('x', ⟦(F.sum('x') + 1).cast('int')⟧)")),
        Case(
            _spark(
                "other = dbt.ref('items')\n"
                "df = df.join(other, ⟦(df.a == other.a) & (F.sum(other.x) > 1)⟧)"
            )
        ),
    ),
)
