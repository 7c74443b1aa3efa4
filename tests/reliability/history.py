"""Writers and readers of the same tables beside each other, with kills and a bad wire; then the history is checked.

python -m tests.reliability.history --minutes 10 --seed 7
python -m tests.reliability.history --minutes 1 --tables merged,whole --calm      no kills, a good wire

Prints a line for each kind of violation with the fewest events that show it; exit code 1 where there is one.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from glue_endpoint.process import client

from tests.reliability.chaos import Chaos, kill_jvm
from tests.reliability.checker import History, Read, Violation, Write, violations
from tests.reliability.readers import Athena, Reader, Spark, Unread
from tests.reliability.shop import Shop
from tests.reliability.warm_dbt import Dbt
from tests.reliability.wire import FaultWire
from tests.reliability.writers import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from glue_endpoint.process.client import EndpointHandle

__all__ = ["Theatre", "main", "shortest"]

SCHEMA = "history"
KILLED = 0.15
"""Of the runs so many end by kill -9."""
ENDS: dict[int | None, str] = {0: "acknowledged", -signal.SIGKILL: "killed"}
PATIENCE = 180.0
"""Seconds more for those who have not yet done anything: sessions start late on a machine that is busy."""
PAUSE = 2.0
"""Seconds from an Athena query's plan to its reading, at most."""


class Theatre:
    """The endpoint, the tables and everyone who uses them. Everything random is drawn by the seed."""

    def __init__(
        self, endpoint: EndpointHandle, state: Path, folder: Path, *, seed: int, tables: Sequence[str],
        calm: bool = False, kills: bool = True, writers: int = 3,
    ) -> None:  # fmt: skip
        self.writes: list[Write] = []
        self.reads: list[Read] = []
        self.struck: Counter[str] = Counter()
        self.failed: list[str] = []
        """What must not be and is no read's: workers that broke down, runs without an end, a quiet run that failed."""
        self._endpoint, self._state, self._folder = endpoint, state, folder
        self._seed, self._tables, self._calm = seed, list(tables), calm
        self._writers, self._kills = writers, kills and not calm
        self._began = time.monotonic()
        self._until = threading.Event()
        self._numbers = iter(range(1, 10**6))
        self._lock = threading.Lock()

    def play(self, seconds: float) -> History:
        """Everyone at once for so long, or until all took part; then quiet runs and reads, which find what was lost."""
        workers = [
            *(self._worker(self._write, n) for n in range(self._writers)),
            *(self._worker(self._look, make) for make in self._readers()),
        ]
        if self._kills:
            workers.append(self._worker(self._kill_jvms))
        for worker in workers:
            worker.start()
        self._until.wait(seconds)
        late = time.monotonic() + PATIENCE
        while not self._all_took_part() and time.monotonic() < late and not self.failed:
            self._until.wait(0.2)
        self._until.set()
        for worker in workers:
            worker.join()
        self._end_quietly()
        shapes = {name: WRITERS[name].shape for name in self._tables}
        return History(shapes, self.writes, self.reads)

    def _all_took_part(self) -> bool:
        """Whether a run ended well, and every reader has read a table."""
        names = {read.reader for read in list(self.reads)}
        return len(names) == len(self._readers()) and any(w.ended for w in list(self.writes))

    def _worker(self, work: Callable[..., None], *given: object) -> threading.Thread:
        def told() -> None:
            try:
                work(*given)
            except BaseException as error:
                self.failed.append(f"{work.__name__}{given} broke down: {error!r}")
                raise

        return threading.Thread(target=told)

    def now(self) -> float:
        return time.monotonic() - self._began

    # Writers

    def _write(self, number: int) -> None:
        draw = random.Random(f"{self._seed} writer {number}")
        chaos = Chaos(f"{self._seed} wire {number}")
        chaos.calm = self._calm
        with self._writer(number) as (wire, shop, dbt):
            wire.rule = chaos
            while not self._until.is_set():
                killed = self._kills and draw.random() < KILLED
                self._run(shop, dbt, draw.choice(self._tables), draw.uniform(0.3, 3.0) if killed else None)  # fmt: skip
            wire.rule = lambda _call: None

    @contextlib.contextmanager
    def _writer(self, number: int) -> Iterator[tuple[FaultWire, Shop, Dbt]]:
        folder = self._folder / f"writer{number}"
        folder.mkdir()
        wire = FaultWire(self._endpoint)
        shop = Shop(folder, wire.url, SCHEMA, list(WRITERS.values()), glue_session_id=f"w{number}")
        dbt = Dbt(shop.place, self._endpoint, folder)
        try:
            yield wire, shop, dbt
        finally:
            dbt.close()
            wire.close()

    def _run(self, shop: Shop, dbt: Dbt, table: str, kill_after: float | None = None) -> Write:
        with self._lock:
            run = next(self._numbers)
        kind = WRITERS[table]
        began = self.now()
        timer = threading.Timer(kill_after or 0, dbt.signal, (signal.SIGKILL,))
        if kill_after is not None:
            timer.start()
        ended = dbt.run(shop.command(kind, run), within=180)
        timer.cancel()
        how = "exit code 0" if ended.code == 0 else f"exit code {ended.code}: {ended.said[-300:]}"
        self.struck[f"runs of {table}: {ENDS.get(ended.code, 'failed')}"] += 1
        if ended.code is None:
            self.failed.append(f"run {run} of {table} {ended.said}")
        write = Write(
            table, run, began, self.now() if ended.code == 0 else None, kind.parts(run), how
        )
        self.writes.append(write)
        return write

    # Readers

    def _readers(self) -> list[Callable[[], Reader]]:
        return [
            lambda: Athena(self._endpoint, self._state, SCHEMA, 0.0),
            lambda: Athena(self._endpoint, self._state, SCHEMA, PAUSE),
            lambda: Spark(self._endpoint, SCHEMA),
        ]

    def _look(self, make: Callable[[], Reader]) -> None:
        reader = make()
        try:
            while not self._until.is_set():
                for table in self._tables:
                    self._read(reader, table)
                self._until.wait(0.1)
        finally:
            reader.close()

    def _read(self, reader: Reader, table: str) -> None:
        began = self.now()
        try:
            rows = reader.read(table)
        except Unread:
            self.struck[f"reads of {reader.name} that were struck themselves"] += 1
            return
        except (OSError, ValueError) as error:
            self.reads.append(Read(reader.name, table, began, self.now(), error=f"{type(error).__name__}: {error}"))  # fmt: skip
            return
        if rows is not None or any(w.table == table and w.end < began for w in list(self.writes)):
            self.reads.append(Read(reader.name, table, began, self.now(), rows or ()))

    # Kills and the end

    def _kill_jvms(self) -> None:
        draw = random.Random(f"{self._seed} jvm")
        while not self._until.wait(draw.uniform(30, 60)):
            if kill_jvm(self._endpoint.pid, draw.choice) is not None:
                self.struck["JVMs killed"] += 1

    def _end_quietly(self) -> None:
        """The wires are quiet: every table is read, built once more, and read again."""
        readers = [make() for make in self._readers()]
        with self._writer(self._writers) as (_, shop, dbt):
            for table in self._tables:
                for reader in readers:
                    self._read(reader, table)
                last = self._run(shop, dbt, table)
                if last.ended is None:
                    self.failed.append(f"the last, quiet run of {table}: {last.how}")
                for reader in readers:
                    self._read(reader, table)
        for reader in readers:
            reader.close()


def shortest(found: Sequence[Violation]) -> list[Violation]:
    """One violation of each kind and table: that with the fewest events."""
    best: dict[tuple[str, str], Violation] = {}
    for violation in found:
        key = (violation.what, violation.events[0].table)
        if key not in best or len(violation.events) < len(best[key].events):
            best[key] = violation
    return list(best.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where the history is as it has to be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tables", default=",".join(WRITERS))
    parser.add_argument("--calm", action="store_true", help="no kills and no faults")
    parser.add_argument("--no-kills", action="store_true", help="faults, but no kills")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="history-") as scratch:
        state = Path(scratch) / ".dbt-glue"
        endpoint = client.ensure_endpoint(state, on_progress=print)
        try:
            theatre = Theatre(
                endpoint, state, Path(scratch), seed=options.seed,
                tables=options.tables.split(","), calm=options.calm, kills=not options.no_kills,
            )  # fmt: skip
            history = theatre.play(options.minutes * 60)
        finally:
            client.stop(state)
    return told(theatre, history)


def told(theatre: Theatre, history: History) -> int:
    found = violations(history)
    for violation in shortest(found):
        print(f"\n{violation}")
    print()
    for what, count in sorted(theatre.struck.items()):
        print(f"{count:>6}  {what}")
    kinds = Counter(violation.what for violation in found)
    verdict = ", ".join(f"{what} ({count})" for what, count in kinds.items()) or "as it has to be"
    for reader, count in Counter(read.reader for read in history.reads).items():
        print(f"{count:>6}  reads of {reader}")
    print(*theatre.failed, sep="\n")
    print(f"{len(history.writes)} runs, {len(history.reads)} reads: {verdict}")
    return 1 if found or theatre.failed else 0


if __name__ == "__main__":
    sys.exit(main())
