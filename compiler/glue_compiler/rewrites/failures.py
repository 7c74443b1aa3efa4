"""Whether the model could go on after a failure at some place, so that a failure that vanishes would be seen."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.model import walk
from glue_compiler.rewrites.pandas_demand.uses import (
    Unknown,
    calls_of,
    function_around,
    own_function,
)

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_TRIES: tuple[type[ast.AST], ...] = (ast.Try, getattr(ast, "TryStar", ast.Try))
_LEAVES = (ast.Return, ast.Break, ast.Continue)
_LET_PASS_NOTHING = {"open", "catch_warnings"}
"""Context managers by their names: they let every failure through."""


def caught(model: Model, node: ast.AST, depth: int = 0) -> str:
    """in_try where a failure at a node may be handled, in_helper where callers are not known; "" where the run ends.

    A handler that always raises ends the run as the failure itself does, whatever it does before.
    """
    if depth > 6:
        return "in_helper"
    current: ast.AST | None = model.parents.get(node)
    child = node
    function = function_around(model, node)
    while current is not None and current is not function:
        if isinstance(current, _TRIES) and _handles(current):
            return "in_try"
        if (
            isinstance(current, (ast.With, ast.AsyncWith))
            and child in current.body
            and not all(_lets_pass(item.context_expr) for item in current.items)
        ):
            return "in_try"
        child, current = current, model.parents.get(current)
    if function is model.function:
        return ""
    if not isinstance(function, ast.FunctionDef):
        return "in_helper"
    if own_function(model, ast.Name(function.name, ast.Load())) is not function:
        return "in_helper"
    try:
        calls = calls_of(model, function)
    except Unknown:
        return "in_helper"
    return next(filter(None, (caught(model, call, depth + 1) for call in calls)), "")


def _handles(block: ast.AST) -> bool:
    """Whether a try block can end a failure: a handler that does not always raise, a `finally` that leaves."""
    handlers: list[ast.ExceptHandler] = block.handlers  # type: ignore[attr-defined]
    final: list[ast.stmt] = block.finalbody  # type: ignore[attr-defined]
    if any(isinstance(inner, _LEAVES) for statement in final for inner in walk(statement)):
        return True
    return not all(_raises(handler) for handler in handlers)


def _raises(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    leaves = any(isinstance(inner, _LEAVES) for part in handler.body for inner in walk(part))
    return isinstance(last, ast.Raise) and not leaves


def _lets_pass(manager: ast.expr) -> bool:
    if not isinstance(manager, ast.Call):
        return False
    func = manager.func
    if isinstance(func, ast.Name):
        return func.id in _LET_PASS_NOTHING
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return False
    return func.attr == "catch_warnings" and func.value.id == "warnings"
