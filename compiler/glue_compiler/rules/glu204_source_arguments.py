"""GLU204: `dbt.source` with arguments that it does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import arguments_span, has_star, keywords, positional
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_HELP = "Write `dbt.source('source', 'table')`."


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses("source"):
        if not use.called or has_star(use):
            continue
        items, named = positional(use), keywords(use)
        if named:
            edits = [
                Edit(Span(item.span.start, item.value_span.start), "") for item in named.values()
            ]
            yield Finding(
                Span(
                    min(item.span.start for item in named.values()),
                    max(item.span.end for item in named.values()),
                ),
                "`dbt.source` takes its two arguments by position only",
                help=_HELP,
                fixes=(Fix("Remove the names of the arguments", tuple(edits)),)
                if len(items) + len(named) == 2 and list(named) == _ORDER[len(items) :]
                else (),
            )
        elif len(items) != 2:
            given = {0: "none is", 1: "one is"}.get(len(items), f"{len(items)} are")
            yield Finding(
                arguments_span(use),
                f"`dbt.source` takes two arguments, a source and a table; {given} given",
                help=_HELP,
            )
        for argument in items[:2]:
            if argument.literal is not None and not isinstance(argument.value, str):
                yield Finding(
                    argument.value_span,
                    f"the names of a source and a table are strings, not {argument.literal.text}",
                    help=_HELP,
                )


_ORDER = ["source_name", "table_name"]

RULE = Rule(
    code="GLU204",
    name="source-arguments",
    severity=Severity.ERROR,
    summary="`dbt.source` is called with arguments that it does not take.",
    why="""
`source` takes exactly two strings by position. Another number stops parsing for the whole project
(`source() takes exactly two arguments (1 given)`, without the name of the file), and keywords end
in a `TypeError` with a traceback of dbt's own code.
""",
    fix=_HELP,
    check=_check,
    valid=(Case(model("return dbt.source('raw', 'orders')")),),
    invalid=(
        Case(model("return dbt.source(⟦'raw'⟧)")),
        Case(model("return ⟦dbt.source()⟧")),
        Case(model("return dbt.source(⟦'aws', 'raw', 'orders'⟧)")),
        Case(model("return dbt.source('raw', ⟦3⟧)")),
        Case(
            model("return dbt.source(⟦source_name='raw', table_name='orders'⟧)"),
            fixed=model("return dbt.source('raw', 'orders')"),
        ),
    ),
)
