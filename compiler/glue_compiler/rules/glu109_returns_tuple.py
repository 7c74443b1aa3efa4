"""GLU109: the model returns several things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    facts = context.facts
    function = facts.model_function
    if function is None:
        return
    reported = False
    for item in facts.flow.returns:
        if item.value == "tuple" and not item.implicit:
            reported = True
            yield _finding(item.value_span or item.span)
    if not reported and function.ends_with == "return_tuple" and function.last_statement:
        start, end = function.last_statement
        text = context.text(function.last_statement)
        keyword = len("return") + len(text[6:]) - len(text[6:].lstrip())
        yield _finding(Span(start + keyword, end))


def _finding(span: Span) -> Finding:
    return Finding(
        span,
        "the model returns several things; dbt writes exactly one frame",
        help="Return one frame, and make another model of the other.",
    )


RULE = Rule(
    code="GLU109",
    name="returns-tuple",
    severity=Severity.ERROR,
    summary="The model returns a tuple.",
    why="""
A model is one table. dbt-core rejects a tuple in the last `return`, and does not see one in an
earlier `return`, which then fails in the session.
""",
    fix="Return one frame. Two results are two models.",
    check=_check,
    valid=(Case(model("a, b = dbt.ref('orders').randomSplit([0.5, 0.5])\nreturn a")),),
    invalid=(
        Case(model("a, b = dbt.ref('orders').randomSplit([0.5, 0.5])\nreturn ⟦a, b⟧")),
        Case(
            model("df = dbt.ref('orders')\nif dbt.is_incremental:\n    return ⟦df, 1⟧\nreturn df")
        ),
    ),
)
