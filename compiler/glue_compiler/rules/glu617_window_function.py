"""GLU617: a window function without its window or order, over what is no aggregate, or in a condition."""

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

_PROBLEMS = frozenset({"filter", "no_window", "no_order", "distinct_over", "over"})
_OVER = {
    "column": "a column",
    "literal": "a literal",
    "named": "a column with an `alias`",
    "when": "`when(...)`",
    "otherwise": "`when(...).otherwise(...)`",
    "over": "a function that is over a window already",
    "made": "an expression",
}


def _is_of_window(fact: MisplacedColumn, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return fact.problem in _PROBLEMS


_SCREEN = Screen("misplaced", _is_of_window)


def _check(context: Context) -> Iterator[Finding]:
    for fact in context.kept_by(_SCREEN):
        message, advice = _said(fact)
        yield Finding(fact.span, message + in_world(fact.worlds), help=advice)


def _said(fact: MisplacedColumn) -> tuple[str, str]:
    name = fact.name
    if fact.problem == "filter":
        return (
            f"`{name}` is over a window, and a condition is computed before windows are",
            "Add it as a column first: `.withColumn('x', ...).filter('x = 1').drop('x')`.",
        )
    if fact.problem == "no_window":
        return (
            f"`{name}` needs a window",
            f"Write `F.{name}(...).over(Window.partitionBy(...).orderBy(...))`.",
        )
    if fact.problem == "no_order":
        return (
            f"`{name}` needs a window with an order, and this one has none",
            "Add `.orderBy(...)` to the window.",
        )
    if fact.problem == "distinct_over":
        return (
            f"`{name}` cannot be over a window",
            "Write `F.size(F.collect_set(...).over(window))`, or `F.approx_count_distinct(...).over(window)`.",
        )
    return (
        f"`over` needs an aggregate or a window function, and this is {_OVER[name or 'made']}",
        "Write `.over(window)` right behind the function: `F.round(F.sum('x').over(window)).alias('y')`.",
    )


_HEAD = "from pyspark.sql import Window, functions as F\n\n\n"


def _spark(body: str) -> str:
    return model(
        f"df = dbt.ref('orders')\nw = Window.partitionBy('a')\n{body}\nreturn df", head=_HEAD
    )


RULE = Rule(
    code="GLU617",
    name="window-function",
    severity=Severity.ERROR,
    summary="A window function has no window or no order, or stands in a condition.",
    why="""
`row_number`, `rank`, `lag` and the like are computed over a window with an order, and Spark refuses them without
(`WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE`, `requires window to be ordered`). `over` follows an aggregate or a window
function itself: not an expression, a cast or an alias of one, nor `countDistinct`. A condition of `filter` or
`where` cannot have a window: rows are filtered before windows are computed.
""",
    fix="Give the window an order, write `.over(window)` right behind the function, and filter by a column of it.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_spark("df = df.withColumn('n', F.row_number().over(w.orderBy('x')))")),
        Case(
            _spark(
                "df = df.withColumn('n', F.row_number().over(Window.orderBy('x'))).filter('n = 1').drop('n')"
            )
        ),
        Case(
            _spark(
                "w = w.orderBy(F.col('x').desc())\ndf = df.withColumn('n', F.lag('x', 1).over(w))"
            )
        ),
        Case(
            _spark(
                "df = df.withColumn('x', F.sum('x').over(w)).withColumn('y', F.first('y').over(w))"
            )
        ),
        Case(
            _spark(
                "keys = list(dbt.config.get('keys'))\nw = w.orderBy(*keys)\ndf = df.withColumn('n', F.rank().over(w))"
            )
        ),
        Case(
            _spark(
                "if dbt.config.get('sorted'):\n    w = w.orderBy('x')\n"
                "df = df.withColumn('n', F.row_number().over(w))"
            )
        ),
        Case(_spark("n = F.row_number()\ndf = df.withColumn('n', n.over(w.orderBy('x')) + 1)")),
        Case(
            _spark(
                "df = df.withColumn('n', F.lag(F.lag('x').over(w.orderBy('x'))).over(w.orderBy('x')))"
            )
        ),
        Case(_spark("df = df.withColumn('x', F.sum(F.sum('x').over(w)).over(w))")),
        Case(_spark("df = df.withColumn('n', F.size(F.collect_set('x').over(w)))")),
        Case(_spark("df = df.withColumn('n', F.expr('row_number()').over(w.orderBy('x')))")),
        Case(_spark("df = df.withColumn('n', F.round(F.avg('x').over(w), 2).alias('n'))")),
        Case(
            _spark(
                "df = df.withColumn('n', F.when(F.row_number().over(w.orderBy('x')) == 1, 1).otherwise(0))"
            )
        ),
        Case(
            _spark(
                "w = Window.partitionBy('a').orderBy('x').rowsBetween(Window.unboundedPreceding, 0)\ndf = df.withColumn('n', F.row_number().over(w))"
            )
        ),
        Case(_spark("df = df.withColumn('p', F.percentile_approx('x', 0.5).over(w))")),
    ),
    invalid=(
        Case(
            _spark("df = df.withColumn('n', ⟦F.row_number()⟧)"),
            message="`row_number` needs a window",
        ),
        Case(_spark("df = df.select('a', ⟦F.lag('x', 1).alias('before')⟧)")),
        Case(_spark("df = df.withColumn('d', ⟦F.col('x') - F.lag('x')⟧)")),
        Case(
            _spark("df = df.withColumn('n', ⟦F.row_number().over(w)⟧)"),
            message="needs a window with an order",
        ),
        Case(_spark("df = df.withColumn('n', ⟦F.rank().over(Window.partitionBy('a', 'b'))⟧ + 1)")),
        Case(_spark("df = df.withColumn('n', ⟦F.lead('x').over(w.rowsBetween(0, 1))⟧)")),
        Case(
            _spark(
                "df = df.withColumn('n', ⟦F.dense_rank().over(Window.partitionBy('a').orderBy())⟧)"
            )
        ),
        Case(
            _spark("df = df.filter(⟦F.row_number().over(w.orderBy('x')) == 1⟧)"),
            message="`row_number` is over a window, and a condition",
        ),
        Case(_spark("df = df.where(⟦F.col('x') == F.max('x').over(w)⟧)")),
        Case(_spark("df = df[⟦F.max('x').over(w) > 3⟧]")),
        Case(
            _spark("df = df.withColumn('n', ⟦F.countDistinct('x').over(w)⟧)"),
            message="`countDistinct` cannot",
        ),
        Case(
            _spark("df = df.withColumn('n', ⟦F.round(F.sum('x')).over(w)⟧)"),
            message="this is an expression",
        ),
        Case(
            _spark("df = df.withColumn('n', ⟦F.sum('x').alias('n').over(w)⟧)"),
            message="with an `alias`",
        ),
        Case(_spark("df = df.withColumn('n', ⟦F.col('x').over(w)⟧)"), message="this is a column"),
        Case(_spark("df = df.withColumn('n', ⟦(F.sum('x') + 1).over(w)⟧)")),
    ),
)
