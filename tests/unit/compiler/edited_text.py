"""A text that is edited: its versions, and the places that an edit means in it."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE = 10_000
"""An edit's place is a share of the text in ten-thousandths, so that it means something in every text."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One action of an editor's user.

    `at` is where (0 to WHOLE - 1, as a share of the lines), `size` how much (1 to 12), `pick` which of
    the things that the kind can do (0 to WHOLE - 1).
    """

    kind: str
    at: int
    size: int
    pick: int


@dataclass(slots=True)
class EditedText:
    """A text that is edited, all of its versions, and where something was opened that is to be closed."""

    text: str
    versions: list[str] = field(default_factory=list)
    opened: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.versions.append(self.text)

    def become(self, text: str) -> None:
        """Take the next version, if it is another."""
        if text != self.text:
            self.opened = moved(self.opened, self.text, text)
            self.text = text
            self.versions.append(text)


EditMaker: TypeAlias = "Callable[[EditedText, Edit], list[str]]"
"""The next versions under an edit, none where the edit does not apply."""


def moved(places: list[tuple[int, str]], old: str, new: str) -> list[tuple[int, str]]:
    """Where opened places are after a change; those inside of what changed are forgotten."""
    if not places:
        return places
    most = min(len(old), len(new))
    head = next((i for i in range(most) if old[i] != new[i]), most)
    most -= head
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    end = len(old) - tail
    return [
        (at if at < head else at + len(new) - len(old), token)
        for at, token in places
        if at + len(token) <= head or at >= end
    ]


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_INDENT = re.compile(r"[ \t\f]*")
_WORD = re.compile(r"[^\W\d]\w*")
_BOUND = re.compile(
    r"(?:^|[;:\r\n])[ \t]*([^\W\d]\w*)[ \t]*(?::[^=\r\n]*)?=(?!=)"
    r"|\b(?:def|class|for|import|as)[ ]+([^\W\d]\w*)|[(,][ ]*([^\W\d]\w*)[,)]"
)
TOKEN = re.compile(
    r"[^\W\d]\w*|\d[\d.]*|'[^'\r\n]*'|\"[^\"\r\n]*\"|[-+*/%<>=!&|:]=|[-+*/%<>=&|~.,:;()\[\]{}@]"
)
KEYWORDS = frozenset({*keyword.kwlist, "match"})


def lines_of(text: str) -> list[str]:
    """The lines with their line breaks, of which there are three kinds."""
    return _LINE.findall(text)


def line_at(lines: list[str], edit: Edit) -> int:
    """The index of the line that an edit is in."""
    return edit.at * len(lines) // WHOLE


def offset_of(text: str, edit: Edit) -> int:
    """A place inside of the line of the edit."""
    lines = lines_of(text)
    index = line_at(lines, edit)
    within = edit.pick % (len(lines[index]) + 1) if lines else 0
    return sum(map(len, lines[:index])) + within


def indent_of(line: str) -> str:
    """The white space before a line."""
    found = _INDENT.match(line)
    return found[0] if found else ""


def is_blank(line: str) -> bool:
    """Whether a line has nothing but white space."""
    return not line.strip()


def block_of(lines: list[str], edit: Edit) -> tuple[int, int]:
    """Some lines, or statements with what is indented below them, or all of a module's statement.

    Most of a text at once is a single line instead: little would be left to go on with.
    """
    line = start = line_at(lines, edit)
    if edit.pick % 3 == 0:
        return start, min(start + edit.size, len(lines))
    if edit.pick % 7 == 1:
        while start > 0 and (is_blank(lines[start]) or indent_of(lines[start])):
            start -= 1
    end = start
    for _ in range(1 + edit.size % 3):
        end = statement_end(lines, end)
    if end - start > len(lines) * 0.6 and edit.pick % 4:
        return line, min(line + 1, len(lines))
    return start, end


def statement_end(lines: list[str], start: int) -> int:
    """The line after a statement and what is indented below it."""
    if start >= len(lines):
        return len(lines)
    depth = len(indent_of(lines[start]))
    end = start + 1
    while end < len(lines) and (is_blank(lines[end]) or len(indent_of(lines[end])) > depth):
        end += 1
    return end


def line_break_of(text: str, edit: Edit) -> str:
    """The text's own line break, or rarely another."""
    if edit.pick % 29 == 0:
        return ("\r\n", "\r", "\n")[edit.size % 3]
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


def indent_for(lines: list[str], index: int, edit: Edit) -> str:
    """The indent of a statement that is put before a line."""
    if edit.pick % 17 == 0:
        return ""
    for line in reversed(lines[:index]):
        if not is_blank(line):
            return indent_of(line) + ("    " if line.rstrip().endswith(":") else "")
    return ""


def names_in(text: str) -> list[str]:
    """The names of a text in their order, one at least."""
    found = [name for name in dict.fromkeys(_WORD.findall(text)) if name not in KEYWORDS]
    return found or ["df"]


def bound_names_in(text: str) -> list[str]:
    """The names that the text seems to bind, in their order, one at least."""
    found = [name for match in _BOUND.findall(text) for name in match if name]
    return list(dict.fromkeys(found)) or ["df"]


def filled(template: str, text: str, edit: Edit) -> str:
    """A statement with names of the text."""
    number = edit.pick // 7 + edit.size
    names = names_in(text) if number % 5 == 0 else bound_names_in(text)
    return template.replace("⟨a⟩", names[number % len(names)]).replace(
        "⟨b⟩", names[(number * 5 + edit.at) % len(names)]
    )


def joined(lines: list[str], start: int, end: int, new: list[str]) -> str:
    """The text with some of its lines replaced."""
    return "".join([*lines[:start], *new, *lines[end:]])
