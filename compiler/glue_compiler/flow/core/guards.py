"""What a test does to the variables that it mentions, and to those whose kind it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.flow.core.members import api_of, member_of
from glue_compiler.flow.core.objects import ListValue, ModuleValue, text_of
from glue_compiler.flow.core.values import UNKNOWN
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from glue_compiler.flow.core.dispatch import Dispatch
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import Value

Forgotten = dict[str, "Value | None"]
"""Names that were forgotten here, with what they held here; None where another scope's value was hidden."""
_SAME = (cst.Is, cst.Equal)
_OTHER = (cst.IsNot, cst.NotEqual)


def guard(test: cst.CSTNode, env: Env) -> None:
    """A maximum that a test mentions is taken to be tested for None."""
    stack = [test]
    while stack:
        node = stack.pop()
        if type(node) is cst.Name:
            value = env.get(node.value)
            tested = None if value is None else value.tested()
            if tested is not None and tested is not value:
                env.values[node.value] = tested
        stack.extend(children(node))


def doubt(it: Dispatch, test: cst.CSTNode, env: Env, holds: bool) -> Forgotten:
    """Where a test holds (or does not), forget the values that make it come out the other way; what these were.

    `isinstance`, `hasattr` and `type(x) is ...` ask for a kind: code below them is for another value, if it runs at all.
    """
    if type(test) is cst.UnaryOperation and type(test.operator) is cst.Not:
        return doubt(it, test.expression, env, not holds)
    if type(test) is cst.BooleanOperation:
        if (type(test.operator) is cst.And) is not holds:
            return {}
        first = doubt(it, test.left, env, holds)
        return {**doubt(it, test.right, env, holds), **first}
    asked = _asked(test)
    value = None if asked is None else env.get(asked[0].value)
    if asked is None or value is None or not value.classes:
        return {}
    name, how, what, negated = asked
    if (holds is not negated) is _answer(it, value, how, what, env):
        return {}
    it.escape(value, "unknown")
    before = env.values.get(name.value)
    env.values[name.value] = UNKNOWN
    return {name.value: before}


def remember(env: Env, forgotten: Forgotten) -> None:
    """Give names their values back, behind an expression that was evaluated for other ones."""
    for name, value in forgotten.items():
        if value is None:
            del env.values[name]
        else:
            env.values[name] = value


def _asked(test: cst.CSTNode) -> tuple[cst.Name, str, cst.BaseExpression, bool] | None:
    """(the name whose kind a test asks for, how, what it is compared with, whether it must be another)."""
    if type(test) is cst.Call and type(test.func) is cst.Name and len(test.args) == 2:
        name, what = test.args[0].value, test.args[1].value
        if test.func.value in ("isinstance", "hasattr") and type(name) is cst.Name:
            return name, test.func.value, what, False
    if type(test) is cst.Comparison and len(test.comparisons) == 1 and type(test.left) is cst.Call:
        call, target = test.left, test.comparisons[0]
        if type(call.func) is cst.Name and call.func.value == "type" and len(call.args) == 1:
            name = call.args[0].value
            if type(name) is cst.Name and isinstance(target.operator, (*_SAME, *_OTHER)):
                return name, "type", target.comparator, isinstance(target.operator, _OTHER)
    return None


def _answer(it: Dispatch, value: Value, how: str, what: cst.BaseExpression, env: Env) -> bool:
    """Whether a value surely has the attribute, or is of one of the classes."""
    recording, it.recorder.on = it.recorder.on, False
    wanted = it.evaluate(what, env)
    it.recorder.on = recording
    if how == "hasattr":
        name = text_of(wanted)
        known = name is not None and api_of(it, value.api_owner()) is not None
        return known and member_of(it, value, name or "") is not None
    items = wanted.held if isinstance(wanted, ListValue) else (wanted,)
    return any(isinstance(item, ModuleValue) and item.name in value.classes for item in items)
