"""GLU214: an attribute that the dbt object does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.dbt_api import missing_member, nearest_member
from glue_compiler.rules._rule import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.dbt_uses:
        if use.known:
            continue
        parent = use.api.rpartition(".")[0]
        owner = f"dbt.{parent}" if parent else "dbt"
        name = use.api.rpartition(".")[2]
        missing = missing_member(use.api)
        if missing is not None:
            new, reason, advice = missing.rename, f": {missing.reason}", f"{missing.instead}."
        else:
            near = nearest_member(use.api)
            new = near.rpartition(".")[2] if near else None
            reason = f"; did you mean `{new}`?" if new else ""
            advice = None
        fixes: tuple[Fix, ...] = ()
        if new is not None and context.text(use.name_span) == name:
            fixes = (Fix(f"Change it to `{new}`", (Edit(use.name_span, new),), "unsafe"),)
        yield Finding(use.name_span, f"`{owner}` has no `{name}`{reason}", help=advice, fixes=fixes)


RULE = Rule(
    code="GLU214",
    name="unknown-dbt-attribute",
    severity=Severity.ERROR,
    summary="The dbt object has no such attribute.",
    why="""
A Python model gets a small object, not dbt's Jinja context: `ref`, `source`, `config` (with `get` and
`meta_get`), `this` (with `database`, `schema`, `identifier`) and `is_incremental`. Anything else,
such as `dbt.var` or `dbt.this.name`, parses, compiles, and fails with an AttributeError in the
session.
""",
    fix="Pass values of vars and environment variables through configs; read them with `dbt.config.get`.",
    check=_check,
    valid=(
        Case(
            model(
                "name = f'{dbt.this.schema}.{dbt.this.identifier}'\n"
                "return dbt.ref('orders').limit(dbt.config.get('limit', 3))"
            )
        ),
    ),
    invalid=(
        Case(model("start = dbt.⟦var⟧('start')\nreturn dbt.ref('orders').limit(start)")),
        Case(
            model("name = dbt.this.⟦name⟧\nreturn dbt.ref('orders').alias(name)"),
            fixed=model("name = dbt.this.identifier\nreturn dbt.ref('orders').alias(name)"),
            unsafe=True,
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.⟦is_incremntal⟧:\n    df = df.limit(1)\nreturn df"
            ),
            fixed=model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.limit(1)\nreturn df"
            ),
            unsafe=True,
        ),
    ),
)
