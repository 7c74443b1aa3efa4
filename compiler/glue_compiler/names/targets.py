"""Names that targets, patterns and blocks of statements bind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.tree.syntax import children, integer

if TYPE_CHECKING:
    from collections.abc import Callable

_WITH_TARGET = frozenset({cst.AssignTarget, cst.For, cst.AnnAssign, cst.NamedExpr})


def bound_in(node: cst.CSTNode) -> set[str]:
    """The names that statements below a node assign, without those of nested scopes."""
    names: set[str] = set()
    stack: list[cst.CSTNode] = [node]
    while stack:
        current: Any = stack.pop()
        cls = current.__class__
        if cls is cst.Name or cls is cst.Lambda:
            continue
        if cls is cst.FunctionDef or cls is cst.ClassDef:
            names.add(current.name.value)
            continue
        if cls in _WITH_TARGET:
            names.update(_target_names(current.target))
        elif cls is cst.AsName:
            names.update(_target_names(current.name))
        elif cls is cst.ImportAlias and type(current.name) is cst.Name:
            names.add(current.name.value)
        stack += children(current)
    return names


def _target_names(node: cst.CSTNode) -> set[str]:
    if type(node) is cst.Name:
        return {node.value}
    if isinstance(node, (cst.Tuple, cst.List)):
        return {name for element in node.elements for name in _target_names(element.value)}
    return set()


def pattern_names(node: cst.CSTNode) -> list[str]:
    names = []
    stack = [node]
    while stack:
        current = stack.pop()
        bound = None
        if isinstance(current, (cst.MatchAs, cst.MatchStar)):
            bound = current.name
        elif type(current) is cst.MatchMapping:
            bound = current.rest
        if bound is not None:
            names.append(bound.value)
        stack.extend(children(current))
    return names


_SAME_NUMBER = frozenset({"enumerate", "sorted", "reversed", "list", "tuple", "set"})
_OF_A_DICT = frozenset({"items", "keys", "values"})


def surely_iterates(node: cst.BaseExpression, filled: Callable[[str], bool]) -> bool:
    """Whether a loop over the expression runs at least once; `filled` says it of a name."""
    if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
        return any(type(element) is not cst.StarredElement for element in node.elements)
    if type(node) is cst.Dict:
        return any(type(element) is cst.DictElement for element in node.elements)
    if type(node) is cst.Name:
        return filled(node.value)
    if type(node) is cst.Call:
        return _called(node, filled)
    if type(node) is cst.SimpleString:
        return len(node.evaluated_value) > 0
    return False


def _called(node: cst.Call, filled: Callable[[str], bool]) -> bool:
    func = node.func
    if type(func) is cst.Attribute:
        return (
            func.attr.value in _OF_A_DICT and not node.args and surely_iterates(func.value, filled)
        )
    if type(func) is not cst.Name or not node.args:
        return False
    if func.value in _SAME_NUMBER:
        return surely_iterates(node.args[0].value, filled)
    if func.value == "zip":
        return all(not arg.star and surely_iterates(arg.value, filled) for arg in node.args)
    if func.value == "range" and len(node.args) == 1:
        value = node.args[0].value
        return type(value) is cst.Integer and (integer(value) or 0) > 0
    return False


OPPOSITES: dict[type, str] = {
    cst.Equal: "!=",
    cst.NotEqual: "==",
    cst.Is: "is not",
    cst.IsNot: "is",
    cst.In: "not in",
    cst.NotIn: "in",
    cst.LessThan: ">=",
    cst.GreaterThan: "<=",
    cst.LessThanEqual: ">",
    cst.GreaterThanEqual: "<",
}


def defaults_of(params: cst.Parameters) -> list[cst.CSTNode]:
    found = (*params.posonly_params, *params.params, *params.kwonly_params)
    return [param.default for param in found if param.default is not None]


def annotations_of(node: cst.FunctionDef) -> list[cst.CSTNode]:
    found: list[cst.CSTNode] = [] if node.returns is None else [node.returns.annotation]
    params = (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)
    found += [param.annotation.annotation for param in params if param.annotation is not None]
    return found
