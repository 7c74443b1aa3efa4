"""GLU625: the model writes by itself, which a validation refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.program.outcome import Outcome, SessionError
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.rules.session import error_line, is_refused_write

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    error = context.outcome.error
    if error is not None and is_refused_write(error):
        yield Finding(error_line(error, context), error.message)


RULE = Rule(
    code="GLU625",
    name="session-write-refused",
    severity=Severity.INFORMATION,
    summary="The model writes by itself: what follows is not validated.",
    why="""
A validation changes nothing: it stops where the model would write a table or a file. What follows that call
is not validated, and the columns that the model returns are not known. In a run the call does what it says,
outside of what dbt knows: the table is in no lineage, and a failing run does not take it back.
""",
    fix="Return the frame and let dbt write it, in a model of its own where the model writes several tables.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')"), outcome=Outcome(True)),
        Case(
            model("x = {}['a']\nreturn dbt.ref('orders')"),
            outcome=Outcome(False, error=SessionError("KeyError", "'a'", line=2)),
        ),
    ),
    invalid=(
        Case(
            model(
                "df = dbt.ref('orders')\n⟦df.write.saveAsTable('other')⟧\nreturn df",
            ),
            message="`.saveAsTable` writes",
            outcome=Outcome(
                False,
                error=SessionError(
                    "WriteRefused", "`.saveAsTable` writes, which a validation does not do", line=3
                ),
            ),
        ),
    ),
    minimum="session",
)
