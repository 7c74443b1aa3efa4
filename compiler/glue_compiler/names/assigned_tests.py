"""What tests say about names: their truth at a point of a scope, and what holds in their branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.names.targets import OPPOSITES
from glue_compiler.tree.syntax import integer

if TYPE_CHECKING:
    from glue_compiler.facts.worlds import World
    from glue_compiler.names.assigned_state import Constant, State
    from glue_compiler.names.scopes import Scope
    from glue_compiler.names.worlds import Worlds
    from glue_compiler.tree.syntax import Tree

_MOST_PARTS = 12
_KEYWORDS: dict[str, Constant] = {"None": None, "True": True, "False": False}


def constant(node: cst.CSTNode) -> tuple[Constant] | None:
    """The value of a literal, in a tuple of one; None for any other expression."""
    if type(node) is cst.Name and node.value in _KEYWORDS:
        return (_KEYWORDS[node.value],)
    if type(node) is cst.SimpleString:
        value = node.evaluated_value
        return (value,) if isinstance(value, str) else None
    if type(node) is cst.Integer:
        number = integer(node)
        return None if number is None else (number,)
    return None


class Tests:
    """The tests of one scope in one world; in `asked` is noted what the world alone says of which."""

    def __init__(
        self,
        tree: Tree,
        worlds: Worlds,
        scope: Scope,
        world: World,
        asked: list[tuple[cst.CSTNode, bool | None]],
    ) -> None:
        self._tree = tree
        self._worlds = worlds
        self._scope = scope
        self._world = world
        self._asked = asked

    def truth(self, test: cst.CSTNode, state: State, parts: int = _MOST_PARTS) -> bool | None:
        """The truth of a test in this world where variables have the values of `state`."""
        known = self._worlds.truth(test, self._scope, self._world)
        self._asked.append((test, known))
        if known is not None or not state.values or parts <= 0:
            return known
        if type(test) is cst.Name:
            return bool(state.values[test.value]) if test.value in state.values else None
        if type(test) is cst.UnaryOperation and type(test.operator) is cst.Not:
            value = self.truth(test.expression, state, parts - 1)
            return None if value is None else not value
        if type(test) is cst.BooleanOperation:
            left = self.truth(test.left, state, parts - 1)
            right = self.truth(test.right, state, parts - 1)
            deciding = type(test.operator) is cst.Or
            if left is deciding or right is deciding:
                return deciding
            return None if left is None or right is None else not deciding
        if type(test) is cst.Comparison and len(test.comparisons) == 1:
            return _comparison_truth(test.left, test.comparisons[0], state)
        return None

    def implied(
        self, test: cst.BaseExpression, parts: int = _MOST_PARTS
    ) -> tuple[frozenset[str], frozenset[str]]:
        """The texts of tests that hold where a test is true, and where it is false."""
        yes: set[str] = set()
        no: set[str] = set()
        text = " ".join(self._tree.text(test).split())
        # A call may answer differently the second time.
        if "(" not in text or "is_incremental()" in text or "len(" in text:
            yes.add(text)
            no.add(f"not {text}")
            if type(test) is cst.Comparison and len(test.comparisons) == 1:
                left = self._tree.text(test.left)
                right = self._tree.text(test.comparisons[0].comparator)
                opposite = OPPOSITES.get(type(test.comparisons[0].operator))
                if opposite is not None:
                    no.add(f"{left} {opposite} {right}")
        if parts <= 0:
            return frozenset(yes), frozenset(no)
        if type(test) is cst.UnaryOperation and type(test.operator) is cst.Not:
            inner_yes, inner_no = self.implied(test.expression, parts - 1)
            yes |= inner_no
            no |= inner_yes
        if type(test) is cst.BooleanOperation:
            for part in (test.left, test.right):
                part_yes, part_no = self.implied(part, parts - 1)
                if type(test.operator) is cst.And:
                    yes |= part_yes
                else:
                    no |= part_no
        return frozenset(yes), frozenset(no)


def _comparison_truth(left: cst.CSTNode, target: cst.ComparisonTarget, state: State) -> bool | None:
    values = []
    for node in (left, target.comparator):
        if type(node) is cst.Name and node.value in state.values:
            values.append(state.values[node.value])
        else:
            found = constant(node)
            if found is None:
                return None
            values.append(found[0])
    first, second = values
    operator = type(target.operator)
    if operator in (cst.Is, cst.IsNot):
        # Only None, True and False are sure to be the same object.
        if not any(value is None or isinstance(value, bool) for value in values):
            return None
        return (first is second) is (operator is cst.Is)
    if operator in (cst.Equal, cst.NotEqual):
        return (first == second) is (operator is cst.Equal)
    return None
