"""GLU313: a hook in `dbt.config` that needs Jinja."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOOKS = ("pre_hook", "post_hook")


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        for argument in use.args:
            if argument.name not in _HOOKS:
                continue
            if any(argument.value_span.covers(brace.span) for brace in context.facts.braces):
                yield Finding(
                    argument.value_span,
                    f"a `{argument.name}` that needs Jinja cannot stand in a Python file",
                    help="Put the hook into the model's YAML, under `config:`.",
                )


RULE = Rule(
    code="GLU313",
    name="hook-with-jinja",
    severity=Severity.ERROR,
    summary="A hook in the file needs Jinja.",
    why="""
Most hooks need `{{ this }}`, and dbt rejects every Python file with `{{` in it (GLU002). Hooks of
Python models belong in YAML, where Jinja is rendered.
""",
    fix='Move the hook into the model\'s YAML: `config: {post_hook: "..."}`.',
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(post_hook='analyze table x compute statistics')\nreturn dbt.ref('orders')"
            )
        ),
    ),
    invalid=(
        Case(model("dbt.config(post_hook=⟦'analyze table {{ this }}'⟧)\nreturn dbt.ref('orders')")),
    ),
)
