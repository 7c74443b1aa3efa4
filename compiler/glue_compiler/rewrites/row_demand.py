"""Which columns the code after a `collect()` reads of its rows, where every use has a form that is known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model
    from glue_compiler.rewrites.pandas_demand import Demand

_TUPLE = {"count", "index", "asDict"}


class _Unknown(Exception):
    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def row_demand(model: Model, call: ast.Call) -> Demand:
    """The columns of the rows that `call` (a `collect()`) makes which the model function can use."""
    names: set[str] = set()
    try:
        _rows(model, call, names)
    except _Unknown as problem:
        return problem.reason, problem.detail
    return names, ""


def _rows(model: Model, node: ast.expr, names: set[str]) -> None:
    """One place where the list of rows is the value of `node`."""
    parent = model.parents[node]
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        target = parent.targets[0]
        if not isinstance(target, ast.Name):
            raise _Unknown("positional", ast.unparse(target)[:60])
        if isinstance(node, ast.Name):
            raise _Unknown("frame_alias", target.id)
        if target.id in model.string_words:
            raise _Unknown("named_in_text", target.id)
        for use in model.names(target.id):
            if isinstance(use.ctx, ast.Load):
                if use not in model.own_nodes:
                    raise _Unknown("escapes", f"{target.id} is read in a nested function")
                _rows(model, use, names)
        return
    if isinstance(parent, ast.For) and parent.iter is node:
        _each(model, parent.target, model.function, names)
        return
    if isinstance(parent, ast.comprehension) and parent.iter is node:
        _each(model, parent.target, model.parents[parent], names)
        return
    if isinstance(parent, ast.Subscript) and parent.value is node:
        if not isinstance(parent.ctx, ast.Load) or isinstance(parent.slice, ast.Slice):
            raise _Unknown("escapes", ast.unparse(parent)[:60])
        _row(model, parent, names)
        return
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and node in parent.args:
        if parent.func.id == "len":
            return
        raise _Unknown("escapes", parent.func.id)
    if isinstance(parent, (ast.If, ast.While, ast.IfExp)) and parent.test is node:
        return
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return
    raise _Unknown("frame_returned" if isinstance(parent, ast.Return) else "escapes", "")


def _each(model: Model, target: ast.expr, scope: ast.AST, names: set[str]) -> None:
    if not isinstance(target, ast.Name):
        raise _Unknown("positional", ast.unparse(target)[:60])
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load):
            _row(model, node, names)


def _row(model: Model, node: ast.expr, names: set[str]) -> None:
    """One place where a row is the value of `node`."""
    parent = model.parents[node]
    if isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Load):
        if parent.attr in _TUPLE or parent.attr.startswith("_"):
            raise _Unknown("row_wise", parent.attr)
        names.add(parent.attr)
        return
    if isinstance(parent, ast.Subscript) and parent.value is node:
        key = parent.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            names.add(key.value)
            return
        raise _Unknown("positional", ast.unparse(parent)[:60])
    raise _Unknown("row_wise" if isinstance(parent, ast.Call) else "escapes", "")
