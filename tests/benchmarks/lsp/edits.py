"""The edits that every server is given: the same texts, edits and order for all of them, and no text twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.compiler.bench_analyze import model_of

if TYPE_CHECKING:
    from collections.abc import Callable

TYPICAL = Path(__file__).parent / "models/typical.py"
TYPICAL_LINES = 60
BROKEN = "a bracket broken in `model`"


@dataclass(frozen=True)
class Edit:
    """`text` in the place of what stands from `start` to `end`, offsets in the text before.

    `row` is the row of the table in which it is measured; an edit that only puts a text back has none.
    """

    row: str | None
    start: int
    end: int
    text: str

    def applied_to(self, text: str) -> str:
        """The text after the edit."""
        return text[: self.start] + self.text + text[self.end :]

    def as_range(self, text: str) -> dict[str, Any]:
        """The change as an editor sends it to a server that takes ranges.

        The texts here have no line break but "\\n", and no character of two UTF-16 units.
        """
        where = {"start": _position(text, self.start), "end": _position(text, self.end)}
        return {"range": where, "text": self.text}


def text_of(lines: int) -> str:
    """A model of about that many lines: a typical one of 60, or one that is dense all through."""
    return TYPICAL.read_text(encoding="utf-8") if lines == TYPICAL_LINES else model_of(lines)


def statement_in_the_middle(text: str) -> int:
    """Where the line of a statement in the middle of `model` begins."""
    return text.rindex("\n", 0, _number_in_model(text).start()) + 1


def typed(text: str, number: int) -> list[Edit]:
    """A line typed into the middle of `model`, from Enter on, character by character."""
    row = "a character typed in `model`"
    start = statement_in_the_middle(text) - 1
    line = f'kept = events.filter("amount > {1000 + number}").select("country")'
    edits = [Edit(row, start, start, "\n    ")]
    at = start + len("\n    ")
    edits += [Edit(row, at + place, at + place, char) for place, char in enumerate(line)]
    return [*edits, Edit(None, start, at + len(line), "")]


def number_in_model(text: str, number: int) -> list[Edit]:
    """Another number in a call in the middle of `model`."""
    found = _number_in_model(text)
    return _replaced("a number changed in the middle of `model`", found, f"{1000 + number}.5")


def number_in_function(text: str, number: int) -> list[Edit]:
    """Another number in a function in the middle of those that `model` calls."""
    found = _middle(re.compile(r"(?<=<= )\d+(?=\))"), text, 0, _def_of_model(text))
    return _replaced("a number changed in a function above `model`", found, f"{1000 + number}")


def first_of_the_file(text: str, number: int) -> list[Edit]:
    """An import above everything, so that every line moves."""
    line = f"import json as json_{number}\n"
    return _inserted("a statement first in the file", text, 0, line, number)


def first_in_model(text: str, number: int) -> list[Edit]:
    """A statement above all others of `model`."""
    start = text.index("\n", _def_of_model(text) + 1) + 1
    line = f"    limit_{number} = {number}\n"
    return _inserted("a statement first in `model`", text, start, line, number)


def last_in_model(text: str, number: int) -> list[Edit]:
    """A statement before the last `return`."""
    start = text.rindex("    return ")
    line = f"    result = result.limit({1000 + number})\n"
    return _inserted("a statement last in `model`", text, start, line, number)


def bracket(text: str, number: int) -> list[Edit]:
    """A call loses its bracket, and gets it back behind other digits, so that no text comes twice."""
    found = _number_in_model(text)
    digits = str(1000 + number)
    return [
        Edit(BROKEN, found.end(), found.end() + 1, digits),
        Edit("its repair", found.end() + len(digits), found.end() + len(digits), f"{number})"),
        Edit(None, found.end(), found.end() + len(digits) + len(f"{number})"), ")"),
    ]


SCENARIOS: tuple[Callable[[str, int], list[Edit]], ...] = (
    typed,
    number_in_model,
    number_in_function,
    first_of_the_file,
    first_in_model,
    last_in_model,
    bracket,
)


def _inserted(row: str, text: str, start: int, line: str, number: int) -> list[Edit]:
    """A line that was not there. The text before has a comment of its own at its end: no server has seen it yet.

    Otherwise one that remembers texts would go on from the line of the last time to this one.
    """
    comment, end = f"# {number}\n", len(text)
    return [
        Edit(None, end, end, comment),
        Edit(row, start, start, line),
        Edit(None, start, start + len(line), ""),
        Edit(None, end, end + len(comment), ""),
    ]


def _replaced(row: str, found: re.Match[str], by: str) -> list[Edit]:
    start = found.start()
    return [Edit(row, start, found.end(), by), Edit(None, start, start + len(by), found[0])]


def _def_of_model(text: str) -> int:
    return text.index("\ndef model(")


def _number_in_model(text: str) -> re.Match[str]:
    """The last argument `rate=1.5` of a call, in a line that begins a statement of `model`."""
    return _middle(re.compile(r"(?<=rate=)\d+\.\d+(?=\)\n)"), text, _def_of_model(text), len(text))


def _middle(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str]:
    found = list(pattern.finditer(text, start, end))
    return found[len(found) // 2]


def _position(text: str, offset: int) -> dict[str, int]:
    line = text.count("\n", 0, offset)
    return {"line": line, "character": offset - (text.rfind("\n", 0, offset) + 1)}
