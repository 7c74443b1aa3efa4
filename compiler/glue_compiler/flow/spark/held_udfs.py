"""UDFs of each round of a loop that are kept for later, and see only what the loop left.

PySpark sends the function of a UDF when the UDF is first called with columns, and not when it is made. Its function
names variables, not values: called after the loop, each of the UDFs has those of the last round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.udfs import HeldUdf
from glue_compiler.flow.core.objects import items_of
from glue_compiler.flow.spark.udf_bodies import free_names
from glue_compiler.tree.syntax import walk

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import FunctionValue
    from glue_compiler.names.scopes import Scope

_FUNCTIONS = (cst.FunctionDef, cst.Lambda, cst.ClassDef)
_COMPREHENSIONS = (cst.ListComp, cst.DictComp)


def note_held(it: Interpretation, made: cst.CSTNode, function: FunctionValue) -> None:
    """Record the names of a UDF's function that a loop changes until the UDF is called; `made` makes the UDF."""
    if not it.recorder.on or function.scope.parent is None:
        return
    around = it.parents.get(made)
    if isinstance(around, _COMPREHENSIONS):
        if isinstance(function.node, cst.Lambda) and function.scope.parent.owner is around:
            _note(it, function, frozenset(function.scope.parent.sites), around, None)
        return
    loop = _loop_around(it, made)
    if loop is None or _loop_around(it, function.node) is not loop:
        return
    holder = _holder(it, made)
    if holder is None or _uses(loop, holder) != 1 or _may_end(loop) or _is_short(loop, function):
        return
    _note(it, function, _changing(loop, function.scope.parent), loop, holder)


def _note(
    it: Interpretation,
    function: FunctionValue,
    changing: frozenset[str],
    loop: cst.CSTNode,
    holder: str | None,
) -> None:
    found = next((name for name in free_names(it, function) if name.value in changing), None)
    if found is not None:
        it.recorder.add(
            "held_udfs",
            HeldUdf(it.spans[found], found.value, it.spans[loop], worlds=(), holder=holder),
        )


def _loop_around(it: Interpretation, node: cst.CSTNode) -> cst.For | None:
    """The innermost loop around a node in its own function."""
    current = it.parents.get(node)
    while current is not None and not isinstance(current, _FUNCTIONS):
        if isinstance(current, (cst.For, cst.While, *_COMPREHENSIONS)):
            return current if isinstance(current, cst.For) else None
        current = it.parents.get(current)
    return None


def _holder(it: Interpretation, made: cst.CSTNode) -> str | None:
    """The list or dict that `holder.append(udf(...))` or `holder[key] = udf(...)` puts a UDF into."""
    around = it.parents.get(made)
    if isinstance(around, cst.Assign) and len(around.targets) == 1:
        target = around.targets[0].target
        value = target.value if isinstance(target, cst.Subscript) else None
        return value.value if isinstance(value, cst.Name) else None
    call = it.parents.get(around) if isinstance(around, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return None
    if call.func.attr.value != "append" or not isinstance(call.func.value, cst.Name):
        return None
    return call.func.value.value


def _uses(loop: cst.For, name: str) -> int:
    return sum(type(node) is cst.Name and node.value == name for node in walk(loop.body))


def _may_end(loop: cst.For) -> bool:
    """Whether a loop may be left before its last round."""
    return any(isinstance(node, (cst.Break, cst.Return)) for node in walk(loop.body))


def _is_short(loop: cst.For, function: FunctionValue) -> bool:
    """Whether it is known that a loop has one round at most."""
    iterated = loop.iter
    if isinstance(iterated, (cst.List, cst.Tuple)):
        return len(iterated.elements) < 2
    held = function.env.get(iterated.value) if isinstance(iterated, cst.Name) else None
    items = None if held is None else items_of(held)
    return items is not None and len(items) < 2


def _changing(loop: cst.For, scope: Scope) -> frozenset[str]:
    """The variables of a loop, and what it binds once to something of them."""
    targets = {node.value for node in walk(loop.target) if isinstance(node, cst.Name)}
    found = set(targets)
    for name, sites in scope.sites.items():
        value = sites[0].value if len(sites) == 1 and sites[0].how == "assign" else None
        if value is None or sites[0].statement not in set(walk(loop.body)):
            continue
        if any(isinstance(node, cst.Name) and node.value in targets for node in walk(value)):
            found.add(name)
    return frozenset(found)
