"""Whether the items of a loop are all there before its first round, whatever the rounds do."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)
_MADE = {"list", "tuple", "set", "frozenset", "sorted", "dict", "range"}
"""Builtins that read all of their argument when they are called."""

_VIEWS = {"zip", "enumerate", "reversed"}
"""Builtins that read their arguments during the loop."""


def lazy_items(model: Model, node: ast.expr) -> str:
    """What could give its items only during the loop, as text of the source; "" where nothing can.

    Expressions whose value is a list, tuple, set, dict, text or range are read before the loop by
    Python itself, but for views of them, which no `withColumn` changes.
    """
    if isinstance(node, _DISPLAYS) or _text(node):
        return ""
    if isinstance(node, ast.Name):
        return "" if _holds_items(model, node) else node.id
    if isinstance(node, ast.Attribute) and node.attr == "columns" and _of_frame(model, node):
        return ""
    if isinstance(node, ast.Call) and not any(k.arg is None for k in node.keywords):
        return _lazy_call(model, node)
    return ast.unparse(node)[:60]


def _lazy_call(model: Model, node: ast.Call) -> str:
    func = node.func
    if isinstance(func, ast.Name) and func.id in _MADE | _VIEWS and not _rebound(model, func.id):
        if func.id in _MADE:
            return ""
        return next(filter(None, (lazy_items(model, argument) for argument in node.args)), "")
    if isinstance(func, ast.Attribute) and not node.args and not node.keywords:
        base = func.value
        kept = isinstance(base, ast.Dict) or (
            isinstance(base, ast.Name) and _holds_items(model, base)
        )
        if func.attr in ("items", "keys", "values") and kept:
            return ""
    if isinstance(func, ast.Attribute) and func.attr == "split" and _text(func.value):
        return ""
    configs = {use.span for use in model.uses("config.get", "config.meta_get")}
    return "" if model.span(node) in configs else ast.unparse(node)[:60]


def _text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _of_frame(model: Model, node: ast.Attribute) -> bool:
    span = model.span(node)
    return any(
        use.span == span and use.kind in ("spark", "pandas")
        for use in model.here(model.facts.flow.members)
    )


def _rebound(model: Model, name: str) -> bool:
    return name in model.stored or any(b.name == name for b in model.facts.bindings)


def _holds_items(model: Model, node: ast.Name) -> bool:
    """Whether every binding of a name, in the model function or else in the file, is to a literal or its like."""
    own = [n for n in model.names(node.id) if not isinstance(n.ctx, ast.Load)]
    stores = own or [
        n
        for n in model.parents
        if isinstance(n, ast.Name) and n.id == node.id and not isinstance(n.ctx, ast.Load)
    ]
    bound = [b for b in model.facts.bindings if b.name == node.id]
    if not stores or (not own and len(bound) != len(stores)) or node.id in _parameters(model):
        return False
    for store in stores:
        parent = model.parents[store]
        value = parent.value if isinstance(parent, (ast.Assign, ast.AnnAssign)) else None
        if value is None or not (isinstance(value, _DISPLAYS) or _text(value)):
            return False
    return True


def _parameters(model: Model) -> set[str]:
    return {node.arg for node in model.function_nodes if isinstance(node, ast.arg)}
