"""What the body of a UDF names that is on the driver only: frames, the session, functions that make columns.

Spark sends a UDF to its workers when it is first called, with all that its body names, whether it runs or not. What
is known of the names is what they hold then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.refusals import DriverName
from glue_compiler.flow.core.members import api_of
from glue_compiler.flow.core.objects import ModuleValue
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.spark.batch_functions import note_count
from glue_compiler.flow.spark.values import SESSION, SparkColumn, SparkFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value
    from glue_compiler.names.scopes import Scope

_FUNCTIONS = "pyspark.sql.functions"
_SENDING = frozenset({"mapInPandas", "mapInArrow", "applyInPandas"})


def note_sent_function(it: Interpretation, call: Call, method: str) -> None:
    """`df.mapInPandas(function, schema)` and the like send the function at once."""
    function = call.value(0, "func")
    if method in _SENDING and isinstance(function, FunctionValue):
        note_count(it, call, method, function)
        note_driver_names(it, call.node, function)


def note_driver_names(it: Interpretation, sent: cst.CSTNode, function: FunctionValue) -> None:
    """Record what a UDF names that its workers cannot have; `sent` is the call by which Spark sends it."""
    if not it.recorder.on:
        return
    for name in free_names(it, function):
        value = function.env.get(name.value)
        kind = _kind(value)
        node: cst.CSTNode = name
        if isinstance(value, ModuleValue):
            kind, node = _function_called(it, name, value)
        if kind is None:
            continue
        it.recorder.add(
            "driver_names",
            DriverName(
                span=it.spans[node],
                name=it.tree.text(node),
                kind=kind,
                sent=it.spans[sent],
                worlds=(),
                tried=it.attempts > 0 or (kind == "function" and _in_try(it, node, function)),
            ),
        )


def _kind(value: Value | None) -> str | None:
    if isinstance(value, SparkFrame):
        return "frame"
    if isinstance(value, SparkColumn) and value.sure:
        return "window" if value.window else "column"
    return "session" if value is SESSION else None


def free_names(it: Interpretation, function: FunctionValue) -> Iterator[cst.Name]:
    """The names in the body of a function that it does not bind itself."""
    for part in it.scopes.parts:
        for read in part.reads:
            if not read.evaluated or not _is_inside(read.scope, function.scope):
                continue
            home = read.scope.home(read.node.value)
            if home is None or not _is_inside(home, function.scope):
                yield read.node


def _is_inside(scope: Scope, function: Scope) -> bool:
    current: Scope | None = scope
    while current is not None:
        if current is function:
            return True
        current = current.parent
    return False


def _function_called(
    it: Interpretation, name: cst.Name, module: ModuleValue
) -> tuple[str | None, cst.CSTNode]:
    """`function` and its expression, where a function of Spark that makes a column is called."""
    node: cst.CSTNode = name
    path = module.name
    parent = it.parents.get(node)
    while type(parent) is cst.Attribute and parent.value is node:
        node, path = parent, f"{path}.{parent.attr.value}"
        parent = it.parents.get(node)
    home, _, last = path.rpartition(".")
    table = api_of(it, "spark.functions")
    member = None if table is None or home != _FUNCTIONS else table.member(last)
    makes_column = member is not None and member.result == "spark.column"
    called = type(parent) is cst.Call and parent.func is node
    return ("function" if makes_column and called else None), node


def _in_try(it: Interpretation, node: cst.CSTNode, function: FunctionValue) -> bool:
    """Whether the function itself has handlers around an expression."""
    below, current = node, it.parents.get(node)
    while current is not None and current is not function.node:
        if (
            isinstance(current, (cst.Try, cst.TryStar))
            and current.handlers
            and below is current.body
        ):
            return True
        below, current = current, it.parents.get(current)
    return False
