"""GLU216: `dbt.is_incremental` called, or compared by identity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import DbtUse

_TRUE = re.compile(r"\s*(?:is|==)\s*True\b")
_OTHER = re.compile(r"""\s*(==|!=|is\s+not\b|is\b)\s*(None\b|\d+\b(?!\.)|'\w*'|"\w*")""")
_FALSE = re.compile(r"\s*(?:is|==)\s*False\b")


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses("is_incremental"):
        if use.called:
            after = Span(use.callee.end, use.span.end)
            yield Finding(
                use.span,
                "`dbt.is_incremental` is a property; calling it fails on other adapters: 'bool' object "
                "is not callable",
                help="Write `dbt.is_incremental`.",
                fixes=(Fix("Remove the parentheses", (Edit(after, ""),)),),
            )
        elif use.use == "compare":
            yield from _comparison(context, use)


def _comparison(context: Context, use: DbtUse) -> Iterator[Finding]:
    text = context.source.text
    match = _TRUE.match(text, use.span.end) or _FALSE.match(text, use.span.end)
    if match is None:
        other = _OTHER.match(text, use.span.end)
        if other is not None:
            always = "true" if other[1] in ("!=", "is not") else "false"
            yield Finding(
                Span(use.span.start, other.end()),
                f"`dbt.is_incremental` is true or false, and never {other[2]}: this is always {always}",
                help="Write `dbt.is_incremental`, or `not dbt.is_incremental`.",
            )
        return
    span = Span(use.span.start, match.end())
    truth = match[0].endswith("True")
    new = context.text(use.span) if truth else f"not {context.text(use.span)}"
    yield Finding(
        span,
        f"`dbt.is_incremental` is not the bool itself everywhere; compared with {match[0].split()[-1]} "
        "it can be always false",
        help=f"Write `{new}`.",
        fixes=(Fix(f"Write `{new}`", (Edit(span, new),)),) if truth else (),
    )


RULE = Rule(
    code="GLU216",
    name="is-incremental-misuse",
    severity=Severity.WARNING,
    summary="`dbt.is_incremental` is called, or compared with True or False.",
    why="""
In dbt `is_incremental` is a bool: `if dbt.is_incremental:`. On dbt-glue it has been a method, so that
the same line is always true there, and models written for it call it, which fails everywhere else.
Here it can be tested and called, and is therefore not the object `True`.
""",
    fix="Write `if dbt.is_incremental:` or `if not dbt.is_incremental:`.",
    check=_check,
    valid=(
        Case(
            model("df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.limit(1)\nreturn df")
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif not dbt.is_incremental:\n    df = df.limit(1)\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "df = dbt.ref('orders')\nif ⟦dbt.is_incremental()⟧:\n    df = df.limit(1)\nreturn df"
            ),
            fixed=model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.limit(1)\nreturn df"
            ),
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif ⟦dbt.is_incremental is True⟧:\n    df = df.limit(1)\nreturn df"
            ),
            fixed=model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.limit(1)\nreturn df"
            ),
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif ⟦dbt.is_incremental == False⟧:\n    df = df.limit(1)\nreturn df"
            ),
        ),
        *(
            Case(
                model(
                    f"df = dbt.ref('orders')\nif ⟦dbt.is_incremental {test}⟧:\n    df = df.limit(1)\n"
                    "return df"
                ),
                message="always " + ("true" if "!" in test or "not" in test else "false"),
            )
            for test in ("== 1", "== 'true'", "is not None", "is None", "!= 0")
        ),
    ),
)
