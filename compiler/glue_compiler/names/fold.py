"""The constant values that an expression can have: literals, f-strings, names, loops over literals."""

from __future__ import annotations

import ast
from itertools import product
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.text.constants import Constant

if TYPE_CHECKING:
    from glue_compiler.names.scopes import Scope, Scopes, Site

_MOST_VALUES = 200
_MOST_STEPS = 12
_PURE_METHODS = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "format"}
)

Values = list[Any]


class Folder:
    """Folds expressions, following names whatever the order of the code: all values a name gets."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.tree = scopes.tree

    def literal(self, node: cst.BaseExpression) -> Constant | None:
        """The constant, when `ast.literal_eval` accepts the expression as dbt-core requires."""
        if (
            isinstance(node, (cst.Name, cst.Call, cst.Attribute, cst.FormattedString))
            and not (type(node) is cst.Name and node.value in ("True", "False", "None"))
            and type(node) is not cst.Call
        ):
            return None
        try:
            return Constant.of(ast.literal_eval(f"({self.tree.text(node)}\n)"))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None

    def values(self, node: cst.BaseExpression, scope: Scope) -> tuple[Constant, ...] | None:
        """All constants that the expression can be, without repetition; None when not known."""
        found = self.fold(node, scope, 0)
        if not found:
            return None
        constants: dict[str, Constant] = {}
        for value in found:
            constant = Constant.of(value)
            constants[constant.text] = constant
        return tuple(constants.values())

    def fold(self, node: cst.CSTNode, scope: Scope, steps: int) -> Values | None:
        """The possible values of an expression, or None."""
        if steps > _MOST_STEPS:
            return None
        steps += 1
        if isinstance(node, (cst.SimpleString, cst.Integer, cst.Float, cst.Imaginary)):
            return self._literal_values(node)
        if type(node) is cst.Name:
            if node.value in ("True", "False", "None"):
                return self._literal_values(node)
            return self._name(node.value, scope, steps)
        if type(node) is cst.ConcatenatedString:
            return self._combine(
                [node.left, node.right], scope, steps, lambda pair: pair[0] + pair[1]
            )
        if type(node) is cst.FormattedString:
            return self._fstring(node, scope, steps)
        if type(node) is cst.BinaryOperation:
            return self._binary(node, scope, steps)
        if type(node) is cst.IfExp:
            body = self.fold(node.body, scope, steps)
            orelse = self.fold(node.orelse, scope, steps)
            return None if body is None or orelse is None else _unless_too_many(body + orelse)
        if isinstance(node, (cst.List, cst.Tuple)):
            make = list if type(node) is cst.List else tuple
            if any(type(item) is cst.StarredElement for item in node.elements):
                return None
            return self._combine([e.value for e in node.elements], scope, steps, make)
        if isinstance(node, (cst.Dict, cst.Set, cst.UnaryOperation)):
            return self._literal_values(node)
        if type(node) is cst.Subscript:
            return self._subscript(node, scope, steps)
        if type(node) is cst.Call:
            return self._call(node, scope, steps)
        return None

    def _literal_values(self, node: cst.BaseExpression) -> Values | None:
        constant = self.literal(node)
        return None if constant is None else [constant.value]

    def _combine(
        self, nodes: list[cst.BaseExpression], scope: Scope, steps: int, make: Any
    ) -> Values | None:
        folded = []
        size = 1
        for node in nodes:
            values = self.fold(node, scope, steps)
            if not values:
                return None
            size *= len(values)
            if size > _MOST_VALUES:
                return None
            folded.append(values)
        try:
            return [make(list(choice)) for choice in product(*folded)]
        except (TypeError, ValueError):
            return None

    def _name(self, name: str, scope: Scope, steps: int) -> Values | None:
        home = scope.home(name)
        if home is None:
            return None
        found: Values = []
        for site in home.sites[name]:
            values = self._site(site, home, steps)
            if values is None:
                return None
            found += values
        return _unless_too_many(found)

    def _site(self, site: Site, home: Scope, steps: int) -> Values | None:
        if site.value is None or site.how not in ("assign", "loop", "walrus"):
            return None
        values = self.fold(site.value, home, steps)
        if values is None:
            return None
        if site.how == "loop":
            items: Values = []
            for value in values:
                if not isinstance(value, (list, tuple, dict, set, frozenset)):
                    return None
                items += value
            values = items
        if site.index is None:
            return _unless_too_many(values)
        if site.index < 0:
            return None
        try:
            return _unless_too_many([value[site.index] for value in values])
        except (TypeError, LookupError):
            return None

    def _fstring(self, node: cst.FormattedString, scope: Scope, steps: int) -> Values | None:
        texts: list[Values] = []
        raw = "r" in node.start.lower()
        for part in node.parts:
            if type(part) is cst.FormattedStringText:
                text = part.value.replace("{{", "{").replace("}}", "}")
                if not raw and "\\" in text:
                    return None
                texts.append([text])
            elif type(part) is cst.FormattedStringExpression:
                if part.conversion or part.format_spec or part.equal is not None:
                    return None
                values = self.fold(part.expression, scope, steps)
                if values is None:
                    return None
                texts.append([str(value) for value in values])
        size = 1
        for choices in texts:
            size *= len(choices)
        if size > _MOST_VALUES:
            return None
        return ["".join(choice) for choice in product(*texts)]

    def _binary(self, node: cst.BinaryOperation, scope: Scope, steps: int) -> Values | None:
        def apply(pair: list[Any]) -> Any:
            left, right = pair
            if type(node.operator) is cst.Add:
                if isinstance(left, (str, list, tuple, int)) and len(str(left)) < 100_000:
                    return left + right
            elif type(node.operator) is cst.Modulo and isinstance(left, str):
                return left % right
            raise TypeError

        return self._combine([node.left, node.right], scope, steps, apply)

    def _subscript(self, node: cst.Subscript, scope: Scope, steps: int) -> Values | None:
        if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
            return None
        parts = [node.value, node.slice[0].slice.value]
        try:
            return self._combine(parts, scope, steps, lambda pair: pair[0][pair[1]])
        except LookupError:
            return None

    def _call(self, node: cst.Call, scope: Scope, steps: int) -> Values | None:
        func = node.func
        if any(arg.star or arg.keyword is not None for arg in node.args):
            return None
        arguments = [arg.value for arg in node.args]
        if type(func) is cst.Name and func.value == "str" and len(arguments) == 1:
            return self._combine(arguments, scope, steps, lambda values: str(values[0]))
        if type(func) is not cst.Attribute or func.attr.value not in _PURE_METHODS:
            return None
        method = func.attr.value

        def apply(values: list[Any]) -> Any:
            if not isinstance(values[0], str):
                raise TypeError
            return getattr(values[0], method)(*values[1:])

        try:
            return self._combine([func.value, *arguments], scope, steps, apply)
        except (LookupError, AttributeError):
            return None


def _unless_too_many(values: Values) -> Values | None:
    return values if len(values) <= _MOST_VALUES else None
