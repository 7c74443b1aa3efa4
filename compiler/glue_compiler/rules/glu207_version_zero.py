"""GLU207: `v=0`, which dbt takes for no version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.dbt_calls import keywords
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.facts.uses("ref"):
        for name, argument in keywords(use).items():
            if name in ("v", "version") and argument.literal and not argument.value:
                yield Finding(
                    argument.span,
                    f"dbt takes `{name}={argument.literal.text}` for no version, and gives the "
                    "latest one",
                    help="Number versions from 1, or leave the argument out.",
                )


RULE = Rule(
    code="GLU207",
    name="version-zero",
    severity=Severity.WARNING,
    summary="`v=0` means no version to dbt.",
    why="""
dbt-core asks whether the version is true, so that `v=0` (and `v=''`) is the same as no version: the
model reads the latest version instead.
""",
    fix="Number versions from 1, or leave the argument out.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders', v=1)")),
        Case(model("return dbt.ref('orders', v='0')")),
    ),
    invalid=(
        Case(model("return dbt.ref('orders', ⟦v=0⟧)")),
        Case(model("return dbt.ref('orders', ⟦version=0⟧)")),
    ),
)
