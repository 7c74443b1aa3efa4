"""GLU314: a tuple where dbt wants a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Argument

_LISTS = ("packages", "tags")


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        for argument in use.args:
            if argument.name in _LISTS and isinstance(argument.value, tuple):
                yield Finding(
                    argument.value_span,
                    f"dbt turns this tuple into one string, so that `{argument.name}` has one odd "
                    "entry",
                    help="Write a list: [...].",
                    fixes=_fixes(context, argument),
                )


def _fixes(context: Context, argument: Argument) -> tuple[Fix, ...]:
    start, end = argument.value_span
    text = context.text(argument.value_span)
    if not (text.startswith("(") and text.endswith(")")):
        return ()
    edits = (Edit(Span(start, start + 1), "["), Edit(Span(end - 1, end), "]"))
    return (Fix("Make it a list", edits, "unsafe"),)


RULE = Rule(
    code="GLU314",
    name="tuple-config",
    severity=Severity.WARNING,
    summary="A config that is a list is given as a tuple.",
    why="""
`packages` and `tags` of several places are added up, and dbt-core puts what is not a list into one:
`packages=('pandas', 'scipy')` becomes `["('pandas', 'scipy')"]`, which nobody can install.
""",
    fix="Write a list.",
    check=_check,
    valid=(Case(model("dbt.config(packages=['pandas'], tags=['a'])\nreturn dbt.ref('orders')")),),
    invalid=(
        Case(
            model("dbt.config(tags=⟦('daily', 'eu')⟧)\nreturn dbt.ref('orders')"),
            fixed=model("dbt.config(tags=['daily', 'eu'])\nreturn dbt.ref('orders')"),
            unsafe=True,
        ),
    ),
)
