"""What plain forms are made of: edits, the helpers that they call, and parts of the source with their shown text."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.findings.diagnostics import Edit

WIDTH = 100
"""As long as lines get that are made here."""


@dataclass(frozen=True, slots=True)
class PlainForm:
    """A decision for people: `edits` that call no session function, and the `helpers` that they call.

    `told` is what to say of it, where the decision's own words are of the session.
    """

    edits: tuple[Edit, ...]
    helpers: tuple[str, ...] = ()
    told: str = ""


def quoted(text: str) -> str:
    """A string literal as most people write it, in double quotes."""
    plain = text.isprintable() and '"' not in text and "\\" not in text
    return f'"{text}"' if plain else repr(text)


def indentation(source: SourceText, offset: int) -> str:
    """The blanks at the beginning of the line of an offset."""
    line_start = source.text.rfind("\n", 0, offset) + 1
    return re.match(r"[ \t]*", source.text[line_start:])[0]  # type: ignore[index]


class Part:
    """A part of the source as a tree, and the shown text of its nodes."""

    def __init__(self, source: SourceText, span: Span, shown: Callable[[Span], str]) -> None:
        self._outer, self._shown = span, shown
        line_start = source.text.rfind("\n", 0, span.start) + 1
        self.indent = indentation(source, span.start)
        # The blanks in front keep a block's first line as far to the right as the others.
        head = "if 1:\n" if self.indent and span.start == line_start + len(self.indent) else ""
        blanks = self.indent if head else ""
        part = source.text[span.start : span.end]
        text, self._skipped = head + blanks + part, len(head) + len(blanks)
        try:
            body = parse_ast(text).body
        except SyntaxError:  # an expression on several lines, whose parentheses are outside
            text, self._skipped, head = f"({part})", 1, ""
            body = parse_ast(text).body
        self._text = SourceText(text)
        first = body[0].body[0] if head and isinstance(body[0], ast.If) else body[0]
        self.statement: ast.stmt = first

    def text(self, node: ast.AST) -> str:
        """A node as the program shows it, without what would end a line of code: comments at its end."""
        place = node
        offset = self._text.offset_of_utf8
        start = offset(place.lineno, place.col_offset) - self._skipped  # type: ignore[attr-defined]
        end = offset(place.end_lineno, place.end_col_offset) - self._skipped  # type: ignore[attr-defined]
        return self._shown(Span(self._outer.start + start, self._outer.start + end))


def expression_of(part: Part | None) -> ast.expr | None:
    """The expression that a part is."""
    return part.statement.value if part and isinstance(part.statement, ast.Expr) else None


def part_of(source: SourceText, span: Span, shown: Callable[[Span], str]) -> Part | None:
    """A part of the source; None where it is no Python by itself."""
    try:
        return Part(source, span, shown)
    except (SyntaxError, ValueError, IndexError):
        return None


def listed(opening: str, items: list[str], closing: str, indent: str) -> str:
    """Items between brackets, on one line where they fit."""
    line = opening + ", ".join(items) + closing
    if len(indent) + len(line) <= WIDTH and "\n" not in line:
        return line
    comma = "," if len(items) > 1 else ""
    inner = "".join(f"\n{indent}    {item}{comma}" for item in items)
    return f"{opening}{inner}\n{indent}{closing}"


def packed(opening: str, items: list[str], closing: str, indent: str) -> str:
    """Short items between brackets, as many on a line as fit, on lines of their own where there are many."""
    line = opening + ", ".join(items) + closing
    if len(line) <= WIDTH // 2:
        return line
    lines = [""]
    for item in items:
        if lines[-1] and len(indent) + 4 + len(lines[-1]) + len(item) > WIDTH:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{item},"
    return f"{opening}\n" + "".join(f"{indent}    {part}\n" for part in lines) + indent + closing
