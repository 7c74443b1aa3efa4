"""GLU213: a `ref` to an ephemeral Python model."""

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
    for use in context.resolved("ref"):
        target = ref_target(use)
        if target is None:
            continue
        node = context.project.find_ref(*target).node
        if node is None or node.language != "python":
            continue
        if node.materialized == "ephemeral":
            yield Finding(
                use.span,
                f"`{target[0]}` is an ephemeral Python model: dbt builds no table of it",
                help=f"Materialize `{target[0]}` as a table.",
                related=(Related(node.path, None, "the ephemeral model", 1),),
            )


_FILES = {
    "models/staging.sql": "{{ config(materialized='ephemeral') }} select 1 as id",
    "models/orders.sql": "select 1 as id",
    "models/cleaned.py": model("dbt.config(materialized='ephemeral')\nreturn dbt.ref('orders')"),
    "models/customers.py": model("return dbt.ref('orders')"),
    "models/schema.yml": "models:\n  - name: customers\n    config: {materialized: ephemeral}\n",
}

RULE = Rule(
    code="GLU213",
    name="ref-ephemeral",
    severity=Severity.ERROR,
    summary="`dbt.ref` names an ephemeral Python model.",
    why="""
An ephemeral model is SQL that dbt puts into the models that use it; a Python model reads one of SQL as a query of its
own. An ephemeral model in Python is nothing at all: dbt says that all went well, and there is no table.
""",
    fix="Materialize the model that is read as a table.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')"), files=_FILES),
        Case(model("return dbt.ref('staging').distinct()"), files=_FILES),
    ),
    invalid=(
        Case(model("return ⟦dbt.ref('cleaned')⟧.distinct()"), files=_FILES),
        Case(model("return ⟦dbt.ref('customers')⟧"), files=_FILES),
    ),
)
