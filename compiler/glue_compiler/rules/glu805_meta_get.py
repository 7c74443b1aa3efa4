"""GLU805: `dbt.config.meta_get`, which is new in dbt 1.11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses("config.meta_get"):
        yield Finding(
            use.name_span,
            "`meta_get` needs dbt 1.11; older versions do not have it",
            help="For older versions, set a config of its own and read it with dbt.config.get.",
        )


RULE = Rule(
    code="GLU805",
    name="meta-get",
    severity=Severity.HINT,
    summary="`dbt.config.meta_get` needs dbt 1.11.",
    why="""
`meta_get` came with dbt-core 1.11 and dbt-adapters of 2026. Before, dbt does not see the call, and it
is an AttributeError in the session.
""",
    fix="Nothing for dbt 1.11 and later.",
    check=_check,
    valid=(Case(model("size = dbt.config.get('limit', 3)\nreturn dbt.ref('orders').limit(size)")),),
    invalid=(
        Case(
            model("size = dbt.config.⟦meta_get⟧('limit', 3)\nreturn dbt.ref('orders').limit(size)")
        ),
    ),
)
