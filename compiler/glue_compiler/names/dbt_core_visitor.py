"""Which calls dbt-core's own parser of Python models sees, and what its validator objects to.

A restatement of `PythonParseVisitor` and `PythonValidationVisitor` of dbt/parser/models.py
(dbt-core 1.10 to 1.12). It works on `ast`, like the original, because its blind spots are those of
`ast.NodeVisitor`: below a call it follows only direct call arguments, calls directly in a list, a
tuple, the values of a dict or an f-string, and calls at the root of the callee's attributes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glue_compiler.facts.model import CoreProblem
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLS = frozenset({"dbt.ref", "dbt.source", "dbt.config", "dbt.config.get", "dbt.config.meta_get"})
_LAST_NAMES = frozenset(name.rsplit(".", 1)[1] for name in CALLS)


@dataclass(slots=True)
class CoreView:
    """The calls that dbt-core registers (by span), in its order, and what it would raise."""

    calls: list[Span] = field(default_factory=list)
    problems: list[CoreProblem] = field(default_factory=list)


class Visitor:
    """dbt-core's two visitors, each in a walk without recursion.

    A pending entry is a node and whether it is visited as a call below another call, which is
    the only place where the original does not visit everything. Spans are those in the source,
    `base` further on; `shift` is 1 when a byte order mark was cut off its first line.
    """

    def __init__(self, source: SourceText, shift: int = 0, base: int = 0) -> None:
        self.source = source
        self.shift = shift
        self.base = base
        self.view = CoreView()

    def span(self, node: ast.expr | ast.stmt) -> Span:
        start, end = span_of(self.source, node, self.shift)
        return Span(start + self.base, end + self.base)

    def run(self, tree: ast.Module) -> CoreView:
        stack: list[ast.AST] = [tree]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Call):
                stack.extend(reversed(self.call(node)))
            else:
                stack.extend(reversed(list(ast.iter_child_nodes(node))))
        return self.view

    def models(self, tree: ast.Module) -> list[ModelDefinition]:
        """The definitions of `model` that count, in the order of the text."""
        found = []
        stack: list[ast.AST] = [tree]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.FunctionDef):
                # The original does not look inside functions (it defines visit_FunctionDef).
                if node.name == "model":
                    found.append(self._definition(node))
                continue
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
        return found

    def _definition(self, node: ast.FunctionDef) -> ModelDefinition:
        start = self.span(node).start
        args = node.args.args
        last, returns_one = self.ending(node.body)
        return ModelDefinition(
            header=Span(start, self._line_end(start)),
            first=(args[0].arg, self._argument_span(args[0])) if args else None,
            arguments=len(args),
            last=last,
            returns_one=returns_one,
        )

    def ending(self, body: Sequence[ast.stmt]) -> tuple[Span, bool]:
        """The last statement, and whether it returns something that is no tuple."""
        last = body[-1]
        returns_one = isinstance(last, ast.Return) and not isinstance(last.value, ast.Tuple)
        return self.span(last), returns_one

    def _line_end(self, start: int) -> int:
        offset = start - self.base
        return self.source.line_span(self.source.line_of(offset)).end + self.base

    def _argument_span(self, node: ast.arg) -> Span:
        shift = self.shift if node.lineno == 1 else 0
        start = self.source.offset_of_utf8(node.lineno, node.col_offset) + shift + self.base
        return Span(start, start + len(node.arg))

    def call(self, node: ast.Call) -> list[ast.AST]:
        """Register a dbt call; the nodes that the original visits next."""
        func = node.func
        if (
            isinstance(func, ast.Attribute)
            and func.attr in _LAST_NAMES
            and dotted_name(func) in CALLS
        ):
            self.view.calls.append(self.span(node))
            for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
                if not is_literal(value):
                    message = (
                        f"dbt-core accepts only literals in {dotted_name(func)}(), "
                        "because it reads the file without running it"
                    )
                    self.view.problems.append(CoreProblem("literal", message, self.span(value)))
        following: list[ast.AST] = []
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
            if isinstance(value, ast.Call):
                following.append(value)
            elif isinstance(value, (ast.List, ast.Tuple)):
                following += [item for item in value.elts if isinstance(item, ast.Call)]
            elif isinstance(value, ast.Dict):
                following += [item for item in value.values if isinstance(item, ast.Call)]
            elif isinstance(value, ast.JoinedStr):
                following += [
                    item.value
                    for item in value.values
                    if isinstance(item, ast.FormattedValue) and isinstance(item.value, ast.Call)
                ]
        if isinstance(func, ast.Attribute):
            root: ast.expr = func
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Call):
                following.append(root)
        return following


@dataclass(frozen=True, slots=True)
class ModelDefinition:
    """A function `model` as the validator sees it.

    `first` is the name of its first argument and where it stands; `returns_one` whether its `last`
    statement returns something that is no tuple.
    """

    header: Span
    first: tuple[str, Span] | None
    arguments: int
    last: Span
    returns_one: bool


def view(source: SourceText, tree: ast.Module) -> CoreView:
    """What dbt-core makes of the file. A file without statements is not validated at all."""
    shift = 1 if source.text.startswith("\ufeff") else 0
    visitor = Visitor(source, shift)
    result = visitor.run(tree)
    if tree.body:
        first = visitor.span(tree.body[0])
        result.problems[:0] = model_problems(visitor.models(tree), first)
    return result


def model_problems(models: Sequence[ModelDefinition], first_statement: Span) -> list[CoreProblem]:
    """What the validator says of a file with these definitions of `model`."""
    problems: list[CoreProblem] = []
    for model in models:
        if model.first is not None and model.first[0] != "dbt":
            message = "'dbt' not provided for model as the first argument"
            problems.append(CoreProblem("first_argument", message, model.first[1]))
        if model.arguments != 2:
            message = (
                "model function should have two args, `dbt` and a session to current warehouse"
            )
            problems.append(CoreProblem("arity", message, model.header))
        if not model.returns_one:
            message = "In current version, model function should return only one dataframe object"
            problems.append(CoreProblem("return", message, model.last))
    if len(models) != 1:
        message = f"dbt allows exactly one model defined per python file, found {len(models)}"
        span = models[1].header if models else first_statement
        return [CoreProblem("model_count", message, span)]
    return problems


def span_of(source: SourceText, node: ast.expr | ast.stmt, shift: int = 0) -> Span:
    """The span of an `ast` node; `shift` is 1 when a byte order mark was cut off the first line."""
    start = source.offset_of_utf8(node.lineno, node.col_offset)
    end = source.offset_of_utf8(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return Span(
        start + (shift if node.lineno == 1 else 0), end + (shift if node.end_lineno == 1 else 0)
    )


def dotted_name(node: ast.expr) -> str | None:
    """`a.b.c` as text; None when the root is not a name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def is_literal(node: ast.expr) -> bool:
    """Whether `ast.literal_eval` accepts the expression."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
