"""GLU802: `dbt.config` with a dict, which dbt v2 ignores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import keywords, positional
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        items = positional(use)
        if len(items) != 1 or keywords(use) or not isinstance(items[0].value, dict):
            continue
        value = items[0].value
        fixes: tuple[Fix, ...] = ()
        if value and all(isinstance(key, str) and key.isidentifier() for key in value):
            text = ", ".join(f"{key}={item!r}" for key, item in value.items())
            fixes = (Fix("Write keywords", (Edit(items[0].span, text),)),)
        yield Finding(
            items[0].span,
            "dbt v2 ignores a config that is given as a dict",
            help="Write keywords: dbt.config(materialized='table').",
            fixes=fixes,
        )


RULE = Rule(
    code="GLU802",
    name="positional-config",
    severity=Severity.INFORMATION,
    summary="`dbt.config` gets a dict, which dbt v2 ignores.",
    why="""
dbt v1 takes `dbt.config({'materialized': 'table'})` like keywords. dbt v2 reads keywords only and
says nothing of the dict.
""",
    fix="Write keywords. The fix does.",
    check=_check,
    valid=(Case(model("dbt.config(materialized='table')\nreturn dbt.ref('orders')")),),
    invalid=(
        Case(
            model(
                "dbt.config(⟦{'materialized': 'table', 'tags': ['a']}⟧)\nreturn dbt.ref('orders')"
            ),
            fixed=model("dbt.config(materialized='table', tags=['a'])\nreturn dbt.ref('orders')"),
        ),
    ),
)
