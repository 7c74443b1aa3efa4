"""GLU804: a versioned ref, which some adapters do not accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import keywords
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses("ref"):
        named = keywords(use)
        argument = named.get("v") or named.get("version")
        if use.called and argument is not None:
            yield Finding(
                argument.span,
                "Athena and Oracle do not accept a version in `dbt.ref` of a Python model",
                help="Nothing needs doing for Glue.",
            )


RULE = Rule(
    code="GLU804",
    name="versioned-ref",
    severity=Severity.HINT,
    summary="A versioned ref fails on dbt-athena and dbt-oracle.",
    why="""
dbt-athena and dbt-oracle define `ref` of Python models as `lambda *args`, so that `v=` is a TypeError
there. On Glue, Spark, Databricks and others it works. This is a hint for projects that run on several.
""",
    fix="Nothing, unless the project runs on one of these adapters.",
    check=_check,
    valid=(Case(model("return dbt.ref('orders')")),),
    invalid=(Case(model("return dbt.ref('orders', ⟦v=2⟧)")),),
)
