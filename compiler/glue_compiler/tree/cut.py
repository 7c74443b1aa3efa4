"""Cuts a text into statements: those of the module, and those inside of its functions."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.shift import common_prefix, common_suffix
from glue_compiler.text.source import SourceText
from glue_compiler.tree.lines import NotPlain, indented_by, logical_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.tree.lines import LogicalLine

_CONTINUES = frozenset({"else", "elif", "except", "finally"})


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines `first` up to `end` of one statement, which is indented by `indent`.

    `body` are the statements inside of a function that is cut; its own lines are its head then.
    """

    first: int
    end: int
    indent: int
    body: tuple[Chunk, ...] = ()


_UNUSUAL = re.compile("\ufeff|[\f\0]|\r(?!\n)")


class Cut:
    """A text in its logical lines and statements; the next version of it is cut where it differs only."""

    __slots__ = ("_blank", "_lines", "chunks", "source")

    def __init__(self) -> None:
        self.source = SourceText("")
        self.chunks: list[Chunk] = []
        self._lines: list[LogicalLine] = []
        self._blank = ""

    def next(self, source: SourceText) -> Cut:
        """Another version of the text.

        Raises:
            NotPlain: for a text that is not cut.
        """
        if _UNUSUAL.search(source.text):
            raise NotPlain
        found = Cut()
        found.source = source
        found._blank = indented_by(source.text)
        found._lines = self._lines_of(source, found._blank)
        found.chunks = chunks_of(found._lines)
        return found

    def text_of(self, chunk: Chunk) -> str:
        """The text of a statement, from the start of its first line to the end of its last one."""
        starts = self.source.line_starts
        end = starts[chunk.end] if chunk.end < len(starts) else len(self.source.text)
        return self.source.text[starts[chunk.first] : end]

    @property
    def starts(self) -> list[int]:
        """The offsets at which statements begin, those inside of functions too."""
        starts = self.source.line_starts
        return [starts[item.first] for chunk in self.chunks for item in (chunk, *chunk.body)]

    def _lines_of(self, source: SourceText, blank: str) -> list[LogicalLine]:
        """The logical lines, of which those are found again that no edit has touched."""
        text, starts = source.text, source.line_starts
        if blank != self._blank:
            return logical_lines(text, starts, blank)
        old, old_starts = self.source.text, self.source.line_starts
        prefix = common_prefix(old, text)
        suffix = common_suffix(old[prefix:], text[prefix:])
        first = bisect_right(starts, prefix) - 1
        kept = bisect_right(self._lines, first, key=lambda line: line.end)
        before = self._lines[:kept]
        old_end, end = len(old) - suffix, len(text) - suffix
        next_line = bisect_right(old_starts, old_end)
        if old_starts[next_line - 1] == old_end and starts[bisect_right(starts, end) - 1] == end:
            # The line that begins there is not touched.
            next_line -= 1
        after = [line for line in self._lines[kept:] if line.first >= next_line]
        number = before[-1].end if before else 0
        shift = len(starts) - len(old_starts)
        return before + logical_lines(text, starts, blank, number, after, shift)


def chunks_of(lines: Sequence[LogicalLine]) -> list[Chunk]:
    """The statements of a module, in its order.

    Raises:
        NotPlain: where the indentation is none that can be cut.
    """
    found: list[Chunk] = []
    at = 0
    while at < len(lines):
        head, end = _statement(lines, at, len(lines), 0)
        if lines[head].word == "def" and head + 1 < end:
            body = _body(lines, head + 1, end)
            found.append(Chunk(lines[at].first, lines[head].end, 0, body))
        else:
            found.append(Chunk(lines[at].first, lines[end - 1].end, 0))
        at = end
    return found


def _body(lines: Sequence[LogicalLine], at: int, end: int) -> tuple[Chunk, ...]:
    indent = lines[at].indent
    found = []
    while at < end:
        _, after = _statement(lines, at, end, indent)
        found.append(Chunk(lines[at].first, lines[after - 1].end, indent))
        at = after
    return tuple(found)


def _statement(lines: Sequence[LogicalLine], at: int, end: int, indent: int) -> tuple[int, int]:
    """The head of the statement that begins at a line, after its decorators, and where it ends."""
    if lines[at].indent != indent:
        raise NotPlain
    while lines[at].word == "@":
        at += 1
        if at == end or lines[at].indent != indent:
            raise NotPlain
    head = at
    at += 1
    while at < end and (
        lines[at].indent > indent or (lines[at].indent == indent and lines[at].word in _CONTINUES)
    ):
        at += 1
    return head, at
