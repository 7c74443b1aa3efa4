"""GLU310: `dbt.config` called without anything, or with both a dict and keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import has_star, keywords, positional
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        items, named = positional(use), keywords(use)
        if has_star(use) or not use.visible:
            continue
        if not items and not named:
            yield Finding(
                use.span,
                "`dbt.config()` without arguments is an invalid config to dbt",
                help="Give it a key, or remove the call.",
            )
        elif items and (named or len(items) > 1):
            yield Finding(
                Span(items[0].span.start, items[-1].span.end),
                "`dbt.config` takes keywords, or one dict, not both",
                help="Write all of them as keywords: dbt.config(materialized='table').",
            )
        elif items and items[0].literal is not None and not isinstance(items[0].value, dict):
            yield Finding(
                items[0].value_span,
                "`dbt.config` takes keywords: dbt.config(key=value)",
                help="To read a config, write dbt.config.get('key').",
            )


RULE = Rule(
    code="GLU310",
    name="config-call",
    severity=Severity.ERROR,
    summary="`dbt.config` is called in a way that dbt rejects.",
    why="""
`dbt.config()` without arguments, with a positional argument besides keywords, or with one that is not
a dict stops parsing for the whole project: `Invalid inline model config`.
""",
    fix="Write keywords: `dbt.config(materialized='table')`.",
    check=_check,
    valid=(Case(model("dbt.config(materialized='table')\nreturn dbt.ref('orders')")),),
    invalid=(
        Case(model("⟦dbt.config()⟧\nreturn dbt.ref('orders')")),
        Case(
            model("dbt.config(⟦{'tags': ['a']}⟧, materialized='table')\nreturn dbt.ref('orders')")
        ),
        Case(model("size = dbt.config(⟦'limit'⟧)\nreturn dbt.ref('orders').limit(size)")),
    ),
)
