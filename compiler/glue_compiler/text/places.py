"""Places in a text by line and by name: where to point when all that is known is a line number."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.text.source import SourceText


def node_span(source: SourceText, node: ast.AST) -> Span:
    """The span of a node of CPython's tree, without the parentheses around it."""
    place: Any = node
    return Span(
        source.offset_of_utf8(place.lineno, place.col_offset),
        source.offset_of_utf8(place.end_lineno, place.end_col_offset),
    )


def first_line(source: SourceText, span: Span) -> Span:
    """The part of a span that is on its first line."""
    line = source.line_of(span.start)
    return Span(span.start, min(span.end, max(source.line_span(line).end, span.start)))


def line_place(source: SourceText, line: int) -> Span:
    """The code of a line (1-based), without the white space around it."""
    line = min(max(line, 1), source.line_count)
    span = source.line_span(line)
    text = source.slice(span)
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, max(start, span.start + len(text.rstrip())))


def named_place(source: SourceText, line: int, name: str) -> Span | None:
    """The string or attribute that is `name` in the statement around a line, the nearest to it; None for none."""
    try:
        tree = parse_ast(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    statements = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        and not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
    ]
    if not statements:
        return None
    inner = min(statements, key=lambda node: (node.end_lineno or node.lineno) - node.lineno)
    wanted = {name.lower(), name.rpartition(".")[2].lower()}
    places: list[tuple[int, Span]] = []
    for node in ast.walk(inner):
        last = getattr(node, "end_lineno", None)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.lower() in wanted and node.lineno == last:
                span = node_span(source, node)
                quoted = source.slice(span)
                at = quoted.lower().find(node.value.lower())
                if at >= 0:
                    start = span.start + at
                    places.append((abs(node.lineno - line), Span(start, start + len(node.value))))
        elif isinstance(node, ast.Attribute) and node.attr.lower() in wanted and last is not None:
            end = source.offset_of_utf8(last, node.end_col_offset or 0)
            places.append((abs(last - line), Span(end - len(node.attr), end)))
    return min(places)[1] if places else None
