"""GLU801: a nested `model`, which dbt v2 counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    models = context.facts.models
    if sum(item.core_counts for item in models) != 1:
        return
    for item in models:
        if item.v2_counts and not item.core_counts:
            yield Finding(
                item.name_span,
                "dbt v2 counts this as a second `model` and rejects the file",
                help="Give it another name.",
            )


RULE = Rule(
    code="GLU801",
    name="nested-model",
    severity=Severity.INFORMATION,
    summary="A nested function called `model` is a second model to dbt v2.",
    why="""
dbt v1 looks for `def model` at the top level and in classes; dbt v2 walks into functions as well, and
counts `async def`, too. A file that both accept has one function of that name.
""",
    fix="Give the inner function another name.",
    check=_check,
    valid=(Case(model("def train(x):\n    return x\n\nreturn dbt.ref('orders').limit(train(3))")),),
    invalid=(
        Case(model("def ⟦model⟧(x):\n    return x\n\nreturn dbt.ref('orders').limit(model(3))")),
    ),
)
