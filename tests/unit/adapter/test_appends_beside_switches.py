"""An append beside a merge, a full refresh and other appends: who is told that its rows are in the table finds them there, once."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from dbt_common.exceptions import DbtRuntimeError

from tests.unit.adapter.partitioned_lake import TARGET, Killed, Lake

if TYPE_CHECKING:
    from collections.abc import Callable

ADDS, MERGES, OTHER = "r0000000a", "r0000000b", "r0000000c"
MINE = {"a": ["mine a"], "b": ["mine b"]}
MINE_ROWS = ["mine a", "mine b"]
THEIRS = {"a": ["their a"], "b": ["their b"], "c": ["their c"]}


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


class At:
    """Does things right before the changes of a run, by their number; those of what is done are none of them."""

    def __init__(self, lake: Lake, things: list[tuple[int, Callable[[], None]]]) -> None:
        self.seen: list[str] = []
        self._lake, self._things = lake, things
        lake.before = self._before

    def _before(self, call: str) -> None:
        number = len(self.seen)
        self.seen.append(call)
        self._lake.before = lambda _call: None
        try:
            for position, thing in self._things:
                if position == number:
                    thing()
        finally:
            self._lake.before = self._before

    def end(self) -> None:
        self._lake.before = lambda _call: None


def kill() -> None:
    raise Killed


def dies_at(lake: Lake, position: int, work: Callable[[], object], run: str) -> None:
    """Does work that ends at its change of that number, with its process."""
    at = At(lake, [(position, kill)])
    try:
        work()
    except Killed:
        lake.dead.add(run)
    at.end()


def published(lake: Lake, things: list[tuple[int, Callable[[], None]]]) -> str:
    """Adds MINE while others do their things; how it ended: "ok", "failed" or "killed"."""
    staged = lake.stage_append(ADDS, MINE)
    at = At(lake, things)
    try:
        lake.appends(ADDS).publish(TARGET, staged)
    except DbtRuntimeError:
        return "failed"
    except Killed:
        lake.dead.add(ADDS)
        return "killed"
    else:
        return "ok"
    finally:
        at.end()


def settle(lake: Lake) -> None:
    """As the next run does, which is of a time when the others have ended."""
    lake.dead |= {ADDS, MERGES}
    lake.appends(OTHER).settle(TARGET, None)
    lake.replacement(OTHER).settle(TARGET)
    lake.appends(OTHER).settle(TARGET, None)


def check(lake: Lake, ended: str, *expected: str) -> None:
    found = Counter(lake.rows())
    assert max(found.values()) == 1, (ended, found)
    assert set(expected) <= set(found), (ended, found)
    if ended == "ok":
        assert set(MINE_ROWS) <= set(found), (ended, found)


CALLS = 6
"""Changes of an append: its mark, its files, its partitions, the table's version, and that the staged table goes; and none."""
TURNS = [*itertools.combinations_with_replacement(range(CALLS), 2)]


@pytest.mark.parametrize("killed_at", [None, *range(CALLS)])
@pytest.mark.parametrize(("builds_at", "switches_at"), TURNS)
def test_a_merge_of_the_same_partitions(
    builds_at: int, switches_at: int, killed_at: int | None
) -> None:
    lake = Lake()
    merge: list[Callable[[], bool]] = []
    things: list[tuple[int, Callable[[], None]]] = [
        (builds_at, lambda: merge.append(lake.build(MERGES, THEIRS))),
        (switches_at, lambda: switched.append(merge[0]())),
    ]
    switched: list[bool] = []
    if killed_at is not None:
        things.append((killed_at, kill))
    ended = published(lake, things)
    if merge and not switched:  # it is at it still, when the append has ended
        switched.append(merge[0]())
    settle(lake)
    check(lake, ended, "old a", *(["their a", "their b", "their c"] if any(switched) else []))
    assert lake.staged() == []


@pytest.mark.parametrize("dies_before", range(7))
@pytest.mark.parametrize("switches_at", range(CALLS - 2))
@pytest.mark.parametrize("is_whole", [False, True])
def test_a_switch_that_was_cut_short(switches_at: int, dies_before: int, is_whole: bool) -> None:
    """The append is there before, or comes after: it is completed by the one or the next run, and takes nothing away."""
    lake = Lake(["a", "d"])
    made = lake.rebuild(MERGES, THEIRS) if is_whole else lake.build(MERGES, THEIRS)
    things = [(switches_at, lambda: dies_at(lake, dies_before, made, MERGES))]
    ended = published(lake, things)
    settle(lake)
    check(lake, ended)
    assert lake.staged() == []


@pytest.mark.parametrize("held_at", range(1, 7))
@pytest.mark.parametrize("switches_at", range(CALLS))
@pytest.mark.parametrize("is_whole", [False, True])
def test_a_switch_that_is_under_way(switches_at: int, held_at: int, is_whole: bool) -> None:
    """The append begins before it, or comes between; the switch ends when somebody waits for it, or after the append."""
    lake = Lake(["a", "d"])
    made = lake.rebuild(MERGES, THEIRS) if is_whole else lake.build(MERGES, THEIRS)
    held, goes_on, ended = threading.Event(), threading.Event(), threading.Event()
    calls: list[str] = []

    def hold(call: str) -> None:
        if len(calls) == held_at:
            lake.before = lambda _call: None
            held.set()
            assert goes_on.wait(60)
        calls.append(call)

    def switch() -> None:
        try:
            made()
        finally:
            ended.set()
            held.set()

    merge = threading.Thread(target=switch)

    def begin() -> None:
        lake.before = hold
        merge.start()
        assert held.wait(60)

    def let_end() -> None:
        before, lake.before = lake.before, lambda _call: None
        goes_on.set()
        assert ended.wait(60)
        lake.before = before

    lake.when_asked_for = let_end
    told = published(lake, [(switches_at, begin)])
    if merge.ident is not None:
        let_end()
        merge.join()
    lake.when_asked_for = lambda: None
    settle(lake)
    if is_whole and (switches_at >= CALLS - 2 or held_at == 1):
        told = "replaced after it was in"
    check(lake, told, *(["their a", "their b"] if is_whole and merge.ident is not None else []))
    assert lake.staged() == []


@pytest.mark.parametrize("killed_at", [None, *range(CALLS)])
@pytest.mark.parametrize("comes_at", range(CALLS))
@pytest.mark.parametrize("then", ["nothing", "merge"])
def test_who_completes_it_while_it_is_at_work(
    comes_at: int, killed_at: int | None, then: str
) -> None:
    """Another run does, and merges what it finds; the one that goes on adds nothing a second time."""

    merged: list[str] = []

    def other() -> None:
        lake.appends(OTHER).settle(TARGET, None)
        if then == "merge":
            assert lake.build(MERGES, THEIRS)()
            merged.append("their a")

    lake = Lake()
    things: list[tuple[int, Callable[[], None]]] = [(comes_at, other)]
    if killed_at is not None:
        things.append((killed_at, kill))
    ended = published(lake, things)
    settle(lake)
    check(lake, ended, "old a", *merged)
    assert lake.staged() == []
