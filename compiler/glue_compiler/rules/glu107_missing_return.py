"""GLU107: the model can end without a `return`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_BRANCHES = ("if", "try", "with", "for", "while", "match", "raise", "async_for", "async_with")


def _check(context: Context) -> Iterator[Finding]:
    facts = context.facts
    function = facts.model_function
    if function is None or function.is_generator:
        return
    last = function.last_statement or function.name_span
    if function.returns == 0:
        yield Finding(
            last,
            "the model returns nothing; dbt writes the frame that it returns",
            help="End it with `return` and the frame.",
        )
    elif not function.ends_with.startswith(("return", *_BRANCHES)):
        yield Finding(
            last,
            "the model ends without a `return`; dbt demands one as its last statement",
            help="End it with `return` and the frame.",
        )


RULE = Rule(
    code="GLU107",
    name="missing-return",
    severity=Severity.ERROR,
    summary="The model can end without returning a frame.",
    why="""
What the model returns is what dbt writes. dbt-core looks at the last statement of the function
only, and rejects the file when it is not a `return`: `In current version, model function should
return only one dataframe object`.
""",
    fix="Return the frame at the end of the function.",
    check=_check,
    valid=(Case(model("df = dbt.ref('orders')\nreturn df")),),
    invalid=(
        Case(model("⟦df = dbt.ref('orders')⟧")),
        Case(model("df = dbt.ref('orders')\n⟦df.show()⟧")),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    return df\n⟦df = df.limit(1)⟧"
            )
        ),
    ),
)
