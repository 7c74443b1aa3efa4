"""How an expression is used by the code around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.names.surface import USES_BY_PARENT

if TYPE_CHECKING:
    from glue_compiler.names.scopes import Scopes
    from glue_compiler.text.source import Span
    from glue_compiler.tree.syntax import Tree

_USES: dict[type, str] = {**USES_BY_PARENT, cst.ComparisonTarget: "compare"}
_TESTS = frozenset({cst.If, cst.While, cst.IfExp})
_ITERATES = frozenset({cst.For, cst.CompFor})
_LOOPS = frozenset({cst.For, cst.While})
_FUNCTIONS = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})


def use_of(parents: dict[cst.CSTNode, cst.CSTNode], node: cst.CSTNode) -> str:
    """The word for how the value of an expression is used (see DbtUse.use)."""
    parent: Any = parents.get(node)
    cls = parent.__class__
    if cls in _TESTS:
        return "test" if parent.test is node else "value"
    if cls in _ITERATES and parent.iter is node:
        return "iterate"
    if type(parent) is cst.UnaryOperation:
        return "not" if type(parent.operator) is cst.Not else "operator"
    if type(parent) is cst.Subscript:
        return "subscript" if parent.value is node else "value"
    return _USES.get(cls, "value")


def comparison(scopes: Scopes, node: cst.CSTNode) -> tuple[str | None, str | None, Span | None]:
    """The operator (value on the left side), literal operand and span of a test of a value."""
    spans = scopes.tree.spans
    parent = scopes.parents.get(node)
    if type(parent) is cst.UnaryOperation and type(parent.operator) is cst.Not:
        return "not", None, spans[parent]
    if type(parent) is cst.Comparison and len(parent.comparisons) == 1:
        target = parent.comparisons[0]
        operator = OPERATORS.get(type(target.operator))
        return operator, _literal(scopes.tree, target.comparator), spans[parent]
    if type(parent) is cst.ComparisonTarget:
        outer = scopes.parents.get(parent)
        if type(outer) is cst.Comparison and len(outer.comparisons) == 1:
            operator = OPERATORS.get(type(parent.operator))
            turned = TURNED.get(operator or "", operator)
            return turned, _literal(scopes.tree, outer.left), spans[outer]
    return None, None, None


def _literal(tree: Tree, node: cst.BaseExpression) -> str | None:
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)):
        return tree.text(node)
    return None


OPERATORS: dict[type, str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.In: "in",
    cst.NotIn: "not in",
}
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


def enclosing_loop(
    parents: dict[cst.CSTNode, cst.CSTNode], node: cst.CSTNode
) -> cst.For | cst.While | None:
    """The innermost loop statement whose body holds the node, in the same function."""
    below = node
    current: Any = parents.get(node)
    while current is not None and current.__class__ not in _FUNCTIONS:
        if current.__class__ in _LOOPS and below is current.body:
            loop: cst.For | cst.While = current
            return loop
        below, current = current, parents.get(current)
    return None


def root_name(node: cst.CSTNode) -> cst.Name | None:
    """The name at the start of a chain of attributes, calls and subscripts."""
    while True:
        if isinstance(node, (cst.Attribute, cst.Subscript)):
            node = node.value
        elif type(node) is cst.Call:
            node = node.func
        else:
            return node if type(node) is cst.Name else None
