"""Calls of a switch that are refused, or whose answers get lost, while others change the table as well. No Spark is needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.catalog import table_input
from dbt.adapters.glue.replacement import Attempt
from dbt.adapters.glue.table_updates import TableChanged, update
from tests.functional.adapter.racing_runs import DATABASE, TARGET, Held, place, places, storage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functional.adapter.racing_runs import OneRun

REFUSED = ["ConcurrentModificationException", "OperationTimeoutException"]


def described(run: OneRun, text: str) -> None:
    """Somebody gives the target another description, and so another version."""
    table = run.catalog.table(*TARGET)
    assert table is not None
    update(run.catalog, DATABASE, table_input(table, Description=text), table)


def lost(
    wire: Any, then: Callable[[], None], code: str | None, operation: str = "UpdateTable"
) -> None:
    """The next call is carried out, `then` something else happens, and what it is answered is no more than a code.

    Without a code the line breaks, and boto3 asks again.
    """

    def fault(handler: Any, forward: Any) -> bool:
        assert forward()[0] == 200
        then()
        if code is None:
            handler.close_connection = True
            handler.connection.close()
        else:
            handler.reply(400, json.dumps({"__type": code, "Message": "try later"}).encode())
        return True

    wire.faults.append((operation, fault))


@pytest.mark.parametrize("code", [None, *REFUSED])
def test_a_late_call_of_a_run_that_has_ended_changes_nothing(
    runs: tuple[OneRun, OneRun], wire: Any, code: str | None
) -> None:
    """Also where the first fence against it was refused."""
    ended, other = runs
    ended.make(TARGET, there := ended.location())
    late = ended.stage()
    held = Held(wire, "UpdateTable")
    thread = ended.begin(lambda: ended.switch(late))
    held.arrived()
    ended.run.end()
    if code is not None:
        wire.fail_next("UpdateTable", code, "try later")
    assert other.replacement.settle(TARGET) is True
    assert other.removed == [late[1]]
    held.let_go()  # and the other run has switched nothing yet
    thread.join(60)
    assert place(other) == there


@pytest.mark.parametrize("code", [None, "OperationTimeoutException"])
@pytest.mark.parametrize("partitions", [(), ("a",)])
def test_a_switch_that_was_made_is_not_made_again_because_of_a_description(
    runs: tuple[OneRun, OneRun], wire: Any, code: str | None, partitions: tuple[str, ...]
) -> None:
    run, other = runs
    run.make(TARGET, run.location(), *partitions)
    attempt, staged = Attempt(TARGET, run.catalog.table(*TARGET)), run.stage(*partitions)
    if partitions:
        Held(wire, "UpdateTable").let_go()  # that of the staged table
    lost(wire, lambda: described(other, "told by another run"), code)
    run.switch(staged, attempt=attempt)
    assert not attempt.overtaken
    assert place(run) == staged[1]
    assert run.catalog.table(*TARGET)["Description"] == "told by another run"  # type: ignore[index]


@pytest.mark.parametrize("code", [None, "OperationTimeoutException"])
@pytest.mark.parametrize("is_first", [False, True])
def test_a_switch_that_was_made_is_not_made_again_over_that_of_another_run(
    runs: tuple[OneRun, OneRun], wire: Any, code: str | None, is_first: bool
) -> None:
    """Readers saw both, in their order; and what the other one built on has the rows of this one already."""
    run, other = runs
    if not is_first:
        run.make(TARGET, run.location())
    attempt, staged, theirs = (
        Attempt(TARGET, run.catalog.table(*TARGET)),
        run.stage(),
        other.stage(),
    )

    def then() -> None:
        other.switch(theirs, attempt=Attempt(TARGET, other.catalog.table(*TARGET)))

    lost(wire, then, code, "CreateTable" if is_first else "UpdateTable")
    run.switch(staged, attempt=attempt)
    assert not attempt.overtaken
    assert place(run) == theirs[1]
    assert staged[1] not in run.removed


@pytest.mark.parametrize("is_switched", [False, True])
def test_what_stays_staged_after_its_switch_is_kept_for_readers(
    runs: tuple[OneRun, OneRun], wire: Any, is_switched: bool
) -> None:
    """Another run has replaced it since, and the next one forgets what is staged."""
    run, other = runs
    run.make(TARGET, run.location())
    run.switch(run.stage())
    staged = run.stage()
    if is_switched:
        wire.fail_next("DeleteTable", "AccessDeniedException", "not now")
        run.switch(staged)
    run.run.end()
    other.switch(other.stage())
    other.replacement.settle(TARGET)
    assert staged[1] in other.removed
    assert (staged[1] in other.replaced) is is_switched


@pytest.mark.parametrize("code", [None, "OperationTimeoutException"])
def test_a_switch_of_partitions_that_has_begun_is_not_begun_again_because_of_a_description(
    runs: tuple[OneRun, OneRun], wire: Any, code: str | None
) -> None:
    run, other = runs
    run.make(TARGET, old := run.location(), "a", "b")
    attempt, staged = Attempt(TARGET, run.catalog.table(*TARGET)), run.stage("a")
    Held(wire, "UpdateTable").let_go()  # that of the staged table
    lost(wire, lambda: described(other, "told by another run"), code)
    assert run.replacement.switch_partitions(TARGET, *staged, attempt=attempt) is not None
    assert places(run) == {"a": f"{staged[1]}/p=a", "b": f"{old}/p=b"}


@pytest.mark.parametrize("code", REFUSED)
def test_a_description_that_another_run_has_changed_is_not_taken_for_written(
    runs: tuple[OneRun, OneRun], wire: Any, code: str
) -> None:
    """The version that holds the data, and the last switch of partitions, are those that were read."""
    run, other = runs
    run.make(TARGET, run.location(), "a")
    assert run.replacement.switch_partitions(TARGET, *run.stage("a")) is not None
    read = run.catalog.table(*TARGET)
    assert read is not None

    def before(handler: Any, _forward: Any) -> bool:
        described(other, "theirs")
        handler.reply(400, json.dumps({"__type": code, "Message": "try later"}).encode())
        return True

    wire.faults.append(("UpdateTable", before))
    with pytest.raises(TableChanged, match="was changed by another run"):
        update(run.catalog, DATABASE, table_input(read, Description="ours"), read)


@pytest.mark.parametrize("code", REFUSED)
def test_a_description_that_was_refused_is_written(
    runs: tuple[OneRun, OneRun], wire: Any, code: str
) -> None:
    run, _ = runs
    run.make(TARGET, run.location())
    wire.fail_next("UpdateTable", code, "try later")
    described(run, "ours")
    assert run.catalog.table(*TARGET)["Description"] == "ours"  # type: ignore[index]


@pytest.mark.parametrize("old", ["a", ""])
def test_a_whole_switch_leaves_no_partition_that_came_while_it_was_made(
    runs: tuple[OneRun, OneRun], wire: Any, old: str
) -> None:
    """An append that read the table before has put it there, and is refused when it says so."""
    run, other = runs
    run.make(TARGET, run.location(), "a")
    if not old:
        run.catalog.delete_partitions(*TARGET, [("a",)])
    staged, theirs = run.stage(*["a"][: len(old)], keys=True), other.location()
    if old:
        Held(wire, "UpdateTable").let_go()  # that of the staged table
    held = Held(wire, "UpdateTable")
    thread = run.begin(lambda: run.switch(staged))
    held.arrived()
    late = {"Values": ["b"], "StorageDescriptor": storage(f"{theirs}/p=b")}
    other.catalog.create_partitions(*TARGET, [late])
    held.let_go()
    thread.join(60)
    assert run.failed == []
    assert places(run) == ({"a": f"{staged[1]}/p=a"} if old else {})
    assert theirs in run.removed


def test_rows_that_were_merged_and_stay_behind_are_no_failure(
    runs: tuple[OneRun, OneRun], wire: Any
) -> None:
    """The model's work is done: as a failed one it would be run again, and an append adds its rows once more."""
    run, other = runs
    run.make(TARGET, there := run.location())
    rows, location = run.stage()
    wire.fail_next("DeleteTable", "AccessDeniedException", "not now")
    run.replacement.discard_own(rows, location, TARGET)
    assert run.removed == []  # a table is made of them still
    assert run.catalog.table(*rows) is not None
    assert run.replacement.settle(TARGET) is True
    assert run.removed == [location]

    rows, location = run.stage()
    wire.fail_next("DeleteTable", "AccessDeniedException", "not now")
    run.replacement.discard_own(rows, location, TARGET)
    run.run.end()
    assert other.replacement.settle(TARGET) is True
    assert other.removed == [location]
    assert place(other) == there


def test_a_build_that_was_overtaken_and_stays_behind_is_no_failure(
    runs: tuple[OneRun, OneRun], wire: Any
) -> None:
    run, other = runs
    run.make(TARGET, run.location())
    attempt, first = Attempt(TARGET, run.catalog.table(*TARGET)), run.stage()
    other.switch(second := other.stage())
    wire.fail_next("DeleteTable", "AccessDeniedException", "not now")
    run.switch(first, attempt=attempt)
    assert attempt.overtaken
    assert place(run) == second[1]
    assert run.removed == []
    assert run.replacement.settle(TARGET) is True
    assert run.removed == [first[1]]


@pytest.mark.parametrize("partitions", [(), ("a",)])
def test_a_rename_that_leaves_the_old_name_says_so(
    runs: tuple[OneRun, OneRun], wire: Any, partitions: tuple[str, ...]
) -> None:
    run, other = runs
    run.make(TARGET, there := run.location(), *partitions)
    kept = (DATABASE, "orders_before")
    wire.fail_next("DeleteTable", "AccessDeniedException", "not now")
    with pytest.raises(
        DbtRuntimeError, match=r"has the name switch_races\.orders_before .* too"
    ) as e:
        run.replacement.rename(TARGET, kept)
    assert "Next: delete the entry of switch_races.orders in the Data Catalog" in str(e.value)
    assert run.catalog.table(*TARGET) is not None
    assert run.catalog.table(*kept)["StorageDescriptor"]["Location"] == there  # type: ignore[index]
    # Somebody else's rename finds them like that, as one that was killed leaves them.
    with pytest.raises(DbtRuntimeError, match=r"both are made of the same data.*Next: delete the"):
        other.replacement.rename(TARGET, kept)
    assert run.removed == other.removed == []


def test_a_rename_onto_another_table_leaves_both_as_they_are(runs: tuple[OneRun, OneRun]) -> None:
    run, _ = runs
    run.make(TARGET, there := run.location(), "a")
    kept = (DATABASE, "orders_before")
    run.make(kept, other := run.location(), "b")
    with pytest.raises(DbtRuntimeError, match=r"orders_before is there already; drop that one"):
        run.replacement.rename(TARGET, kept)
    assert places(run) == {"a": f"{there}/p=a"}
    found = run.catalog.partitions(*kept)
    assert [p["StorageDescriptor"]["Location"] for p in found.values()] == [f"{other}/p=b"]
    assert run.removed == []
