"""GLU803: literals that dbt v2 reads as something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.facts.dbt_calls import CALLS
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX = 2**63


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses(*CALLS):
        for argument in use.args:
            if argument.literal is None:
                continue
            problem = _problem(argument.value)
            if problem is not None:
                yield Finding(
                    argument.value_span,
                    f"dbt v2 {problem}",
                    help="Use strings, 64-bit integers, floats, bools, None, lists and dicts.",
                )


def _problem(value: Any) -> str | None:
    if isinstance(value, int) and not -_MAX <= value < _MAX:
        return "has integers of 64 bits only, and does not read this one"
    parts: list[Any] = []
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
        if any(not isinstance(key, str) for key in value):
            return "reads the keys of a dict as strings"
    elif isinstance(value, (list, tuple)):
        parts = list(value)
    return next((found for part in parts if (found := _problem(part)) is not None), None)


RULE = Rule(
    code="GLU803",
    name="literal-types",
    severity=Severity.INFORMATION,
    summary="A literal means something else to dbt v2.",
    why="""
dbt v1 evaluates arguments with Python's `ast.literal_eval`; dbt v2 has its own reader, with integers
of 64 bits and dicts whose keys are strings.
""",
    fix="Use strings, 64-bit integers, floats, bools, None, lists, and dicts with string keys.",
    check=_check,
    valid=(Case(model("dbt.config(meta={'size': 3})\nreturn dbt.ref('orders')")),),
    invalid=(
        Case(model("dbt.config(meta=⟦{1: 'a'}⟧)\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(meta=⟦{'id': 99999999999999999999}⟧)\nreturn dbt.ref('orders')")),
    ),
)
