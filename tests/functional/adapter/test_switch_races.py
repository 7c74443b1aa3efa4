"""Runs that replace one table at the same time: calls are held, refused, lost and repeated at the wire. No Spark is needed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue import replacement as replacements
from dbt.adapters.glue.catalog import table_input
from dbt.adapters.glue.replacement import Attempt
from tests.functional.adapter.racing_runs import (
    DATABASE,
    TARGET,
    Held,
    forget_table,
    place,
    places,
    storage,
)

if TYPE_CHECKING:
    from tests.functional.adapter.racing_runs import OneRun


def test_an_update_that_is_held_for_the_whole_of_another_run(
    runs: tuple[OneRun, OneRun], wire: Any
) -> None:
    slow, quick = runs
    slow.make(TARGET, slow.location())
    first = slow.stage()
    held = Held(wire, "UpdateTable")
    thread = slow.begin(lambda: slow.switch(first))
    held.arrived()
    assert quick.replacement.settle(TARGET) is False  # what a run that is at work has made stays
    second = quick.stage()
    quick.switch(second)
    assert place(quick) == second[1]
    assert first[1] not in quick.removed
    held.let_go()
    thread.join(60)
    assert slow.failed == []
    assert place(slow) == first[1]
    assert slow.removed == [second[1]]
    assert {table["Name"] for table in slow.catalog.tables(DATABASE)} == {TARGET[1]}


def test_a_build_of_what_was_read_is_refused_after_another_switch(
    runs: tuple[OneRun, OneRun], wire: Any
) -> None:
    slow, quick = runs
    slow.make(TARGET, slow.location())
    attempt = Attempt(TARGET, slow.catalog.table(*TARGET))
    first, second = slow.stage(), quick.stage()
    quick.switch(second, attempt=Attempt(TARGET, quick.catalog.table(*TARGET)))
    slow.switch(first, attempt=attempt)
    assert attempt.overtaken
    assert place(slow) == second[1]
    assert slow.removed == [first[1]]

    # The other one comes in the moment between the look at the table and the call.
    attempt, first = Attempt(TARGET, slow.catalog.table(*TARGET)), slow.stage()
    held = Held(wire, "UpdateTable")
    thread = slow.begin(lambda: slow.switch(first, attempt=attempt))
    held.arrived()
    third = quick.stage()
    quick.switch(third)
    held.let_go()
    thread.join(60)
    assert slow.failed == []
    assert attempt.overtaken
    assert place(slow) == third[1]


@pytest.mark.parametrize("dropped", [False, True])
def test_a_table_made_anew_is_another_one(runs: tuple[OneRun, OneRun], dropped: bool) -> None:
    """Its versions count from the start again."""
    slow, quick = runs
    read = None
    if dropped:
        slow.make(TARGET, slow.location())
        read = slow.catalog.table(*TARGET)
        assert read is not None
        read["CreateTime"] = datetime.now(timezone.utc) - timedelta(days=1)
        forget_table(quick.catalog, *TARGET)
    quick.make(TARGET, there := quick.location())
    attempt, first = Attempt(TARGET, read), slow.stage()
    slow.switch(first, attempt=attempt)
    assert attempt.overtaken
    assert place(slow) == there


@pytest.mark.parametrize("code", ["ConcurrentModificationException", "OperationTimeoutException"])
def test_two_calls_that_meet_are_no_other_version(
    runs: tuple[OneRun, OneRun], wire: Any, code: str
) -> None:
    run, _ = runs
    run.make(TARGET, run.location())
    attempt, staged = Attempt(TARGET, run.catalog.table(*TARGET)), run.stage()
    wire.fail_next("UpdateTable", code, "try later")
    run.switch(staged, attempt=attempt)
    assert not attempt.overtaken
    assert place(run) == staged[1]


@pytest.mark.parametrize("partitions", [(), ("a",)])
def test_an_answer_that_got_lost(
    runs: tuple[OneRun, OneRun], wire: Any, partitions: tuple[str, ...]
) -> None:
    run, _ = runs
    run.make(TARGET, run.location(), *partitions)
    attempt, staged = Attempt(TARGET, run.catalog.table(*TARGET)), run.stage(*partitions)
    if partitions:
        Held(wire, "UpdateTable").let_go()  # that of the staged table
    wire.lose_next_answer("UpdateTable")
    run.switch(staged, attempt=attempt)
    assert not attempt.overtaken
    assert place(run) == staged[1]


def test_the_first_of_two_first_runs_wins(runs: tuple[OneRun, OneRun], wire: Any) -> None:
    slow, quick = runs
    first, second = slow.stage(), quick.stage()
    attempt = Attempt(TARGET, None, keeps=True)
    held = Held(wire, "CreateTable")
    thread = slow.begin(lambda: slow.switch(first, attempt=attempt))
    held.arrived()
    quick.switch(second, attempt=Attempt(TARGET, None, keeps=True))
    held.let_go()
    thread.join(60)
    assert slow.failed == []
    assert attempt.overtaken
    assert place(slow) == second[1]
    assert slow.catalog.table(*first[0]) is not None
    assert slow.removed == []


def test_a_switch_of_partitions_waits_for_another(runs: tuple[OneRun, OneRun], wire: Any) -> None:
    slow, quick = runs
    slow.make(TARGET, old := slow.location(), "a", "b")
    first, second = slow.stage("a"), quick.stage("a", "c")
    held = Held(wire, "BatchUpdatePartition")
    thread = slow.begin(lambda: slow.replacement.switch_partitions(TARGET, *first))
    held.arrived()
    waiting = quick.begin(lambda: quick.replacement.switch_partitions(TARGET, *second))
    # It looks at the staged table of the other one until that is gone.
    deadline = datetime.now(timezone.utc) + timedelta(seconds=60)
    while ("GetTable", first[0][1]) not in [(o, p.get("Name")) for o, p in wire.calls]:
        assert datetime.now(timezone.utc) < deadline
    assert places(quick) == {"a": f"{old}/p=a", "b": f"{old}/p=b"}
    held.let_go()
    thread.join(60)
    waiting.join(60)
    assert slow.failed == quick.failed == []
    new = second[1]
    assert places(quick) == {"a": f"{new}/p=a", "b": f"{old}/p=b", "c": f"{new}/p=c"}
    assert quick.removed == [first[1]]  # partition b is of the oldest version still
    assert slow.removed == []


def test_a_merge_of_partitions_that_others_have_switched_is_refused(
    runs: tuple[OneRun, OneRun],
) -> None:
    slow, quick = runs
    slow.make(TARGET, old := slow.location(), "a", "b")
    attempt = Attempt(TARGET, slow.catalog.table(*TARGET))
    first, second = slow.stage("a"), quick.stage("a")
    assert quick.replacement.switch_partitions(TARGET, *second) is not None
    assert slow.replacement.switch_partitions(TARGET, *first, attempt=attempt) is None
    assert attempt.overtaken
    assert places(slow) == {"a": f"{second[1]}/p=a", "b": f"{old}/p=b"}
    assert slow.removed == [first[1]]


def test_who_comes_next_completes_the_switch_of_a_run_that_has_ended(
    runs: tuple[OneRun, OneRun], wire: Any
) -> None:
    ended, other = runs
    ended.make(TARGET, ended.location(), "a", "b")
    lost, later = ended.stage("a"), other.stage("b")
    held = Held(wire, "BatchUpdatePartition")
    thread = ended.begin(lambda: ended.replacement.switch_partitions(TARGET, *lost))
    held.arrived()
    ended.run.end()
    assert other.replacement.switch_partitions(TARGET, *later) is not None
    both = {"a": f"{lost[1]}/p=a", "b": f"{later[1]}/p=b"}
    assert places(other) == both
    assert other.catalog.table(*lost[0]) is None
    held.let_go()  # its late call says what is there already
    thread.join(60)
    assert places(other) == both
    assert not {lost[1], later[1]} & {*other.removed, *ended.removed}


def test_a_run_that_stays_in_the_middle_is_an_error(
    runs: tuple[OneRun, OneRun], wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacements, "WAIT_SECONDS", 0.0)
    slow, quick = runs
    slow.make(TARGET, slow.location(), "a")
    first, second = slow.stage("a"), quick.stage("a")
    held = Held(wire, "BatchUpdatePartition")
    thread = slow.begin(lambda: slow.replacement.switch_partitions(TARGET, *first))
    held.arrived()
    with pytest.raises(DbtRuntimeError, match=r"another run has been switching .*Next: end that"):
        quick.replacement.switch_partitions(TARGET, *second)
    held.let_go()
    thread.join(60)
    assert places(slow) == {"a": f"{first[1]}/p=a"}


def test_a_partition_of_another_version_is_not_switched_in(runs: tuple[OneRun, OneRun]) -> None:
    """Glue removes the partitions of a deleted table later than the table."""
    run, _ = runs
    run.make(TARGET, old := run.location(), "a")
    staged = run.stage("a")
    stray = {"Values": ["b"], "StorageDescriptor": storage(f"{run.location()}/p=b")}
    run.catalog.create_partitions(*staged[0], [stray])
    with pytest.raises(DbtRuntimeError, match="the partition b of the staged table"):
        run.switch(staged)
    assert places(run) == {"a": f"{old}/p=a"}


@pytest.mark.parametrize(
    "kinds", [("EXTERNAL_TABLE", "VIRTUAL_VIEW"), ("VIRTUAL_VIEW", "EXTERNAL_TABLE")]
)
def test_a_view_and_a_table_take_each_others_place(
    runs: tuple[OneRun, OneRun], wire: Any, kinds: tuple[str, str]
) -> None:
    run, _ = runs
    run.make(TARGET, run.location(), TableType=kinds[0])
    staged = run.stage(TableType=kinds[1])
    run.switch(staged)
    table = run.catalog.table(*TARGET)
    assert table is not None
    assert table["TableType"] == kinds[1]
    assert wire.count()["UpdateTable"] == 1  # there is no moment without either


def test_an_abandoned_switch_leaves_what_another_table_is_made_of(
    runs: tuple[OneRun, OneRun], wire: Any
) -> None:
    """Somebody gives the table another name while its new version is under way."""
    slow, other = runs
    slow.make(TARGET, old := slow.location())
    staged = slow.stage()
    held = Held(wire, "UpdateTable")
    thread = slow.begin(lambda: slow.switch(staged))
    held.arrived()
    kept = (DATABASE, "orders_before")
    other.replacement.rename(TARGET, kept)
    held.let_go()
    thread.join(60)
    assert slow.failed == []
    assert place(slow) == staged[1]
    assert other.catalog.table(*kept)["StorageDescriptor"]["Location"] == old  # type: ignore[index]
    assert old not in slow.removed


def test_a_switch_that_others_come_before_each_time(runs: tuple[OneRun, OneRun], wire: Any) -> None:
    slow, quick = runs
    slow.make(TARGET, slow.location())
    staged = slow.stage()

    def before(_handler: Any, _forward: Any) -> bool:
        table = quick.catalog.table(*TARGET)
        assert table is not None
        quick.catalog.update_table(DATABASE, table_input(table))
        return False

    def let_pass(_handler: Any, _forward: Any) -> bool:
        return False

    wire.faults += [("UpdateTable", fault) for _ in range(5) for fault in (before, let_pass)]
    with pytest.raises(DbtRuntimeError, match=r"each of 5 times .*Next: run the model again"):
        slow.switch(staged)
