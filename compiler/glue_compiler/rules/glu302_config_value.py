"""GLU302: a config with a value of the wrong type, or none of the allowed values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.config import config_key, value_problem
from glue_compiler.rules._dbt_calls import rename
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWN_RULE = {"view", "ephemeral", "materialized_view"}


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        for argument in use.args:
            if argument.name is None or argument.literal is None:
                continue
            value = argument.value
            if argument.name == "materialized" and (
                value in _OWN_RULE if isinstance(value, str) else False
            ):
                continue
            problem = value_problem(argument.name, value)
            if problem is None:
                continue
            known = config_key(argument.name)
            guess = None
            if isinstance(value, str) and known is not None and known.values:
                guess = closest(value, known.values)
            hint = f"; did you mean {guess!r}?" if guess else ""
            said = f"`{argument.name}` {problem}{hint}"
            if argument.name == _METHOD and isinstance(value, str):
                said = f"{_METHOD} {value!r} does not exist on Glue: Python models run in the session of SQL models"
            yield Finding(
                argument.value_span,
                said,
                help=known.doc if known is not None else None,
                fixes=rename(context, argument, guess) if guess else (),
                severity=_milder(argument.name),
            )


def _milder(key: str) -> Severity | None:
    """dbt itself, or the table that is written, breaks on these; others are ignored or coerced."""
    return None if key in _FATAL else Severity.WARNING


_METHOD = "submission_method"
_FATAL = {
    _METHOD,
    "enabled",
    "materialized",
    "incremental_strategy",
    "file_format",
    "on_schema_change",
}

RULE = Rule(
    code="GLU302",
    name="config-value",
    severity=Severity.ERROR,
    summary="A config has a value that it cannot have.",
    why="""
dbt checks few of the values in `dbt.config(...)`. A wrong one is turned into text (`materialized=1`),
found when the model is run, or ignored. Where the run goes on all the same this is a warning. A
`submission_method` of another platform is refused: Glue has one way to run a Python model.
""",
    fix="Write one of the values that the message names.",
    check=_check,
    once=True,
    valid=(
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='append', "
                "on_schema_change='fail', tags=['a'], enabled=True, timeout=600)\n"
                "return dbt.ref('orders')"
            )
        ),
        Case(model("dbt.config(materialized='python_model')\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(submission_method='glue_session')\nreturn dbt.ref('orders')")),
    ),
    invalid=(
        Case(model("dbt.config(enabled=⟦'no'⟧)\nreturn dbt.ref('orders')")),
        Case(
            model("dbt.config(materialized=⟦'incrementl'⟧)\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(materialized='incremental')\nreturn dbt.ref('orders')"),
            unsafe=True,
        ),
        Case(model("dbt.config(persist_docs=⟦True⟧)\nreturn dbt.ref('orders')")),
        Case(
            model("dbt.config(file_format=⟦'iceburg'⟧)\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(file_format='iceberg')\nreturn dbt.ref('orders')"),
            unsafe=True,
        ),
        Case(model("dbt.config(timeout=⟦0⟧)\nreturn dbt.ref('orders')")),
        Case(
            model("dbt.config(submission_method=⟦'job_cluster'⟧)\nreturn dbt.ref('orders')"),
            message="'job_cluster' does not exist on Glue",
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', on_schema_change=⟦'sync'⟧)\n"
                "return dbt.ref('orders')"
            )
        ),
    ),
)
