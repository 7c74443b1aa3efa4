"""GLU111: the model is a generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    function = context.facts.model_function
    if function is not None and function.is_generator:
        yield Finding(
            function.name_span,
            "the model contains `yield`, so that calling it gives a generator and runs nothing",
            help="Return one frame; move the generator into a helper.",
        )


RULE = Rule(
    code="GLU111",
    name="generator-model",
    severity=Severity.ERROR,
    summary="The model contains `yield`.",
    why="""
A function with a `yield` anywhere in its own body is a generator: calling it runs none of its code
and returns a generator, even where a `return` with a frame follows. dbt-core does not notice.
""",
    fix="Return one frame, and put the `yield` into a function of its own.",
    check=_check,
    valid=(
        Case(
            model(
                "def rows():\n    yield (1, 'a')\n\n"
                "return session.createDataFrame(rows(), 'id int, name string')"
            )
        ),
    ),
    invalid=(
        Case(
            "def ⟦model⟧(dbt, session):\n    df = dbt.ref('orders')\n    yield df\n    return df\n"
        ),
    ),
)
