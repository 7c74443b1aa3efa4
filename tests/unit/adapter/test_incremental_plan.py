"""What an incremental run does, decided from columns and configs alone."""

from __future__ import annotations

import pytest
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.incremental import (
    IncrementalPlan,
    check_unique_key,
    checked_on_schema_change,
    checked_strategy,
    merge_columns,
    plan_incremental,
)


def columns(**types: str) -> list[GlueColumn]:
    return [GlueColumn(name, kind) for name, kind in types.items()]


def plan(
    strategy: str,
    change: str = "ignore",
    target: dict[str, str] | None = None,
    source: dict[str, str] | None = None,
    partitioned: bool = False,
) -> IncrementalPlan:
    return plan_incremental(
        strategy,
        change,
        "`s`.`t`",
        columns(**(target or {"id": "int", "v": "string"})),
        None if source is None else columns(**source),
        partitioned=partitioned,
    )


def test_strategies_by_default() -> None:
    assert checked_strategy(None, None, None) == "append"
    assert checked_strategy(None, "id", None) == "merge"
    assert checked_strategy(None, None, ["day"]) == "insert_overwrite"
    assert checked_strategy("merge", None, None) == "append"
    with pytest.raises(CompilationError, match="needs `unique_key`"):
        checked_strategy("delete+insert", None, None)
    with pytest.raises(CompilationError, match="'upsert' is not known; one of append"):
        checked_strategy("upsert", None, None)
    with pytest.raises(CompilationError, match="on_schema_change 'sync'"):
        checked_on_schema_change("sync")


@pytest.mark.parametrize(
    ("strategy", "partitioned", "action"),
    [
        ("append", False, "insert"),
        ("append", True, "insert"),
        ("insert_overwrite", False, "switch"),
        ("insert_overwrite", True, "switch_partitions"),
        ("merge", False, "switch"),
        ("delete+insert", True, "switch"),
    ],
)
def test_actions(strategy: str, partitioned: bool, action: str) -> None:
    assert plan(strategy, partitioned=partitioned).action == action


def test_new_columns_are_added_where_asked() -> None:
    source = {"id": "int", "v": "string", "w": "double"}
    assert [c.name for c in plan("append", "append_new_columns", source=source).added] == ["w"]
    assert plan("append", source=source).added == ()
    merged = plan("merge", "append_new_columns", source=source)
    assert merged.action == "switch"
    assert merged.columns[-1].from_target == "cast(null as double)"


def test_removed_columns_rewrite_the_table() -> None:
    synced = plan("append", "sync_all_columns", source={"id": "bigint"})
    assert synced.action == "switch"
    assert [c.name for c in synced.columns] == ["id"]
    assert synced.columns[0].from_target == "cast(DBT_INTERNAL_DEST.`id` as bigint)"
    kept = plan("append", "append_new_columns", source={"id": "int"})
    assert kept.columns[1].from_source == "cast(null as string)"


def test_differences_are_refused_where_asked() -> None:
    with pytest.raises(CompilationError, match="w \\(double\\) is new"):
        plan("append", "fail", source={"id": "int", "v": "string", "w": "double"})
    with pytest.raises(CompilationError, match="no longer has v"):
        plan("append", source={"id": "int"})
    with pytest.raises(CompilationError, match="cannot remove or change columns"):
        plan("insert_overwrite", "sync_all_columns", source={"id": "int"}, partitioned=True)


def test_merge_columns() -> None:
    made = plan("merge").columns
    assert merge_columns(made, [], []) == ["id", "v"]
    assert merge_columns(made, ["V"], []) == ["v"]
    assert merge_columns(made, [], ["ID"]) == ["v"]
    with pytest.raises(CompilationError, match="not both"):
        merge_columns(made, ["v"], ["id"])
    with pytest.raises(CompilationError, match="no column x"):
        merge_columns(made, ["x"], [])


def test_a_merge_leaves_columns_alone_that_the_new_rows_lack() -> None:
    source = {"id": "int", "w": "double"}
    made = plan("merge", "append_new_columns", source=source).columns
    assert merge_columns(made, [], []) == ["id", "w"]
    assert merge_columns(made, [], ["w"]) == ["id"]
    assert merge_columns(made, ["v"], []) == ["v"]


def test_a_key_is_of_columns_that_both_sides_have() -> None:
    of_both = plan("merge").columns
    check_unique_key("merge", ["ID", "v"], "t", of_both)
    check_unique_key("append", ["nope"], "t", of_both)
    with pytest.raises(CompilationError, match=r"unique_key: no column nope; t has id, v\. Name"):
        check_unique_key("delete+insert", ["id", "nope"], "t", of_both)


def test_a_key_may_come_with_the_run_and_not_go_with_it() -> None:
    new = {"id": "int", "v": "string", "w": "int"}
    followed = plan("merge", "append_new_columns", source=new)
    check_unique_key("merge", ["w"], "t", followed.columns)
    with pytest.raises(CompilationError, match=r"no column w; t has id, v.*append_new_columns"):
        check_unique_key("merge", ["w"], "t", plan("merge", source=new).columns)
    without = plan("merge", "append_new_columns", source={"id": "int"})
    with pytest.raises(CompilationError, match="no longer has v, which t has"):
        check_unique_key("merge", ["v"], "t", without.columns)
