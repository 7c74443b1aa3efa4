"""Functions of the file: their calls are followed by running their bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.flow.core.members import nothing_from
from glue_compiler.flow.core.objects import ListValue
from glue_compiler.flow.core.state import Env, FunctionValue
from glue_compiler.flow.core.values import NONE, UNKNOWN, Value, joined_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation

MOST_INLINED = 300
"""So many calls of functions of the file are followed in one world."""
_MOST_DEPTH = 4


def call_function(
    it: Interpretation,
    function: FunctionValue,
    call: Call,
    bound: Sequence[Value] = (),
    caller: Env | None = None,
) -> Value:
    """The value of a call of a function of this file, by running its body.

    A list that it changes in place is another one to its `caller`, too.
    """
    node = function.node
    running = any(activation.node is node for activation in it.stack)
    if running or len(it.stack) > _MOST_DEPTH + 1 or call.open or it.inlined > MOST_INLINED:
        return _not_followed(it, call)
    it.inlined += 1
    values = bind_arguments(it, function, call, bound)
    if values is None:
        return _not_followed(it, call)
    env = Env(function.scope, function.env, dict(values))
    activation = it.activate(node, function.scope.name)
    try:
        if isinstance(node, cst.Lambda):
            return it.evaluate(node.body, env)
        if node.asynchronous is not None or function.scope in it.scopes.generators:
            return _not_followed(it, call)
        alive = it.body(node.body, env)
    finally:
        it.stack.pop()
    if caller is not None:
        for name, value in values.items():
            if isinstance(value, ListValue) and env.values.get(name) is not value:
                caller.replace(value, ListValue(None, UNKNOWN, value.form))
    if alive and not activation.returns:
        return nothing_from(it, call)
    results = activation.returns + ([NONE] if alive else [])
    result = joined_all(results)
    if result is UNKNOWN:
        for value in results:
            it.escape(value, "unknown")
    return result


def _not_followed(it: Interpretation, call: Call) -> Value:
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    it.engine.unknown_call(it, call)
    return UNKNOWN


def bind_arguments(
    it: Interpretation, function: FunctionValue, call: Call, bound: Sequence[Value]
) -> dict[str, Value] | None:
    """The parameters with their values; None when the call does not fit the function."""
    params = function.node.params
    positional = [*params.posonly_params, *params.params]
    values: dict[str, Value] = {}
    given = [*bound, *(arg.value for arg in call.positional)]
    if len(given) > len(positional):
        if type(params.star_arg) is not cst.Param:
            return None
        values[params.star_arg.name.value] = ListValue(
            tuple(given[len(positional) :]), form="tuple"
        )
        given = given[: len(positional)]
    for param, value in zip(positional, given, strict=False):
        values[param.name.value] = value
    named = {param.name.value for param in (*params.params, *params.kwonly_params)}
    for arg in call.args:
        if arg.name is None:
            continue
        if arg.name in named:
            values[arg.name] = arg.value
        elif params.star_kwarg is None:
            return None
        else:
            it.escape(arg.value, "keyword_arguments")
    for param in (*positional, *params.kwonly_params):
        if param.name.value not in values:
            if param.default is None:
                return None
            values[param.name.value] = it.evaluate(param.default, function.env)
    for star in (params.star_arg, params.star_kwarg):
        if type(star) is cst.Param:
            values.setdefault(star.name.value, UNKNOWN)
    return values
