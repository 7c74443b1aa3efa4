"""What an incremental run does to its table: decided from columns and configs, without touching anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.tables import (
    FOLLOWING_CHANGES,
    MERGING_STRATEGIES,
    MICROBATCH,
    SCHEMA_CHANGES,
    STRATEGIES,
)

from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.formats import open_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ChangePlan",
    "IncrementalPlan",
    "PlanColumn",
    "check_batches",
    "check_unique_key",
    "checked_on_schema_change",
    "checked_strategy",
    "merge_columns",
    "own_strategy",
    "plan_changes",
    "plan_column",
    "plan_incremental",
    "select_list",
    "stored_columns",
]


@dataclass(frozen=True)
class PlanColumn:
    """One column of the table after the run, and what it is in each input (SQL expressions).

    `comes` tells whether the new rows have it; `from_source` is null where they have not.
    """

    name: str
    quoted: str
    data_type: str
    from_target: str
    from_source: str
    comes: bool = True


@dataclass(frozen=True)
class IncrementalPlan:
    """`action`: insert, switch (the whole table is rewritten) or switch_partitions. `added` come first."""

    action: str
    columns: tuple[PlanColumn, ...]
    added: tuple[PlanColumn, ...] = ()


@dataclass(frozen=True)
class ChangePlan:
    """What an incremental run does to a table in an open format.

    `action`: append, merge, replace_rows (delete+insert), replace_partitions (insert_overwrite) or
    replace_batch (microbatch).
    First the table gets the `added` columns, loses the `dropped` ones (quoted names) and gets the
    types of the `widened` ones; `columns` are those that the new rows fill.
    """

    action: str
    columns: tuple[PlanColumn, ...]
    added: tuple[PlanColumn, ...] = ()
    dropped: tuple[str, ...] = ()
    widened: tuple[PlanColumn, ...] = ()


def checked_strategy(strategy: str | None, unique_key: object, partition_by: object) -> str:
    """The strategy to use. Raises CompilationError where the configs do not fit together.

    Unset: `merge` with a unique_key, `insert_overwrite` with partitions, else `append`.
    """
    if strategy is None or strategy == "default":
        if unique_key:
            return "merge"
        return "insert_overwrite" if partition_by else "append"
    if strategy not in STRATEGIES:
        return strategy  # the project's own, by a macro get_incremental_..._sql
    if strategy == "delete+insert" and not unique_key:
        raise CompilationError(
            "incremental_strategy 'delete+insert' needs `unique_key`: the columns that say which rows to replace"
        )
    if strategy == "merge" and not unique_key:
        return "append"  # as in dbt: without a key no row matches, so that all are inserted
    return strategy


def own_strategy(context: Mapping[str, Any], strategy: str) -> Any:
    """The macro of a project's own strategy, of what a node's templates know; None for the adapter's strategies.

    Raises CompilationError where there is none.
    """
    if strategy in STRATEGIES:
        return None
    macro = f"get_incremental_{strategy.replace('+', '_')}_sql"
    if macro not in context:
        raise CompilationError(
            f'dbt could not find an incremental strategy macro with the name "{macro}" in '
            f"{context.get('project_name')}. Next: write that macro, or use one of {', '.join(STRATEGIES)}"
        )
    return context[macro]


def check_batches(
    strategy: str, language: str, table_format: str | None, partition_by: object
) -> None:
    """Raises CompilationError for a strategy that a format has not, and where a model cannot be built in batches.

    Files hold partitions, of which a batch replaces some; an open format has rows to replace.
    """
    known = open_format(table_format)
    if strategy not in STRATEGIES:
        if language == "python":
            raise CompilationError(
                f"incremental_strategy {strategy!r} is a macro of SQL; for Python models there are "
                f"{', '.join(STRATEGIES)}"
            )
        return
    if known is not None:
        known.check_strategy(strategy)
    if strategy != MICROBATCH:
        return
    if known is None and not partition_by:
        raise CompilationError(
            f"incremental_strategy 'microbatch' of a {table_format} table needs `partition_by`: columns of which "
            "each batch has its own values. (In an open format, such as iceberg, it needs none.)"
        )


def checked_on_schema_change(value: str | None) -> str:
    """One of dbt's four words; unset is `ignore`. Raises CompilationError for another."""
    chosen = value or SCHEMA_CHANGES[0]
    if chosen not in SCHEMA_CHANGES:
        raise CompilationError(
            f"on_schema_change {chosen!r} is not known; one of {', '.join(SCHEMA_CHANGES)}"
        )
    return chosen


def plan_incremental(
    strategy: str,
    on_schema_change: str,
    relation: str,
    target: Sequence[GlueColumn],
    source: Sequence[GlueColumn] | None,
    *,
    partitioned: bool,
) -> IncrementalPlan:
    """The plan for new rows with columns `source` (None: the same as `target`) into `target`.

    Raises CompilationError where the columns differ and the config says to fail, or cannot be met.
    """
    there = {column.name.lower(): column for column in target}
    coming = {column.name.lower(): column for column in source} if source is not None else there
    new, gone, changed = _compared(on_schema_change, relation, there, coming)
    added = new if on_schema_change in FOLLOWING_CHANGES else []
    sync = on_schema_change == "sync_all_columns" and bool(gone or changed)
    kept = [c for name, c in there.items() if not (sync and name in gone)]
    columns = tuple(
        plan_column(
            coming[c.name.lower()] if sync and c.name.lower() in changed else c,
            there,
            coming,
            sync=sync,
        )
        for c in [*kept, *added]
    )
    rewrites = sync or strategy in MERGING_STRATEGIES
    extra = tuple(column for column in columns if column.name.lower() not in there)

    if strategy in ("insert_overwrite", MICROBATCH):
        if not partitioned:
            return IncrementalPlan("switch", columns)
        if sync:
            raise CompilationError(
                f"{relation}: insert_overwrite of partitions cannot remove or change columns "
                f"({_listed([*gone, *changed])}), because the other partitions keep them; run with --full-refresh"
            )
        return IncrementalPlan("switch_partitions", columns, extra)
    if rewrites:
        return IncrementalPlan("switch", columns)
    return IncrementalPlan("insert", columns, extra)


_ACTIONS = {
    "append": "append",
    "merge": "merge",
    "delete+insert": "replace_rows",
    "insert_overwrite": "replace_partitions",
    MICROBATCH: "replace_batch",
}


def plan_changes(
    strategy: str,
    on_schema_change: str,
    relation: str,
    target: Sequence[GlueColumn],
    source: Sequence[GlueColumn] | None,
) -> ChangePlan:
    """The plan for new rows with columns `source` (None: the same as `target`) into a table of an open format.

    Raises CompilationError where the columns differ and the config says to fail, or cannot be met.
    """
    there = {column.name.lower(): column for column in target}
    coming = {column.name.lower(): column for column in source} if source is not None else there
    new, gone, changed = _compared(on_schema_change, relation, there, coming)
    sync = on_schema_change == "sync_all_columns"
    added = new if on_schema_change in FOLLOWING_CHANGES else []
    widened = [name for name in changed if sync]
    narrow = [name for name in widened if not _widens(there[name].dtype, coming[name].dtype)]
    if narrow:
        told = ", ".join(f"{n} from {there[n].dtype} to {coming[n].dtype}" for n in narrow)
        raise CompilationError(
            f"{relation}: the type of a column can only become a wider one, which is not so of {told}; cast in "
            "the model, or run with --full-refresh"
        )
    kept = [c for name, c in there.items() if not (sync and name in gone)]
    filled = [
        plan_column(
            coming[c.name.lower()] if c.name.lower() in widened else c, there, coming, sync=sync
        )
        for c in [*kept, *added]
    ]
    return ChangePlan(
        _ACTIONS[strategy],
        tuple(filled),
        added=tuple(c for c in filled if c.name.lower() not in there),
        dropped=tuple(there[name].quoted for name in gone if sync),
        widened=tuple(c for c in filled if c.name.lower() in widened),
    )


def check_unique_key(
    strategy: str, unique_key: Sequence[str], relation: str, columns: Iterable[PlanColumn]
) -> None:
    """Raises CompilationError where a strategy that compares keys is given columns that are not on both sides.

    `columns`: those of the table after the run. Each engine says it in its own words, and Delta 4.1 on Spark
    4.1.1 without the column's name.
    """
    if strategy not in MERGING_STRATEGIES:
        return
    there = {column.name.lower(): column for column in columns}
    unknown = [name for name in unique_key if name.lower() not in there]
    if unknown:
        raise CompilationError(
            f"unique_key: no column {_listed(unknown)}; {relation} has {_listed(there)}. Name columns of the table; "
            "where the model has them anew, set on_schema_change to append_new_columns, or run with --full-refresh"
        )
    lacking = [name for name in unique_key if not there[name.lower()].comes]
    if lacking:
        raise CompilationError(
            f"unique_key: the model no longer has {_listed(lacking)}, which {relation} has; return them, or name "
            "other columns in unique_key"
        )


_WIDER = {("int", "bigint"), ("float", "double")}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")


def _widens(old: str, new: str) -> bool:
    """Whether a type holds all values of another, as table formats change types in place (Iceberg's "type promotion")."""
    if (old.lower(), new.lower()) in _WIDER:
        return True
    before, after = _DECIMAL.fullmatch(old.lower()), _DECIMAL.fullmatch(new.lower())
    return bool(before and after and before[2] == after[2] and int(after[1]) >= int(before[1]))


def merge_columns(
    columns: Iterable[PlanColumn], update: Sequence[str], exclude: Sequence[str]
) -> list[str]:
    """Names, in lower case, of the columns that a merge updates. Raises CompilationError for both configs.

    As in dbt, a column that the new rows lack keeps its values where a row matches, unless
    `merge_update_columns` names it.
    """
    columns = tuple(columns)
    if update and exclude:
        raise CompilationError("set merge_update_columns or merge_exclude_columns, not both")
    names = [column.name.lower() for column in columns]
    unknown = [name for name in [*update, *exclude] if name.lower() not in names]
    if unknown:
        raise CompilationError(
            f"merge_update_columns / merge_exclude_columns: no column {_listed(unknown)}; the table has {_listed(names)}"
        )
    if update:
        return [name.lower() for name in update]
    excluded = {name.lower() for name in exclude}
    return [
        column.name.lower()
        for column in columns
        if column.comes and column.name.lower() not in excluded
    ]


def stored_columns(columns: Iterable[GlueColumn], target: Iterable[GlueColumn]) -> list[GlueColumn]:
    """`columns` as a file holds them: NULLs without a type get that of the target's column."""
    types = {column.name.lower(): column.data_type for column in target}
    return [
        GlueColumn(c.name, types.get(c.name.lower(), "string")) if c.dtype.lower() == "void" else c
        for c in columns
    ]


def select_list(columns: Iterable[GlueColumn], stored: Iterable[GlueColumn]) -> str:
    """The select list that makes `columns` those that are stored, each of its own in turn."""
    return ", ".join(
        s.quoted if s is c else f"cast({c.quoted} as {s.data_type}) as {c.quoted}"
        for c, s in zip(columns, stored, strict=True)
    )


def plan_column(
    column: GlueColumn,
    there: dict[str, GlueColumn],
    coming: dict[str, GlueColumn],
    *,
    sync: bool = False,
) -> PlanColumn:
    """A column of the table after the run; `there` and `coming` are those of the inputs, by names in lower case.

    With `sync` the table's values get the column's type.
    """
    name = column.name.lower()
    nothing = f"cast(null as {column.data_type})"
    old = there.get(name)
    from_target = nothing if old is None else f"DBT_INTERNAL_DEST.{old.quoted}"
    if sync and old is not None and old.dtype.lower() != column.dtype.lower():
        from_target = f"cast({from_target} as {column.data_type})"
    comes = name in coming
    from_source = f"DBT_INTERNAL_SOURCE.{coming[name].quoted}" if comes else nothing
    return PlanColumn(column.name, column.quoted, column.data_type, from_target, from_source, comes)


def _compared(
    on_schema_change: str,
    relation: str,
    there: dict[str, GlueColumn],
    coming: dict[str, GlueColumn],
) -> tuple[list[GlueColumn], list[str], list[str]]:
    """The columns that are new, those that are gone, and those of another type, by names in lower case.

    Raises CompilationError where the config does not allow them.
    """
    new = [coming[name] for name in coming if name not in there]
    gone = [name for name in there if name not in coming]
    changed = [
        n for n in coming if n in there and coming[n].dtype.lower() != there[n].dtype.lower()
    ]
    if on_schema_change == "fail" and (new or gone or changed):
        raise CompilationError(_differences(relation, new, gone, changed, there, coming))
    if on_schema_change == "ignore" and gone:
        raise CompilationError(
            f"the model no longer has {_listed(gone)}, which {relation} has; set on_schema_change, or run with "
            "--full-refresh"
        )
    return new, gone, changed


def _differences(
    relation: str,
    new: list[GlueColumn],
    gone: list[str],
    changed: list[str],
    there: dict[str, GlueColumn],
    coming: dict[str, GlueColumn],
) -> str:
    lines = [f"The columns of the model and of {relation} differ (on_schema_change: fail):"]
    lines += [f"  - {c.name} ({c.dtype}) is new" for c in new]
    lines += [f"  - {name} is gone" for name in gone]
    lines += [f"  - {n} is {coming[n].dtype}, was {there[n].dtype}" for n in changed]
    lines.append(
        "Set on_schema_change to append_new_columns or sync_all_columns, or run with --full-refresh."
    )
    return "\n".join(lines)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
