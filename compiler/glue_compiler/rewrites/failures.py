"""Whether the model could go on after a failure at some place, so that a failure that vanishes would be seen."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand.uses import (
    Unknown,
    calls_of,
    function_around,
    own_function,
)
from glue_compiler.rewrites.places import FUNCTIONS, function_of, own_statements

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_TRIES: tuple[type[ast.AST], ...] = (ast.Try, getattr(ast, "TryStar", ast.Try))
_LEAVES = (ast.Return, ast.Break, ast.Continue)


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
        if _goes_on(model, current, child):
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


def let_pass(model: Model, node: ast.AST) -> bool:
    """Whether the model could go on after a failure of a node, also where a function of the file is called."""
    return _let_pass(model, node, set())


def _let_pass(model: Model, node: ast.AST, seen: set[ast.AST]) -> bool:
    child = node
    for outer in model.above(node):
        if _goes_on(model, outer, child):
            return True
        if isinstance(outer, FUNCTIONS):
            break
        child = outer
    function = function_of(model, node)
    if function is None or function is model.function or function in seen:
        return False
    if not isinstance(function, ast.FunctionDef):
        return True
    seen.add(function)
    calls = [n for n in model.parents if isinstance(n, ast.Name) and n.id == function.name]
    return any(_let_pass(model, call, seen) for call in calls)


def _goes_on(model: Model, block: ast.AST, child: ast.AST) -> bool:
    """Whether a block may end what its part `child` raises: a handler, a `finally` that leaves, a context manager."""
    if isinstance(block, (ast.With, ast.AsyncWith)):
        passing = all(_lets_pass(model, item.context_expr) for item in block.items)
        return child in block.body and not passing
    if not isinstance(block, _TRIES):
        return False
    body: list[ast.stmt] = block.body  # type: ignore[attr-defined]
    handlers: list[ast.ExceptHandler] = block.handlers  # type: ignore[attr-defined]
    final: list[ast.stmt] = block.finalbody  # type: ignore[attr-defined]
    if child not in final and _leaves(final):
        return True
    return child in body and not all(_raises(handler) for handler in handlers)


def _raises(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise) and not _leaves(handler.body)


def _leaves(statements: list[ast.stmt]) -> bool:
    inner = (node for statement in statements for node in own_statements(statement))
    return any(isinstance(node, _LEAVES) for node in inner)


def _lets_pass(model: Model, manager: ast.expr) -> bool:
    """Whether a context manager is Python's own `open(...)` or `warnings.catch_warnings(...)`."""
    func = manager.func if isinstance(manager, ast.Call) else None
    if isinstance(func, ast.Name) and func.id == "open":
        star = any(item.name == "*" for item in model.facts.imports)
        return not star and not _ways(model, "open")
    if isinstance(func, ast.Name) and func.id == "catch_warnings":
        return _ways(model, func.id) == {"warnings"}
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        named = (func.value.id, func.attr) == ("warnings", "catch_warnings")
        return named and _ways(model, "warnings") == {"warnings"}
    return False


def _ways(model: Model, name: str) -> set[str]:
    """The modules that a name is imported from, and "" where it is also bound in another way."""
    found = {item.module for item in model.facts.imports if item.bound == name}
    own = any(b.name == name and not b.how.startswith("import") for b in model.facts.bindings)
    return found | ({""} if own or name in model.stored else set())
