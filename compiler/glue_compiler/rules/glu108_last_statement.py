"""GLU108: the model's last statement is an `if`, `try` or `with`, which dbt-core rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.text.source import Span


def _check(context: Context) -> Iterator[Finding]:
    function = context.facts.model_function
    if function is None or function.last_statement is None or function.is_generator:
        return
    kind = function.ends_with
    if function.returns and kind and not kind.startswith("return") and kind in _WORDS:
        yield Finding(
            _first_line(context, function.last_statement),
            f"the model ends with `{_WORDS[kind]}`; dbt demands a `return` as its last statement, "
            "even where every branch returns",
            help="Give the frame a name in each branch and return it once, after them.",
        )


_WORDS = {
    "if": "if",
    "try": "try",
    "with": "with",
    "for": "for",
    "while": "while",
    "match": "match",
    "raise": "raise",
    "async_for": "async for",
    "async_with": "async with",
}


def _first_line(context: Context, span: Span) -> Span:
    """The statement's header: the first line of its text."""
    line = context.source.line_span(context.source.line_of(span.start))
    return type(span)(span.start, min(span.end, line.end))


RULE = Rule(
    code="GLU108",
    name="last-statement",
    severity=Severity.ERROR,
    summary="The model's last statement is not a `return`.",
    why="""
dbt-core does not follow branches: a model that ends with `if ... else`, `try`, `with` or `raise`
is rejected even when every path returns a frame: `In current version, model function should return
only one dataframe object`.
""",
    fix="Assign the frame in each branch and return it once at the end.",
    check=_check,
    valid=(
        Case(
            model("df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.limit(1)\nreturn df")
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    return df.limit(1)\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "df = dbt.ref('orders')\n⟦if dbt.is_incremental:⟧\n    return df.limit(1)\n"
                "else:\n    return df"
            )
        ),
        Case(
            model(
                "⟦try:⟧\n    return dbt.ref('orders')\nexcept ValueError:\n    return dbt.ref('old')"
            )
        ),
    ),
)
