"""GLU621: the session returned other columns than those that are declared for the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.program.outcome import Difference, Expectation, Outcome
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.rules.session import returned_place

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    if context.outcome.error is not None:
        return
    contract = context.expected.contract
    where = "YAML" if contract == "off" else f"columns_contract: {contract}"
    for item in context.outcome.differences:
        if item.what == "extra" and contract == "off":
            continue
        message = {
            "missing": f"`{item.column}` is declared and not returned",
            "extra": f"`{item.column}` ({item.returned}) is returned and not declared",
            "type": f"`{item.column}` is {item.returned}, and declared as {item.declared}",
            "unknown": f"`{item.column}` is declared as {item.declared}, which is no type of Spark's",
        }[item.what]
        yield Finding(
            returned_place(context.facts, context.source),
            f"{message} ({where})",
            severity=None if contract == "enforce" else Severity.WARNING,
        )


_MODEL = model("return ⟦dbt.ref('orders').select('id')⟧")
_MISSING = Outcome(
    True, (("id", "bigint", True),), differences=(Difference("day", "missing", "date", None),)
)

RULE = Rule(
    code="GLU621",
    name="session-declared-columns",
    severity=Severity.ERROR,
    summary="The session returned other columns than those that are declared.",
    why="""
Columns in YAML are what readers of the docs, tests and other models rely on. GLU607 compares them with
what the text says; this compares them with what the session returned, names and types. Where
`columns_contract: enforce` is set, a run refuses to write such a table, and this is an error; else it is
a warning.
""",
    fix="Correct the name here or there, or cast the column to the declared type.",
    check=_check,
    valid=(
        Case(_MODEL.replace("⟦", "").replace("⟧", ""), outcome=Outcome(True)),
        Case(
            _MODEL.replace("⟦", "").replace("⟧", ""),
            outcome=Outcome(True, differences=(Difference("id", "extra", None, "bigint"),)),
        ),
    ),
    invalid=(
        Case(_MODEL, message="`day` is declared and not returned (YAML)", outcome=_MISSING),
        Case(
            _MODEL,
            message="(columns_contract: enforce)",
            outcome=_MISSING,
            expected=Expectation(contract="enforce"),
        ),
    ),
    minimum="session",
)
