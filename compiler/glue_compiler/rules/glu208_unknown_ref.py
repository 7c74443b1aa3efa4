"""GLU208: a `ref` to something that the project does not have, or has switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import positional, ref_target
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._dbt_calls import rename
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    project = context.project
    if project is None:
        return
    for use in context.resolved("ref"):
        target = ref_target(use)
        if target is None:
            continue
        name, package, version = target
        match = project.find_ref(name, package, version)
        argument = positional(use)[-1]
        if match.status == "disabled" and match.node is not None:
            yield Finding(
                argument.value_span,
                f"`{name}` is disabled",
                help="Enable it, or read something else.",
                related=(Related(match.node.path, None, "the disabled model", 1),),
            )
        elif match.status == "unknown model" and project.nodes_complete:
            guess = closest(name, project.node_names)
            hint = f"; did you mean `{guess}`?" if guess else ""
            source = next(
                (s for s in project.source_names if name in project.source_tables(s)), None
            )
            advice = "Check the name, or add the model."
            if source is not None:
                advice = f"It is a table of a source: dbt.source('{source}', '{name}')."
            yield Finding(
                argument.value_span,
                f"no model, seed or snapshot is called `{name}`{hint}",
                help=advice,
                fixes=rename(context, argument, guess) if guess else (),
            )


_FILES = {
    "models/orders.sql": "select 1 as id",
    "models/old_orders.sql": "{{ config(enabled=false) }} select 1 as id",
    "seeds/countries.csv": "code,name\nde,Germany\n",
}

RULE = Rule(
    code="GLU208",
    name="unknown-ref",
    severity=Severity.ERROR,
    summary="`dbt.ref` names a model that does not exist or is disabled.",
    why="""
A ref to a model, seed or snapshot that the project does not have stops dbt when it builds the graph,
and a ref at a place that dbt does not see fails in the session only.

Names are read from dbt's manifest where that is fresh, else from the files. When a package is not
installed, or a file cannot be read, nothing is reported; nor in a model that is disabled itself, for which dbt
looks up nothing.
""",
    fix="Correct the name. The fix writes the most similar one.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders').join(dbt.ref('countries'), 'code')"), files=_FILES),
        Case(
            model("return dbt.ref('anything')"),
            files={**_FILES, "packages.yml": "packages:\n  - package: dbt-labs/dbt_utils\n"},
        ),
        Case(model("return dbt.ref('anything')")),
        Case(model("dbt.config(enabled=False)\nreturn dbt.ref('old_orders')"), files=_FILES),
        Case(
            model("return dbt.ref('order').join(dbt.ref('old_orders'), 'id')"),
            files={
                **_FILES,
                "models/schema.yml": "models:\n  - name: orders_enriched\n    config: {enabled: false}\n",
            },
        ),
    ),
    invalid=(
        Case(
            model("return dbt.ref(⟦'order'⟧)"),
            fixed=model("return dbt.ref('orders')"),
            unsafe=True,
            files=_FILES,
        ),
        Case(model("return dbt.ref(⟦'old_orders'⟧)"), files=_FILES, message="disabled"),
        Case(model("return dbt.ref('shop', ⟦'weather'⟧)"), files=_FILES),
    ),
)
