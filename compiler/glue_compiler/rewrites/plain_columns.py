"""Columns that are added one by one, in a chain or a loop, as the one call that a person would have written."""

from __future__ import annotations

import ast
import copy
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.model import FUNCTIONS
from glue_compiler.rewrites.plain_items import constant_items, leaves_no_name
from glue_compiler.rewrites.plain_parts import PlainForm, expression_of, listed, part_of
from glue_compiler.rewrites.with_columns import (
    COLUMN_METHODS,
    REFUSED_FUNCTIONS,
    TEXT_METHODS,
    UNFOLLOWED,
    sensitive,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.rewrites.plain_parts import Part
    from glue_compiler.text.source import SourceText, Span

_TYPES = "pyspark.sql.types"
_PURE = {_TYPES, "re", "math"}
"""Modules whose functions make a value of their arguments, and nothing else."""

_METHODS = COLUMN_METHODS | TEXT_METHODS | {"try_cast", "format"}
_BY_NAME = {"call_function", "call_udf"}
_BUILTINS = {"str", "int", "float", "len", "repr", "abs", "round"}


def chain_form(
    decision: Decision,
    source: SourceText,
    shown: Callable[[Span], str],
    imports: Mapping[str, str],
) -> PlainForm | None:
    """`frame.withColumns({...})` where no expression can read an added column, else the helper of that name."""
    part = part_of(source, decision.span, shown)
    call = expression_of(part)
    links: list[ast.Call] = []
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        if call.func.attr != "withColumn" or len(call.args) != 2:
            break
        links.append(call)
        call = call.func.value
    if part is None or call is None or len(links) < 2:
        return None
    links.reverse()
    pairs = [(part.text(link.args[0]), part.text(link.args[1])) for link in links]
    receiver = part.text(call)
    if "#" in "".join([receiver, *map("".join, pairs)]):
        return None
    if _independent([link.args for link in links], imports):
        items = [f"{name}: {value}" for name, value in pairs]
        text = listed(f"{receiver}.withColumns({{", items, "})", part.indent)
        return PlainForm((Edit(decision.span, text),))
    if "\n" in receiver:
        return None
    items = [f"({name}, {value})" for name, value in pairs]
    text = listed(f"with_columns({receiver}, [", items, "])", part.indent)
    return PlainForm((Edit(decision.span, text),), ("with_columns",))


class _Step(NamedTuple):
    """What a round does: the frame's name, the method with its two arguments, the condition, names that the body binds."""

    frame: str
    method: str
    args: tuple[ast.expr, ast.expr]
    test: ast.expr | None
    names: frozenset[str]


class Loop:
    """A loop that does nothing but add or rename one column in a round, perhaps under a condition."""

    def __init__(
        self,
        decision: Decision,
        source: SourceText,
        shown: Callable[[Span], str],
        imports: Mapping[str, str],
    ) -> None:
        self._span = decision.span
        self._source = source
        self._imports = imports
        self._part = part_of(source, decision.span, shown)

    def form(self, *, judged: bool) -> PlainForm | None:
        """The loop as one call with all its rounds; None where a round could see the ones before.

        `judged` where the rewrite itself found that the expressions are plain and the loop's variable is used
        nowhere else.
        """
        part, loop = self._part, self._part.statement if self._part else None
        step = _step(loop) if isinstance(loop, ast.For) and not loop.orelse else None
        if part is None or not isinstance(loop, ast.For) or step is None:
            return None
        frame = step.frame
        reads = [*step.args, *([] if step.test is None else [_without_columns(step.test, frame)])]
        if any(_is(frame, node) for read in reads for node in ast.walk(read)):
            return None
        if not judged:
            names = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
            if frame in names or not all(self._is_plain(read) for read in reads):
                return None
            if not leaves_no_name(self._source, self._span, names | step.names):
                return None
        return self._together(part, loop, step)

    def _together(self, part: Part, loop: ast.For, step: _Step) -> PlainForm | None:
        name, value = map(part.text, step.args)
        items, variables = part.text(loop.iter), part.text(loop.target)
        when = "" if step.test is None else f" if {part.text(step.test)}"
        if "#" in name + value + items + when:
            return None
        loose = isinstance(loop.iter, (ast.Lambda, ast.IfExp, ast.NamedExpr))
        bare = isinstance(loop.iter, ast.Tuple) and items[:1] != "("
        items = f"({items})" if loose or bare else items
        each = f" for {variables} in {items}{when}"
        frame, seen = step.frame, step.test is not None and _reads_columns(step.test)
        if step.method == "withColumnRenamed":
            helper = "renamed"
        else:
            helper = "with_columns"
            rounds = self._rounds(loop, [*step.args, *([] if step.test is None else [step.test])])
            if rounds is not None and _independent(rounds, self._imports):
                opening = f"{frame} = {frame}.withColumns({{"
                text = listed(opening, [f"{name}: {value}{each}"], "})", part.indent)
                return PlainForm((Edit(self._span, text),))
        # Whether a column is there may change with the rounds, unless each replaces the one that it asks for.
        if seen and not (helper == "with_columns" and _replaces(step)):
            return None
        opening = f"{frame} = {helper}({frame}, ["
        text = listed(opening, [f"({name}, {value}){each}"], "])", part.indent)
        return PlainForm((Edit(self._span, text),), (helper,))

    def _is_plain(self, node: ast.expr) -> bool:
        """Whether an expression has the same value in any order of the rounds: made of functions of columns and texts."""
        for inner in ast.walk(node):
            if isinstance(inner, UNFOLLOWED) or sensitive(inner)[0]:
                return False
            if isinstance(inner, ast.Call) and not self._is_plainly_called(inner.func):
                return False
        return True

    def _is_plainly_called(self, func: ast.expr) -> bool:
        imports = self._imports
        if isinstance(func, ast.Name):
            module, _, own = imports.get(func.id, "").rpartition(".")
            if module == FUNCTIONS:
                called = ast.Call(ast.Name(own), [], [])
                return own not in REFUSED_FUNCTIONS | _BY_NAME and not sensitive(called)[0]
            return module in _PURE or (func.id in _BUILTINS and func.id not in imports)
        if not isinstance(func, ast.Attribute):
            return False
        module = imports.get(func.value.id, "") if isinstance(func.value, ast.Name) else ""
        if module == FUNCTIONS:
            return func.attr not in REFUSED_FUNCTIONS | _BY_NAME
        return module in _PURE or (not module and func.attr in _METHODS)

    def _rounds(self, loop: ast.For, parts: Sequence[ast.expr]) -> list[list[ast.expr]] | None:
        """What each round computes, where the items are known from the text; else None."""
        items = constant_items(self._source, loop)
        if items is None:
            return None
        return [
            [_WithItems(item).visit(copy.deepcopy(expression)) for expression in parts]
            for item in items
        ]


def _is(name: str, node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _reads_columns(test: ast.expr) -> bool:
    """Whether a condition is `x in frame.columns`, or the contrary."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    right = test.comparators[0]
    return (
        isinstance(test.ops[0], (ast.In, ast.NotIn))
        and isinstance(right, ast.Attribute)
        and right.attr == "columns"
    )


def _without_columns(test: ast.expr, frame: str) -> ast.expr:
    """A condition without `in frame.columns`: which columns are there is judged apart."""
    if not isinstance(test, ast.Compare) or not _reads_columns(test):
        return test
    columns = test.comparators[0]
    own = isinstance(columns, ast.Attribute) and _is(frame, columns.value)
    return test.left if own else test


def _replaces(step: _Step) -> bool:
    """Whether a column is added where one of its own name is there."""
    test = step.test
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.In)
        and ast.dump(test.left) == ast.dump(step.args[0])
    )


def _step(loop: ast.For) -> _Step | None:
    """What the body of a loop does, where that is all."""
    body = loop.body
    test = None
    if len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse:
        test, body = body[0].test, body[0].body
    named: dict[str, ast.expr] = {}
    if len(body) == 2 and isinstance(body[0], ast.Assign):
        target = body[0].targets[0]
        if len(body[0].targets) == 1 and isinstance(target, ast.Name):
            named, body = {target.id: body[0].value}, body[1:]
    statement = body[0]
    if len(body) != 1 or not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    call, to = statement.value, statement.targets[0]
    func = call.func if isinstance(call, ast.Call) else None
    if not isinstance(call, ast.Call) or not isinstance(func, ast.Attribute):
        return None
    if func.attr not in ("withColumn", "withColumnRenamed") or not isinstance(to, ast.Name):
        return None
    loose = isinstance(test, (ast.IfExp, ast.Lambda, ast.NamedExpr))
    if loose or len(call.args) != 2 or call.keywords or not _is(to.id, func.value):
        return None
    first, second = (
        named.get(argument.id, argument) if isinstance(argument, ast.Name) else argument
        for argument in call.args
    )
    left = [node for node in ast.walk(call) if isinstance(node, ast.Name) and node.id in named]
    if len(left) != len(named) or any(node not in call.args for node in left):
        return None
    return _Step(to.id, func.attr, (first, second), test, frozenset(named))


def _independent(rounds: Sequence[Sequence[ast.expr]], imports: Mapping[str, str]) -> bool:
    """Whether the expressions are made of functions and literals, and none names a column that is added before.

    A round is the name of a column, its expression, and perhaps a condition.
    """
    added: list[str] = []
    for name, value, *tests in rounds:
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return False
        words = set(_words(value))
        if words & {"over", "Window", "expr", "*"} or any(
            isinstance(node, ast.Name) and not _is_of_spark(imports.get(node.id, ""))
            for node in ast.walk(value)
        ):
            return False
        lowered = {word.lower() for test in (value, *tests) for word in _words(test)}
        if name.value.lower() in added or any(
            part in lowered for one in added for part in (one, *re.findall(r"\w+", one))
        ):
            return False
        added.append(name.value.lower())
    return True


def _is_of_spark(whole_name: str) -> bool:
    return whole_name in (FUNCTIONS, _TYPES) or whole_name.rpartition(".")[0] in (FUNCTIONS, _TYPES)


def _words(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            yield inner.attr
        elif isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
            yield from re.findall(r"\w+|\*", inner.value)


class _WithItems(ast.NodeTransformer):
    """Puts items in the place of a loop's variables, and folds the f-strings that have them."""

    def __init__(self, items: Mapping[str, ast.Constant]) -> None:
        self._items = items

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._items.get(node.id, node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts = []
        for part in node.values:
            value: Any = part.value if isinstance(part, ast.FormattedValue) else part
            if isinstance(value, ast.Name):
                value = self._items.get(value.id, value)
            plain = not isinstance(part, ast.FormattedValue) or (
                part.conversion == -1 and part.format_spec is None
            )
            if not isinstance(value, ast.Constant) or not plain:
                return node
            parts.append(str(value.value))
        return ast.Constant("".join(parts))
