"""Where texts that differ little are not Python: statements that were read once are not read again."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from glue_compiler.text.python_ast import syntax_error
from glue_compiler.text.source import SourceText
from glue_compiler.tree.cut import Cut
from glue_compiler.tree.lines import NotPlain


class Break(NamedTuple):
    """The line (1-based) at which CPython stops reading, and why."""

    line: int
    message: str


class Readable:
    """Tells of one text after the other where CPython stops reading it. Texts that share their lines are quick."""

    def __init__(self) -> None:
        self._cut = Cut()

    def break_in(self, text: str) -> Break | None:
        """Where the first statement breaks that CPython does not read by itself; None when it reads all of them."""
        try:
            cut = self._cut.next(SourceText(text))
        except NotPlain:
            return _break_in(text)
        self._cut = cut
        for chunk in cut.chunks:
            head = cut.text_of(chunk)
            found = _break_in_statement(f"{head}    pass\n" if chunk.body else head)
            if found is not None:
                return Break(chunk.first + found.line, found.message)
            for item in chunk.body:
                found = _break_in_statement(f"def _():\n{cut.text_of(item)}")
                if found is not None:
                    return Break(item.first + max(found.line - 1, 1), found.message)
        return None


_READABLE = Readable()


@lru_cache(maxsize=32)
def break_in(text: str) -> Break | None:
    """Where CPython stops reading a text, None when it reads it. Quick when the text shares its lines with the last."""
    return _READABLE.break_in(text)


def is_readable(text: str) -> bool:
    """Whether CPython reads a text, or, which is the same, each of its statements."""
    return break_in(text) is None


@lru_cache(maxsize=2048)
def _break_in_statement(text: str) -> Break | None:
    return _break_in(text)


def _break_in(text: str) -> Break | None:
    error = syntax_error(text)
    return None if error is None else Break(error.lineno or 1, error.msg or "")
