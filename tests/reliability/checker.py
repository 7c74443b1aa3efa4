"""What readers of a table may see, given who wrote it when: a history is held against that, without any clock of its own.

Each run writes ROWS rows that tell its number and their sequence. A run is acknowledged when dbt ended with 0; of any
other run nobody knows whether, and when, it takes effect.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["GROWS", "REPLACED", "ROWS", "History", "Read", "Violation", "Write", "violations"]

ROWS = 3
REPLACED = "replaced"
"""A run's rows replace those that were in its parts: the whole table is the part ""."""
GROWS = "grows"
"""A run's rows are added."""

Row = tuple[int, int, str]
"""The run's number, the sequence from 0, and the part."""


class Write(NamedTuple):
    """A run of a table. `ended` is None where it was not acknowledged; moments are seconds."""

    table: str
    run: int
    began: float
    ended: float | None
    parts: tuple[str, ...] = ("",)
    how: str = "exit code 0"

    @property
    def end(self) -> float:
        """From when on it cannot take effect any more."""
        return float("inf") if self.ended is None else self.ended

    def __str__(self) -> str:
        until = "?" if self.ended is None else f"{self.ended:.2f}"
        return f"{self.began:8.2f} - {until:>8}  run {self.run} of {self.table}: {self.how}"


class Read(NamedTuple):
    """What a reader saw, or the error that it met."""

    reader: str
    table: str
    began: float
    ended: float
    rows: tuple[Row, ...] = ()
    error: str = ""

    def runs(self, part: str | None = None) -> set[int]:
        return {run for run, _, where in self.rows if part in (None, where)}

    def __str__(self) -> str:
        seen = self.error[:160] or f"rows of the runs {sorted(self.runs())}"
        return f"{self.began:8.2f} - {self.ended:8.2f}  {self.reader} reads {self.table}: {seen}"


class History(NamedTuple):
    """`shapes`: REPLACED or GROWS, by table."""

    shapes: dict[str, str]
    writes: Sequence[Write]
    reads: Sequence[Read]


class Violation(NamedTuple):
    """What must not be, and the events that show it, as few as there are."""

    what: str
    events: tuple[Write | Read, ...]

    def __str__(self) -> str:
        told = sorted(self.events, key=lambda event: event.began)
        return "\n".join([self.what, *(f"  {event}" for event in told)])


def violations(history: History) -> list[Violation]:
    """Everything that is wrong, in the order of the reads."""
    return list(_violations(history))


def _violations(history: History) -> Iterator[Violation]:
    writes: dict[str, dict[int, Write]] = defaultdict(dict)
    for write in history.writes:
        writes[write.table][write.run] = write
    last: dict[tuple[str, str], Read] = {}
    shown: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for read in sorted(history.reads, key=lambda read: read.began):
        if read.error:
            yield Violation("a read failed", (read,))
            continue
        known = writes[read.table]
        before = last.get((read.reader, read.table))
        last[read.reader, read.table] = read
        yield from _whole(read, known)
        if history.shapes[read.table] == GROWS:
            yield from _grown(read, before, known)
        else:
            yield from _replaced(read, before, known)
            yield from _back(read, known, shown)


def _whole(read: Read, known: dict[int, Write]) -> Iterator[Violation]:
    """Each run's rows are there as a whole, and once."""
    found: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    for run, sequence, part in read.rows:
        found[run, part][sequence] += 1
    for (run, _), sequences in found.items():
        if run not in known:
            yield Violation("rows of nobody", (read,))
        elif max(sequences.values()) > 1:
            yield Violation("a run's rows are there twice", (known[run], read))
        elif set(sequences) != set(range(ROWS)):
            yield Violation("a part of a run's rows", (known[run], read))


def _grown(read: Read, before: Read | None, known: dict[int, Write]) -> Iterator[Violation]:
    seen = read.runs()
    for write in _acknowledged(known.values(), read.began):
        if write.run not in seen:
            beside = [other for other in known.values() if _overlap(write, other)]
            yield Violation("an acknowledged run's rows are missing", (write, *beside[:1], read))
    if before is not None and (gone := before.runs() - seen):
        yield Violation("older than this reader's last", (known[min(gone)], before, read))


def _replaced(read: Read, before: Read | None, known: dict[int, Write]) -> Iterator[Violation]:
    parts = {part for write in known.values() for part in write.parts}
    for part in sorted(parts):
        of_part = [write for write in known.values() if part in write.parts]
        acknowledged = list(_acknowledged(of_part, read.began))
        runs = sorted(run for run in read.runs(part) if run in known)
        if len(runs) > 1:
            yield Violation("a mix of versions", (*(known[run] for run in runs), read))
        elif not runs and acknowledged:
            yield Violation("empty, after a first version", (acknowledged[0], read))
        elif runs:
            here = known[runs[0]]
            newer = [write for write in acknowledged if write.began > here.end]
            if newer:
                yield Violation("older than an acknowledged version", (here, newer[0], read))
            elif before is not None:
                seen = [known[run] for run in before.runs(part) if run in known]
                later = [write for write in seen if write.began > here.end]
                if later:
                    events = (here, later[0], before, read)
                    yield Violation("older than this reader's last", events)


def _back(
    read: Read, known: dict[int, Write], shown: dict[tuple[str, str, str], list[int]]
) -> Iterator[Violation]:
    """A version that another one has replaced before this reader's eyes is not seen again, nor is nothing.

    `shown` are the runs that each reader has seen of each part, in their order. A run of which nobody knows when it took
    effect did so once.
    """
    for part in {part for write in known.values() for part in write.parts}:
        order = shown[read.reader, read.table, part]
        here = sorted(run for run in read.runs(part) if run in known)
        of_part = [write for write in known.values() if part in write.parts]
        if not here and order and not any(_acknowledged(of_part, read.began)):
            yield Violation("empty, after this reader saw a version", (known[order[-1]], read))
        for run in here:
            if run in order[:-1]:
                events = (known[run], known[order[-1]], read)
                yield Violation("a replaced version is back", events)
            elif run not in order:
                order.append(run)


def _acknowledged(writes: Iterable[Write], moment: float) -> Iterator[Write]:
    return (write for write in writes if write.ended is not None and write.ended < moment)


def _overlap(one: Write, other: Write) -> bool:
    return one.run != other.run and one.began < other.end and other.began < one.end
