"""A long session: memory and latency after 20,000 edits of one document against those of the first 100.

Run with `pytest tests/benchmarks/lsp/test_soak.py -s`; `LSP_BENCH_SOAK=2000` makes fewer edits.
"""

from __future__ import annotations

import os
import random
import re
import time
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.lsp.edits import Edit, text_of
from tests.benchmarks.lsp.servers import OURS, Server
from tests.benchmarks.lsp.tables import load, median_and_p95, row, say
from tests.benchmarks.lsp.typist import Typist
from tests.unit.lsp.wire import SERVER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES = 190
EDITS = int(os.environ.get("LSP_BENCH_SOAK", "20000"))
COMPARED = 100
SHOWN = 10
PIECES = (
    *("(", ")", "[", '"', "'", '"""', "\\", ":", ",", ".", "\n", "    ", "é", "\u2028", "\f"),
    *("events", "F.col(", "return ", "if rates:", "for row in ", "lambda: ", "# ", "dbt.ref("),
)


class Editing:
    """Random small edits, most of which are undone after a few more.

    So the text stays about as long as it was. A number that changed stays; statements come and go; pieces
    that come and characters that go break the text for a while, about a quarter of the time.
    """

    def __init__(self, base: str, seed: int) -> None:
        self._base = base
        self._text = base
        self._random = random.Random(seed)

    def edits(self, number: int) -> Iterator[Edit]:
        """So many edits, the last of which brings the whole text back."""
        for edit in islice(self._endless(), number - 1):
            self._text = edit.applied_to(self._text)
            yield edit
        yield Edit(None, 0, len(self._text), self._base)
        self._text = self._base

    def _endless(self) -> Iterator[Edit]:
        while True:
            yield self._number()
            undo = []
            coming = self._random.choice(((self._statement,), (self._piece, self._gone)))
            for _ in range(self._random.randint(1, 4)):
                edit = self._random.choice(coming)()
                before = self._text[edit.start : edit.end]
                undo.append(Edit(None, edit.start, edit.start + len(edit.text), before))
                yield edit
            yield from reversed(undo)

    def _number(self) -> Edit:
        found = self._random.choice(list(re.finditer(r"(?<=[ =])\d+\b", self._text)))
        return Edit(None, found.start(), found.end(), str(self._random.randint(1, 99999)))

    def _statement(self) -> Edit:
        place = self._random.choice(
            list(re.finditer(r"^    (?=result =)", self._text, re.MULTILINE))
        )
        line = f"    more_{self._random.randint(1, 999)} = dbt.ref('events').limit(3)\n"
        return Edit(None, place.start(), place.start(), line)

    def _piece(self) -> Edit:
        place = self._random.randint(0, len(self._text))
        return Edit(None, place, place, self._random.choice(PIECES))

    def _gone(self) -> Edit:
        start = self._random.randint(0, len(self._text) - 1)
        end = min(start + self._random.choice((1, 1, 3, 20)), len(self._text))
        return Edit(None, start, end, "")


@pytest.mark.timeout(4 * 3600)
def test_a_long_session(tmp_path: Path) -> None:
    base = text_of(LINES)
    say(f"\n{EDITS} edits of a model of {LINES} lines, milliseconds: median / p95, {load()}")
    row("", "to findings", "memory, MB", wide=18)
    with Typist(Server(OURS, SERVER), tmp_path, base) as typist:
        findings = typist.found
        first = run(typist, Editing(base, seed=1), COMPARED)
        row(f"the first {COMPARED}", median_and_p95(first), f"{typist.memory():.0f}", wide=18)
        started = time.perf_counter()
        editing = Editing(base, seed=2)
        between = (EDITS - 2 * COMPARED) // SHOWN
        for part in range(1, SHOWN + 1):
            times = run(typist, editing, between)
            name = f"up to {COMPARED + part * between:,}"
            row(name, median_and_p95(times), f"{typist.memory():.0f}", wide=18)
        last = run(typist, Editing(base, seed=1), COMPARED)
        row(f"the same {COMPARED} again", median_and_p95(last), f"{typist.memory():.0f}", wide=18)
        row("seconds of all between", f"{time.perf_counter() - started:.0f}", wide=18)
        assert typist.found == findings, "the same text has the same findings"
        assert "Traceback" not in typist.client.errors


def run(typist: Typist, editing: Editing, number: int) -> list[float]:
    """Milliseconds from each of so many edits to its findings."""
    return [typist.milliseconds_of(edit) for edit in editing.edits(number)]
