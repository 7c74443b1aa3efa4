"""Spark's types as texts: which words of a text stand for types."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(`[^`]+`)|([A-Za-z_]\w*)|(\d+)|('[^']*'|\"[^\"]*\")|([<>(),:]))")
_INNER = {"array": 1, "map": 2}


@dataclass(frozen=True, slots=True)
class TypeWord:
    """A word that stands for a type, and the numbers behind it: `decimal(10, 2)`, which ends at `end`."""

    start: int
    word: str
    end: int
    numbers: tuple[int, ...] = ()


class _Unusual(Exception):
    """A text that is none of the plain forms."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[int, str, int]] = []
        self.found: list[TypeWord] = []
        self.at = 0
        place = 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            if match is None:
                raise _Unusual
            group = match.lastindex or 0
            self.tokens.append((match.start(group), match[group], match.end(group)))
            place = match.end()

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> tuple[int, str, int]:
        if not self.peek() or (wanted and self.peek() != wanted):
            raise _Unusual
        self.at += 1
        return self.tokens[self.at - 1]

    def word(self) -> tuple[int, str, int]:
        token = self.take()
        if not token[1].isidentifier():
            raise _Unusual
        return token

    def type(self) -> None:
        start, word, end = self.word()
        lower = word.lower()
        if self.peek() == "<":
            self.take()
            if lower == "struct":
                self.fields()
            elif lower in _INNER:
                self.type()
                for _ in range(_INNER[lower] - 1):
                    self.take(",")
                    self.type()
            else:
                raise _Unusual
            self.take(">")
            return
        numbers = []
        if self.peek() == "(":
            self.take()
            numbers.append(self.number())
            while self.peek() == ",":
                self.take()
                numbers.append(self.number())
            end = self.take(")")[2]
        self.found.append(TypeWord(start, word, end, tuple(numbers)))

    def number(self) -> int:
        token = self.take()[1]
        if not token.isdecimal():
            raise _Unusual
        return int(token)

    def fields(self) -> None:
        self.field()
        while self.peek() == ",":
            self.take()
            self.field()

    def field(self) -> None:
        token = self.take()[1]
        if not token.isidentifier() and not token.startswith("`"):
            raise _Unusual
        if self.peek() == ":":
            self.take()
        self.type()
        if self.peek().lower() == "not":
            self.take()
            if self.take()[1].lower() != "null":
                raise _Unusual
        if self.peek().lower() == "comment":
            self.take()
            self.take()


def type_words(text: str, *, fields: bool) -> tuple[TypeWord, ...]:
    """The words of a type (with `fields`: or of the fields of a row) that stand for types; none where it is not a plain one."""
    fields = fields and not text.lstrip().lower().startswith("interval")
    for form in ("type", "fields") if fields else ("type",):
        try:
            reader = _Reader(text)
            getattr(reader, form)()
        except _Unusual:
            continue
        if not reader.peek():
            return tuple(reader.found)
    return ()
