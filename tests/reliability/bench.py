"""One kind of node under faults: runs with numbers, what has to come of them, and what did."""

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

__all__ = ["BOUND", "Bench", "Cell", "Verdict", "is_clear"]

BOUND = 150.0
"""Seconds after which a run is said to wait for ever."""
CAUSES = {
    "throttled": ("throttl",),
    "conflict": ("ConcurrentModification",),
    "timed out": ("OperationTimeout",),
    "500": ("InternalService",),
    "dropped": ("Connection", "connection"),
    "unanswered": ("imeout", "imed out"),
    "truncated": ("onnection", "incomplete", "IncompleteRead", "truncated"),
    "expired": ("xpired",),
    "denied": ("AccessDenied", "denied"),
}


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

    cell: Cell
    end: str
    wrong: list[str]
    seconds: float
    said: str


def is_clear(said: str, operation: str, fault: str) -> bool:
    """Whether an error names the operation or the cause."""
    causes = next(words for name, words in CAUSES.items() if fault.startswith(name))
    return operation in said or any(word in said for word in causes)


class Bench:
    """A dbt project of its own, for one kind, on a wire of its own."""

    def __init__(self, kind: str, endpoint: EndpointHandle, state: Path, folder: Path) -> None:
        self.kind = KINDS[kind]
        self.schema = f"faults_{kind}"
        self.wire = FaultWire(endpoint)
        self.lake = Lake(endpoint, state)
        self.shop = Shop(folder, self.wire.url, self.schema, KINDS.values(), glue_session_id=self.schema)
        keys = {
            "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        }
        self.dbt = Dbt(self.shop.place, keys, folder / "dbt.log")
        self.number = 0
        self.rows: Rows | None = None

    def close(self) -> None:
        self.dbt.kill()
        self.wire.close()
        self.stop_sessions()

    # What runs

    def run(self, within: float = BOUND) -> Ended:
        """The next number's run."""
        self.number += 1
        return self.dbt.run(self.shop.command(self.kind, self.number), within)

    def record(self) -> dict[str, dict[str, int]]:
        """The operations of clean runs and how often each is called: by state, "first" and "again"."""
        found = {}
        self.lake.forget(self.schema)
        self.rows = None
        for state in ("first", "again"):
            self.wire.calls.clear()
            wrong = self._clean_run()
            if wrong:
                raise AssertionError(f"{self.kind.name}, no fault at all: {wrong}")
            found[state] = counted(self.wire.calls)
        return found

    def try_cell(self, cell: Cell) -> Verdict:
        """Runs with the fault; after anything but a right end also without it, which has to repair."""
        if cell.state == "first":
            self.lake.forget(self.schema)
            self.rows = None
        elif self.rows is None:
            self._clean_run()
        rule = Nth(cell.operation, cell.position, FAULTS[cell.fault])
        self.wire.rule = rule
        ended = self.run()
        self.wire.rule = lambda _call: None
        wrong = self._judge(cell, ended)
        if not rule.fired:
            end = "not reached"
        elif wrong:
            end = "wrong"
        else:
            end = "right" if ended.code == 0 else "error"
        if end != "right" or self._leftovers():
            repaired = [f"the next run: {what}" for what in self._clean_run()]
            wrong += repaired
            end = "wrong" if repaired else end
            if repaired:
                self._start_over()
        return Verdict(cell, end, wrong, round(ended.seconds, 1), ended.said[-2000:])

    # What came of it

    def _judge(self, cell: Cell, ended: Ended) -> list[str]:
        """What is wrong after a run with a fault; `rows` is then what is there."""
        wrong = []
        new = self.kind.after(self.rows, self.number)
        found = self._read(wrong)
        if ended.code is None:
            wrong.append(f"an endless wait: {ended.said}")
        elif ended.code == 0 and found != new:
            wrong.append(f"exit code 0 and rows {found}, not {new}")
        elif ended.code != 0 and found not in (self.rows, new):
            wrong.append(f"rows {found}, neither {self.rows} nor {new}")
        if ended.code:
            fault = FAULTS[cell.fault]
            if fault.survivable:
                wrong.append("the run failed")
            if not is_clear(ended.said, cell.operation, cell.fault):
                wrong.append("the error names neither operation nor cause")
            if "Traceback (most recent" in ended.said:
                wrong.append("a traceback")
        orphans = self.stop_sessions()
        # Without credentials nothing can be stopped: the idle timeout ends them.
        if orphans and cell.fault != "expired":
            wrong.append(f"{len(orphans)} session(s) left")
        self.rows = found
        return wrong

    def _clean_run(self) -> list[str]:
        """What is wrong after a run without faults: nothing may be."""
        ended = self.run()
        wrong: list[str] = []
        new = self.kind.after(self.rows, self.number)
        self.rows = self._read(wrong)
        if ended.code != 0:
            wrong.append(f"exit code {ended.code}: {ended.said[-600:]}")
        elif self.rows != new:
            wrong.append(f"rows {self.rows}, not {new}")
        if left := self._leftovers():
            wrong.append(f"left: {', '.join(left)}")
        return wrong

    def _read(self, wrong: list[str]) -> Rows | None:
        try:
            return self.lake.rows(self.schema, self.kind.name, self.kind.columns)
        except (OSError, ValueError) as error:
            wrong.append(f"cannot be read: {error}")
            return None

    def _leftovers(self) -> list[str]:
        return [name for name in self.lake.names(self.schema) if name != self.kind.name]

    def _start_over(self) -> None:
        self.lake.forget(self.schema)
        self.rows = None

    def stop_sessions(self) -> list[str]:
        """Ends the sessions that runs have left behind; their ids."""
        left = [name for name in self.lake.sessions() if name.startswith(self.schema)]
        for name in left:
            self.lake.glue.stop_session(Id=name)
        return left


def counted(calls: Sequence[tuple[str, dict[str, object]]]) -> dict[str, int]:
    """How many calls of each operation; polls of one thing are one."""
    seen: dict[str, list[object]] = {}
    for name, parameters in calls:
        what = turn(name, parameters)
        known = seen.setdefault(name, [])
        if what is None or what not in known:
            known.append(what)
    return {name: len(known) for name, known in seen.items()}
