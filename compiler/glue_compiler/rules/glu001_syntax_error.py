"""GLU001: the file is not Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.python_ast import is_python
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for problem in context.facts.syntax_errors:
        if problem.kind == "byte_order_mark":
            continue
        if problem.message == "unexpected indent" and _only_before_first_line(context):
            indent = _leading(context)
            yield Finding(
                indent,
                "the first line is indented; dbt strips that away, Python itself does not read it",
                help="Remove the white space, so that the file can be checked.",
                fixes=(Fix("Remove the white space", (Edit(indent, ""),)),),
                severity=Severity.WARNING,
            )
            continue
        message = problem.message
        if problem.kind == "syntax":
            message = f"syntax error: {message}"
        yield Finding(
            problem.span,
            message,
            help="This is syntax of a newer Python than the one that runs dbt."
            if problem.newer
            else None,
        )


def _leading(context: Context) -> Span:
    text = context.source.text
    return Span(0, len(text) - len(text.lstrip()))


def _only_before_first_line(context: Context) -> bool:
    """Whether the text is Python once its leading white space is gone, as dbt reads it."""
    leading = _leading(context)
    return leading.end > 0 and is_python(context.source.text[leading.end :])


RULE = Rule(
    code="GLU001",
    name="syntax-error",
    severity=Severity.ERROR,
    summary="The file is not Python.",
    why="""
dbt parses every model of the project before it runs one, and stops at the first file that it
cannot read: a typo here keeps every other model from running.
""",
    fix="Correct the line. The range is that of CPython's own parser.",
    check=_check,
    minimum="none",
    valid=(Case(model('return dbt.ref("orders")')),),
    invalid=(
        Case(
            "⟦  ⟧import os\n\n\n" + model("return dbt.ref('orders').limit(os.getpid())"),
            fixed="import os\n\n\n" + model("return dbt.ref('orders').limit(os.getpid())"),
        ),
        Case("def model(dbt, session)⟦⟧\n    return dbt.ref('orders')\n"),
        Case("def model(dbt, session):\n    return ⟦(⟧dbt.ref('orders')\n"),
    ),
)
