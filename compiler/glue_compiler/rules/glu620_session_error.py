"""GLU620: the model fails in the session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.program.outcome import Outcome, SessionError
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.rules.session import failure, is_refused_write, spark_class

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    error = context.outcome.error
    if error is None or is_refused_write(error) or spark_class(error) is not None:
        return
    found = failure(error, context)
    if error.type not in ("DbtError", "ModelError") and not found.message.startswith(error.type):
        found = replace(found, message=f"{error.type}: {found.message}")
    rows = context.outcome.rows
    if rows is not None:
        # Fewer rows than in a run may be all there is to it.
        sample = f"This was found on a sample of at most {rows:,} rows of each table."
        found = replace(found, help=sample, severity=Severity.WARNING)
    yield found


_PRICES = model("⟦prices = {'a': 1}['b']⟧\nreturn dbt.ref('orders')")
_ERROR = SessionError("KeyError", "'b'", line=2)

RULE = Rule(
    code="GLU620",
    name="session-error",
    severity=Severity.ERROR,
    summary="The model fails in the session.",
    why="""
The session ran the model, and Python raised an error: a run fails in the same place, after the models
before it were built. Errors of Spark's analyser are reported under Spark's own error class instead.

A model that needs rows is validated on a sample of its tables. What fails there may be right on all rows,
so it is a warning.
""",
    fix="The line is that of your file; the message is Python's. Correct it, and validate again.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')"), outcome=Outcome(ok=True)),
        Case(
            model("return dbt.ref('orders').select('amuont')"),
            outcome=Outcome(
                False,
                error=SessionError(
                    "AnalysisException",
                    "[UNRESOLVED_COLUMN] no such column",
                    line=2,
                    error_class="UNRESOLVED_COLUMN",
                    analyser=True,
                ),
            ),
        ),
    ),
    invalid=(
        Case(_PRICES, message="KeyError: 'b'", outcome=Outcome(False, error=_ERROR)),
        Case(_PRICES, message="KeyError: 'b'", outcome=Outcome(False, error=_ERROR, rows=1000)),
        Case(
            model("return ⟦[1, 2, 3]⟧"),
            message="returned a list",
            outcome=Outcome(
                False,
                error=SessionError("ModelError", "the model returned a list", phase="result"),
            ),
        ),
    ),
    minimum="session",
)
