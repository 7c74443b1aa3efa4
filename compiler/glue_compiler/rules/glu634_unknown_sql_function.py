"""GLU634: a function in a text of SQL that this Spark version does not have."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.glue_versions import SPARK_OF_GLUE
from glue_compiler.knowledge.sql_functions import INSTEAD, may_call, near, versions_of
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span
from glue_compiler.text.sql_calls import calls_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.columns import SparkText
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.text.sql import SqlName

_MAKES_FUNCTIONS = re.compile(
    r"\bcreate\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?function\b|\bregister(?!\s*\(|Temp)\w+",
    re.IGNORECASE,
)
_REGISTER = re.compile(r"\bregister\s*\(")


def _calls_unknown(fact: SparkText, _frame: Frame | None, options: AnalysisOptions) -> bool:
    return not fact.tried and bool(_unknown(fact.text, fact.how, options.spark))


_SCREEN = Screen("spark_texts", _calls_unknown)


@lru_cache(maxsize=2048)
def _unknown(text: str, how: str, spark: str) -> tuple[SqlName, ...]:
    if how == "pattern":
        return ()
    return calls_in(text, query=how == "query", unknown=lambda name: _is_missing(name, spark))


def _is_missing(name: str, spark: str) -> bool:
    """Whether a name is no function, but one of another Spark or database, or misspelt: others may be registered elsewhere."""
    if may_call(name, spark):
        return False
    return bool(versions_of(name)) or name in INSTEAD or near(name, spark) is not None


def _check(context: Context) -> Iterator[Finding]:
    facts = context.kept_by(_SCREEN)
    made = _made(context) if facts else None
    if made is None:
        return
    spark = context.settings.options.spark
    for fact in facts:
        for call in _unknown(fact.text, fact.how, spark):
            if call.name.lower() not in made:
                yield _finding(context, fact, call)


def _made(context: Context) -> frozenset[str] | None:
    """The names, in lower case, of the functions that the model registers; None where there may be any."""
    text = context.source.text
    hooks = [context.config_value(key) for key in ("pre_hook", "pre-hook")]
    if _MAKES_FUNCTIONS.search(text) or any(" function " in str(hook).lower() for hook in hooks):
        return None
    registered = [udf for udf in context.facts.flow.udfs if udf.form == "udf_register"]
    names = [udf.name for udf in registered]
    if len(names) != len(_REGISTER.findall(text)) or None in names or _is_given_away(context):
        return None
    return frozenset(str(name).lower() for name in names)


def _is_given_away(context: Context) -> bool:
    """Whether code of another file gets the session, which may register functions."""
    session = context.facts.session_parameter
    if session is None:
        return True
    own = {function.name for function in context.facts.functions}
    given = rf"([\w.]+)\s*\((?:[^()]*[,=(\s])?{re.escape(session)}\s*[,)]"
    return any(match[1] not in own for match in re.finditer(given, context.source.text))


def _finding(context: Context, fact: SparkText, call: SqlName) -> Finding:
    name, spark = call.name.lower(), context.settings.options.spark
    span = _place(context, fact, call)
    having = versions_of(name)
    fix: tuple[Fix, ...] = ()
    advice = None
    if having:
        glue = next((g for g, version in SPARK_OF_GLUE.items() if version == having[0]), "")
        message = (
            f"SQL has `{call.name}` with Spark {having[0]} (Glue {glue}): this is Spark {spark}"
        )
    else:
        message = f"SQL has no function `{call.name}` in Spark {spark}"
    if name in INSTEAD:
        advice = f"Write `{INSTEAD[name]}`."
    elif not having and (guess := near(name, spark)) is not None:
        message += f"; did you mean `{guess}`?"
        if context.text(span) == call.name:
            fix = (Fix(f"Write `{guess}`", (Edit(span, guess),), "unsafe"),)
    return Finding(span, message + in_world(fact.worlds), help=advice, fixes=fix)


def _place(context: Context, fact: SparkText, call: SqlName) -> Span:
    start = fact.span.start
    if fact.exact:
        return Span(start + call.start, start + call.end)
    found = list(re.finditer(rf"\b{call.name}(?=\s*\()", context.text(fact.span)))
    return Span(start + found[0].start(), start + found[0].end()) if len(found) == 1 else fact.span


_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _spark(expression: str, before: str = "") -> str:
    return model(f"df = dbt.ref('orders')\n{before}return {expression}", head=_HEAD)


_VALID = (
    "df.filter('lower(a) in (1, 2) and (b) is null')",
    "df.select(F.expr('cast(a as decimal(10, 2))'), F.expr('extract(year from t)'))",
    "df.select(F.expr('trim(both from a)'), F.expr('percentile_cont(0.5) within group (order by a)'))",
    "df.selectExpr('posexplode(xs) as (p, v)', 'transform(xs, (x, i) -> x + i)')",
    "df.filter(\"a = 'sums(x)' -- sums(x)\")",
    "df.filter('clean_up(a) = 1 and tools.sums(a) = 1 and `sums`(a) = 1')",
    "session.sql('with sums (a, b) as (select 1, 2) select * from sums')",
    "session.sql('select /*+ broadcasts(o) */ * from orders sums (a, b)')",
    "session.sql('insert into x select sums(a) from orders')",
)


def _registered(line: str) -> str:
    return _spark("df.filter('maxs(a) > 1')", before=f"{line}\n")


RULE = Rule(
    code="GLU634",
    name="unknown-sql-function",
    severity=Severity.ERROR,
    summary="Spark's SQL has no such function in this version.",
    why="""
A function that is called in `filter`, `expr`, `selectExpr` or `session.sql` is looked up when the model runs, and Spark
raises an AnalysisException for one that it does not have: a misspelt one, one of another database (`iff`, `strpos`), or one
of a newer Spark than the session's. The names are those that the Sparks of Glue's versions list.

A function may also be registered, in the model or elsewhere. So a name that is like none of Spark's is never judged, nor
one with a qualifier, nor any where the model registers functions whose names are not known, or gives the session to code of
another file.
""",
    fix="Write the function that this Spark has. The fix writes the one whose name is most like it.",
    check=_check,
    statement=_SCREEN,
    valid=(
        *(Case(_spark(expression)) for expression in _VALID),
        Case(_registered("session.udf.register('maxs', lambda x: x, 'int')")),
        Case(_registered("session.udf.register(dbt.config.get('name'), lambda x: x, 'int')")),
        Case(_registered("session.udf.registerJavaFunction('maxs', 'com.example.Maxs')")),
        Case(_registered("session.sql(\"create temporary function maxs as 'com.example.Maxs'\")")),
        Case(_registered("dbt.config(pre_hook=\"create function maxs as 'com.example.Maxs'\")")),
        Case(_registered("import functools\nfunctools.partial(print, session)()")),
        Case(
            _spark("df").replace(
                "    return df",
                "    try:\n        df = df.filter('maxs(a) > 1')\n    except Exception:\n        pass\n    return df",
            )
        ),
        Case(
            _spark("session.sql('select listagg(a) from orders')"), settings={"glue-version": "6.0"}
        ),
    ),
    invalid=(
        Case(
            _spark("df.filter('⟦uper⟧(a) = b')"),
            fixed=_spark("df.filter('upper(a) = b')"),
            unsafe=True,
            message="SQL has no function `uper` in Spark 3.5; did you mean `upper`?",
        ),
        Case(_spark("df.withColumn('c', F.expr('a + ⟦rounds⟧(b, 2)'))"), message="`round`"),
        Case(_spark("df.selectExpr('a', '⟦coalesces⟧(b, 0) as b', 'upper(⟦loweer⟧(c))')")),
        Case(
            _spark("df.where('a > 1 and ⟦strpos⟧(b, \"x\") > 0')"), message="no function `strpos`"
        ),
        Case(
            _spark("session.sql('select a, ⟦listagg⟧(b) from orders group by a')"),
            message="with Spark 4.1 (Glue 6.0): this is Spark 3.5",
        ),
        Case(
            _spark("session.sql(f'select ⟦maxs⟧(a) as a from {dbt.this} where b > 1')"),
            message="did you mean `max`?",
        ),
        Case(
            _spark(
                "session.sql('''\n    select a\n    from x\n    group by a, ⟦date_formats⟧(b, \"yyyy\")\n''')"
            )
        ),
        Case(
            _spark("df.filter('⟦try_to_timestamp⟧(a, b) = 1')"),
            settings={"glue-version": "4.0"},
            message="with Spark 3.5 (Glue 5.0)",
        ),
        Case(
            _spark(
                "df.filter('double_up(a) > 1 and ⟦sums⟧(a) > 1')",
                before="session.udf.register('double_up', lambda x: 2 * x, 'int')\n",
            )
        ),
    ),
)
