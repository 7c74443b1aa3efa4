"""GLU312: an enforced contract on a Python model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_MESSAGE = "dbt refuses an enforced contract on a Python model"
_HELP = "Use `columns_contract: enforce`, which holds the result to the columns that YAML declares."


def _check(context: Context) -> Iterator[Finding]:
    argument = context.config.get("contract")
    if argument is not None:
        value = argument.value
        if isinstance(value, dict) and value.get("enforced") is True:
            yield Finding(argument.span, _MESSAGE, help=_HELP)
        return
    node, function = context.node, context.facts.model_function
    if node is None or function is None or not node.contract:
        return
    place = node.properties
    yield Finding(
        function.name_span,
        f"{_MESSAGE}, and this one has one in YAML or dbt_project.yml",
        help=_HELP,
        related=(Related(place.path, None, "the properties of the model", place.line),)
        if place
        else (),
    )


RULE = Rule(
    code="GLU312",
    name="contract",
    severity=Severity.ERROR,
    summary="A Python model has an enforced contract.",
    why="""
dbt-core holds contracts of SQL models only. With `contract: {enforced: true}` on a Python model it
stops parsing for the whole project: `Language Error: Expected 'sql' but found 'python'`.
""",
    fix="Declare the columns in YAML and set `columns_contract` to `warn` or `enforce`.",
    check=_check,
    valid=(
        Case(model("dbt.config(contract={'enforced': False})\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(columns_contract='enforce')\nreturn dbt.ref('orders')")),
    ),
    invalid=(
        Case(model("dbt.config(⟦contract={'enforced': True}⟧)\nreturn dbt.ref('orders')")),
        Case(
            model("return dbt.ref('orders')").replace("model", "⟦model⟧"),
            files={
                "models/orders.sql": "select 1 as id",
                "models/schema.yml": "models:\n  - name: orders_enriched\n    config:\n"
                "      contract: {enforced: true}\n    columns:\n      - name: id\n"
                "        data_type: int\n",
            },
        ),
    ),
)
