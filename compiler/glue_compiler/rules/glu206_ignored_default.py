"""GLU206: `default=` of `dbt.config.get`, which dbt does not read."""

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
        if not use.called or has_star(use) or not positional(use):
            continue
        for name, argument in keywords(use).items():
            fixes: tuple[Fix, ...] = ()
            if len(use.args) == 2 and name == "default":
                head = Span(argument.span.start, argument.value_span.start)
                fixes = (Fix("Pass the default by position", (Edit(head, ""),), "unsafe"),)
            yield Finding(
                argument.span,
                f"dbt ignores `{name}=` here: without the config, the value is None",
                help="Pass the default as the second argument, without a name.",
                fixes=fixes,
            )


RULE = Rule(
    code="GLU206",
    name="ignored-default",
    severity=Severity.WARNING,
    summary="`default=` of `dbt.config.get` is ignored.",
    why="""
dbt-core reads positional arguments of `config.get` only. With `default=` it records None as the
default, stores that in the compiled model, and `get` then returns None, whatever `default` is.
""",
    fix="Pass the default by position. (The fix is unsafe, because it changes what the model does.)",
    check=_check,
    valid=(Case(model("size = dbt.config.get('limit', 3)\nreturn dbt.ref('orders').limit(size)")),),
    invalid=(
        Case(
            model(
                "size = dbt.config.get('limit', ⟦default=3⟧)\nreturn dbt.ref('orders').limit(size)"
            ),
            fixed=model("size = dbt.config.get('limit', 3)\nreturn dbt.ref('orders').limit(size)"),
            unsafe=True,
        ),
    ),
)
