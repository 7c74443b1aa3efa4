"""GLU306: an incremental strategy without the key that it needs, or configs of one on a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.tables import MERGING_STRATEGIES, MICROBATCH
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    if any(argument.star for use in context.config_calls for argument in use.args):
        return
    strategy = context.config.get("incremental_strategy")
    if strategy is None or not isinstance(strategy.value, str):
        return
    if strategy.value in MERGING_STRATEGIES and not _has(context, "unique_key"):
        yield Finding(
            strategy.value_span,
            f"the strategy `{strategy.value}` needs a `unique_key` to know which rows are the same",
            help="Add unique_key='...' to dbt.config, or use 'append'.",
        )
    missing = [key for key in _OF_BATCHES if not _has(context, key)]
    if strategy.value == MICROBATCH and missing:
        lacking = ", ".join(f"`{key}`" for key in missing)
        yield Finding(
            strategy.value_span,
            f"the strategy `{MICROBATCH}` needs {lacking} to know the times of its batches",
            help="Add event_time='a column', begin='2026-01-01' and batch_size='day' to dbt.config.",
        )
    materialized = context.config.get("materialized")
    if (
        materialized is not None
        and materialized.value in ("table", "python_model")
        and strategy.name_span is not None
    ):
        yield Finding(
            strategy.name_span,
            "`incremental_strategy` has no effect on a table, which is built anew by every run",
            help="Write materialized='incremental', or remove it.",
            severity=Severity.WARNING,
        )


def _has(context: Context, key: str) -> bool:
    """Whether a key is set anywhere: in the file, or in what is known of the project."""
    if key in context.config:
        return context.config[key].literal is None or bool(context.config[key].value)
    return context.node is None or bool(context.node.config.get(key))


_OF_BATCHES = ("event_time", "begin", "batch_size")

_FILES = {"models/orders.sql": "select 1 as id"}

RULE = Rule(
    code="GLU306",
    name="incremental-strategy",
    severity=Severity.ERROR,
    summary="An incremental strategy lacks what it needs.",
    why="""
`merge` and `delete+insert` replace the rows that have the same key. Without a `unique_key`, dbt-glue
inserts every row again and the table fills with duplicates. `microbatch` is run in batches of a time, which
dbt makes of three configs; without one of them it stops at the project. What is set in YAML or dbt_project.yml
counts; so this is only reported for a model of a known project.
""",
    fix="Name the column or columns that identify a row, or use `append`; say the times of batches.",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='microbatch', "
                "event_time='at', begin='2026-01-01', batch_size='day', lookback=0)\n"
                "return dbt.ref('orders')"
            ),
            files=_FILES,
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='merge', "
                "unique_key='id')\nreturn dbt.ref('orders')"
            ),
            files=_FILES,
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='merge')\n"
                "return dbt.ref('orders')"
            ),
            files={
                **_FILES,
                "models/schema.yml": "models:\n  - name: orders_enriched\n"
                "    config: {unique_key: id}\n",
            },
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='merge')\n"
                "return dbt.ref('orders')"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy=⟦'microbatch'⟧, "
                "event_time='at')\nreturn dbt.ref('orders')"
            ),
            files=_FILES,
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy=⟦'merge'⟧)\n"
                "return dbt.ref('orders')"
            ),
            files=_FILES,
        ),
        Case(
            model(
                "dbt.config(materialized='table', ⟦incremental_strategy⟧='append')\n"
                "return dbt.ref('orders')"
            )
        ),
        Case(
            model(
                "dbt.config(materialized='python_model', ⟦incremental_strategy⟧='append')\n"
                "return dbt.ref('orders')"
            )
        ),
    ),
)
