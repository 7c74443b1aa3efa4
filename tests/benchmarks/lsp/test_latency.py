"""How long an editor waits for findings, hover and completion, beside other servers in the same run.

Run with `pytest tests/benchmarks/lsp/test_latency.py -s`, on a machine that is idle. Every server gets
the same texts, edits and order, one edit of each server after the other's, in an order that changes. Where
the other servers cannot be installed, dbt-glue is measured alone. What is measured can be chosen:

    LSP_BENCH_SIZES=60,190,2000   lines of the model
    LSP_BENCH_ROUNDS=40           edits of each kind that count; those that warm up come on top
    LSP_BENCH_SERVERS=dbt-glue,ty,basedpyright   also `dbt-glue (push)`, `fixit` and `jedi`
    LSP_BENCH_PYTHON=.venv        an environment whose packages type checkers see
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections import defaultdict
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.lsp.edits import BROKEN, SCENARIOS, Edit, statement_in_the_middle, text_of
from tests.benchmarks.lsp.servers import OURS, Server, chosen
from tests.benchmarks.lsp.tables import load, median_and_p95, rounded, row, say
from tests.benchmarks.lsp.typist import Typist, opened
from tests.unit.lsp.wire import SERVER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZES = [int(size) for size in os.environ.get("LSP_BENCH_SIZES", "60,190,2000").split(",")]
ROUNDS = int(os.environ.get("LSP_BENCH_ROUNDS", "40"))
WARM_UP = 5
LONGEST = 4 * 3600


# Row, method, after what it is asked, lines put into the middle of `model` right before.
ASKED = (
    ("hover, whole", "hover", "kept_{n} = eve", "    kept_{n} = events.limit({n})\n"),
    (
        "hover, broken below",
        "hover",
        "kept_{n} = eve",
        "    kept_{n} = events.limit({n})\n    other = events.limit(\n",
    ),
    (
        "completion after `events.`, whole",
        "completion",
        "kept_{n} = events.",
        "    kept_{n} = events.limit({n})\n",
    ),
    (
        "completion after `events.`, broken",
        "completion",
        "kept_{n} = events.",
        "    kept_{n} = events.\n",
    ),
    (
        # Another text before the dot each time, which nobody has asked about.
        "completion after `events.limit(1).`, broken",
        "completion",
        "kept_{n} = events.limit({n}).",
        "    kept_{n} = events.limit({n}).\n",
    ),
    (
        "completion after `dbt.ref(`, whole",
        "completion",
        "kept_{n} = dbt.ref(",
        '    kept_{n} = dbt.ref("customers")\n',
    ),
    (
        "completion after `dbt.ref(`, broken",
        "completion",
        "kept_{n} = dbt.ref(",
        "    kept_{n} = dbt.ref(\n",
    ),
)


class Measures:
    """Milliseconds of each server and row: of the clock, and of the processor."""

    def __init__(self, typists: list[Typist]) -> None:
        self.typists = typists
        self.clock: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.processor: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.found: dict[tuple[str, str], int] = {}
        self._order = random.Random(12)
        self._read = {typist.name: typist.processor() for typist in typists}
        self._last: dict[str, str | None] = dict.fromkeys(self._read)

    def make(self, edit: Edit) -> None:
        """Make an edit in every server, one after the other."""
        for typist in self._order.sample(self.typists, len(self.typists)):
            self._charge(typist)
            took = typist.milliseconds_of(edit)
            self._last[typist.name] = edit.row
            if edit.row is not None:
                self.clock[typist.name, edit.row].append(took)
                self.found[typist.name, edit.row] = len(typist.found)

    def run(self, scenario: Callable[[str, int], list[Edit]]) -> list[str]:
        """Make the edits of a scenario until each of its rows has been measured often enough; its rows."""
        text = self.typists[0].text
        name, wanted, number = self.typists[0].name, WARM_UP + ROUNDS, count()
        done = 0
        while done < wanted:
            edits = scenario(text, next(number))
            for edit in edits:
                self.make(edit)
            done = min(len(self.clock[name, edit.row]) for edit in edits if edit.row)
        assert all(typist.text == text for typist in self.typists), "a scenario puts its text back"
        return list(dict.fromkeys(edit.row for edit in scenario(text, 0) if edit.row))

    def typical(self, server: str, row: str) -> tuple[float, float]:
        """The median of the clock, and the mean of the processor, in which what came late is counted, too."""
        used = statistics.mean(self.processor[server, row][WARM_UP:])
        return statistics.median(self.clock[server, row][WARM_UP:]), used

    def cells(self, server: str, row: str) -> str:
        return (
            f"{median_and_p95(self.clock[server, row][WARM_UP:])}"
            f" · {rounded(self.typical(server, row)[1])}"
        )

    def rows(self) -> list[str]:
        return list(dict.fromkeys(row for _, row in self.clock))

    def _charge(self, typist: Typist) -> None:
        """What a server used since its edit before this one is that edit's, also what came after the answer."""
        now = typist.processor()
        last = self._last[typist.name]
        if last is not None:
            self.processor[typist.name, last].append(now - self._read[typist.name])
        self._read[typist.name] = now


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("lines", SIZES)
def test_edits_to_findings(tmp_path: Path, lines: int) -> None:
    text = text_of(lines)
    say(f"\n{text.count(chr(10))} lines, {ROUNDS} edits of each kind, {load()}")
    with ExitStack() as stack:
        typists = [
            stack.enter_context(typist)
            for number, server in enumerate(chosen())
            if (typist := opened(server, tmp_path / str(number), text)) is not None
        ]
        measures = Measures(typists)
        say("milliseconds: median / p95 of the clock · processor time of an edit")
        print_servers(typists)
        for scenario in SCENARIOS:
            for name in measures.run(scenario):
                cells = (measures.cells(typist.name, name) for typist in typists)
                row(name, *cells, wide=24)
        broken = (str(measures.found[typist.name, BROKEN]) for typist in typists)
        row("findings without the bracket", *broken, wide=24)
        print_ratios(measures)
        say(f"  {load()} at the end")
        assert measures.found.get((OURS, BROKEN), 1), "a missing bracket is not overlooked"


def print_servers(typists: list[Typist]) -> None:
    """What each server was sent and gave, so that the figures can be compared."""
    ranges = ("ranges" if item.takes_ranges else "whole texts" for item in typists)
    ways = ("asked for" if item.pulls else "waited for" for item in typists)
    for name, cells in (
        ("", (item.name for item in typists)),
        ("changes are sent as", ranges),
        ("findings are", ways),
        ("findings in the whole text", (str(len(item.found)) for item in typists)),
    ):
        row(name, *cells, wide=24)


def print_ratios(measures: Measures) -> None:
    """Ours against the processor time of the fastest type checker and the clock of the slowest."""
    names = [typist.name for typist in measures.typists]
    columns = [
        (other, what, place)
        for other, what, place in (
            ("ty", "processor / ty", 1),
            ("basedpyright", "clock / basedpyright", 0),
            ("basedpyright (push)", "clock / the same (push)", 0),
        )
        if other in names and OURS in names
    ]
    if columns:
        row("dbt-glue against", *(what for _, what, _ in columns), wide=26)
        for name in measures.rows():
            ours = measures.typical(OURS, name)
            ratios = [
                ours[place] / measures.typical(other, name)[place] for other, _, place in columns
            ]
            row(name, *(f"{ratio:.2f}" for ratio in ratios), wide=26)


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("lines", SIZES)
def test_hover_and_completion(tmp_path: Path, lines: int) -> None:
    """Right after an edit, whose findings nobody has asked for yet, and again in the same text."""
    text = text_of(lines)
    say(f"\n{text.count(chr(10))} lines, milliseconds: median / p95, {load()}")
    row("", "first", "again", "processor", wide=18)
    with Typist(Server(OURS, SERVER), tmp_path, text) as typist:
        for name, method, needle, lines_of in ASKED:
            place = statement_in_the_middle(text)
            first, again, used = [], [], []
            for number in range(WARM_UP + ROUNDS):
                added = lines_of.format(n=number)
                asked = partial(typist.ask, f"textDocument/{method}", needle.format(n=number))
                before = typist.processor()
                typist.change(Edit(None, place, place, added))
                first.append(milliseconds(asked))
                used.append(typist.processor() - before)
                again += [milliseconds(asked) for _ in range(3)]
                typist.findings()
                typist.change(Edit(None, place, place + len(added), ""))
                typist.findings()
            row(
                name,
                median_and_p95(first[WARM_UP:]),
                median_and_p95(again[3 * WARM_UP :]),
                rounded(statistics.mean(used[WARM_UP:])),
                wide=18,
            )


def milliseconds(asked: Callable[[], object]) -> float:
    """The clock of one request, whose answer says something."""
    started = time.perf_counter()
    answer = asked()
    took = 1000 * (time.perf_counter() - started)
    assert answer, "an answer that says nothing is no work"
    return took
