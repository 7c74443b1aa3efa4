"""GLU622: the session returned other columns than those of the table that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.tables import FOLLOWING_CHANGES
from glue_compiler.program.outcome import Expectation, Outcome
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.rules.session import returned_place

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    expected = context.expected
    if context.outcome.error is not None or expected.target is None:
        return
    have = {name.lower(): kind for name, kind, _ in context.outcome.columns}
    there = {name.lower(): kind for name, kind in expected.target}
    changes = [f"adds `{name}` ({kind})" for name, kind in have.items() if name not in there]
    changes += [f"lacks `{name}`" for name in there if name not in have]
    changes += [
        f"has `{name}` as {kind} in place of {there[name]}"
        for name, kind in have.items()
        if name in there and there[name].lower() != kind.lower()
    ]
    if not changes:
        return
    severity = Severity.INFORMATION
    help_text = "The next run replaces the table."
    if not expected.replaced:
        policy = expected.on_schema_change
        if policy not in FOLLOWING_CHANGES:
            severity = Severity.ERROR if policy == "fail" else Severity.WARNING
        help_text = f"The model is incremental, and its on_schema_change is {policy}."
    yield Finding(
        returned_place(context.facts, context.source),
        f"compared with the existing table, the result {', '.join(changes)}",
        help=help_text,
        severity=severity,
    )


_BODY = "return ⟦dbt.ref('orders').select('id', 'amount')⟧"
_COLUMNS = (("id", "bigint", True), ("amount", "double", True))
_TABLE = (("id", "bigint"), ("day", "date"))

RULE = Rule(
    code="GLU622",
    name="session-target-table",
    severity=Severity.ERROR,
    summary="The session returned other columns than those of the existing table.",
    why="""
A table that is built anew takes the new columns, and this is information. An incremental model keeps its
table: its `on_schema_change` says what becomes of columns that differ. With `fail` the run fails, and this is
an error; with `ignore` new columns are dropped and missing ones fail, a warning; with `append_new_columns` and
`sync_all_columns` the table follows, which is information.
""",
    fix="Return the columns of the table, set `on_schema_change`, or rebuild the table with `--full-refresh`.",
    check=_check,
    valid=(
        Case(
            model(_BODY.replace("⟦", "").replace("⟧", "")),
            outcome=Outcome(True, _COLUMNS),
            expected=Expectation(target=(("ID", "BIGINT"), ("amount", "double"))),
        ),
        Case(model(_BODY.replace("⟦", "").replace("⟧", "")), outcome=Outcome(True, _COLUMNS)),
    ),
    invalid=(
        Case(
            model(_BODY),
            message="the result adds `amount` (double), lacks `day`",
            outcome=Outcome(True, _COLUMNS),
            expected=Expectation(target=_TABLE, replaced=False, on_schema_change="fail"),
        ),
        Case(
            model(_BODY),
            message="lacks `day`",
            outcome=Outcome(True, _COLUMNS),
            expected=Expectation(target=_TABLE),
        ),
    ),
    minimum="session",
)
