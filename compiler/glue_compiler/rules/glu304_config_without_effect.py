"""GLU304: a config key without effect on a Python model on Glue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.config import config_key
from glue_compiler.knowledge.refused_configs import REFUSED
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    for use in context.config_calls:
        for argument in use.args:
            if argument.name is None or argument.name_span is None:
                continue
            known = config_key(argument.name)
            if known is None or known.effective or _is_refused(argument.name):
                continue
            advice = f"Use {known.instead}." if known.instead else "Remove it."
            yield Finding(
                argument.name_span,
                f"`{argument.name}` has no effect on a Python model on Glue: {known.why_not}",
                help=advice,
                tags=("unnecessary",),
            )


def _is_refused(name: str) -> bool:
    """Whether a Python model with it is not built, which GLU315 says."""
    return name in REFUSED and "python" in REFUSED[name][1]


RULE = Rule(
    code="GLU304",
    name="config-without-effect",
    severity=Severity.INFORMATION,
    summary="A config key has no effect on a Python model on Glue.",
    why="""
Configs of other adapters, and those that only mean something for SQL, are accepted and do nothing.
They mislead the next reader, and often stand for a setting that has another name on Glue. This is a
note only: a project may run on several adapters.
""",
    fix="Remove the key, or use the one that the message names.",
    check=_check,
    once=True,
    valid=(
        Case(
            model(
                "dbt.config(file_format='parquet', partition_by=['day'])\nreturn dbt.ref('orders')"
            )
        ),
    ),
    invalid=(
        Case(model("dbt.config(⟦cluster_by⟧=['day'])\nreturn dbt.ref('orders')")),
        Case(model("dbt.config(⟦sql_header⟧='set x = 1')\nreturn dbt.ref('orders')")),
    ),
)
