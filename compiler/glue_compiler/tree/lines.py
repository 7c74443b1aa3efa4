"""The logical lines of a text: which of its lines make up one statement, or the head of one.

Their places need not be right where a text is not Python: a statement that was cut in the wrong place
cannot be parsed by itself, and its text is then analysed as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN = re.compile(r"[^\n#\"'()\[\]{}\\]*")
_QUOTED = re.compile(
    r"\"\"\"(?:[^\"\\]|\\(?:\r\n|.)|\"(?!\"\"))*\"\"\""
    r"|'''(?:[^'\\]|\\(?:\r\n|.)|'(?!''))*'''"
    r"|\"(?!\"\")(?:[^\"\\\n]|\\(?:\r\n|.))*\""
    r"|'(?!'')(?:[^'\\\n]|\\(?:\r\n|.))*'",
    re.DOTALL,
)
_COMMENT = re.compile(r"[^\n]*")
_CONTINUED = re.compile(r"\\\r?\n")
_INDENTED = re.compile(r"^([ \t])[ \t]*[^ \t\r\n#]", re.MULTILINE)
_WORD = re.compile(r"@|\w+|")


class LogicalLine(NamedTuple):
    """The lines `first` up to `end` (0-based, half-open), their indentation, and their first word or `@`."""

    first: int
    end: int
    indent: int
    word: str


class NotPlain(Exception):
    """A text with something in it that is not cut: the whole is analysed."""


def logical_lines(
    text: str,
    starts: Sequence[int],
    blank: str,
    first: int = 0,
    known: Sequence[LogicalLine] = (),
    shift: int = 0,
) -> list[LogicalLine]:
    """The logical lines from line `first` on, where one begins or nothing but blank lines and comments.

    `known` are lines of the text before, which hold again `shift` lines further down. Blank lines
    and comments belong to no logical line. `blank` is what they are all indented by.

    Raises:
        NotPlain: for a text that is not cut.
    """
    found: list[LogicalLine] = []
    known_first = [line.first + shift for line in known]
    count = len(starts)
    length = len(text)
    number = first
    while number < count:
        at = bisect_left(known_first, number)
        if at < len(known_first) and known_first[at] == number:
            found += [
                LogicalLine(line.first + shift, line.end + shift, line.indent, line.word)
                for line in known[at:]
            ]
            return found
        start = starts[number]
        end_of_line = starts[number + 1] if number + 1 < count else length
        code = start
        while code < length and text[code] == blank:
            code += 1
        stripped = text[start:end_of_line].strip(" \t\r\n")
        if not stripped or stripped[0] == "#":
            number += 1
            continue
        if text[code] in " \t\f\\":
            raise NotPlain
        end = _end_of(text, code)
        last = number + 1
        while last < count and starts[last] < end:
            last += 1
        word = _WORD.match(text, code)
        found.append(LogicalLine(number, last, code - start, word[0] if word else ""))
        number = last
    return found


def indented_by(text: str) -> str:
    """What the first line that is indented begins with: of other lines with anything else nothing is cut."""
    match = _INDENTED.search(text)
    return " " if match is None else match[1]


def _end_of(text: str, position: int) -> int:
    """The offset after the line break of the logical line that begins at a position."""
    depth = 0
    length = len(text)
    plain, quoted = _PLAIN.match, _QUOTED.match
    while True:
        match = plain(text, position)
        position = match.end() if match else position
        if position >= length:
            return length
        char = text[position]
        if char in "([{":
            depth += 1
            position += 1
        elif char in ")]}":
            depth -= 1
            position += 1
        elif char in "\"'":
            string = quoted(text, position)
            if string is None:
                raise NotPlain
            position = string.end()
        elif char == "\n":
            position += 1
            if depth <= 0:
                return position
        elif char == "#":
            comment = _COMMENT.match(text, position)
            position = comment.end() if comment else length
        else:
            continued = _CONTINUED.match(text, position)
            if continued is None or continued.end() == length:
                # At the end of a text, nothing tells where the line will end.
                raise NotPlain
            position = continued.end()
