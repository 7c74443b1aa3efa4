"""GLU201: a dbt call at a place where dbt-core's own parser does not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import CALLS, literals
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._dbt_calls import hoist
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import DbtUse

_REASONS = {
    "alias": "it is called by another name",
    "getattr": "it is called through `getattr`",
    "attribute": "an attribute follows it inside of the arguments of a call",
    "parameter_name": "the helper's parameter is not called `dbt`",
    "subscript": "a subscript follows it in a longer expression",
    "operator": "it is an operand inside of a call",
    "boolean_operator": "it stands under `and` or `or` inside of a call",
    "comparison": "it is compared inside of a call",
    "conditional_expression": "it stands in an `if ... else` expression inside of a call",
    "lambda": "it stands in a lambda inside of a call",
    "comprehension": "it stands in a comprehension inside of a call",
    "generator": "it stands in a generator expression inside of a call",
    "starred": "it is unpacked with `*` inside of a call",
    "walrus": "it is assigned with `:=` inside of a call",
    "set": "it stands in a set inside of a call",
    "nested_list": "it stands in a nested list or tuple inside of a call",
    "nested_dict": "it stands in a nested dict inside of a call",
    "dict_key": "it is the key of a dict inside of a call",
    "fstring": "it stands in an f-string inside of a call",
    "call_of_a_call": "the result of its call is called",
}
_LOSSES = {
    "ref": "so the model will not wait for it and fails with a KeyError",
    "source": "so the model fails with a KeyError",
    "config": "so the config has no effect",
    "config.get": "so it returns None, or its default, whatever the config says",
    "config.meta_get": "so it returns None, or its default, whatever the config says",
}


def _check(context: Context) -> Iterator[Finding]:
    uses = [use for use in context.facts.dbt_uses if use.called and use.api in CALLS]
    seen = {(use.api, repr(literals(use))) for use in uses if use.visible}
    for use in uses:
        if use.visible:
            continue
        again = (use.api, repr(literals(use))) in seen and use.args
        loss = (
            "and finds the model's input only because the same call stands elsewhere"
            if again
            else _LOSSES[use.api]
        )
        reason = _REASONS.get(use.hidden_by or "", "it stands inside of another expression")
        fix = _fix(context, use)
        yield Finding(
            use.span,
            f"dbt does not see this `dbt.{use.api}(...)`, because {reason}, {loss}",
            help=_help(use),
            fixes=(fix,) if fix is not None else (),
            severity=Severity.WARNING if again or use.api.startswith("config") else None,
        )


def _help(use: DbtUse) -> str:
    if use.hidden_by in ("parameter_name", "parameter"):
        return "Call the helper's parameter `dbt`, or pass it the frame instead."
    if use.via != "direct":
        return f"Write `dbt.{use.api}(...)` out."
    return "Assign the result to a name in a statement of its own, and use the name here."


def _fix(context: Context, use: DbtUse) -> Fix | None:
    function = context.facts.model_function
    if use.via == "direct":
        return hoist(context, use)
    if function is None or use.function != function.qualname or use.via in ("parameter", "closure"):
        return None
    if any(item.name == "dbt" for item in context.facts.bindings):
        return None
    return Fix(f"Write `dbt.{use.api}`", (Edit(use.callee, f"dbt.{use.api}"),))


RULE = Rule(
    code="GLU201",
    name="lost-dbt-call",
    severity=Severity.ERROR,
    summary="A dbt call stands where dbt does not look.",
    why="""
dbt-core finds refs, sources and configs by walking over the text of the model, and its walk skips
more than twenty kinds of places: a subscript or attribute inside of the arguments of another call,
an operator, a comparison, a lambda, a comprehension, a set, another name for `dbt` or for
`dbt.ref`. What it skips is not in the graph and not in the compiled code. Nothing is reported: the
model runs too early, or fails with `KeyError`, or a config silently has its default.
(dbt-core issue 12939. dbt v2 sees all of them.)
""",
    fix="""
Give the result a name in a statement of its own. The fix puts an assignment before the statement,
where that keeps the order of evaluation.
""",
    check=_check,
    valid=(
        Case(model("orders = dbt.ref('orders')\nreturn orders[['id']].distinct()")),
        Case(model("return (\n    dbt.ref('orders')\n    .distinct()\n    .limit(10)\n)")),
        Case(
            model(
                "frames = [dbt.ref('orders'), dbt.ref('returns')]\nreturn frames[0].union(frames[1])"
            )
        ),
        Case(
            "def clean(dbt):\n    return dbt.ref('orders').distinct()\n\n\n"
            + model("return clean(dbt)")
        ),
    ),
    invalid=(
        Case(
            model("return ⟦dbt.ref('orders')⟧[['id']].distinct()"),
            fixed=model("orders = dbt.ref('orders')\nreturn orders[['id']].distinct()"),
        ),
        Case(
            model("df = dbt.ref('a')\nreturn df.filter(⟦dbt.ref('orders')⟧.id == df.id)"),
            fixed=model(
                "df = dbt.ref('a')\norders = dbt.ref('orders')\nreturn df.filter(orders.id == df.id)"
            ),
        ),
        Case(
            model("ref = dbt.ref\nreturn ⟦ref('orders')⟧"),
            fixed=model("ref = dbt.ref\nreturn dbt.ref('orders')"),
        ),
        Case(
            model("d = dbt\nreturn ⟦d.ref('orders')⟧"),
            fixed=model("d = dbt\nreturn dbt.ref('orders')"),
        ),
        Case(
            model("return ⟦getattr(dbt, 'ref')('orders')⟧"),
            fixed=model("return dbt.ref('orders')"),
        ),
        Case(
            "def read(api, name):\n    return ⟦api.ref('orders')⟧\n\n\n"
            + model("return read(dbt, 'orders')")
        ),
        Case(
            model(
                "size = max(1, ⟦dbt.config.get('size')⟧ or 3)\nreturn dbt.ref('orders').limit(size)"
            ),
            fixed=model(
                "size_value = dbt.config.get('size')\nsize = max(1, size_value or 3)\n"
                "return dbt.ref('orders').limit(size)"
            ),
        ),
    ),
)
