"""Cuts a text into statements: those of the module, and those inside of its functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.incremental.lines import NotPlain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.incremental.lines import LogicalLine

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
