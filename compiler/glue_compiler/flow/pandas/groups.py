"""Grouped pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.members import member_of
from glue_compiler.flow.core.values import (
    UNKNOWN,
    DictValue,
    FrameValue,
    GroupedValue,
    MethodValue,
    SeriesValue,
    Value,
    items_of,
    text_of,
)

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter


def grouped_method(
    it: Interpreter, call: Call, method: MethodValue, grouped: GroupedValue
) -> Value:
    frame = grouped.frame
    name = method.name
    if name in ("agg", "aggregate"):
        spec = call.value(0, "func")
        used = False
        if isinstance(spec, DictValue) and spec.items is not None:
            names = [key.value for key, _ in spec.items if isinstance(key.value, str)]
            it.recorder.needs(frame, tuple(names))
            used = True
        elif not call.positional and call.args:
            firsts = [items_of(arg.value) for arg in call.args]
            if all(items and text_of(items[0]) is not None for items in firsts):
                it.recorder.needs(frame, tuple(text_of(i[0]) or "" for i in firsts if i))
                used = True
        if not used and grouped.selected is None:
            it.escape(frame, "aggregated")
    elif grouped.selected is None and name != "size":
        it.escape(frame, "aggregated")
    member = member_of(it, grouped, name)
    if member is None:
        it.escape(frame, "unknown_method")
        return UNKNOWN
    series = grouped.selected is not None and len(grouped.selected) == 1
    if member.effect == "aggregates" and not series and name != "size":
        return FrameValue(
            frame.kind, relations=frame.relations, origin=it.spans[call.node], projected=True
        )
    if series and member.result.endswith(".series"):
        return SeriesValue(frame.kind)
    return UNKNOWN
