"""GLU102: more than one function called `model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    counted = [item for item in context.facts.models if item.core_counts]
    for extra in counted[1:]:
        where = " in a class" if extra.scope == "class" else ""
        yield Finding(
            extra.name_span,
            f"this is the second function called `model`{where}; dbt allows exactly one in a file"
            if len(counted) == 2
            else f"this file has {len(counted)} functions called `model`; dbt allows exactly one",
            help="Give it another name.",
            related=(Related(None, counted[0].name_span, "the first one"),),
        )


RULE = Rule(
    code="GLU102",
    name="several-models",
    severity=Severity.ERROR,
    summary="The file has several functions called `model`.",
    why="""
dbt counts the definitions without looking at conditions: `if TYPE_CHECKING: def model ... else:
def model ...` are two, and a method called `model` of a class counts as well. More than one stops
parsing: `dbt allows exactly one model defined per python file, found 2`.
""",
    fix="Keep one, and give the others another name.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')")),
        Case(
            "class Model:\n    def fit(self):\n        return 1\n\n\n"
            + model("return dbt.ref('x')")
        ),
    ),
    invalid=(
        Case(
            model("return dbt.ref('orders')")
            + "\n\n"
            + model("return dbt.ref('customers')").replace("def model", "def ⟦model⟧")
        ),
        Case(
            model("return dbt.ref('orders')")
            + "\n\nclass Forest:\n    def ⟦model⟧(self):\n        return 1\n"
        ),
    ),
)
