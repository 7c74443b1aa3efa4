"""GLU306: an incremental strategy without the key that it needs, or configs of one on a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.tables import (
    DEFAULT_FORMAT,
    HUDI,
    MERGING_STRATEGIES,
    MICROBATCH,
    WITH_PARTITIONS_OF_BATCHES,
)
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Argument


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
    key = context.config.get("unique_key")
    if strategy.value == "append" and key is not None and key.value and _is_not_hudi(context):
        yield Finding(
            key.span,
            "the strategy `append` does not look at `unique_key`: rows that come again are in the table twice",
            help="Write incremental_strategy='merge' to replace the rows of a key, or remove unique_key.",
            severity=Severity.WARNING,
        )
    if strategy.value == MICROBATCH:
        yield from _of_batches(context, strategy)
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


def _of_batches(context: Context, strategy: Argument) -> Iterator[Finding]:
    missing = [key for key in _OF_BATCHES if not _has(context, key)]
    if missing:
        lacking = ", ".join(f"`{key}`" for key in missing)
        yield Finding(
            strategy.value_span,
            f"the strategy `{MICROBATCH}` needs {lacking} to know the times of its batches",
            help="Add event_time='a column', begin='2026-01-01' and batch_size='day' to dbt.config.",
        )
    stored = _file_format(context)
    if stored in WITH_PARTITIONS_OF_BATCHES and not _has(context, "partition_by"):
        yield Finding(
            strategy.value_span,
            f"the strategy `{MICROBATCH}` of a {stored} table needs `partition_by`: a batch replaces partitions",
            help="Add partition_by=['a column'], of which each batch has its own values.",
        )


def _file_format(context: Context) -> str | None:
    """The format of the model's table; None where only a run can tell."""
    given = context.config.get("file_format")
    if given is not None:
        value = None if given.literal is None else given.value
    elif context.node is None:
        return None
    else:
        value = context.node.config.get("file_format", DEFAULT_FORMAT)
    return value.lower() if isinstance(value, str) else None


def _is_not_hudi(context: Context) -> bool:
    """Whether the table is surely none of Hudi's, whose records have keys with every strategy."""
    stored = _file_format(context)
    return stored is not None and stored != HUDI


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
dbt makes of three configs; without one of them it stops at the project. Of files (and of Hudi) a batch replaces
partitions, so that there have to be some. `append` takes no notice of a `unique_key`, with which a reader of the
model expects each row once. What is set in YAML or dbt_project.yml
counts; so this is only reported for a model of a known project.
""",
    fix="Name the column or columns that identify a row, or use `append`; say the times of batches.",
    check=_check,
    valid=(
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='microbatch', "
                "event_time='at', begin='2026-01-01', batch_size='day', lookback=0, "
                "partition_by=['day'])\nreturn dbt.ref('orders')"
            ),
            files=_FILES,
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='microbatch', "
                "event_time='at', begin='2026-01-01', batch_size='day', file_format='iceberg')\n"
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
        *(
            Case(
                model(
                    f"dbt.config(materialized='incremental', {config})\nreturn dbt.ref('orders')"
                ),
                files=_FILES,
            )
            for config in (
                "incremental_strategy='append'",
                "incremental_strategy='append', unique_key=None",
                "incremental_strategy='append', unique_key='id', file_format='hudi'",
                "incremental_strategy='insert_overwrite', unique_key='id', partition_by='day'",
                "unique_key='id'",
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='append', ⟦unique_key='id'⟧)\n"
                "return dbt.ref('orders')"
            ),
            files=_FILES,
            message="rows that come again are in the table twice",
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy='append', "
                "file_format='iceberg', ⟦unique_key=['id', 'day']⟧)\nreturn dbt.ref('orders')"
            )
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy=⟦'microbatch'⟧, "
                "event_time='at', file_format='delta')\nreturn dbt.ref('orders')"
            ),
            files=_FILES,
        ),
        Case(
            model(
                "dbt.config(materialized='incremental', incremental_strategy=⟦'microbatch'⟧, "
                "event_time='at', begin='2026-01-01', batch_size='day')\nreturn dbt.ref('orders')"
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
