"""Counts and checks of the frame that a model returns, as a person would write them: after the write, or on a cached frame.

A session counts the rows while it writes them, and reads what it wrote (`glue_session.reports`, `.early`). What a
program can do of it without looking at the frame is told here; else the lines stay as they were written.
"""

from __future__ import annotations

import ast
import itertools
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.frame_work import works
from glue_compiler.rewrites.model import AFTER, ROWS
from glue_compiler.rewrites.plain_parts import PlainForm
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from glue_compiler.plan.dbt_values import Tree
    from glue_compiler.rewrites.decision import Decision

_PYTHON = re.compile(
    r"udf|inPandas|inArrow|\brdd\b|\.map\(|foreach|pandas_api|UserDefined", re.IGNORECASE
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Actions:
    """The plain forms of such decisions, and the lines that stand after the write, where `{table}` is what was written."""

    forms: dict[Decision, PlainForm] = field(default_factory=dict)
    after: tuple[str, ...] = ()


def plain_actions(
    decisions: Iterable[Decision], tree: Tree, name: str, shown: Callable[[Span], str]
) -> Actions:
    """The forms of the applied decisions of counts and shared work; `name` is that of the model function."""
    function = next(
        (n for n in tree.module.body if isinstance(n, ast.FunctionDef) and n.name == name), None
    )
    if function is None:
        return Actions()
    applied = [decision for decision in decisions if decision.applied]
    work = _Model(tree, function, shown)
    reports = work.after_the_write([d for d in applied if d.rewrite == "counts"])
    shared: dict[str, list[Decision]] = {}
    for decision in (d for d in applied if d.rewrite == "shared_work"):
        shared.setdefault(work.word_at(decision), []).append(decision)
    forms = dict(reports.forms)
    for frame, uses in shared.items():
        forms |= work.cached(frame, uses)
    return Actions(forms, reports.after)


class _Model:
    def __init__(self, tree: Tree, function: ast.FunctionDef, shown: Callable[[Span], str]) -> None:
        self._tree = tree
        self._text = tree.source.text
        self._function = function
        self._shown = shown
        self._own = list(_own_nodes(function))

    def word_at(self, decision: Decision) -> str:
        """The name of the frame that a decision of shared work is about."""
        found = re.match(r"\w+", self._text[decision.edits[0].span.start :])
        return found[0] if found else ""

    # Reports of the number of rows

    def after_the_write(self, decisions: list[Decision]) -> Actions:
        """Every line that counts or reports, at the end; nothing where one of them cannot go there."""
        starts = {
            e.span.start: e for d in decisions for e in d.edits if e.new_text.startswith(AFTER)
        }
        counts = {e.span for d in decisions for e in d.edits if e.new_text.startswith(ROWS)}
        moved = [s for s in self._function.body if self._moves(s, starts, counts)]
        returns = [node for node in self._own if isinstance(node, ast.Return)]
        last = self._function.body[-1]
        if not moved or len(moved) != len(starts) + len(counts) or returns != [last]:
            return Actions()
        returned = last.value if isinstance(last, ast.Return) else None
        if not isinstance(returned, ast.Name) or not all(map(self._is_alone, moved)):
            return Actions()
        lines = self._lines(moved, returned.id)
        if lines is None:
            return Actions()
        told = "the rows are counted when they are written"
        forms = dict.fromkeys(decisions, PlainForm((), told=told))
        edits = tuple(Edit(self._tree.span(s), self._comment(s)) for s in moved)
        forms[decisions[0]] = PlainForm(edits, told=told)
        return Actions(forms, tuple(lines))

    def _moves(self, statement: ast.stmt, starts: dict[int, Edit], counts: set[Span]) -> bool:
        if isinstance(statement, ast.Expr):
            return self._tree.span(statement).start in starts
        return isinstance(statement, ast.Assign) and self._tree.span(statement.value) in counts

    def _lines(self, moved: list[ast.stmt], frame: str) -> list[str] | None:
        """The statements outside of the function; None where one needs what is only there inside."""
        words = {*re.findall(r"\w+", self._text)}
        rows = next(word for word in _free_names() if word not in words)
        lines: list[str] = []
        known: set[str] = set()
        for statement in moved:
            if isinstance(statement, ast.Assign):
                name = getattr(statement.targets[0], "id", "")
                known.add(name)
                lines.append(f"{name} = {{table}}.count()")
                continue
            text = _counting(self._shown(self._tree.span(statement)), frame, rows)
            names = None if text is None else {n.id for n in _names(parse_ast(text))}
            if text is None or names is None or "spark" in known:
                return None
            if rows in names and rows not in known:
                known.add(rows)
                lines.append(f"{rows} = {{table}}.count()")
            for name in sorted((names & self._inside) - known):
                constant = self._constant(name)
                if constant is None:
                    return None
                known.add(name)
                lines.append(_literal(constant))
            lines.append(_literal(text))
        return lines

    @cached_property
    def _inside(self) -> set[str]:
        """The names that the function binds, or something inside of it."""
        found: set[str] = set()
        for node in ast.walk(self._function):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
            elif isinstance(
                node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
            ):
                found.add(node.name or "")
        return found

    def _constant(self, name: str) -> str | None:
        """The statement that gives a name its only value, a literal; None where there is no such."""
        stores = [n for n in self._tree.names(name) if not isinstance(n.ctx, ast.Load)]
        statement = self._tree.parents[stores[0]] if len(stores) == 1 else None
        if not isinstance(statement, ast.Assign) or statement.targets != stores:
            return None
        if statement not in self._own or not isinstance(statement.value, ast.Constant):
            return None
        return self._shown(self._tree.span(statement))

    def _comment(self, statement: ast.stmt) -> str:
        text = self._text[slice(*self._tree.span(statement))]
        first, *rest = text.splitlines()
        indent = " " * statement.col_offset
        more = [f"{indent}#                  {line.removeprefix(indent).rstrip()}" for line in rest]
        return "\n".join([f"# after the write: {first.rstrip()}", *more])

    # Frames that several actions share

    def cached(self, name: str, decisions: list[Decision]) -> dict[Decision, PlainForm]:
        """`frame.cache()` in front of the first action, where all that follows computes the whole frame anyway."""
        places = [decision.edits[0].span.start for decision in decisions]
        at = self._place_before(places)
        pure = all(d.edits[-1].new_text == ", True)" for d in decisions)
        if at is None or not (pure or not _PYTHON.search(self._text)):
            return {}
        first = min(places)
        after = [n for n in self._own if isinstance(n, ast.Return) and self._start(n) > first]
        same = all(isinstance(n.value, ast.Name) and n.value.id == name for n in after)
        caught = any(isinstance(n, (ast.Try, ast.With)) for n in self._own)
        stores = [n for n in self._tree.names(name) if not isinstance(n.ctx, ast.Load)]
        if not same or caught or any(self._start(n) >= at for n in stores):
            return {}
        if not works(self._made_of(name, first)):
            return {}
        lines = sorted({self._tree.source.line_of(place) for place in places})
        numbers = ", ".join(map(str, lines))
        indent = re.search(r"[ \t]*\Z", self._text[:at])[0]  # type: ignore[index]
        word = "lines" if len(lines) > 1 else "line"
        text = f"{name}.cache()  # computed once for {word} {numbers} and the write\n{indent}"
        told = f"{name} is kept as soon as it is computed, for these lines and for the write"
        forms = dict.fromkeys(decisions, PlainForm((), told=told))
        forms[decisions[0]] = PlainForm((Edit(Span(at, at), text),), told=told)
        return forms

    def _place_before(self, places: list[int]) -> int | None:
        """Where the statement starts that holds the first of some places, in the innermost block that holds them all."""
        block: list[ast.stmt] = self._function.body
        while True:
            around = [s for s in block if any(self._covers(s, place) for place in places)]
            if not around:
                return None
            inner = [
                found
                for found in ("body", "orelse", "finalbody")
                if isinstance(getattr(around[0], found, None), list)
                and all(
                    any(self._covers(s, place) for s in getattr(around[0], found))
                    for place in places
                )
            ]
            nested = getattr(around[0], inner[0]) if inner else []
            elif_ = len(nested) == 1 and self._text.startswith("elif", self._start(nested[0]))
            if len(around) > 1 or not inner or elif_ or isinstance(around[0], _FUNCTIONS):
                start = self._start(around[0])
                line = self._text.rfind("\n", 0, start) + 1
                return None if self._text[line:start].strip() else start
            block = nested

    def _made_of(self, name: str, before: int) -> str:
        """The text of all that a name is made of."""
        found: dict[str, str] = {}
        wanted = [name]
        while wanted:
            current = wanted.pop()
            if current in found:
                continue
            values = [
                node.value
                for node in self._own
                if isinstance(node, ast.Assign)
                and self._start(node) < before
                and any(isinstance(t, ast.Name) and t.id == current for t in node.targets)
            ]
            found[current] = "\n".join(map(ast.unparse, values))
            wanted += [n.id for value in values for n in _names(value)]
        return "\n".join(found.values())

    def _is_alone(self, statement: ast.stmt) -> bool:
        """Whether nothing else stands on the lines of a statement but a comment."""
        start, end = self._tree.span(statement)
        line = self._text.rfind("\n", 0, start) + 1
        rest = self._text[end : (self._text.find("\n", end) + 1 or None)]
        return not self._text[line:start].strip() and re.match(r"\s*(?:#|\Z)", rest) is not None

    def _start(self, node: ast.AST) -> int:
        return self._tree.span(node).start

    def _covers(self, node: ast.AST, place: int) -> bool:
        start, end = self._tree.span(node)
        return start <= place < end


def _free_names() -> Iterator[str]:
    yield from ("rows", "row_count", "rows_written")
    yield from (f"rows_{number}" for number in itertools.count(2))


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    stack: list[ast.AST] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            stack.extend(ast.iter_child_nodes(node))


def _names(node: ast.AST) -> list[ast.Name]:
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]


def _literal(text: str) -> str:
    """A text for `str.format`."""
    return text.replace("{", "{{").replace("}", "}}")


class _Counted(ast.NodeTransformer):
    """Puts a name in the place of `frame.count()`."""

    def __init__(self, frame: str, rows: str) -> None:
        self._frame, self._rows = frame, rows

    def visit_Call(self, node: ast.Call) -> ast.expr:
        func = node.func
        counted = isinstance(func, ast.Attribute) and func.attr == "count"
        base = func.value if isinstance(func, ast.Attribute) else None
        if counted and isinstance(base, ast.Name) and base.id == self._frame:
            return ast.Name(self._rows, ast.Load())
        return self.generic_visit(node)  # type: ignore[return-value]


def _counting(text: str, frame: str, rows: str) -> str | None:
    """The text of a report with a name in the place of `frame.count()`; None where that is not all that changes."""
    made = re.sub(rf"\b{re.escape(frame)}\s*\.\s*count\(\s*\)", rows, text)
    try:
        wanted = ast.unparse(_Counted(frame, rows).visit(parse_ast(text)))
        return made if ast.unparse(parse_ast(made)) == wanted else None
    except (SyntaxError, ValueError):
        return None
