"""A node of each kind under faults: runs with numbers, what has to come of them, and what did."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.reliability.faults import FAULTS, Nth, turn
from tests.reliability.lake import Lake
from tests.reliability.shop import KINDS, Shop
from tests.reliability.warm_dbt import Dbt, Ended
from tests.reliability.wire import FaultWire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

    from tests.reliability.shop import Rows

__all__ = ["BOUND", "Bench", "Cell", "Recorded", "Verdict", "is_clear"]

SCHEMA = "faults"
BOUND = 150.0
"""Seconds after which a run is said to wait for ever."""
ADDING = ("BatchCreatePartition",)
"""Operations that only a run calls which is among the first."""
CAUSES = {
    "throttled": ("throttl", "Throttl"),
    "conflict": ("ConcurrentModification",),
    "timed out": ("OperationTimeout",),
    "500": ("InternalService",),
    "dropped": ("onnection",),
    "unanswered": ("imeout", "imed out"),
    "truncated": ("onnection", "ncomplete", "truncated"),
    "expired": ("xpired",),
    "denied": ("AccessDenied", "denied"),
}
Recorded = dict[str, dict[str, int]]
"""How often each operation is called by a clean run: by state, "first" and "again"."""


class Cell(NamedTuple):
    """A fault at a call of a run. `state`: "first" builds what is not there, "again" what is."""

    kind: str
    state: str
    operation: str
    position: int
    fault: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.state}): {self.fault} at {self.operation} {self.position}"


class Verdict(NamedTuple):
    """`end`: "right" (exit code 0, new rows), "error" (a clear one, and nothing lost), "wrong", or "not reached"."""

    cells: tuple[Cell, ...]
    end: str
    wrong: list[str]
    seconds: float
    said: str


def is_clear(said: str, cells: Sequence[Cell]) -> bool:
    """Whether an error names the operation or the cause of one of them."""
    words = [word for name, words in CAUSES.items() for c in cells if c.fault.startswith(name) for word in words]  # fmt: skip
    return any(word in said for word in (*words, *(cell.operation for cell in cells)))


class Bench:
    """A dbt project on a wire of its own, whose tables are looked at from outside."""

    def __init__(self, endpoint: EndpointHandle, state: Path, folder: Path) -> None:
        self.wire = FaultWire(endpoint)
        self.lake = Lake(endpoint, state)
        self.shop = Shop(folder, self.wire.url, SCHEMA, KINDS.values(), glue_session_id=SCHEMA)
        self.dbt = Dbt(self.shop.place, endpoint, folder)
        self._number = 0
        self._rows: dict[str, Rows | None] = dict.fromkeys(KINDS)

    def close(self) -> None:
        self.dbt.close()
        self.wire.close()
        self.stop_sessions()

    # What runs

    def record(self, kind: str) -> Recorded:
        """The operations of clean runs, as they were seen on the wire; the schema is made anew."""
        found = {}
        self._start_over()
        for state in ("first", "again"):
            self.wire.calls.clear()
            wrong = self.clean_run(kind)
            if wrong:
                raise AssertionError(f"{kind}, no fault at all: {wrong}")
            found[state] = counted(self.wire.calls)
        return found

    def try_cells(self, *cells: Cell) -> Verdict:
        """A run with faults; after anything but a right end one without, which has to repair.

        All are of one kind and state.
        """
        kind = cells[0].kind
        if cells[0].state == "first":
            self._start_over()
        elif self._rows[kind] is None or any(cell.operation in ADDING for cell in cells):
            self._start_over()  # after a few runs all partitions are there
            self.clean_run(kind)
        rules = [Nth(cell.operation, cell.position, FAULTS[cell.fault]) for cell in cells]
        self.wire.rule = lambda call: next((hit for rule in rules if (hit := rule(call))), None)
        before = self._rows[kind]
        ended = self._run(kind)
        begun = KINDS[kind].after(before, self._number)
        self.wire.rule = lambda _call: None
        reached = [cell for cell, rule in zip(cells, rules, strict=True) if rule.fired]
        wrong = self._judge(kind, reached, ended)
        end = "wrong" if wrong else "error" if ended.code else "right" if reached else "not reached"
        if end == "error" or wrong or self._leftovers():
            repaired = self.clean_run(kind, begun)
            wrong += [f"the next run: {what}" for what in repaired]
            if repaired:
                end = "wrong"
                self._start_over()
        return Verdict(tuple(reached), end, wrong, round(ended.seconds, 1), ended.said[-3000:])

    def clean_run(self, kind: str, begun: Rows | None = None) -> list[str]:
        """What is wrong after a run without faults: nothing may be.

        `begun`: the rows of an earlier run that failed, whose switch this one may complete before its own.
        """
        ended = self._run(kind)
        wrong: list[str] = []
        before = self._rows[kind]
        new = KINDS[kind].after(before, self._number)
        completed = KINDS[kind].after(before if begun is None else begun, self._number)
        found = self._rows[kind] = self._read(kind, wrong)
        if ended.code != 0:
            wrong.append(f"exit code {ended.code}: {ended.said[-600:]}")
        elif found not in (new, completed):
            wrong.append(f"rows {found}, not {new}")
        if left := self._leftovers():
            wrong.append(f"left: {', '.join(left)}")
        return wrong

    def stop_sessions(self) -> list[str]:
        """Ends the sessions that runs have left behind; their ids."""
        left = [name for name in self.lake.sessions() if name.startswith(SCHEMA)]
        for name in left:
            self.lake.glue.stop_session(Id=name)
        return left

    def _run(self, kind: str) -> Ended:
        self._number += 1
        return self.dbt.run(self.shop.command(KINDS[kind], self._number), BOUND)

    def _start_over(self) -> None:
        self.lake.forget(SCHEMA)
        self._rows = dict.fromkeys(KINDS)

    # What came of it

    def _judge(self, kind: str, cells: Sequence[Cell], ended: Ended) -> list[str]:
        """What is wrong after a run with faults; `_rows` is then what is there."""
        wrong: list[str] = []
        old, new = self._rows[kind], KINDS[kind].after(self._rows[kind], self._number)
        found = self._rows[kind] = self._read(kind, wrong)
        if ended.code is None:
            wrong.append(f"an endless wait: {ended.said}")
        elif ended.code == 0 and found != new:
            wrong.append(f"exit code 0 and rows {found}, not {new}")
        elif ended.code and not KINDS[kind].may_be(found, old, new):
            wrong.append(f"rows {found}, neither {old} nor {new}")
        if ended.code:
            if all(FAULTS[cell.fault].survivable for cell in cells):
                wrong.append("the run failed")
            if not is_clear(ended.said, cells):
                wrong.append("the error names neither operation nor cause")
            if "Traceback (most recent" in ended.said:
                wrong.append("a traceback")
        orphans = self.stop_sessions()
        if orphans and not any(map(leaves_sessions, cells)):
            wrong.append(f"{len(orphans)} session(s) left")
        return wrong

    def _read(self, kind: str, wrong: list[str]) -> Rows | None:
        try:
            return self.lake.rows(SCHEMA, kind, KINDS[kind].columns)
        except (OSError, ValueError) as error:
            wrong.append(f"cannot be read: {error}")
            return None

    def _leftovers(self) -> list[str]:
        return sorted(set(self.lake.names(SCHEMA)) - set(KINDS))


def leaves_sessions(cell: Cell) -> bool:
    """Whether nothing can be stopped, so that the idle timeout has to: without credentials, and without the permission."""
    return cell.fault == "expired" or (cell.operation, cell.fault) == ("StopSession", "denied")


def counted(calls: Sequence[tuple[str, dict[str, object]]]) -> dict[str, int]:
    """How many calls of each operation; polls of one thing are one."""
    seen: dict[str, list[object]] = {}
    for name, parameters in calls:
        what = turn(name, parameters)
        known = seen.setdefault(name, [])
        if what is None or what not in known:
            known.append(what)
    return {name: len(known) for name, known in seen.items()}
