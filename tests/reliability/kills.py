"""dbt killed at many points of a job with a node of each kind; what is there then, and what the next run makes of it.

python -m tests.reliability.kills --points 200 --seed 3                 kill -9
python -m tests.reliability.kills --points 50 --signals SIGINT,SIGHUP

A point is a request that dbt makes, before the endpoint has it or after it has answered: the k-th one, drawn by the
seed. Requests are spread over a run's time, as statements are polled.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from glue_endpoint.process import client

from tests.reliability.chaos import SLOW
from tests.reliability.lake import Lake
from tests.reliability.shop import KINDS, Shop
from tests.reliability.warm_dbt import Dbt
from tests.reliability.wire import FaultWire
from tests.reliability.writers import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from glue_endpoint.process.client import EndpointHandle

    from tests.reliability.faults import Answer, Call
    from tests.reliability.shop import Rows

__all__ = ["NOT_REACHED", "Job", "Point", "main", "points_of"]

SCHEMA = "killed"
JOB = {**WRITERS, "seed": KINDS["seed"], "snapshot": KINDS["snapshot"]}
NOT_REACHED = "not reached"
PATIENCE = 30.0
"""Seconds within which a run that was told to end has ended."""
OVER = ("SIGTERM", "SIGHUP")
DONE = "Completed successfully"


class Point(NamedTuple):
    """At the `request`-th request of a run, before or after its answer, this signal."""

    request: int
    answered: bool
    signal: str

    def __str__(self) -> str:
        return f"{self.signal} {'after' if self.answered else 'before'} request {self.request}"


def points_of(count: int, requests: int, signals: Sequence[str], seed: int) -> list[Point]:
    """So many points of a run with so many requests, the same for the same seed."""
    draw = random.Random(f"{seed} {count} {','.join(signals)}")
    return [
        Point(draw.randint(1, requests), draw.random() < 0.5, signals[position % len(signals)])
        for position in range(count)
    ]


class Trigger:
    """A rule for a wire: at a point it sends the signal to a process, once."""

    def __init__(self, point: Point, send: Callable[[signal.Signals], None]) -> None:
        self._point, self._send = point, send
        self._lock = threading.Lock()
        self._seen = 0
        self.at = ""
        self.moment = 0.0
        self.goes_on = False
        """Whether tables were changed after the point."""

    def __call__(self, call: Call) -> Callable[[Call], Answer] | None:
        with self._lock:
            self._seen += 1
            if self._seen > self._point.request and call.operation in SLOW:
                self.goes_on = True
            if self._seen != self._point.request:
                return None
        self.at, self.moment = call.operation, time.monotonic()
        return self._happen

    def _happen(self, call: Call) -> Answer:
        number = signal.Signals[self._point.signal]
        if not self._point.answered:
            self._send(number)
            return call.forward()
        answer = call.forward()
        self._send(number)
        return answer


class Job:
    """The job on a wire of its own, and the tables that it makes."""

    def __init__(
        self, endpoint: EndpointHandle, state: Path, folder: Path, nodes: Sequence[str] = tuple(JOB)
    ) -> None:
        self.wire = FaultWire(endpoint)
        self.lake = Lake(endpoint, state)
        folder.mkdir()
        self._nodes = {name: JOB[name] for name in nodes}
        self.shop = Shop(
            folder,
            self.wire.url,
            SCHEMA,
            list(self._nodes.values()),
            threads=2,
            glue_session_id=SCHEMA,
            # What is replaced goes at once, so that what goes too early, and what never goes, is seen.
            old_version_retention_in_minutes=0,
        )
        self._dbt = Dbt(self.shop.place, endpoint, folder)
        self._number = 0
        self._rows: dict[str, Rows | None] = dict.fromkeys(self._nodes)

    def close(self) -> None:
        self._dbt.close()
        self.wire.close()

    def build(self, begun: dict[str, Rows] | None = None) -> list[str]:
        """A run that nobody disturbs; what is wrong after it.

        `begun`: the rows of a run that was killed, whose switches this one may complete before its own.
        """
        self._number += 1
        ended = self._dbt.run(self._command(), 300)
        wrong = [] if ended.code == 0 else [f"exit code {ended.code}: {ended.said[-800:]}"]
        for name, rows in self._look(wrong).items():
            expected = self._nodes[name].after(self._rows[name], self._number)
            completed = self._nodes[name].after((begun or self._rows)[name], self._number)
            if rows not in (expected, completed):
                wrong.append(f"{name}: {rows}, not {expected}")
            self._rows[name] = rows
        left = sorted(set(self.lake.names(SCHEMA)) - set(self._nodes))
        return wrong + ([f"tables left: {', '.join(left)}"] if left else [])

    def requests(self) -> int:
        """How many requests an undisturbed run makes."""
        self.wire.calls.clear()
        wrong = self.build()
        if wrong:
            raise AssertionError(f"nobody disturbed this run: {wrong}")
        return len(self.wire.calls)

    def kill(self, point: Point) -> tuple[str, list[str]]:
        """A run that is killed at a point, and the next one: where that was, and what is wrong."""
        self._number += 1
        trigger = self.wire.rule = Trigger(point, self._dbt.signal)
        ended = self._dbt.run(self._command(), 300)
        self.wire.rule = lambda _call: None
        wrong = []
        # These two leave the result as it is of a run that is over, while its sessions are being stopped.
        is_said = ended.code == 0 and DONE in ended.said
        is_over = is_said and point.signal in OVER and not trigger.goes_on
        if trigger.at and ended.code is None:
            wrong.append(ended.said)
        elif trigger.at and ended.code == 0 and not is_over:
            wrong.append("exit code 0 in spite of the signal")
        if trigger.at and time.monotonic() - trigger.moment > PATIENCE:
            wrong.append(f"ended {time.monotonic() - trigger.moment:.0f} s after the signal")
        sessions = self._sessions()
        if sessions and point.signal != "SIGKILL":
            wrong.append(f"{len(sessions)} session(s) left")
        begun = {
            name: kind.after(self._rows[name], self._number) for name, kind in self._nodes.items()
        }
        for name, rows in self._look(wrong).items():
            if is_over and rows != begun[name]:
                wrong.append(f"{name}: {rows} after exit code 0, not {begun[name]}")
            elif not self._nodes[name].may_be(rows, self._rows[name], begun[name]):
                wrong.append(f"{name}: {rows}, neither the old rows nor the new ones")
            self._rows[name] = rows
        # Beside what a killed run has left at work, as on AWS until the idle timeout.
        wrong += [f"the next run: {what}" for what in self.build(begun)]
        for session in sessions:
            self.lake.glue.stop_session(Id=session)
        return trigger.at or NOT_REACHED, wrong

    def end(self) -> list[str]:
        """What is wrong after a run beside which nothing of a killed one is at work any more."""
        wrong = self.build()
        return wrong + [f"no table uses {folder}" for folder in self._unused()]

    def _unused(self) -> list[Path]:
        """Folders of versions that no table and no partition of the job is made of, and of rows that were staged."""
        used, found = set(), set()
        for name in self._nodes:
            places = [self.lake.folder(place) for place in self.lake.places(SCHEMA, name)]
            used |= {folder for place in places for folder in (place, *place.parents)}
            roots = {parent for place in places for parent in place.parents if parent.name == name}
            found |= {folder for root in roots for folder in root.iterdir() if folder.is_dir()}
            found |= {rows for root in roots for rows in root.rglob("_dbt_append/*")}
        return sorted(found - used)

    def _command(self) -> list[str]:
        arguments = self.shop.command(next(iter(self._nodes.values())), self._number)
        return ["build", *arguments[3:]]

    def _look(self, wrong: list[str]) -> dict[str, Rows | None]:
        return {name: self._read(name, wrong) for name in self._nodes}

    def _read(self, name: str, wrong: list[str]) -> Rows | None:
        try:
            return self.lake.rows(SCHEMA, name, self._nodes[name].columns)
        except (OSError, ValueError) as error:
            wrong.append(f"{name} cannot be read: {error}")
            return None

    def _sessions(self) -> list[str]:
        return [name for name in self.lake.sessions() if name.startswith(SCHEMA)]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where nothing was wrong after any point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--signals", default="SIGKILL", help="SIGKILL, SIGINT, SIGTERM, SIGHUP")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    bad = struck = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as scratch:
        state = Path(scratch) / ".dbt-glue"
        endpoint = client.ensure_endpoint(state, on_progress=print)
        job = Job(endpoint, state, Path(scratch) / "job")
        try:
            job.requests()
            requests = job.requests()
            print(f"a run makes {requests} requests", flush=True)
            for point in points_of(options.points, requests, options.signals.split(","), options.seed):  # fmt: skip
                at, wrong = job.kill(point)
                bad += bool(wrong)
                struck += at != NOT_REACHED
                print(f"{'wrong' if wrong else 'right':<6} {point} ({at}) {'; '.join(wrong)[:600]}", flush=True)  # fmt: skip
            left = job.end()
            print("\n".join(left))
            print(
                f"{struck} of {options.points} points struck, {bad} wrong; {len(left)} wrong after the last run"
            )
        finally:
            job.close()
            client.stop(state)
    return 1 if bad or left else 0


if __name__ == "__main__":
    sys.exit(main())
