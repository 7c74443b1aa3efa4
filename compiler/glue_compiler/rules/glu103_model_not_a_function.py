"""GLU103: `model` is async, a lambda, imported, assigned or a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import ModelCandidate

_FORMS = {
    "async_function": "an async function",
    "lambda": "a lambda",
    "assignment": "a variable",
    "import": "imported",
    "class": "a class",
}


def _check(context: Context) -> Iterator[Finding]:
    models = context.facts.models
    if any(item.core_counts for item in models):
        return
    for item in models:
        if item.form == "function":
            yield Finding(
                item.name_span,
                "`model` is defined inside of another function, where dbt does not find it",
                help="Define it at the top level of the file.",
            )
        else:
            yield Finding(
                item.name_span,
                f"`model` is {_FORMS[item.form]} here, and dbt accepts a plain `def model` only",
                help="Write `def model(dbt, session):` in this file.",
                fixes=_fixes(context, item),
            )


def _fixes(context: Context, item: ModelCandidate) -> tuple[Fix, ...]:
    if item.form != "async_function" or item.function is None:
        return ()
    start = item.span.start
    keyword = context.source.text.find("async", start, item.name_span.start)
    definition = context.source.text.find("def", keyword, item.name_span.start)
    if keyword < 0 or definition < 0:
        return ()
    return (Fix("Make it a plain function", (Edit(Span(keyword, definition), ""),), "unsafe"),)


RULE = Rule(
    code="GLU103",
    name="model-not-a-function",
    severity=Severity.ERROR,
    summary="`model` is not a plain function of this file.",
    why="""
dbt looks for a `def model` in the text of the file. An `async def`, `model = lambda ...`, an
imported or assigned function is none to it: `dbt allows exactly one model defined per python
file, found 0`. (dbt v2 accepts `async def`, and then does not await it.)
""",
    fix="Write `def model(dbt, session):` and call the other function from there.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')")),
        Case("import pickle\n\n\n" + model("model = 3\nreturn dbt.ref('orders').limit(model)")),
    ),
    invalid=(
        Case(
            "async def ⟦model⟧(dbt, session):\n    return dbt.ref('orders')\n",
            fixed="def model(dbt, session):\n    return dbt.ref('orders')\n",
            unsafe=True,
        ),
        Case("⟦model⟧ = lambda dbt, session: dbt.ref('orders')\n"),
        Case("from shared import ⟦model⟧\n"),
        Case("from shared import build as ⟦model⟧\n"),
        Case(
            "def outer():\n    def ⟦model⟧(dbt, session):\n        return dbt.ref('orders')\n\n"
            "    return model\n"
        ),
    ),
)
