"""GLU641: a column or series is compared with a missing value or by `is`, which gives one answer for all rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import MissingComparison
    from glue_compiler.facts.schemas import Frame

_METHODS = {
    ("spark_column", "=="): "isNull",
    ("spark_column", "!="): "isNotNull",
    ("pandas_series", "=="): "isna",
    ("pandas_series", "!="): "notna",
    ("pandas", "=="): "isna",
    ("pandas", "!="): "notna",
}


def _is_known(use: MissingComparison, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return bool(use.use) or (use.kind, use.operator) in _METHODS


_SCREEN = Screen("missing_comparisons", _is_known)


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        if use.use:
            yield _by_identity(context, use)
            continue
        method = _METHODS[use.kind, use.operator]
        yield Finding(
            use.span,
            _message(context, use) + in_world(use.worlds),
            help=f"Write `.{method}()`.",
            fixes=_fixes(context, use, method),
        )


def _by_identity(context: Context, use: MissingComparison) -> Finding:
    """`column is None`, `column is "x"`: the column itself is none of these, whatever its rows have."""
    missing = context.text(use.missing)
    spark = use.kind == "spark_column"
    answer = "False" if use.operator == "is" else "True"
    equal = "==" if use.operator == "is" else "!="
    message = f"`{use.operator} {missing}` asks about the {'column' if spark else 'series'} itself: {answer} for every row"
    fixes: tuple[Fix, ...] = ()
    if missing == "None":
        method = _METHODS[use.kind, equal]
        advice = f"Write `.{method}()`."
        fixes = _fixes(context, use, method)
    else:
        advice = f"Write `{equal} {missing}`."
        between = Span(use.operand.end, use.missing.start)
        found = re.fullmatch(r"(\)*\s*)is(?:\s+not)?(\s*\(*)", context.text(between))
        if found is not None:
            edit = Edit(between, f"{found[1]}{equal}{found[2]}")
            fixes = (Fix(f"Write `{equal}`", (edit,), "unsafe"),)
    severity = Severity.ERROR if _raises(context, use) else None
    return Finding(
        use.span, message + in_world(use.worlds), help=advice, fixes=fixes, severity=severity
    )


def _raises(context: Context, use: MissingComparison) -> bool:
    """Whether what gets the answer does not take true or false: Spark 4 does in `&` and `|`."""
    if use.kind != "spark_column":
        return use.use == "subscript"
    old = context.settings.options.versions["spark"] < "4"
    return use.use == "argument" or (use.use == "operator" and old)


def _message(context: Context, use: MissingComparison) -> str:
    missing = context.text(use.missing)
    if use.kind == "spark_column":
        return f"`{use.operator} {missing}` is NULL for every row, and as a condition keeps none"
    return f"`{use.operator} {missing}` does not tell missing values from others: none is equal to another"


def _fixes(context: Context, use: MissingComparison, method: str) -> tuple[Fix, ...]:
    """The method after the operand, where nothing else stands between the two."""
    rest = context.text(Span(use.operand.end, use.span.end))
    found = re.fullmatch(r"(\)*)\s*(?:[=!]=|is(?:\s+not)?)\s*[\w.]+", rest)
    if found is None or not (use.plain or found[1]) or use.missing.end != use.span.end:
        return ()
    span = Span(use.operand.end + len(found[1]), use.span.end)
    return (Fix(f"Write `.{method}()`", (Edit(span, f".{method}()"),), "unsafe"),)


_HEAD = "import numpy as np\nimport pandas as pd\nfrom pyspark.sql import functions as F\n\n\n"


def _spark(body: str) -> str:
    return model(f"df = dbt.ref('orders')\n{body}\nreturn df", head=_HEAD)


def _pandas(body: str) -> str:
    return model(f"df = dbt.ref('orders').toPandas()\n{body}\nreturn df", head=_HEAD)


RULE = Rule(
    code="GLU641",
    name="comparison-with-none",
    severity=Severity.WARNING,
    summary="A column is compared with None, which finds nothing.",
    why="""
In Spark, as in SQL, a comparison with NULL is neither true nor false: `column == None` and `column != None` are NULL
for every row, and a filter keeps none. In pandas nothing is equal to a missing value, not even another one:
`series == None` finds no row, `series != None` all that have a value and those that have none (of nullable types
none at all), and so do comparisons with `np.nan`.

`is` compares no values at all: `F.col("a") is None` is False, and `F.col("a") is "x"`, too. Where Spark wants a column
it raises then, and so does pandas for `frame[series is None]`: that is an error.
""",
    fix="Write `.isNull()` and `.isNotNull()` in Spark, `.isna()` and `.notna()` in pandas; `==` for `is` with a value.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_spark("df = df.filter(F.col('a').isNull() | F.col('b').isNotNull())")),
        Case(_spark("df = df.filter(F.col('a').eqNullSafe(None))")),
        Case(_spark("day = dbt.config.get('day')\nif day == None:\n    df = df.limit(1)")),
        Case(
            _spark(
                "newest = df.agg(F.max('day')).first()[0]\nif newest != None:\n"
                "    df = df.filter(F.col('day') == newest)"
            )
        ),
        Case(_spark("if df != None and df.columns != None:\n    df = df.limit(1)")),
        Case(
            _spark("df = df.withColumn('x', F.when(df.a == 'None', None).otherwise(F.lit(None)))")
        ),
        Case(_spark("df = df.filter((df.a == float('nan')) | (df.b != np.nan))")),
        Case(
            _spark(
                "def chosen(frame, column=None):\n"
                "    return frame if column == None else frame.filter(column)\ndf = chosen(df)"
            )
        ),
        Case(_spark("if df.a is None or F.col('b') is not None:\n    df = df.limit(1)")),
        Case(_spark("known = df.a is not None\ndf = df.limit(1 if known else 2)")),
        Case(_spark("df = df.select(*[c for c in df.columns if c is not None])")),
        Case(
            _spark(
                "def kept(df, condition=None):\n"
                "    return df.filter(F.lit(condition is None) | F.col('b'))\ndf = kept(df, F.col('a'))"
            )
        ),
        Case(_spark("df = df.filter(F.lit(df.a is df.b if dbt.is_incremental else True))")),
        Case(_pandas("if df['a'] is None or df.get('b') is not None:\n    df = df.head()")),
        Case(_pandas("df = df[df['a'].isna() | df['b'].notna() | (df['c'] == 'None')]")),
        Case(_pandas("df = df[(df['a'] == np.inf) | (df['b'] != pd.Timestamp.max)]")),
        Case(_pandas("df['x'] = df['a'].apply(lambda value: 0 if value == None else value)")),
    ),
    invalid=(
        Case(
            _spark("df = df.filter(⟦F.col('a') == None⟧)"),
            fixed=_spark("df = df.filter(F.col('a').isNull())"),
            unsafe=True,
            message="`== None` is NULL for every row",
        ),
        Case(
            _spark("df = df.where((⟦df.a != None⟧) & (df.b > 1))"),
            fixed=_spark("df = df.where((df.a.isNotNull()) & (df.b > 1))"),
            unsafe=True,
        ),
        Case(
            _spark("df = df.withColumn('x', F.when(⟦(df.a + df.b) == None⟧, 1).otherwise(0))"),
            fixed=_spark("df = df.withColumn('x', F.when((df.a + df.b).isNull(), 1).otherwise(0))"),
            unsafe=True,
        ),
        Case(_spark("df = df.filter(⟦df.a + df.b != None⟧)")),
        Case(_spark("df = df.filter(⟦None == df['a']⟧ )")),
        Case(
            _pandas("df = df[⟦df['a'] != None⟧]"),
            fixed=_pandas("df = df[df['a'].notna()]"),
            unsafe=True,
            message="`!= None` does not tell missing values from others",
        ),
        Case(
            _pandas("df['x'] = ⟦df['a'] == np.nan⟧"),
            fixed=_pandas("df['x'] = df['a'].isna()"),
            unsafe=True,
            message="`== np.nan` does not tell",
        ),
        Case(_pandas("df = df[(df['b'] > 1) & (⟦df['at'] != pd.NaT⟧)]")),
        Case(
            _spark("df = df.filter(⟦F.col('a') is None⟧)"),
            fixed=_spark("df = df.filter(F.col('a').isNull())"),
            unsafe=True,
            message="`is None` asks about the column itself: False for every row",
        ),
        Case(
            _spark("df = df.where((df.b > 1) & (⟦df['a'] is not None⟧))"),
            fixed=_spark("df = df.where((df.b > 1) & (df['a'].isNotNull()))"),
            unsafe=True,
            message="`is not None` asks about the column itself: True for every row",
        ),
        Case(
            _spark("df = df.withColumn('x', F.when(⟦F.col('a') is 'open'⟧, 1).otherwise(0))"),
            fixed=_spark("df = df.withColumn('x', F.when(F.col('a') == 'open', 1).otherwise(0))"),
            unsafe=True,
        ),
        Case(
            _spark("df = df.join(dbt.ref('days'), ⟦F.col('a') is F.col('b')⟧)"),
            fixed=_spark("df = df.join(dbt.ref('days'), F.col('a') == F.col('b'))"),
            unsafe=True,
        ),
        Case(
            _spark("df = df.filter(~(⟦F.upper('a') is not None⟧))"),
            settings={"glue-version": "6.0"},
        ),
        Case(
            _pandas("df = df[⟦df['a'] is not None⟧]"),
            fixed=_pandas("df = df[df['a'].notna()]"),
            unsafe=True,
            message="asks about the series itself: True for every row",
        ),
        Case(_pandas("df['x'] = ⟦df['a'] is None⟧")),
    ),
)
