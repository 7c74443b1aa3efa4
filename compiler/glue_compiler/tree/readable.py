"""Whether texts that differ little are Python: statements that were read once are not read again."""

from __future__ import annotations

import warnings
from functools import lru_cache

from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText
from glue_compiler.tree.cut import Cut
from glue_compiler.tree.lines import NotPlain


class Readable:
    """Tells of one text after the other whether CPython reads it. Texts that share their lines are quick."""

    def __init__(self) -> None:
        self._cut = Cut()

    def reads(self, text: str) -> bool:
        """Whether CPython reads the text, or, which is the same, each of its statements."""
        try:
            cut = self._cut.next(SourceText(text))
        except NotPlain:
            return is_python(text)
        self._cut = cut
        for chunk in cut.chunks:
            head = cut.text_of(chunk)
            if not _reads_statement(f"{head}    pass\n" if chunk.body else head):
                return False
            if not all(_reads_statement(f"def _():\n{cut.text_of(item)}") for item in chunk.body):
                return False
        return True


_READABLE = Readable()


def is_readable(text: str) -> bool:
    """Whether CPython reads a text. Texts that share their lines with the one before are quick."""
    return _READABLE.reads(text)


@lru_cache(maxsize=8192)
def _reads_statement(text: str) -> bool:
    return is_python(text)


def is_python(text: str) -> bool:
    """Whether CPython's parser reads a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parse_ast(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
