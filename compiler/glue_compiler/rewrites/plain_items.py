"""The items of a loop, where the text of the file tells them, and whether its variables are used outside of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.text.places import node_span
from glue_compiler.text.python_ast import parse_ast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.text.source import SourceText, Span

_READERS = {
    "len",
    "sorted",
    "list",
    "tuple",
    "set",
    "enumerate",
    "zip",
    "print",
    "reversed",
    "dict",
}
"""Builtins that change none of their arguments."""

_LOOKS = {"locals", "globals", "vars", "eval", "exec", "dir"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def constant_items(source: SourceText, loop: ast.For) -> list[dict[str, ast.Constant]] | None:
    """What a loop's variables are in each round, where the items are literals, or a name that stands for literals."""
    module = parse_ast(source.text)
    items: ast.expr | None = loop.iter
    pairs = False
    if (
        isinstance(items, ast.Call)
        and isinstance(items.func, ast.Attribute)
        and items.func.attr == "items"
        and not items.args
        and not items.keywords
    ):
        items, pairs = items.func.value, True
    if isinstance(items, ast.Name):
        items = _only_value(module, items.id)
    if pairs:
        if not isinstance(items, ast.Dict) or None in items.keys:
            return None
        rounds: list[ast.expr] = [
            ast.Tuple([key, value], ast.Load())
            for key, value in zip(items.keys, items.values, strict=True)
            if key is not None
        ]
    elif isinstance(items, (ast.List, ast.Tuple)):
        rounds = items.elts
    else:
        return None
    found = [_assigned(loop.target, item) for item in rounds]
    known = [item for item in found if item is not None]
    return known if len(known) == len(found) else None


def _assigned(target: ast.expr, item: ast.expr) -> dict[str, ast.Constant] | None:
    if isinstance(target, ast.Name):
        plain = isinstance(item, ast.Constant) and type(item.value) in (str, int)
        return {target.id: item} if isinstance(item, ast.Constant) and plain else None
    if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(item, (ast.Tuple, ast.List)):
        return None
    if len(target.elts) != len(item.elts):
        return None
    found: dict[str, ast.Constant] = {}
    for one, value in zip(target.elts, item.elts, strict=True):
        inner = _assigned(one, value) if isinstance(one, ast.Name) else None
        if inner is None:
            return None
        found |= inner
    return found


def _only_value(module: ast.Module, name: str) -> ast.expr | None:
    """The display that a name stands for everywhere in the file: bound once, and only read."""
    parents = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    value: ast.expr | None = None
    for node in parents:
        if isinstance(node, (ast.arg, ast.alias, *_SCOPES[:2], ast.ClassDef)):
            bound = getattr(node, "arg", None) or getattr(node, "asname", None)
            if name in (bound, getattr(node, "name", None)):
                return None
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return None
        if not isinstance(node, ast.Name):
            continue
        if node.id in _LOOKS:
            return None
        if node.id != name:
            continue
        parent = parents[node]
        if isinstance(node.ctx, ast.Load):
            if not _only_reads(node, parent, parents):
                return None
        elif value is None and isinstance(parent, (ast.Assign, ast.AnnAssign)):
            if isinstance(parent, ast.Assign) and len(parent.targets) != 1:
                return None
            value = parent.value
        else:
            return None
    return value


def _only_reads(node: ast.Name, parent: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is node
    if isinstance(parent, (ast.Compare, ast.BinOp, ast.Starred)):
        return True
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Attribute):
        call = parents[parent]
        called = isinstance(call, ast.Call) and call.func is parent
        return called and parent.attr in ("items", "keys", "values", "get")
    return (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Name)
        and parent.func.id in _READERS
    )


def leaves_no_name(source: SourceText, loop_span: Span, names: set[str]) -> bool:
    """Whether nothing but the loop itself reads its variables, which a comprehension does not leave behind."""
    module = parse_ast(source.text)
    function: ast.AST | None = None
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and node.id in _LOOKS:
            return False
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = node_span(source, node).covers(loop_span)
            function = node if inside else function
    return function is not None and not any(
        _read(source, node, loop_span, names) for node in ast.iter_child_nodes(function)
    )


def _read(source: SourceText, node: ast.AST, loop: Span, names: set[str]) -> bool:
    """Whether a node reads, deletes or shares one of the names, outside of what binds them for itself."""
    if isinstance(node, ast.For) and node_span(source, node) == loop:
        return False
    if isinstance(node, (ast.Global, ast.Nonlocal)) and names & {*node.names}:
        return True
    if isinstance(node, ast.Name) and node.id in names:
        return not isinstance(node.ctx, ast.Store)
    outer: list[ast.AST] = []
    own = names
    if isinstance(node, _COMPREHENSIONS):
        outer = [node.generators[0].iter]
        own = names - _names_of(generator.target for generator in node.generators)
    elif isinstance(node, ast.For) and not node.orelse:
        outer = [node.iter]
        around = node_span(source, node).covers(loop)
        own = names if around else names - _names_of([node.target])
    if any(_read(source, child, loop, names) for child in outer):
        return True
    return bool(own) and any(
        _read(source, child, loop, own)
        for child in ast.iter_child_nodes(node)
        if child not in outer
    )


def _names_of(targets: Iterable[ast.expr]) -> set[str]:
    """The names that a comprehension has for itself, or that a loop gives a value before each round."""
    return {
        inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)
    }
