"""GLU626: what is done with the result in a run, and its author should know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.program.outcome import Outcome
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.rules.session import returned_place

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    if context.outcome.error is None:
        for note in context.outcome.notes:
            yield Finding(returned_place(context.facts, context.source), note)


RULE = Rule(
    code="GLU626",
    name="session-note",
    severity=Severity.INFORMATION,
    summary="Something is done with the result in a run, that its author should know.",
    why="""
A pandas frame becomes a table: its index is left out, and a column of nothing but NULL gets a type that
nobody stated. A run does the same, silently in the table; the validation says it where the model returns.
""",
    fix="`reset_index()` keeps an index as columns; `astype` gives a column a type.",
    check=_check,
    valid=(
        Case(
            model("return dbt.ref('orders').toPandas()"),
            outcome=Outcome(True, (("id", "bigint", True),), rows=1000),
        ),
    ),
    invalid=(
        Case(
            model("df = dbt.ref('orders').toPandas()\nreturn ⟦df.set_index('id')⟧"),
            message="the index is left out",
            outcome=Outcome(
                True, (("amount", "double", True),), notes=("the index is left out",), rows=1000
            ),
        ),
    ),
    minimum="session",
)
