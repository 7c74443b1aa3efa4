"""What code does with None that a call gave, and with values that cannot be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.refusals import NothingUse, WrongCall
from glue_compiler.flow.core.library import unknown_call
from glue_compiler.flow.core.values import UNKNOWN, NothingFrom, Value

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.library import Loop
    from glue_compiler.flow.core.objects import MethodValue
    from glue_compiler.flow.core.state import Env

_NOT_CALLABLE = frozenset(
    {
        *("string", "number", "bool", "list", "tuple", "set", "dict"),
        *("frame", "series", "column", "grouped", "rows"),
    }
)


def _note(it: Interpretation, node: cst.CSTNode, value: NothingFrom, how: str) -> None:
    it.recorder.add(
        "nothing_uses",
        NothingUse(
            span=it.spans[node],
            how=how,
            source=value.source,
            source_span=value.span,
            worlds=(),
            name=node.value if type(node) is cst.Name else None,
            tried=it.attempts > 0,
        ),
    )


def nothing_attribute(
    it: Interpretation, node: cst.Attribute, value: NothingFrom, _env: Env
) -> Value:
    """`None.name`."""
    if not node.attr.value.startswith("__"):
        _note(it, node.value, value, "attribute")
    return UNKNOWN


def nothing_method(
    it: Interpretation, call: Call, method: MethodValue, value: NothingFrom, env: Env
) -> Value:
    """`None.name(...)`."""
    nothing_attribute(it, method.node, value, env)
    return unknown_call(it, call, value, env)


def nothing_item(
    it: Interpretation, node: cst.Subscript, value: NothingFrom, index: Value
) -> Value:
    """`None[...]`."""
    _note(it, node.value, value, "item")
    it.escape(index, "unknown")
    return UNKNOWN


def nothing_iterated(it: Interpretation, value: NothingFrom, loop: Loop) -> None:
    """`for x in None`."""
    _note(it, loop.iterable, value, "iteration")


def note_call(it: Interpretation, call: Call, callee: Value) -> None:
    """Record the call of a value that cannot be called."""
    word = callee.word()
    if word not in _NOT_CALLABLE or not it.recorder.on:
        return
    func = call.node.func
    it.recorder.add(
        "wrong_calls",
        WrongCall(
            span=it.spans[func],
            value=word,
            worlds=(),
            name=func.value if type(func) is cst.Name else None,
            tried=it.attempts > 0,
        ),
    )
