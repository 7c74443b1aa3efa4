"""The places of a model that the aims of tools/incidence.py speak of, and what a person judged of each.

Found by form alone: a call of `toPandas` or `collect`, a `count()` without arguments, a loop that adds, replaces
or renames columns of a frame. Whether such a place belongs to an aim is read from the code by a person and kept
in tools/incidence_sites.tsv, as one of the verdicts in VERDICTS.
"""

from __future__ import annotations

import ast
import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERDICTS: dict[str, dict[str, str]] = {
    "conversion": {
        "unused": "all columns are brought to the driver, and not all can be needed",
        "selected": "the columns are chosen before the conversion",
        "whole": "the frame is returned, written or handed on whole: all its columns are the result",
        "unclear": "which columns are needed is decided outside of the file, or by the data",
        "no rows": "not a conversion of a Spark frame, or one whose rows nobody uses",
    },
    "count": {
        "test": "the number is used only as a test against zero",
        "fills": "the same, of a frame that is cached one line before: the count is there to fill the cache, too",
        "value": "the number itself is used, if only in a message",
        "statement": "the number is not used",
        "no frame": "not a count of a frame's rows",
    },
    "loop": {
        "columns": "every round adds columns to the frame of the round before, or replaces some, and does nothing else",
        "other": "every round begins with a new frame",
    },
}
"""What a person may have judged of each form, and what it means."""

COUNTED = {"conversion": ("unused",), "count": ("test", "fills"), "loop": ("columns",)}
"""The verdicts that make a place one of an aim's."""

REWRITES: dict[str, frozenset[str]] = {
    "conversion": frozenset({"projection"}),
    "count": frozenset({"emptiness"}),
    "loop": frozenset({"with_columns"}),
}
"""The rewrites that answer to an aim."""

_FORMS = {"toPandas": "conversion", "collect": "conversion", "count": "count"}
_ADDING = {"withColumn", "withColumnRenamed", "withColumns"}


class _Addressed(Protocol):
    @property
    def repository(self) -> str: ...

    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Site:
    """A place by its form; `line` is where its method is named, or its loop begins."""

    what: str
    line: int
    span: Span

    @property
    def rewrites(self) -> frozenset[str]:
        """The rewrites that would answer to it."""
        return REWRITES[self.what]

    def touches(self, span: Span) -> bool:
        """Whether a decision is about this place: it names the method, or lies in the loop."""
        if self.what == "loop":
            return span.start < self.span.end and self.span.start < span.end
        return span.start <= self.span.start < span.end


@dataclass(frozen=True, slots=True)
class Judged:
    """A person's verdict on a place."""

    repository: str
    path: str
    line: int
    what: str
    verdict: str
    why: str

    @property
    def counts(self) -> bool:
        """Whether the place belongs to its aim."""
        return self.verdict in COUNTED[self.what]

    def of(self, address: _Addressed) -> bool:
        """Whether the place is in that model."""
        return (self.repository, self.path) == (address.repository, address.path)


def judged_sites(file: Path) -> list[Judged]:
    """All verdicts. Raises ValueError for one that there is not."""
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    found = [
        Judged(
            row["repository"],
            row["path"],
            int(row["line"]),
            row["what"],
            row["verdict"],
            row["why"],
        )
        for row in rows
    ]
    for one in found:
        if one.verdict not in VERDICTS[one.what]:
            raise ValueError(f"{one.path}:{one.line}: no verdict {one.verdict} of a {one.what}")
    return found


def sites_of(source: SourceText) -> Iterator[Site]:
    """The places of a text, none where it is not Python."""
    try:
        tree = parse_ast(source.text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            what = _FORMS.get(node.func.attr)
            if what and not (what == "count" and (node.args or node.keywords)):
                end = _offset(source, node.func.end_lineno, node.func.end_col_offset)
                start = end - len(node.func.attr)
                yield Site(what, source.line_of(start), Span(start, end))
        elif isinstance(node, (ast.For, ast.While)) and _adds_columns(node):
            start = _offset(source, node.lineno, node.col_offset)
            end = _offset(source, node.end_lineno, node.end_col_offset)
            yield Site("loop", node.lineno, Span(start, end))


def _adds_columns(loop: ast.For | ast.While) -> bool:
    """Whether a round gives a name the frame that has the name, with other columns; an inner loop's round is its own."""
    for node in _of_round(loop):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            calls = [one for one in _chain(value) if one.attr in _ADDING]
            base = _base(value)
            if calls and isinstance(target, ast.Name) and base == target.id:
                return True
    return False


def _of_round(loop: ast.For | ast.While) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(loop.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.For, ast.While, ast.FunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def _chain(value: ast.expr) -> Iterator[ast.Attribute]:
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        yield value.func
        value = value.func.value


def _base(value: ast.expr) -> str:
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value
    return value.id if isinstance(value, ast.Name) else ""


def _offset(source: SourceText, line: int | None, column: int | None) -> int:
    if line is None or column is None:
        raise ValueError("a node without an end")
    return source.offset_of_utf8(line, column)
