"""What the modules that follow a frame share: how they give up, and which functions of a file they can enter."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.model import once_a_model, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

Function = ast.FunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Unknown(Exception):
    """A use that is not followed: a reason code, and what exactly stands in the way."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def function_around(model: Model, node: ast.AST) -> ast.AST:
    """The innermost function or lambda around a node, or the module."""
    current = model.parents.get(node)
    while current is not None and not isinstance(current, FUNCTIONS):
        current = model.parents.get(current)
    return model.module if current is None else current


def parameters(function: ast.AST) -> list[str]:
    """The names of a function's parameters, those by position first."""
    args = getattr(function, "args", None)
    if not isinstance(args, ast.arguments):
        return []
    found = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return found + [a.arg for a in (args.vararg, args.kwarg) if a is not None]


class Index:
    """The names and functions of a file."""

    def __init__(self, model: Model) -> None:
        self.names: dict[str, list[ast.Name]] = {}
        self.bound: dict[ast.AST, set[str]] = {}
        self.declared: set[str] = set()
        self.defined: dict[str, list[ast.AST]] = {}
        self.parameters: set[str] = set()
        for node in model.parents:
            if isinstance(node, ast.Name):
                self.names.setdefault(node.id, []).append(node)
                if not isinstance(node.ctx, ast.Load):
                    around = function_around(model, node)
                    self.bound.setdefault(around, set()).add(node.id)
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                self.declared.update(node.names)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                found = parameters(node)
                self.bound.setdefault(node, set()).update(found)
                self.parameters.update(found)
                if not isinstance(node, ast.Lambda):
                    self.defined.setdefault(node.name, []).append(node)


index_of = once_a_model(Index)
"""The index of a model."""


def binds(model: Model, function: ast.AST, name: str) -> bool:
    """Whether a name inside of a function is its own and not one of the code around it."""
    return name in index_of(model).bound.get(function, ())


def scope_of(model: Model, node: ast.AST, name: str) -> ast.AST:
    """The function that a name at a node is of, or the module. Defaults and decorators are of the scope around theirs."""
    child, current = node, model.parents.get(node)
    while current is not None:
        if isinstance(current, FUNCTIONS) and binds(model, current, name):
            outside = child is current.args or child in getattr(current, "decorator_list", [])
            if not outside:
                return current
        child, current = current, model.parents.get(current)
    return model.module


def names_in(model: Model, scope: ast.AST, name: str) -> Iterator[ast.Name]:
    """All nodes of a name of a scope, with those in functions inside that take it from there."""
    for node in index_of(model).names.get(name, []):
        if scope_of(model, node, name) is scope:
            yield node


def own_function(model: Model, node: ast.expr) -> ast.FunctionDef | None:
    """The function of the file that a name certainly is: defined once, bound once, decorated by nothing."""
    if not isinstance(node, ast.Name):
        return None
    index = index_of(model)
    found = index.defined.get(node.id, [])
    if len(found) != 1 or not isinstance(found[0], ast.FunctionDef) or found[0].decorator_list:
        return None
    function = found[0]
    names = index.names.get(node.id, [])
    bound = node.id in index.parameters or node.id in index.declared
    bound = bound or any(not isinstance(other.ctx, ast.Load) for other in names)
    bound = bound or any(found.bound == node.id for found in model.facts.imports)
    simple = isinstance(model.parents[function], (ast.Module, ast.FunctionDef))
    generator = any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in walk(function))
    return function if simple and not bound and not generator else None


def calls_of(model: Model, function: ast.FunctionDef) -> list[ast.Call]:
    """The calls of a function of the file, `frame.pipe(function)` among them. Raises Unknown where it is used otherwise."""
    found: list[ast.Call] = []
    for node in index_of(model).names.get(function.name, []):
        parent = model.parents[node]
        if own_function(model, node) is not function or not isinstance(parent, ast.Call):
            raise Unknown("escapes", function.name)
        piped = isinstance(parent.func, ast.Attribute) and parent.func.attr == "pipe"
        if parent.func is not node and not (piped and parent.args[:1] == [node]):
            raise Unknown("escapes", function.name)
        found.append(parent)
    return found


def parameter_of(call: ast.Call, node: ast.AST, function: ast.AST, shift: int = 0) -> str | None:
    """The parameter that an argument of a call is; None where that is not plain."""
    args = getattr(function, "args", None)
    if not isinstance(args, ast.arguments):
        return None
    if any(isinstance(a, ast.Starred) for a in call.args):
        return None
    names = [a.arg for a in (*args.posonlyargs, *args.args)]
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        if keyword.value is node:
            known = [a.arg for a in (*args.args, *args.kwonlyargs)]
            return keyword.arg if keyword.arg in known else None
    position = call.args.index(node) + shift if node in call.args else -1  # type: ignore[arg-type]
    return names[position] if 0 <= position < len(names) else None
