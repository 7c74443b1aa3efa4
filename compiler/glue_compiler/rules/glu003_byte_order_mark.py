"""GLU003: the file begins with a byte order mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    if context.source.text.startswith("\ufeff"):
        mark = Span(0, 1)
        yield Finding(
            mark,
            "the file begins with a byte order mark, which dbt cannot read",
            help="Save the file as UTF-8 without a byte order mark.",
            fixes=(Fix("Remove the byte order mark", (Edit(mark, ""),)),),
        )


RULE = Rule(
    code="GLU003",
    name="byte-order-mark",
    severity=Severity.ERROR,
    summary="The file begins with a byte order mark.",
    why="""
Some editors on Windows write three invisible bytes before the text. Python itself reads such a
file, but dbt hands the text to its parser with the mark in it: `invalid non-printable character
U+FEFF`.
""",
    fix="Save the file as UTF-8 without a byte order mark. The fix removes it.",
    check=_check,
    minimum="none",
    valid=(Case(model("return dbt.ref('orders')")),),
    invalid=(
        Case(
            "⟦\ufeff⟧" + model("return dbt.ref('orders')"),
            fixed=model("return dbt.ref('orders')"),
        ),
    ),
)
