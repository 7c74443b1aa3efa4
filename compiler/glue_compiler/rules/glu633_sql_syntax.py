"""GLU633: a text of SQL that no Spark parses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span
from glue_compiler.text.sql_slips import slip_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.columns import SparkText
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.text.sql_slips import Slip


def _does_not_parse(fact: SparkText, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not fact.tried and _slip(fact) is not None


_SCREEN = Screen("spark_texts", _does_not_parse)


def _slip(fact: SparkText) -> Slip | None:
    if fact.how not in ("expression", "query"):
        return None
    return slip_in(fact.text, query=fact.how == "query")


def _check(context: Context) -> Iterator[Finding]:
    for fact in context.kept_by(_SCREEN):
        slip = _slip(fact)
        if slip is None:
            continue
        span = fact.span
        if fact.exact:
            span = Span(span.start + slip.start, span.start + slip.end)
        message, advice = _said(slip, fact)
        fixes: tuple[Fix, ...] = ()
        if fact.exact and slip.kind == "signs":
            fixes = (Fix("Write `and`", (Edit(span, "and"),), "unsafe"),)
        yield Finding(span, message + in_world(fact.worlds), help=advice, fixes=fixes)


def _said(slip: Slip, fact: SparkText) -> tuple[str, str]:
    sign = fact.text[slip.start : slip.end]
    if slip.kind == "empty":
        return f"`{fact.function}` is given an empty text, which is no SQL", "Write the expression."
    if slip.kind == "opened":
        return f"this SQL does not parse: `{sign}` is never closed", "Close it where it ends."
    if slip.kind == "closed":
        return (
            f"this SQL does not parse: nothing was opened that `{sign}` closes",
            "Remove it, or open it where it begins.",
        )
    if slip.kind == "quote":
        return (
            f"this SQL does not parse: the quote {sign} is never closed",
            "Close it; a quote in a text of SQL is written twice: `'it''s'`.",
        )
    if slip.kind == "signs":
        return "this SQL does not parse: `&&` is none of its operators", "Write `and`."
    if slip.kind == "comma":
        return (
            f"this SQL does not parse: a comma has nothing {'before' if _first(slip, fact) else 'after'} it",
            "Remove the comma, or write what is missing.",
        )
    return (
        f"this SQL does not parse: nothing comes after `{sign}`",
        "Write what is missing, or remove it.",
    )


def _first(slip: Slip, fact: SparkText) -> bool:
    return fact.text[: slip.start].rstrip().endswith("(")


_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _spark(expression: str) -> str:
    return model(f"df = dbt.ref('orders')\nreturn {expression}", head=_HEAD)


RULE = Rule(
    code="GLU633",
    name="sql-syntax",
    severity=Severity.ERROR,
    summary="A text of SQL does not parse.",
    why="""
What `filter`, `expr`, `selectExpr` and `session.sql` are given is parsed when the model runs: a parenthesis or a quote
that is not closed, a comma or an operator with nothing after it, `&&` or an empty text raises a ParseException in the
session, after it was started and paid for.

Only these are judged, which every Spark refuses, and only in texts that are known: a text with a comment in `/* */`, a
backslash, a `$` or a brace, one that is put together when the model runs, and statements other than `select` and `with`
are left alone.
""",
    fix="Write what is missing, or remove what is too much. The fix writes `and` for `&&`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        *(
            Case(_spark(expression))
            for expression in (
                "df.filter(\"a in ('(', ')') and b = 'it''s'\")",
                "df.filter('a > 1 -- (and more')",
                "df.filter('(a > 1) and (b[0] = \"x)\" or `c (` is null)')",
                "df.filter('a > 1 and').select('a')",
                "df.selectExpr('*', 'count(*) over () as n', 't.*', 'a || b')",
                "df.select(F.expr('transform(xs, x -> x + 1)'), F.expr('a & b'), F.expr('a <=> b'))",
                "df.filter(F.expr('/* ( */ a > 1'))",
                "df.filter(dbt.config.get('condition')).filter(f\"a > {dbt.config.get('b')}\")",
                "df.filter('a rlike \"\\\\\\\\(\"')",
                "session.sql('select a, b from orders;')",
                "session.sql('set x = (')",
                "session.sql(f\"select max(a) from {dbt.this} where b in ({dbt.config.get('c')}\")",
                "session.sql('select {a', a=1)",
                "df.toPandas().query('a > 1 and (b == 2) & c')",
                "df.select(F.lit('('), F.col('a').like('%('))",
            )
        ),
        Case(
            _spark("df").replace(
                "    return df",
                "    try:\n        df = df.filter('(a')\n    except Exception:\n        pass\n    return df",
            )
        ),
    ),
    invalid=(
        Case(_spark("df.filter('upper⟦(⟧a = b')"), message="is never closed"),
        Case(_spark("df.where('a > 1⟦)⟧ and b')"), message="nothing was opened"),
        Case(_spark("df.filter('(a⟦]⟧')")),
        Case(_spark("df.selectExpr('a', 'coalesce⟦(⟧b, 0 as b')")),
        Case(_spark('df.filter("a = ⟦\'⟧x")'), message="the quote"),
        Case(_spark("df.filter(\"a = 'it's⟦'⟧\")")),
        Case(
            _spark("df.filter('a > 1 ⟦&&⟧ b is null')"),
            fixed=_spark("df.filter('a > 1 and b is null')"),
            unsafe=True,
            message="none of its operators",
        ),
        Case(_spark("df.filter('a in (1, 2⟦,⟧)')"), message="nothing after it"),
        Case(_spark("df.select(F.expr('coalesce(⟦,⟧a)'))"), message="nothing before it"),
        Case(_spark("df.selectExpr('a⟦,⟧')"), message="nothing comes after `,`"),
        Case(_spark("df.withColumn('c', F.expr('a + b ⟦+⟧'))")),
        Case(_spark("df.filter('a ⟦>=⟧')")),
        Case(_spark("df.filter('⟦ ⟧')"), message="empty text"),
        Case(
            _spark(
                "session.sql('''\n    select a, b\n    from orders\n    where a in ⟦(⟧1, 2\n''')"
            )
        ),
        Case(_spark("session.sql(⟦f'select max(a as n from {dbt.this}'⟧)")),
        Case(_spark("session.sql('with x as ⟦(⟧select a from orders select * from x')")),
    ),
)
