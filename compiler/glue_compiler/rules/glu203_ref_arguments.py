"""GLU203: `dbt.ref` with arguments that it does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import arguments_span, has_star, keywords, positional
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_HELP = "Write `dbt.ref('model')`, `dbt.ref('package', 'model')` or `dbt.ref('model', v=2)`."


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses("ref"):
        if not use.called or has_star(use):
            continue
        items = positional(use)
        for name, argument in keywords(use).items():
            if name not in ("v", "version"):
                fixes: tuple[Fix, ...] = ()
                if name in ("name", "model", "model_name") and not items:
                    head = Span(argument.span.start, argument.value_span.start)
                    fixes = (Fix("Remove the name of the argument", (Edit(head, ""),)),)
                yield Finding(
                    argument.name_span or argument.span,
                    f"`dbt.ref` has no argument `{name}`",
                    help=_HELP if fixes else f"dbt ignores it. {_HELP}",
                    fixes=fixes,
                    severity=Severity.WARNING if items else None,
                )
            elif argument.literal is not None and not isinstance(
                argument.value, (str, int, float, type(None))
            ):
                yield Finding(
                    argument.value_span,
                    f"a version is a string or a number, not {argument.literal.text}",
                    help=_HELP,
                )
        if not items and keywords(use).keys() <= {"v", "version"}:
            yield Finding(use.span, "`dbt.ref` needs the name of a model", help=_HELP)
        elif len(items) > 2:
            yield Finding(
                Span(items[2].span.start, arguments_span(use).end)
                if not keywords(use)
                else items[2].span,
                f"`dbt.ref` takes at most two arguments, a package and a model, not {len(items)}",
                help=_HELP,
            )
        for position, argument in enumerate(items[:2]):
            if argument.literal is not None and not isinstance(argument.value, str):
                # dbt parses None as "no package"; its own generated code fails on it, ours does not.
                no_package = argument.value is None and position == 0 and len(items) == 2
                yield Finding(
                    argument.value_span,
                    f"the name of a {'package' if no_package else 'model'} is a string, "
                    f"not {argument.literal.text}",
                    help=_HELP,
                    severity=Severity.WARNING if no_package else None,
                )


RULE = Rule(
    code="GLU203",
    name="ref-arguments",
    severity=Severity.ERROR,
    summary="`dbt.ref` is called with arguments that it does not take.",
    why="""
`ref` takes one or two strings, `([package,] model)`, and the version as `v=` or `version=`.
Anything else stops parsing for the whole project: `ref() takes at most two arguments (3 given)`,
without the name of the file. Another keyword beside a name is ignored by dbt: a warning.
""",
    fix=_HELP,
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')")),
        Case(model("return dbt.ref('shop', 'orders')")),
        Case(model("return dbt.ref('orders', v=2)")),
        Case(model("return dbt.ref('orders', version='2')")),
    ),
    invalid=(
        Case(model("return ⟦dbt.ref(v=2)⟧")),
        Case(model("return dbt.ref('orders', v=⟦[2]⟧)")),
        Case(model("return ⟦dbt.ref()⟧")),
        Case(model("return dbt.ref('shop', 'orders', ⟦2⟧)")),
        Case(model("return dbt.ref(⟦1⟧)")),
        Case(model("return dbt.ref('orders', ⟦limit⟧=5)")),
        Case(model("return dbt.ref(⟦None⟧, 'orders')")),
        Case(model("return dbt.ref(⟦name⟧='orders')"), fixed=model("return dbt.ref('orders')")),
    ),
)
