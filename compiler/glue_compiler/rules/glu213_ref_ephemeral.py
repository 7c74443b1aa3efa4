"""GLU213: a `ref` to an ephemeral model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import ref_target
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    if context.project is None:
        return
    for use in context.facts.uses("ref"):
        target = ref_target(use)
        if target is None:
            continue
        node = context.project.find_ref(*target).node
        if node is not None and node.materialized == "ephemeral":
            yield Finding(
                use.span,
                f"`{target[0]}` is ephemeral: there is no table that a Python model could read",
                help=f"Materialize `{target[0]}` as a view or table.",
                related=(Related(node.path, None, "the ephemeral model", 1),),
            )


_FILES = {
    "models/staging.sql": "{{ config(materialized='ephemeral') }} select 1 as id",
    "models/orders.sql": "select 1 as id",
    "models/customers.sql": "select 1 as id",
    "models/schema.yml": "models:\n  - name: customers\n    config: {materialized: ephemeral}\n",
}

RULE = Rule(
    code="GLU213",
    name="ref-ephemeral",
    severity=Severity.ERROR,
    summary="`dbt.ref` names an ephemeral model.",
    why="""
An ephemeral model is a CTE that dbt puts before the SQL of the models that use it. Before Python code
it is put as well: `with __dbt__cte__staging as (...)`, and the model fails with a SyntaxError when
it runs (dbt-core issues 7288 and 12254).
""",
    fix="Materialize the model that is read as a view or table.",
    check=_check,
    valid=(Case(model("return dbt.ref('orders')"), files=_FILES),),
    invalid=(
        Case(model("return ⟦dbt.ref('staging')⟧.distinct()"), files=_FILES),
        Case(model("return ⟦dbt.ref('customers')⟧"), files=_FILES),
    ),
)
