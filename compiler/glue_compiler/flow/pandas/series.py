"""pandas and pandas-on-Spark series: their members, items and the accessors `str`, `dt` and `cat`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.members import api_of, member_of, note_member
from glue_compiler.flow.core.schemas import find
from glue_compiler.flow.core.values import (
    NONE,
    UNKNOWN,
    AccessorValue,
    ConstValue,
    FrameValue,
    ListValue,
    MethodValue,
    ScalarValue,
    SeriesValue,
    Value,
)
from glue_compiler.knowledge.pandas_accessors import ACCESSORS, EXPANDS, FRAME_OF, SERIES_OF
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter


def column_series(frame: FrameValue, name: str) -> SeriesValue:
    """`frame[name]`, which is a frame itself where the labels have two levels.

    They have one in a frame that was read from a table, and for a name that the text gives.
    """
    schema = frame.schema
    sure = bool(schema.bases or schema.exact or find(schema, name, case_sensitive=True))
    return SeriesValue(frame.kind, frame, name, sure)


def series_attribute(it: Interpreter, node: cst.Attribute, series: SeriesValue) -> Value:
    """`series.name` that is not called."""
    name = node.attr.value
    note_member(it, node, series)
    if name in ACCESSORS or name in _ELEMENTS:
        return AccessorValue(series, name)
    return changed(series, column=None) if name == "T" else UNKNOWN


def series_item(receiver: SeriesValue | AccessorValue, index: Value) -> Value:
    """`series[...]`: some of it for a mask, a slice or a list; an element, whatever it is, else."""
    part = isinstance(index, (SeriesValue, ListValue)) or (
        isinstance(index, ScalarValue) and index.type == "slice"
    )
    if isinstance(receiver, AccessorValue):
        if receiver.name == "str":
            # `series.str[0]` is a series, too.
            return changed(receiver.series, column=None)
        return UNKNOWN if part else _element(receiver.series, index)
    return receiver if part else _element(receiver, index)


def _element(series: SeriesValue, index: Value) -> Value:
    """An element; that of a frame of one row may be a maximum."""
    frame = series.frame
    if frame is None or not frame.maximum or series.column is None:
        return UNKNOWN
    if not (isinstance(index, ConstValue) and index.value == 0):
        return UNKNOWN
    return ScalarValue(maximum_of=frame.relations, source=frame.origin)


def series_method(it: Interpreter, call: Call, method: MethodValue, series: SeriesValue) -> Value:
    """The value of `series.name(...)`."""
    for arg in call.args:
        it.escape(arg.value, "argument")
    if series.sure:
        member = member_of(it, series, method.name)
    else:
        table = api_of(it, f"{series.kind}.series")
        member = None if table is None else table.member(method.name)
    if member is None:
        return UNKNOWN
    if call.get(None, "inplace") is not None:
        return NONE if call.const(None, "inplace") is True else UNKNOWN
    if member.result.endswith(".series"):
        return changed(series, column=None)
    if not series.sure:
        return UNKNOWN
    if member.result == series.kind:
        return FrameValue(series.kind)
    return ScalarValue(member.result) if member.result in _SCALARS else UNKNOWN


_SCALARS = frozenset({"int", "float", "bool", "str"})
_ELEMENTS = frozenset({"iloc", "loc", "iat", "at", "values"})


def accessor_attribute(accessor: AccessorValue, name: str) -> Value:
    """`series.dt.year` and the like."""
    return _given(accessor, name) if accessor.name != "str" else UNKNOWN


def accessor_method(it: Interpreter, call: Call, accessor: AccessorValue, name: str) -> Value:
    """`series.str.lower()` and the like."""
    for arg in call.args:
        it.escape(arg.value, "argument")
    if accessor.name in _ELEMENTS:
        return UNKNOWN
    if accessor.name != "str" or name not in EXPANDS:
        return _given(accessor, name)
    expand = call.const(None, "expand")
    given = call.get(None, "expand") is not None
    if call.open or (expand is None and given) or (not given and len(call.positional) > 1):
        return UNKNOWN
    expands = EXPANDS[name] if expand is None else bool(expand)
    if expands:
        return FrameValue(accessor.series.kind)
    return UNKNOWN if name == "extract" else changed(accessor.series, column=None)


def _given(accessor: AccessorValue, name: str) -> Value:
    series = accessor.series
    if name in SERIES_OF.get(accessor.name, ()):
        return changed(series, column=None)
    return FrameValue(series.kind) if name in FRAME_OF.get(accessor.name, ()) else UNKNOWN
