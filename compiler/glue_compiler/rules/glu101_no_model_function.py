"""GLU101: no function called `model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Function


def _check(context: Context) -> Iterator[Finding]:
    facts = context.facts
    if facts.models or facts.empty or facts.first_code is None:
        return
    meant = _probable_model(context)
    if meant is not None:
        yield Finding(
            meant.name_span,
            f"dbt runs a function called `model`, and this file has none; is `{meant.name}` meant?",
            help="Call it `model`.",
            fixes=(Fix("Call it `model`", (Edit(meant.name_span, "model"),), "unsafe"),),
        )
        return
    yield Finding(
        facts.first_code,
        "this file has no function called `model`, and dbt makes a model of every .py file in a "
        "model path",
        help="Define `def model(dbt, session):`; a module that only helps others belongs outside "
        "of the model paths.",
    )


def _probable_model(context: Context) -> Function | None:
    functions = [item for item in context.facts.functions if item.scope == "module"]
    for item in functions:
        if item.parameters and item.parameters[0].name == "dbt" and len(item.parameters) == 2:
            return item
    name = closest("model", [item.name for item in functions])
    return next((item for item in functions if item.name == name), None)


RULE = Rule(
    code="GLU101",
    name="no-model-function",
    severity=Severity.ERROR,
    summary="The file has no function called `model`.",
    why="""
dbt makes a model of every `.py` file below a model path, and runs its function `model`. Without
one, parsing stops for the whole project: `dbt allows exactly one model defined per python file,
found 0`. A module with shared helpers is such a file, too.
""",
    fix="Define `def model(dbt, session):` and return a frame. Move shared code out of the model paths.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')")),
        Case("import os\n\n\n" + model("return dbt.ref('orders')", parameters="dbt, spark")),
    ),
    invalid=(
        Case(
            "def ⟦modle⟧(dbt, session):\n    return dbt.ref('orders')\n",
            fixed="def model(dbt, session):\n    return dbt.ref('orders')\n",
            unsafe=True,
        ),
        Case("# shared code\n\n⟦def clean(df):⟧\n    return df.distinct()\n"),
    ),
)
