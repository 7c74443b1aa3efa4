"""GLU202: an argument of a dbt call is not a literal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import CALLS
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Argument


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses(*CALLS):
        if not use.called or not use.visible:
            continue
        for argument in use.args:
            if argument.star:
                yield Finding(
                    argument.span,
                    f"dbt reads the arguments of `dbt.{use.api}` without running the file, and "
                    f"does not accept `{argument.star}`",
                    help="Write the arguments out.",
                )
            elif argument.literal is None:
                yield _finding(use.api, argument)


def _finding(api: str, argument: Argument) -> Finding:
    values = argument.values or ()
    known, advice = "", "Write the value itself: a string, number, list or dict."
    fixes: tuple[Fix, ...] = ()
    if len(values) == 1:
        known = f"; it is always {values[0].text}"
        advice = f"Write {values[0].text}."
        fixes = (Fix(advice.rstrip("."), (Edit(argument.value_span, values[0].text),)),)
    elif len(values) > 1:
        texts = [value.text for value in values[:3]]
        more = ", ..." if len(values) > 3 else ""
        advice = f"Write one call for each value: {', '.join(texts)}{more}."
    return Finding(
        argument.value_span,
        f"dbt reads the arguments of `dbt.{api}` without running the file, so this one must be a "
        f"literal{known}",
        help=advice,
        fixes=fixes,
    )


RULE = Rule(
    code="GLU202",
    name="non-literal-argument",
    severity=Severity.ERROR,
    summary="An argument of a dbt call is not a literal.",
    why="""
dbt-core evaluates the arguments of `dbt.ref`, `dbt.source`, `dbt.config` and `dbt.config.get` with
`ast.literal_eval`, which knows literals only: no variable, no f-string (not even a constant one),
no `'a' + 'b'`, no call, no `*args` or `**options`. Anything else stops parsing for the whole
project, with a message that names neither the model nor its path.
""",
    fix="""
Write the value. Where the argument can have one value only, the fix writes it; a loop over a list
of names becomes one call per name.
""",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(tags=['daily', 'eu'], meta={'owner': 'sales', 'size': -1})\nreturn dbt.ref('or' 'ders')"
            )
        ),
        Case(model("name = 'x'\nreturn dbt.ref('orders').alias(name)")),
    ),
    invalid=(
        Case(
            model("name = 'orders'\nreturn dbt.ref(⟦name⟧)"),
            fixed=model("name = 'orders'\nreturn dbt.ref('orders')"),
        ),
        Case(
            model("return dbt.ref(⟦'or' + 'ders'⟧)"),
            fixed=model("return dbt.ref('orders')"),
        ),
        Case(model("return dbt.ref(⟦f'orders'⟧)"), fixed=model("return dbt.ref('orders')")),
        Case(
            model(
                "import os\n\ndbt.config(tags=⟦os.environ['TAGS'].split()⟧)\nreturn dbt.ref('orders')"
            )
        ),
        Case(model("options = {'tags': ['a']}\ndbt.config(⟦**options⟧)\nreturn dbt.ref('orders')")),
    ),
)
