"""GLU311: `+materialized` of dbt_project.yml, which dbt ignores for Python models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


_HARMLESS = (None, "table", "python_model", "view", "ephemeral")


def _check(context: Context) -> Iterator[Finding]:
    node, function = context.node, context.facts.model_function
    if node is None or function is None or "materialized" in context.config:
        return
    folder = node.folder_config.get("materialized")
    if folder in _HARMLESS or "materialized" in node.yaml_config:
        return
    yield Finding(
        function.name_span,
        f"dbt ignores `+materialized: {folder}` of dbt_project.yml for a Python model, and builds a "
        "table",
        help=f"Write dbt.config(materialized={folder!r}) in the model, or set it in its YAML.",
        related=(Related("dbt_project.yml", None, "the project's configs", 1),),
    )


_PROJECT = (
    "name: shop\nprofile: shop\nmodels:\n  shop:\n    marts:\n      +materialized: incremental\n"
)

RULE = Rule(
    code="GLU311",
    name="folder-materialization",
    severity=Severity.WARNING,
    summary="`+materialized` of dbt_project.yml has no effect on this model.",
    why="""
For a `.py` file dbt-core itself sets `materialized: table` where no YAML of the model sets another,
and that is nearer than dbt_project.yml: a folder with `+materialized: incremental` is incremental for
its SQL models, and its Python models are rebuilt by every run. (`view` and `ephemeral` are not
reported: no Python model could be one. Nor is `python_model`, which means `table`.)
""",
    fix="Configure it in the model or in its YAML.",
    check=_check,
    valid=(
        Case(
            model("dbt.config(materialized='incremental')\nreturn dbt.ref('orders')"),
            path="models/marts/orders_enriched.py",
            files={"dbt_project.yml": _PROJECT, "models/orders.sql": "select 1 as id"},
        ),
        Case(
            model("return dbt.ref('orders')"),
            files={"dbt_project.yml": _PROJECT, "models/orders.sql": "select 1 as id"},
        ),
        Case(
            model("return dbt.ref('orders')"),
            path="models/marts/orders_enriched.py",
            files={
                "dbt_project.yml": _PROJECT.replace("incremental", "python_model"),
                "models/orders.sql": "select 1 as id",
            },
        ),
    ),
    invalid=(
        Case(
            model("return dbt.ref('orders')").replace("model", "⟦model⟧"),
            path="models/marts/orders_enriched.py",
            files={"dbt_project.yml": _PROJECT, "models/orders.sql": "select 1 as id"},
        ),
    ),
)
