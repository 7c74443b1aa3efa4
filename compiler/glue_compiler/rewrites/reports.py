"""Statements that tell people something and do nothing else, whose text does not depend on when they run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_LEVELS = {"debug", "info", "warning", "error", "critical"}
_PARTS = {"this", "database", "schema", "identifier", "name", "table"}
_PLAIN = (
    ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.Tuple, ast.operator,
    ast.expr_context, ast.keyword,
)  # fmt: skip


def is_report(model: Model, statement: ast.stmt, counted: set[str]) -> bool:
    """Whether a statement prints or logs nothing but constants, names in `counted`, and counts of them.

    `counted` are the names of a frame and of its count: the frame itself may only be counted.
    """
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    call = statement.value
    if not _is_reporter(model, call.func):
        return False
    keywords = {"sep", "end", "flush"} if isinstance(call.func, ast.Name) else set()
    if any(k.arg not in keywords or not isinstance(k.value, ast.Constant) for k in call.keywords):
        return False
    return all(_constant(model, argument, counted) for argument in call.args)


def _is_reporter(model: Model, func: ast.expr) -> bool:
    if isinstance(func, ast.Name):
        return func.id == "print" and not _is_bound(model, "print")
    if not isinstance(func, ast.Attribute) or func.attr not in _LEVELS:
        return False
    base = func.value
    return isinstance(base, ast.Name) and _is_logger(model, base.id)


def _is_logger(model: Model, name: str) -> bool:
    """Whether a name is the module logging, or a logger that it gave, and never anything else."""
    bindings = [b for b in model.facts.bindings if b.name == name]
    stores = [
        node
        for node in model.parents
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
    ]
    if not stores:
        imported = [i for i in model.facts.imports if i.bound == name]
        return (
            name == "logging"
            and bool(imported)
            and all(i.module == "logging" and i.name is None for i in imported)
        )
    if len(stores) != 1 or len(bindings) > 1:
        return False
    parent = model.parents[stores[0]]
    value = parent.value if isinstance(parent, ast.Assign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "logging.getLogger"


def _is_bound(model: Model, name: str) -> bool:
    return name in model.stored or any(b.name == name for b in model.facts.bindings)


def _constant(model: Model, node: ast.expr, counted: set[str]) -> bool:
    """Whether an argument has the same value now and after the write, the counts apart."""
    stack: list[ast.AST] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ast.Call):
            if _counts(current, counted):
                continue
            if not _formats(model, current.func):
                return False
            stack += [*current.args, *current.keywords]
        elif isinstance(current, ast.Name):
            if not _number(model, current, counted) and not _is_fixed(model, current.id):
                return False
        elif isinstance(current, ast.Attribute):
            if not _part_of_dbt(model, current):
                return False
        elif isinstance(current, _PLAIN):
            stack.extend(ast.iter_child_nodes(current))
        else:
            return False
    return True


def _formats(model: Model, func: ast.expr) -> bool:
    """Whether a function is str, format, or the method format of a text."""
    if isinstance(func, ast.Name):
        return func.id in ("str", "format") and not _is_bound(model, func.id)
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "format"
        and isinstance(func.value, ast.Constant)
    )


def _counts(call: ast.Call, counted: set[str]) -> bool:
    func = call.func
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "count"
        and isinstance(func.value, ast.Name)
        and func.value.id in counted
        and not call.args
        and not call.keywords
    )


def _number(model: Model, node: ast.Name, counted: set[str]) -> bool:
    """Whether a name holds the count: every value that it gets is one, and no frame."""
    if node.id not in counted:
        return False
    stores = [n for n in model.names(node.id) if not isinstance(n.ctx, ast.Load)]
    if len(stores) != 1:
        return False
    parent = model.parents[stores[0]]
    value = parent.value if isinstance(parent, ast.Assign) else None
    return isinstance(value, ast.Call) and _counts(value, counted)


def _is_fixed(model: Model, name: str) -> bool:
    """Whether a name is bound once, to a constant."""
    stores = [
        node
        for node in model.parents
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
    ]
    if len(stores) != 1 or sum(b.name == name for b in model.facts.bindings) > 1:
        return False
    parent = model.parents[stores[0]]
    return isinstance(parent, ast.Assign) and isinstance(parent.value, ast.Constant)


def _part_of_dbt(model: Model, node: ast.Attribute) -> bool:
    function = model.facts.model_function
    first = function.parameters[0].name if function and function.parameters else None
    current: ast.expr = node
    while isinstance(current, ast.Attribute):
        if current.attr not in _PARTS:
            return False
        current = current.value
    named = isinstance(current, ast.Name) and current.id == first
    return named and not (first is not None and first in model.stored)
