"""GLU309: a config value that dbt cannot store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        for argument in use.args:
            if argument.name is None or argument.literal is None:
                continue
            kind = _unserialisable(argument.value)
            if kind is not None:
                yield Finding(
                    argument.value_span,
                    f"dbt cannot store {kind} as the value of `{argument.name}`",
                    help="Use strings, numbers, bools, None, lists and dicts with string keys.",
                )


def _unserialisable(value: Any) -> str | None:
    if isinstance(value, (set, frozenset)):
        return "a set"
    if isinstance(value, bytes):
        return "bytes"
    if isinstance(value, complex):
        return "a complex number"
    if value is ...:
        return "an ellipsis"
    parts: list[Any] = []
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, (list, tuple)):
        parts = list(value)
    return next((kind for part in parts if (kind := _unserialisable(part)) is not None), None)


RULE = Rule(
    code="GLU309",
    name="unserialisable-config",
    severity=Severity.ERROR,
    summary="A config value cannot be stored as JSON.",
    why="""
A set, bytes, a complex number or `...` is a literal to Python, so that dbt accepts it, and then fails
for the whole project when it writes its files: `can not serialize 'set' object`.
""",
    fix="Use strings, numbers, bools, None, lists and dicts.",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(meta={'owners': ['a', 'b'], 'ratio': 0.5, 'none': None})\nreturn dbt.ref('orders')"
            )
        ),
    ),
    invalid=(
        Case(model("dbt.config(tags=⟦{'a', 'b'}⟧)\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(meta=⟦{'key': b'x'}⟧)\nreturn dbt.ref('orders')")),
    ),
)
