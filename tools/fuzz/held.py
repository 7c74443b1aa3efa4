"""Runs programs on Spark and holds the check against what it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.fuzz.grammar import program
from tools.mutation.judging import statement_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.mutation.judging import Judge, Said
    from tools.mutation.running import Given, Runner


@dataclass(frozen=True)
class Held:
    """A program, what running it gave, and what the check says of it."""

    seed: int
    text: str
    given: Given
    said: tuple[Said, ...]

    @property
    def false(self) -> list[Said]:
        """The errors on a program that runs."""
        errors = [one for one in self.said if one.severity == "error"]
        return [] if self.given.error else errors

    @property
    def known(self) -> bool:
        """Whether the check has something on the statement in which the run failed; of a write, anywhere."""
        lines = statement_lines(self.text, self.given.lines)
        return any(one.touches(lines) or not self.given.lines for one in self.said)


@dataclass
class Table:
    """How many programs ran, and by class of error how many failed and how many of these the check knew."""

    ran: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """The table."""
        rows = [
            f"| {name} | {count} | {self.known[name]} |"
            for name, count in self.failed.most_common()
        ]
        total = (sum(self.failed.values()), sum(self.known.values()))
        head = ["| error of Spark | programs | known to the check |", "|---|---:|---:|"]
        return [*head, *rows, f"| all | {total[0]} | {total[1]} |", f"{self.ran} programs ran."]


def held(seeds: Iterable[int], runner: Runner, judge: Judge) -> list[Held]:
    """Each program of the seeds, run and checked."""
    found = []
    for seed in seeds:
        text = program(seed)
        found.append(Held(seed, text, runner.run(text), tuple(judge.said(text))))
    return found


def counted(programs: Iterable[Held]) -> Table:
    """The table of some programs."""
    table = Table()
    for one in programs:
        if not one.given.error:
            table.ran += 1
            continue
        message = one.given.message
        kind = message[1 : message.index("]")] if message.startswith("[") else ""
        name = f"{one.given.error} {kind}".strip()
        table.failed[name] += 1
        table.known[name] += one.known
    return table
