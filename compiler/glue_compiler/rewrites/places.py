"""Where a call of the file runs: on the driver or perhaps on a worker."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.model import once_a_model, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def function_of(model: Model, node: ast.AST) -> ast.AST | None:
    """The innermost function, lambda or class around a node; None at module level."""
    return next((n for n in model.above(node) if isinstance(n, FUNCTIONS)), None)


@once_a_model
def driver_functions(model: Model) -> set[ast.AST]:
    """The model function, and the functions of the file that only driver code calls, by their names and nothing else.

    A function that is decorated, handed on or stored may be a UDF, whose body runs on workers.
    """
    named: dict[str, list[ast.FunctionDef]] = {}
    for node in model.parents:
        if isinstance(node, ast.FunctionDef) and node is not model.function:
            named.setdefault(node.name, []).append(node)
    candidates = {
        nodes[0]: name
        for name, nodes in named.items()
        if len(nodes) == 1
        and not nodes[0].decorator_list
        and not isinstance(model.parents[nodes[0]], ast.ClassDef)
        and not any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in walk(nodes[0]))
    }
    uses: dict[str, list[ast.Name]] = {}
    for node in model.parents:
        if isinstance(node, ast.Name) and node.id in named:
            uses.setdefault(node.id, []).append(node)
    drivers: set[ast.AST] = {model.function, *candidates}
    while True:
        lost = {
            function
            for function, name in candidates.items()
            if function in drivers
            and not all(_called_in(model, use, drivers) for use in uses.get(name, []))
        }
        if not lost:
            return drivers
        drivers -= lost


def _called_in(model: Model, use: ast.Name, drivers: set[ast.AST]) -> bool:
    parent = model.parents[use]
    called = isinstance(parent, ast.Call) and parent.func is use
    where = function_of(model, use)
    return called and (where is None or where in drivers)


def own_statements(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and the nodes below it, but for those of functions inside."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if not isinstance(current, FUNCTIONS):
            stack.extend(ast.iter_child_nodes(current))
