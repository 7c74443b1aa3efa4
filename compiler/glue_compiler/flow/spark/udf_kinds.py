"""The classes of Python that an expression in a function of the file may have, where all of them are certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.flow.core.objects import ModuleValue
from glue_compiler.flow.core.values import UNKNOWN
from glue_compiler.knowledge.python_results import FUNCTIONS, METHODS, METHODS_OF_TEXT
from glue_compiler.names.scopes import BUILTINS, dotted_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from glue_compiler.flow.core.state import FunctionValue
    from glue_compiler.names.scopes import Site

NOTHING = "None"
ANY = frozenset({""})
"""What is not known has a class without a name."""

_TEXT, _WHOLE, _TRUTH = frozenset({"str"}), frozenset({"int"}), frozenset({"bool"})
_NUMBER, _LIST = frozenset({"int", "float"}), frozenset({"list"})
_LITERALS: dict[type, frozenset[str]] = {
    cst.Integer: _WHOLE,
    cst.Float: frozenset({"float"}),
    cst.FormattedString: _TEXT,
    cst.Comparison: _TRUTH,
    cst.List: _LIST,
    cst.ListComp: _LIST,
    cst.Tuple: frozenset({"tuple"}),
    cst.Dict: frozenset({"dict"}),
    cst.DictComp: frozenset({"dict"}),
    cst.Set: frozenset({"set"}),
    cst.SetComp: frozenset({"set"}),
}
_OF_NUMBERS = (cst.Add, cst.Subtract, cst.Multiply, cst.Modulo, cst.FloorDivide)
_OF_NUMBERS_AT_ONCE = (
    cst.AddAssign,
    cst.SubtractAssign,
    cst.MultiplyAssign,
    cst.ModuloAssign,
    cst.FloorDivideAssign,
)
_OF_SERIES = (cst.Add, cst.Subtract, cst.Multiply, cst.Divide)
_SERIES = frozenset({"pd.Series", "pandas.Series"})
_SPLITS = frozenset({"split", "rsplit", "splitlines"})


class Kinds:
    """The classes of expressions of one function."""

    def __init__(self, function: FunctionValue) -> None:
        self._function = function
        self._asked: set[str] = set()

    def of(self, node: cst.BaseExpression) -> frozenset[str]:
        """The names of the classes that an expression may have; one is empty where not all are known."""
        known = _LITERALS.get(node.__class__)
        if known is not None:
            return known
        handler = _HANDLERS.get(node.__class__)
        return ANY if handler is None else handler(self, node)

    def union(self, nodes: Iterable[cst.BaseExpression]) -> frozenset[str]:
        """The classes that any of some expressions may have."""
        return frozenset(kind for node in nodes for kind in self.of(node))

    def path(self, node: cst.BaseExpression) -> str:
        """The dotted name of what an expression names outside of the file; empty where it names nothing such."""
        dotted = dotted_name(node)
        first, _, rest = dotted.partition(".")
        scope = self._function.scope
        if not first or first in scope.sites:
            return ""
        value = self._function.env.get(first)
        if isinstance(value, ModuleValue):
            return f"{value.name}.{rest}" if rest else value.name
        unbound = value is None and scope.home(first) is None
        return f"builtins.{dotted}" if unbound and first in BUILTINS else ""

    def name(self, node: cst.Name) -> frozenset[str]:
        if node.value == "None":
            return frozenset({NOTHING})
        if node.value in ("True", "False"):
            return _TRUTH
        sites = self._function.scope.sites.get(node.value, ())
        if not sites or node.value in self._asked:
            return ANY
        self._asked.add(node.value)
        found = self._bound(sites)
        self._asked.discard(node.value)
        return found

    def _bound(self, sites: Iterable[Site]) -> frozenset[str]:
        """The classes of what a name is bound to, wherever that is."""
        found: frozenset[str] = frozenset()
        added = []
        for site in sites:
            statement = site.statement
            if type(statement) is cst.AugAssign:
                added.append(statement)
            elif (
                site.how not in ("assign", "walrus")
                or site.index is not None
                or not isinstance(site.value, cst.BaseExpression)
            ):
                return ANY
            else:
                found |= self.of(site.value)
        for statement in added:
            own = self.of(statement.value)
            numbers = isinstance(statement.operator, _OF_NUMBERS_AT_ONCE)
            if found == _TEXT and type(statement.operator) is cst.AddAssign:
                continue
            if not numbers or not found <= _NUMBER or not own <= _NUMBER:
                return ANY
            found |= own
        return found or ANY

    def string(self, node: cst.SimpleString | cst.ConcatenatedString) -> frozenset[str]:
        if isinstance(node, cst.ConcatenatedString):
            return self.of(node.left)
        return frozenset({"bytes"}) if "b" in node.prefix.lower() else _TEXT

    def either(self, node: cst.IfExp) -> frozenset[str]:
        return self.union((node.body, node.orelse))

    def boolean(self, node: cst.BooleanOperation) -> frozenset[str]:
        return self.union((node.left, node.right))

    def walrus(self, node: cst.NamedExpr) -> frozenset[str]:
        return self.of(node.value)

    def sign(self, node: cst.UnaryOperation) -> frozenset[str]:
        if type(node.operator) is cst.Not:
            return _TRUTH
        found = self.of(node.expression)
        return found if found <= _NUMBER else ANY

    def _is_series(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a parameter that is a series."""
        sites = self._function.scope.sites.get(node.value, ()) if isinstance(node, cst.Name) else ()
        return len(sites) == 1 and any(
            param.name is sites[0].node
            and param.annotation is not None
            and dotted_name(param.annotation.annotation) in _SERIES
            for param in self._function.node.params.params
        )

    def operation(self, node: cst.BinaryOperation) -> frozenset[str]:
        if isinstance(node.operator, _OF_SERIES) and (
            (isinstance(node.right, cst.Float) and self._is_series(node.left))
            or (isinstance(node.left, cst.Float) and self._is_series(node.right))
        ):
            # Of other series than those of numbers, this raises.
            return frozenset({"series"})
        left, right = self.of(node.left), self.of(node.right)
        if left == _TEXT and isinstance(node.operator, (cst.Add, cst.Modulo, cst.Multiply)):
            return _TEXT
        if not (left <= _NUMBER and right <= _NUMBER):
            return ANY
        if type(node.operator) is cst.Divide:
            return frozenset({"float"})
        if not isinstance(node.operator, _OF_NUMBERS):
            return ANY
        certain = _WHOLE if left == right == _WHOLE else _NUMBER
        return frozenset({"float"}) if frozenset({"float"}) in (left, right) else certain

    def item(self, node: cst.Subscript) -> frozenset[str]:
        value = node.value
        if self.of(value) == _TEXT:
            return _TEXT
        if len(node.slice) != 1 or type(node.slice[0].slice) is not cst.Index:
            return ANY
        method = value.func if isinstance(value, cst.Call) else None
        split = isinstance(method, cst.Attribute) and method.attr.value in _SPLITS
        return _TEXT if split and self.of(value) == _LIST else ANY

    def call(self, node: cst.Call) -> frozenset[str]:
        func = node.func
        path = self.path(func)
        if path:
            if path == "re.sub" and node.args and self.of(node.args[0].value) == _TEXT:
                return _TEXT
            return frozenset({FUNCTIONS.get(path, "")})
        if type(func) is not cst.Attribute or self._unfollowed(func.value):
            return ANY
        table = METHODS_OF_TEXT if self.of(func.value) == _TEXT else METHODS
        return frozenset({table.get(func.attr.value, "")})

    def _unfollowed(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is something of outside of the function of which nothing is known: a module of the project."""
        first = dotted_name(node).partition(".")[0]
        if not first or first in self._function.scope.sites:
            return False
        return self._function.env.get(first) in (None, UNKNOWN)


_HANDLERS: dict[type, Callable[[Kinds, Any], frozenset[str]]] = {
    cst.Name: Kinds.name,
    cst.SimpleString: Kinds.string,
    cst.ConcatenatedString: Kinds.string,
    cst.IfExp: Kinds.either,
    cst.BooleanOperation: Kinds.boolean,
    cst.NamedExpr: Kinds.walrus,
    cst.UnaryOperation: Kinds.sign,
    cst.BinaryOperation: Kinds.operation,
    cst.Subscript: Kinds.item,
    cst.Call: Kinds.call,
}
