"""GLU624: the model needs rows, and was validated on a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.program.outcome import Forced, Outcome
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.places import line_place

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    rows = context.outcome.rows
    if rows is None:
        return
    for item in context.outcome.forced:
        yield Finding(
            line_place(context.source, item.line or 1),
            f"`{item.what}` needs rows: the validation ran on a sample of at most {rows:,} rows of each table",
        )


_COLUMNS = (("id", "bigint", True),)

RULE = Rule(
    code="GLU624",
    name="session-sample",
    severity=Severity.INFORMATION,
    summary="The model needs rows, and was validated on a sample.",
    why="""
Spark knows the columns of most models without running anything. Calls such as `toPandas`, `collect` and
`count` need rows before the model returns: the validation gives the model tables that are cut to a number of
rows. What depends on the values, such as the columns of a pivot, may be different in a run.
""",
    fix="Nothing is wrong. A larger sample is `--rows`, in an editor `validationRows`.",
    check=_check,
    valid=(
        Case(
            model("return dbt.ref('orders').select('id')"),
            outcome=Outcome(True, _COLUMNS),
        ),
        Case(
            model("return dbt.ref('orders').toPandas()"),
            outcome=Outcome(True, _COLUMNS, forced=(Forced(".toPandas", 2),)),
        ),
    ),
    invalid=(
        Case(
            model("⟦df = dbt.ref('orders').toPandas()⟧\nreturn df"),
            message="`.toPandas` needs rows: the validation ran on a sample of at most 1,000 rows",
            outcome=Outcome(True, _COLUMNS, rows=1000, forced=(Forced(".toPandas", 2),)),
        ),
    ),
    minimum="session",
)
