"""GLU307: `dbt.config` under a condition or in a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        if use.visible and (use.conditional or use.in_loop):
            yield Finding(
                use.callee,
                "dbt applies this config always: it reads the file and does not follow conditions",
                help="Configure the model once, at its top; make values depend on the target in YAML.",
            )


RULE = Rule(
    code="GLU307",
    name="conditional-config",
    severity=Severity.WARNING,
    summary="`dbt.config` stands under a condition.",
    why="""
dbt collects the arguments of every `dbt.config(...)` in the text. Under `if ... else` both branches
count, and the last one wins (dbt-core issue 7463).
""",
    fix="Call `dbt.config` once at the top of the model. Values that depend on the target belong in YAML.",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(materialized='table')\nif dbt.is_incremental:\n    pass\nreturn dbt.ref('orders')"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "if session.version > '3.5':\n    ⟦dbt.config⟧(tags=['new'])\nelse:\n"
                "    ⟦dbt.config⟧(tags=['old'])\nreturn dbt.ref('orders')"
            )
        ),
    ),
)
