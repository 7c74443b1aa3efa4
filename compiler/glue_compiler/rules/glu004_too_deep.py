"""GLU004: the file is too deeply nested, or too big, to be analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_MESSAGES = {
    "too_deep": "the code is nested {measure} deep, more than the {cap} that can be analysed",
    "too_big": "the file has {measure} characters, more than the {cap} that can be analysed",
    "internal": "the analysis of this file failed: {detail}",
}

_UNMEASURED = "the code is nested deeper than Python itself can read"


def _check(context: Context) -> Iterator[Finding]:
    for limit in context.facts.limits:
        # CPython's own parser gives up without saying how deep it came.
        known = limit.measure > 0 or limit.kind != "too_deep"
        message = (_MESSAGES[limit.kind] if known else _UNMEASURED).format(
            measure=f"{limit.measure:,}", cap=f"{limit.cap:,}", detail=limit.detail or "unknown"
        )
        yield Finding(
            limit.span,
            message,
            help="Split it: give a part of the chain a name, or use a loop."
            if limit.kind == "too_deep"
            else None,
        )


RULE = Rule(
    code="GLU004",
    name="too-deep",
    severity=Severity.WARNING,
    summary="The file is too deeply nested, or too big, to be analysed in full.",
    why="""
A chain of hundreds of calls on one expression makes parsers slow and can exhaust Python's stack;
so it is not analysed, and the other rules know less about this file or nothing. Spark's own
planner is slow on such chains, too.
""",
    fix="Give a part of the chain a name, or use a loop or `withColumns`.",
    check=_check,
    minimum="none",
    valid=(Case(model("df = dbt.ref('orders')" + ".distinct()" * 50 + "\nreturn df")),),
    invalid=(Case(model("⟦df = dbt.ref('orders')" + ".distinct()" * 900 + "⟧\nreturn df")),),
)
