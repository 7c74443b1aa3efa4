"""GLU005: a model file without code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    facts = context.facts
    # A file without a single character but white space is no node that dbt runs.
    if facts.empty and not facts.syntax_errors and context.source.text.strip():
        yield Finding(
            Span(0, len(context.source)),
            "the file holds no code, yet dbt makes a model of every .py file in a model path",
            help="Define `def model(dbt, session):`, or delete the file.",
        )


RULE = Rule(
    code="GLU005",
    name="empty-model",
    severity=Severity.ERROR,
    summary="The model file holds no code.",
    why="""
dbt checks nothing in a file that holds only comments: it becomes a node of the project, and fails when
it is run. (One that is empty, such as an `__init__.py`, is never run.)
""",
    fix="Define the model function, delete the file, or move it out of the model paths.",
    check=_check,
    minimum="none",
    valid=(Case(model("return dbt.ref('orders')")), Case(""), Case("\n\n")),
    invalid=(Case("⟦# to be written\n⟧"),),
)
