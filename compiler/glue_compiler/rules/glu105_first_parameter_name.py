"""GLU105: the model's first parameter is not called `dbt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    facts = context.facts
    for candidate in facts.models:
        if candidate.function is None or not candidate.core_counts:
            continue
        parameters = facts.functions[candidate.function].parameters
        plain = [item for item in parameters if item.kind == "positional"]
        if len(plain) == 2 and "dbt" not in (plain[0].name, plain[1].name):
            yield Finding(
                plain[0].span,
                f"the first parameter of the model must be called `dbt`, not `{plain[0].name}`",
                help="dbt looks for the text `dbt.ref(...)` to find what the model reads.",
            )


RULE = Rule(
    code="GLU105",
    name="first-parameter-name",
    severity=Severity.ERROR,
    summary="The first parameter of the model is not called `dbt`.",
    why="""
dbt finds what a model reads by the text `dbt.ref(...)`, and so insists on the name: `'dbt' not
provided for model as the first argument`.
""",
    fix="Call it `dbt`, here and where it is used.",
    check=_check,
    valid=(Case(model("return dbt.ref('orders')")),),
    invalid=(
        Case(model("return context.ref('orders')", parameters="⟦context⟧, session")),
        Case(model("return DBT.ref('orders')", parameters="⟦DBT⟧, spark")),
    ),
)
