"""GLU205: `dbt.config.get` or `meta_get` with arguments that it does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import has_star, keywords, positional
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses("config.get", "config.meta_get"):
        if not use.called or has_star(use):
            continue
        items, named = positional(use), keywords(use)
        api = f"dbt.{use.api}"
        advice = f"Write `{api}('key')` or `{api}('key', default)`."
        if not items:
            key = named.get("key")
            fixes: tuple[Fix, ...] = ()
            if key is not None:
                head = Span(key.span.start, key.value_span.start)
                fixes = (Fix("Remove the name of the argument", (Edit(head, ""),)),)
            yield Finding(
                key.span if key is not None else use.span,
                f"`{api}` takes the key by position",
                help=advice,
                fixes=fixes,
            )
            continue
        if len(items) > 2:
            yield Finding(
                Span(items[2].span.start, items[-1].span.end),
                f"`{api}` takes a key and a default, not {len(items)} arguments",
                help=advice,
            )
        if items[0].literal is not None and not isinstance(items[0].value, str):
            yield Finding(
                items[0].value_span,
                f"the key of a config is a string, not {items[0].literal.text}",
                help=advice,
            )


RULE = Rule(
    code="GLU205",
    name="config-get-arguments",
    severity=Severity.ERROR,
    summary="`dbt.config.get` is called with arguments that it does not take.",
    why="""
dbt-core reads the key and the default of `config.get` and `config.meta_get` by position:
`dbt.config.get() requires at least one argument`, `dbt.config.get() takes at most 2 arguments`.
""",
    fix="Write `dbt.config.get('key')` or `dbt.config.get('key', default)`.",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(limit=3)\nsize = dbt.config.get('limit')\nreturn dbt.ref('orders').limit(size)"
            )
        ),
        Case(model("size = dbt.config.get('limit', 3)\nreturn dbt.ref('orders').limit(size)")),
    ),
    invalid=(
        Case(model("size = ⟦dbt.config.get()⟧\nreturn dbt.ref('orders').limit(size)")),
        Case(
            model("size = dbt.config.get(⟦key='limit'⟧)\nreturn dbt.ref('orders').limit(size)"),
            fixed=model("size = dbt.config.get('limit')\nreturn dbt.ref('orders').limit(size)"),
        ),
        Case(model("size = dbt.config.get('limit', 3, ⟦4⟧)\nreturn dbt.ref('orders').limit(size)")),
        Case(model("size = dbt.config.get(⟦0⟧)\nreturn dbt.ref('orders').limit(size)")),
    ),
)
