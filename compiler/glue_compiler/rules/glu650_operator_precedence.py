"""GLU650: `&` or `|` takes an operand that the comparison beside it was to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import TightOperator
    from glue_compiler.facts.schemas import Frame

_KINDS = ("spark_column", "pandas_series", "pandas_on_spark_series")
_EQUALITIES = ("==", "!=")
_WORDS = {"number": "a number", "text": "a text"}


def _is_certain(use: TightOperator, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    # Of series, `1 & flags` is arithmetic that some mean: only before a comparison is it surely a slip.
    return not use.tried and (
        use.kind == "spark_column" or (use.kind in _KINDS and use.comparison is not None)
    )


_SCREEN = Screen("tight_operators", _is_certain)


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        yield Finding(
            use.span,
            _message(context, use) + in_world(use.worlds),
            help=_advice(use),
            fixes=_fixes(use),
            severity=None if _raises(context, use) else Severity.WARNING,
        )


def _message(context: Context, use: TightOperator) -> str:
    if use.comparison is None:
        return f"`{use.operator}` takes conditions, and this is {_WORDS[use.constant]}"
    tight = f"`{use.operator}` binds tighter than `{use.comparison}`"
    if use.compared:
        return f"{tight}: the whole condition before it is compared with {_WORDS[use.constant]}"
    return f"{tight}: it takes `{context.text(use.span)}`, which is {_WORDS[use.constant]}"


def _advice(use: TightOperator) -> str:
    if use.comparison is None:
        return f"Write a comparison on each side, in parentheses: `(a > 1) {use.operator} (b < 2)`."
    return f"Put each comparison in parentheses: `(a {use.comparison} 1) {use.operator} (b < 2)`."


def _raises(context: Context, use: TightOperator) -> bool:
    """Whether Spark surely takes no such operand. Of a text, Spark 4 reads whether it says true or false."""
    if use.kind != "spark_column":
        return False
    if use.constant == "number":
        return not (use.compared and use.comparison in _EQUALITIES)
    return not use.compared and context.settings.options.versions["spark"].startswith("3.")


def _fixes(use: TightOperator) -> tuple[Fix, ...]:
    """Parentheses around the comparison that was meant."""
    if use.comparison is None:
        return ()
    start, end = use.whole.start, use.span.end
    if use.compared:
        start, end = use.span.start, use.whole.end
    edits = (Edit(Span(start, start), "("), Edit(Span(end, end), ")"))
    return (Fix("Put the comparison in parentheses", edits, "unsafe"),)


_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _spark(body: str) -> str:
    return model(f"df = dbt.ref('orders')\n{body}\nreturn df", head=_HEAD)


def _pandas(body: str) -> str:
    return model(f"df = dbt.ref('orders').toPandas()\n{body}\nreturn df")


RULE = Rule(
    code="GLU650",
    name="operator-precedence",
    severity=Severity.ERROR,
    summary="`&` or `|` binds tighter than the comparison beside it.",
    why="""
In Python `&` and `|` come before `<`, `>`, `==` and the other comparisons, unlike `and` and `or`:
`col > 0 & other` is `col > (0 & other)`, and `other & col > 0` is `(other & col) > 0`. Spark has no `&` of a
number and a column and no order of conditions and numbers, and raises. pandas computes with whatever comes out.
A condition that is compared with a text, or by `==` with a number, may run, and is never what was meant: that is a
warning, as is a text beside `&` from Spark 4 on, which reads `'true'` and `'false'` there.
""",
    fix="Put each comparison in parentheses.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_spark("df = df.filter((F.col('a') > 1) & (F.col('b') < 2))")),
        Case(_spark("df = df.filter((df.a > 1) & ~df.b.isNull() | (df.c == 'x'))")),
        Case(_spark("df = df.filter(((df.a > 1) & df.flag) == True)")),
        Case(_spark("df = df.filter((df.flag & df.other) == 1)")),
        Case(_spark("df = df.filter(df.flag & df.other == df.third)")),
        Case(_spark("df = df.filter(F.col('a').bitwiseAND(1) > 0)")),
        Case(_spark("n = 6 & 3\ndf = df.filter(df.a > n & 1)")),
        Case(_spark("try:\n    df = df.filter(df.a > 1 & df.b)\nexcept Exception:\n    pass")),
        Case(_pandas("df = df[(df['a'] > 1) & (df['b'] < 2)]")),
        Case(_pandas("df['bit'] = df['flags'] & 1")),
        Case(_pandas("df['bit'] = 1 & df['flags']\ndf = df[(df['flags'] & 4) > 0]")),
    ),
    invalid=(
        Case(
            _spark("df = df.filter(F.col('a') > ⟦1⟧ & F.col('b').isNotNull())"),
            fixed=_spark("df = df.filter((F.col('a') > 1) & F.col('b').isNotNull())"),
            unsafe=True,
            message="`&` binds tighter than `>`: it takes `1`, which is a number",
        ),
        Case(
            _spark("df = df.filter(df.a == ⟦'x'⟧ | (df.a == 'y'))"),
            fixed=_spark("df = df.filter((df.a == 'x') | (df.a == 'y'))"),
            unsafe=True,
            settings={"glue-version": "5.0"},
        ),
        Case(_spark("df = df.filter(df.a >= ⟦1⟧ & ~df.b & df.c)")),
        Case(
            _spark("df = df.filter(df.a.isNull() | ⟦df.b⟧ > 3)"),
            fixed=_spark("df = df.filter(df.a.isNull() | (df.b > 3))"),
            unsafe=True,
            message="the whole condition before it is compared with a number",
        ),
        Case(_spark("df = df.withColumn('x', F.when((df.a > 1) & ⟦df.b⟧ == 'x', 1))")),
        Case(_spark("df = df.filter((df.a > 1) & ⟦1⟧)"), message="`&` takes conditions"),
        Case(_spark("df = df.filter(df.a == ⟦'x'⟧ & df.b)"), settings={"glue-version": "6.0"}),
        Case(_pandas("df = df[df['a'] == ⟦'x'⟧ & (df['b'] > 1)]")),
        Case(_pandas("df = df[(df['a'] == 'x') & ⟦df['b']⟧ > 1]")),
    ),
)
