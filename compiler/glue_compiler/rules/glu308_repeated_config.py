"""GLU308: the same key in several `dbt.config` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.text.source import Span

_ADDITIVE = {"tags", "packages", "meta", "pre_hook", "post_hook"}


def _check(context: Context) -> Iterator[Finding]:
    seen: dict[str, Span] = {}
    for use in context.config_calls:
        if not use.visible or use.conditional:
            continue
        for argument in use.args:
            name, span = argument.name, argument.name_span
            if name is None or span is None:
                continue
            if name in seen and name not in _ADDITIVE:
                yield Finding(
                    span,
                    f"`{name}` is configured before; dbt takes this last value for the whole model",
                    help="Keep one `dbt.config(...)` call with each key once.",
                    related=(Related(None, seen[name], "configured here first"),),
                )
            seen.setdefault(name, span)


RULE = Rule(
    code="GLU308",
    name="repeated-config",
    severity=Severity.WARNING,
    summary="A config key is set twice.",
    why="""
dbt merges all `dbt.config(...)` calls of a file before it runs any of it: the last value of a key
counts from the beginning, and `tags`, `packages` and `meta` add up. Two calls with one key look like
a change on the way, which there is not.
""",
    fix="Set each key once.",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(materialized='table')\ndbt.config(tags=['a'])\ndbt.config(tags=['b'])\n"
                "return dbt.ref('orders')"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "dbt.config(materialized='table')\ndbt.config(⟦materialized⟧='incremental')\n"
                "return dbt.ref('orders')"
            )
        ),
    ),
)
