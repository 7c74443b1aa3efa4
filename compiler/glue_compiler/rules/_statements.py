"""Single statements of a model, read again from the text for fixes that must know their form."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.rules.definition import Context

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class LineStatement:
    """A statement that has its lines for itself.

    `span` runs from the start of the first line (its indent included) to the end of the last
    one, without the line break; `indent` is the white space before it.
    """

    node: ast.stmt
    span: Span
    indent: str
    text: str

    @property
    def one_line(self) -> bool:
        """Whether it stands on one line."""
        return "\n" not in self.text and "\r" not in self.text

    def source(self, node: ast.expr) -> str:
        """The text of an expression of the statement."""
        return ast.get_source_segment(self.text, node) or ast.unparse(node)


def statement_at(context: Context, offset: int) -> LineStatement | None:
    """The simple statement that starts on the line of an offset; None when there is no such thing."""
    text = context.source.text
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    line = text[start : _line_end(text, start)]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    end = start
    for _ in range(_MOST_LINES):
        end = _line_end(text, end)
        piece = text[start + len(indent) : end]
        try:
            body = parse_ast(piece).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            if end >= len(text):
                return None
            end += 2 if text.startswith("\r\n", end) else 1
            continue
        if len(body) != 1 or not _simple(body[0]):
            return None
        return LineStatement(body[0], Span(start, end), indent, piece)
    return None


def _simple(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return))


def _line_end(text: str, offset: int) -> int:
    ends = [place for place in (text.find("\n", offset), text.find("\r", offset)) if place >= 0]
    return min(ends, default=len(text))
