"""What a test is worth in the two worlds: a first run, and an incremental one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.worlds import World  # noqa: TC001 - WORLDS is annotated with it
from glue_compiler.tree.syntax import integer

if TYPE_CHECKING:
    from glue_compiler.names.bind import DbtBinding
    from glue_compiler.names.scopes import Scope

WORLDS: tuple[World, ...] = ("full", "incremental")
_MOST_STEPS = 10


class Worlds:
    """Evaluates tests that depend on nothing but dbt.is_incremental and constants."""

    def __init__(self, binding: DbtBinding) -> None:
        self.binding = binding
        self.known: dict[tuple[cst.CSTNode, World], bool | None] = {}

    def truth(self, node: cst.CSTNode, scope: Scope, world: World) -> bool | None:
        """The truth of a test in a world; None when it depends on anything else.

        `dbt.is_incremental` and `dbt.is_incremental()` mean the same here: the object that a
        model gets is a bool that can also be called.
        """
        key = (node, world)
        if key not in self.known:
            # Of the parts nothing is remembered: what is found of them depends on the steps before.
            self.known[key] = self._truth(node, scope, world, _MOST_STEPS)
        return self.known[key]

    def _truth(self, node: cst.CSTNode, scope: Scope, world: World, steps: int) -> bool | None:
        if steps <= 0:
            return None
        steps -= 1
        if type(node) is cst.Name:
            return self._name(node, scope, world, steps)
        if type(node) is cst.Integer:
            return integer(node) != 0
        if type(node) is cst.Attribute:
            if node.attr.value == "TYPE_CHECKING":
                return False
            return self._incremental(node, scope, world)
        if type(node) is cst.Call:
            if type(node.func) is cst.Name and node.func.value == "bool" and len(node.args) == 1:
                return self._truth(node.args[0].value, scope, world, steps)
            if not node.args and "is_incremental" in self.binding.of(node.func, scope):
                return self._incremental(node.func, scope, world)
            return self._incremental(node, scope, world)
        if type(node) is cst.UnaryOperation and type(node.operator) is cst.Not:
            value = self._truth(node.expression, scope, world, steps)
            return None if value is None else not value
        if type(node) is cst.BooleanOperation:
            left = self._truth(node.left, scope, world, steps)
            right = self._truth(node.right, scope, world, steps)
            deciding = type(node.operator) is cst.Or
            if left is deciding or right is deciding:
                return deciding
            return None if left is None or right is None else not deciding
        if type(node) is cst.Comparison and len(node.comparisons) == 1:
            return self._comparison(node, scope, world, steps)
        if type(node) is cst.NamedExpr:
            return self._truth(node.value, scope, world, steps)
        return None

    def _incremental(self, node: cst.CSTNode, scope: Scope, world: World) -> bool | None:
        paths = self.binding.of(node, scope)
        return world == "incremental" if paths == {"is_incremental"} else None

    def _name(self, node: cst.Name, scope: Scope, world: World, steps: int) -> bool | None:
        if node.value in ("True", "False", "None"):
            return node.value == "True"
        home = scope.home(node.value)
        if node.value == "TYPE_CHECKING":
            return False
        if home is None:
            return None
        sites = home.sites[node.value]
        if len(sites) == 1 and sites[0].how == "assign" and sites[0].index is None:
            value = sites[0].value
            if value is not None and home.kind in ("function", "module"):
                return self._truth(value, home, world, steps)
        return None

    def _comparison(
        self, node: cst.Comparison, scope: Scope, world: World, steps: int
    ) -> bool | None:
        target = node.comparisons[0]
        other = target.comparator
        if not (type(other) is cst.Name and other.value in ("True", "False")):
            return None
        # A bool that is called is a bool; the object itself is equal to, but not identical with one.
        if not self.binding.of(node.left, scope) and not isinstance(
            node.left, (cst.Name, cst.Call)
        ):
            return None
        value = self._truth(node.left, scope, world, steps)
        if value is None:
            return None
        equal = value is (other.value == "True")
        if isinstance(target.operator, (cst.Equal, cst.Is)):
            return equal
        if isinstance(target.operator, (cst.NotEqual, cst.IsNot)):
            return not equal
        return None
