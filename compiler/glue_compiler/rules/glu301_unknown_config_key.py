"""GLU301: a config key that neither dbt nor any adapter knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import positional
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.config import config_key, nearest_key
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    read = {
        items[0].value
        for use in context.facts.uses("config.get")
        if (items := positional(use)) and isinstance(items[0].value, str)
    }
    for use in context.config_calls:
        for argument in use.args:
            name = argument.name
            if name is None or argument.name_span is None or config_key(name) is not None:
                continue
            meant = nearest_key(name)
            if meant is None and (name in read or context.facts.dbt_escapes):
                continue
            hint = f"; did you mean `{meant}`?" if meant else ""
            yield Finding(
                argument.name_span,
                f"`{name}` is not a config of dbt or Glue{hint}",
                help=None
                if meant
                else "Put values of your own into `meta`, and read them with dbt.config.meta_get.",
                fixes=(
                    Fix(f"Change it to `{meant}`", (Edit(argument.name_span, meant),), "unsafe"),
                )
                if meant and meant not in context.config
                else (),
                severity=None if meant else Severity.INFORMATION,
            )


RULE = Rule(
    code="GLU301",
    name="unknown-config-key",
    severity=Severity.WARNING,
    summary="A config key is misspelt or unknown.",
    why="""
dbt accepts any key in `dbt.config(...)` and keeps it, so that `unique_id=` instead of `unique_key=`,
or `enable=` instead of `enabled=`, has no effect and nothing says so. (dbt v2 warns of unknown keys.)
A key that resembles no known one is a note only, and none at all when the model reads it with
`dbt.config.get`.
""",
    fix="Correct the key. The fix writes the one that was probably meant.",
    check=_check,
    once=True,
    valid=(
        Case(model("dbt.config(materialized='table', tags=['daily'])\nreturn dbt.ref('orders')")),
        Case(
            model(
                "dbt.config(row_limit=10)\n"
                "size = dbt.config.get('row_limit')\nreturn dbt.ref('orders').limit(size)"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='merge', "
                "⟦unique_id⟧='id')\nreturn dbt.ref('orders')"
            ),
            fixed=model(
                "dbt.config(materialized='incremental', incremental_strategy='merge', "
                "unique_key='id')\nreturn dbt.ref('orders')"
            ),
            unsafe=True,
        ),
        Case(
            model("dbt.config(⟦enable⟧=False)\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(enabled=False)\nreturn dbt.ref('orders')"),
            unsafe=True,
        ),
        Case(model("dbt.config(⟦sprocket_count⟧=3)\nreturn dbt.ref('orders')")),
    ),
)
