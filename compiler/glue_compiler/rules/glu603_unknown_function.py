"""GLU603: a function of pyspark.sql.functions that this Spark version does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.frames import api
from glue_compiler.knowledge.glue_versions import SPARK_OF_GLUE
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULE = "pyspark.sql.functions"


def _check(context: Context) -> Iterator[Finding]:
    for name, span in _named_functions(context):
        table = api("spark.functions", context.settings.options.spark)
        if table.has(name):
            continue
        glue, version = context.settings.glue_version, table.version
        if added := table.added_in(name):
            newer = next((g for g, spark in SPARK_OF_GLUE.items() if spark == added), "")
            message = (
                f"`{name}` comes with Spark {added} (Glue {newer}): Glue {glue} runs {version}"
            )
        else:
            message = f"pyspark.sql.functions has no `{name}` in Spark {version}"
        suggestion = table.suggest(name)
        fixes: tuple[Fix, ...] = ()
        advice = None
        if suggestion is not None:
            advice = f"{suggestion.advice[0].upper()}{suggestion.advice[1:]}"
            advice += "" if advice.endswith("?") else "."
            if suggestion.rename is not None and context.text(span) == name:
                edit = Edit(span, suggestion.rename)
                fixes = (Fix(f"Write `{suggestion.rename}`", (edit,), "unsafe"),)
        yield Finding(span, message, help=advice, fixes=fixes)


def _named_functions(context: Context) -> Iterator[tuple[str, Span]]:
    """The names that are imported from the module, and those that are called as its attributes."""
    for item in context.facts.imports:
        if item.guarded or item.type_checking or item.level or item.module != _MODULE:
            continue
        if item.name not in (None, "*"):
            start = item.span.start
            text = context.text(item.span)
            if text.split()[:1] == [item.name]:
                yield str(item.name), Span(start, start + len(str(item.name)))
    for use in context.facts.flow.members:
        if use.kind == "spark_functions":
            yield use.member, use.name_span


_HEAD = "from pyspark.sql import functions as F\n\n\n"

RULE = Rule(
    code="GLU603",
    name="unknown-function",
    severity=Severity.ERROR,
    summary="pyspark.sql.functions has no such function in this Spark version.",
    why="""
Functions of other platforms (`iff`, `to_varchar`) and of newer Sparks than the session's (`try_parse_url`
in Spark 4) raise an ImportError or AttributeError in the session. The names are those of the real module,
for the Spark of the Glue version that is checked.
""",
    fix="Use a function that this Spark has, or `F.expr(...)`.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders').select(F.upper('name'))", head=_HEAD)),
        Case(
            model(
                "return dbt.ref('orders').select(upper('name'))",
                head="from pyspark.sql.functions import upper\n\n\n",
            )
        ),
        Case(
            model(
                "return dbt.ref('orders').select(iff('a'))",
                head="try:\n    from pyspark.sql.functions import iff\nexcept ImportError:\n    iff = None\n\n\n",
            )
        ),
    ),
    invalid=(
        Case(
            model("return dbt.ref('orders').select(F.⟦iff⟧('a', 'b', 'c'))", head=_HEAD),
        ),
        Case(
            model(
                "return dbt.ref('orders').select(uper('name'))",
                head="from pyspark.sql.functions import ⟦uper⟧\n\n\n",
            )
        ),
        Case(
            model("return dbt.ref('orders').select(F.⟦sysdate⟧())", head=_HEAD),
            fixed=model("return dbt.ref('orders').select(F.current_timestamp())", head=_HEAD),
            unsafe=True,
        ),
        Case(
            model("return dbt.ref('orders').select(F.⟦try_parse_url⟧('u'))", head=_HEAD),
            settings={"glue-version": "5.0"},
            message="Spark 4.1",
        ),
    ),
)
