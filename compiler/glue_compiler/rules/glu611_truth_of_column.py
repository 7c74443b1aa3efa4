"""GLU611: a column, or a pandas series or frame, of which Python is asked whether it holds."""

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
    from glue_compiler.facts.refusals import TruthTest
    from glue_compiler.facts.schemas import Frame

_NAMES = {
    "spark_column": "a Spark column",
    "pandas_series": "a pandas series",
    "pandas": "a pandas frame",
    "pandas_on_spark_series": "a pandas-on-Spark series",
    "pandas_on_spark": "a pandas-on-Spark frame",
}
_INSTEAD = {"and": "&", "or": "|", "not": "~"}
# `a > 1 & b < 2` is `a > (1 & b) < 2`.
_BITWISE = re.compile(r"[^&|]+[&|][^&|]+", re.DOTALL)


def _is_certain(test: TruthTest, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not test.tried and test.kind in _NAMES


_SCREEN = Screen("truth_tests", _is_certain)


def _check(context: Context) -> Iterator[Finding]:
    for test in context.kept_by(_SCREEN):
        message, advice = _said(context, test)
        yield Finding(
            test.span, message + in_world(test.worlds), help=advice, fixes=_fixes(context, test)
        )


def _said(context: Context, test: TruthTest) -> tuple[str, str]:
    what = _NAMES[test.kind]
    rows = "rows" if "series" in test.kind or "column" in test.kind else "values"
    if test.how in _INSTEAD:
        operator = _INSTEAD[test.how]
        parts = "the condition" if test.how == "not" else "each condition"
        return (
            f"`{test.how}` asks whether {what} holds, and that has no answer for all {rows} at once",
            f"Write `{operator}`, with {parts} in parentheses.",
        )
    if test.how == "chain":
        if _binds_tighter(context, test):
            return (
                f"`&` and `|` bind tighter than comparisons: a chain, which asks whether {what} holds",
                "Put each comparison in parentheses: `(a > 1) & (b < 2)`.",
            )
        return (
            f"a chain of comparisons asks whether {what} holds, and that has no answer for all {rows} at once",
            "Write `(low < x) & (x < high)`"
            + (", or `x.between(low, high)`." if test.kind != "pandas" else "."),
        )
    if test.how == "in":
        return (
            f"`in` asks whether {what} is equal to one item after the other, and that has no answer",
            "Write `.isin([...])`.",
        )
    if test.how == "in column":
        return (
            f"`in` does not look into {what}",
            "Write `column.contains(text)`, or `F.array_contains(column, value)`.",
        )
    word = "if" if test.how == "assert" else test.how
    advice = (
        "`F.when(condition, a).otherwise(b)` decides for each row; `frame.filter(condition)` keeps rows."
        if test.kind == "spark_column"
        else "Write `.any()` or `.all()`, `.empty`, or `where(condition, other)` to decide for each row."
    )
    return f"`{word}` asks once whether {what} holds, and that has no answer for all {rows}", advice


def _binds_tighter(context: Context, test: TruthTest) -> bool:
    """Whether an operand in the middle of a chain is made of `&` or `|`, without parentheses around its parts."""
    parts = re.split(r"[<>!=]=?", context.text(test.whole))
    return any(
        _BITWISE.fullmatch(part) and part.count("(") == part.count(")") for part in parts[1:-1]
    )


def _fixes(context: Context, test: TruthTest) -> tuple[Fix, ...]:
    """The operator that works on columns, with parentheses, where the text has nothing else between the operands."""
    operator = _INSTEAD.get(test.how)
    if operator is None:
        return ()
    title = f"Write `{operator}`"
    if test.how == "not":
        between = Span(test.whole.start, test.span.start)
        if context.text(between).strip() != "not":
            return ()
        closing = Edit(Span(test.span.end, test.span.end), ")")
        return (Fix(title, (Edit(between, "~("), closing), "unsafe"),)
    rest = context.text(Span(test.span.end, test.whole.end))
    found = re.match(rf"\s+{test.how}\s+", rest)
    if found is None or test.span.start != test.whole.start or "#" in found[0]:
        return ()
    start, end = test.span.start, test.span.end
    edits = (
        Edit(Span(start, start), "("),
        Edit(Span(end, end + found.end()), f") {operator} ("),
        Edit(Span(test.whole.end, test.whole.end), ")"),
    )
    return (Fix(title, edits, "unsafe"),)


_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _spark(body: str) -> str:
    return model(f"df = dbt.ref('orders')\n{body}\nreturn df", head=_HEAD)


def _pandas(body: str) -> str:
    return model(f"df = dbt.ref('orders').toPandas()\n{body}\nreturn df")


RULE = Rule(
    code="GLU611",
    name="truth-of-column",
    severity=Severity.ERROR,
    summary="A column, or a pandas series or frame, is used where Python wants true or false.",
    why="""
`and`, `or`, `not`, `in`, `if` and chains such as `1 < x < 5` ask a value whether it holds. A Spark column is
an expression for all rows and raises `Cannot convert column into bool`, a pandas series or frame raises
`The truth value of a Series is ambiguous`. `&` and `|` work on them, and bind tighter than comparisons:
`F.col("a") > 1 & F.col("b") < 2` is `F.col("a") > (1 & F.col("b")) < 2`.
""",
    fix="""
Use `&`, `|` and `~` with each comparison in parentheses, `isin`, `between`, `F.when`, or `any()` and `all()`.
The fix writes the operator and the parentheses.
""",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_spark("df = df.filter((F.col('a') > 1) & ~(df.b < 2) | F.col('c').isin([1, 2]))")),
        Case(_spark("if df.a is None or 'a' in df.columns:\n    df = df.drop('a')")),
        Case(_spark("names = [c for c in df.columns if c and not c.startswith('_')]")),
        Case(_spark("if df and df.count() > 1 and not df.isEmpty():\n    df = df.limit(1)")),
        Case(
            _spark("try:\n    x = bool(df.a) or not df.a\nexcept ValueError:\n    x = 1\nprint(x)")
        ),
        Case(_spark("low, high = 1, 5\nif 0 < low < high <= 5:\n    df = df.limit(low)")),
        Case(
            _spark(
                "def positive(x):\n    return x > 0 if x else None\n"
                "count = positive(df.count())\nprint(count)"
            )
        ),
        Case(_pandas("if (df['a'] > 1).any() and not df.empty and 'a' in df:\n    df = df.head()")),
        Case(_pandas("if 3 in df['a'] or df['a'].sum() > 1:\n    df = df.head()")),
        Case(_pandas("total = df['a'].max() or 0\nif total and len(df):\n    df = df.head()")),
        Case(_pandas("for row in df.itertuples():\n    if row.a and row.b:\n        print(row)")),
        Case(_pandas("df['x'] = df.apply(lambda row: 1 if row['a'] and row['b'] else 0, axis=1)")),
    ),
    invalid=(
        Case(
            _spark("df = df.filter(⟦F.col('a') > 1⟧ and F.col('b') < 2)"),
            fixed=_spark("df = df.filter((F.col('a') > 1) & (F.col('b') < 2))"),
            unsafe=True,
            message="`and` asks whether a Spark column holds",
        ),
        Case(
            _spark("df = df.filter(⟦df.a == 1⟧ or df.b == 2 or df.c == 3)"),
            fixed=_spark("df = df.filter(((df.a == 1) | (df.b == 2)) | (df.c == 3))"),
            unsafe=True,
        ),
        Case(
            _spark("df = df.filter(not ⟦F.col('a')⟧)"),
            fixed=_spark("df = df.filter(~(F.col('a')))"),
            unsafe=True,
        ),
        Case(_spark("df = df.filter(⟦1 < F.col('a') < 5⟧)"), message="a chain of comparisons asks"),
        Case(
            _spark("df = df.filter(⟦F.col('a') > 1 & F.col('b') < 2⟧)"),
            message="bind tighter than comparisons",
        ),
        Case(_spark("df = df.filter(⟦df.a⟧ in ['x', 'y'])"), message="equal to one item"),
        Case(_spark("df = df.filter(⟦df.a⟧ not in {'x', 'y'})")),
        Case(_spark("df = df.filter('x' in ⟦df.a⟧)"), message="`in` does not look into"),
        Case(_spark("if ⟦df.a > 1⟧:\n    df = df.limit(1)"), message="`if` asks once"),
        Case(_spark("df = df.withColumn('x', F.lit(1) if ⟦F.col('a') > 1⟧ else F.lit(0))")),
        Case(_spark("while ⟦df.a⟧:\n    df = df.limit(1)")),
        Case(_spark("assert ⟦df.a > 1⟧")),
        Case(_spark("if df.count() and ⟦df.a > 1⟧:\n    df = df.limit(1)")),
        Case(
            _spark(
                "def grade(x):\n    if ⟦x > 3⟧:\n        return 'good'\n    return 'bad'\n"
                "df = df.withColumn('grade', F.lit(grade(df.score)))"
            )
        ),
        Case(
            _pandas("df = df[⟦df['a'] > 1⟧ and df['b'] < 2]"),
            fixed=_pandas("df = df[(df['a'] > 1) & (df['b'] < 2)]"),
            unsafe=True,
            message="a pandas series",
        ),
        Case(_pandas("df = df[not ⟦df['a'].isna()⟧]")),
        Case(_pandas("df = df[⟦1 < df['a'] < 5⟧]")),
        Case(_pandas("if ⟦df⟧:\n    df = df.head()"), message="a pandas frame"),
        Case(_pandas("if ⟦df['a'] > 1⟧:\n    df = df.head()")),
        Case(_pandas("df = df[⟦df['a']⟧ in [1, 2]]")),
        Case(
            model("df = dbt.ref('orders').pandas_api()\nif ⟦df['a'] > 1⟧:\n    pass\nreturn df"),
            message="a pandas-on-Spark series",
        ),
    ),
)
