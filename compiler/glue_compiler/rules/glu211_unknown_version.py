"""GLU211: a version of a model that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import keywords, ref_target
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    project = context.project
    if project is None or not project.nodes_complete:
        return
    for use in context.resolved("ref"):
        target = ref_target(use)
        if target is None or target[2] is None:
            continue
        match = project.find_ref(*target)
        if match.status != "unknown version":
            continue
        argument = next(iter(keywords(use).values()))
        known = ", ".join(match.versions)
        yield Finding(
            argument.value_span,
            f"`{target[0]}` has no version {target[2]}; it has {known}"
            if known
            else f"`{target[0]}` has no versions",
            help="Declare the version in YAML, or name one that exists."
            if known
            else f"Leave `{argument.name}=` out.",
        )


_FILES = {
    "models/orders_v1.sql": "select 1 as id",
    "models/orders_v2.sql": "select 1 as id",
    "models/plain.sql": "select 1 as id",
    "models/schema.yml": "models:\n  - name: orders\n    latest_version: 2\n"
    "    versions:\n      - v: 1\n      - v: 2\n",
}

RULE = Rule(
    code="GLU211",
    name="unknown-version",
    severity=Severity.ERROR,
    summary="`dbt.ref` names a version that the model does not have.",
    why="""
Versions of a model are declared in YAML. A ref to another one stops dbt when it builds the graph,
with the same message as for a model that does not exist.
""",
    fix="Name a version that exists, or none for the latest one.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders', v=1)"), files=_FILES),
        Case(model("return dbt.ref('orders', version='2')"), files=_FILES),
        Case(model("return dbt.ref('orders')"), files=_FILES),
    ),
    invalid=(
        Case(model("return dbt.ref('orders', v=⟦3⟧)"), files=_FILES, message="it has 1, 2"),
        Case(model("return dbt.ref('plain', version=⟦1⟧)"), files=_FILES, message="no versions"),
    ),
)
