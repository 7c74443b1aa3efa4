"""GLU623: the session returned other columns than the analysis of the text expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.program.outcome import Expectation, Outcome
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.rules.session import returned_place

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    inferred = context.expected.inferred
    if context.outcome.error is not None or inferred is None:
        return
    names = [name.lower() for name, _, _ in context.outcome.columns]
    if sorted(names) != sorted(name.lower() for name in inferred):
        yield Finding(
            returned_place(context.facts, context.source),
            f"the session returns {', '.join(f'`{name}`' for name in names)}; "
            f"the analysis of the text expected {', '.join(f'`{name}`' for name in inferred)}",
            help="A schema that it rests on may be out of date: refresh the schemas.",
        )


_COLUMNS = (("id", "bigint", True), ("amount", "double", True))

RULE = Rule(
    code="GLU623",
    name="session-inference",
    severity=Severity.INFORMATION,
    summary="The session returned other columns than the analysis of the text expected.",
    why="""
The editor shows the columns of a model that the analysis found, and other models are checked with them.
When the session returns others, something that the analysis rests on no longer holds: mostly the schema
of a table that was rebuilt since it was looked up.
""",
    fix="Refresh the schemas. If it stays, the analysis is wrong: please report it.",
    check=_check,
    valid=(
        Case(
            model("return dbt.ref('orders').select('id', 'amount')"),
            outcome=Outcome(True, _COLUMNS),
            expected=Expectation(inferred=("AMOUNT", "id")),
        ),
        Case(model("return dbt.ref('orders')"), outcome=Outcome(True, _COLUMNS)),
    ),
    invalid=(
        Case(
            model("return ⟦dbt.ref('orders')⟧"),
            message="the session returns `id`, `amount`; the analysis of the text expected `id`",
            outcome=Outcome(True, _COLUMNS),
            expected=Expectation(inferred=("id",)),
        ),
    ),
    minimum="session",
)
