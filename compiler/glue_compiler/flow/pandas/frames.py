"""pandas and pandas-on-Spark frames: what their members give, which columns are used, what mutates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.members import member_of, note_column, note_columns_in, note_member
from glue_compiler.flow.core.values import (
    UNKNOWN,
    ConstValue,
    FrameValue,
    GroupedValue,
    ListValue,
    MethodValue,
    ScalarValue,
    SeriesValue,
    Value,
    items_of,
    text_of,
)
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.interpreter import Interpreter


from glue_compiler.flow.pandas.names import names_of, with_base
from glue_compiler.flow.pandas.series import column_series

_INSPECTS = frozenset({"empty", "index", "__len__"})


def pandas_attribute(it: Interpreter, node: cst.Attribute, receiver: Value) -> Value:
    """`receiver.name` that is not called."""
    name = node.attr.value
    member = member_of(it, receiver, name)
    if isinstance(receiver, GroupedValue):
        if member is None and not name.startswith("_"):
            it.recorder.needs(receiver.frame, with_base(name))
            return changed(receiver, selected=(name,))
        note_member(it, node, receiver)
        it.escape(receiver, "unknown_method")
        return UNKNOWN
    if not isinstance(receiver, FrameValue):
        return UNKNOWN
    if member is None and not name.startswith("_"):
        note_member(it, node, receiver, is_column=True)
        span = it.spans[node.attr]
        note_column(it, receiver, name, span, "attribute", case_sensitive=True)
        it.recorder.needs(receiver, with_base(name))
        return column_series(receiver, name)
    note_member(it, node, receiver)
    if name in _INSPECTS:
        return ScalarValue("bool" if name == "empty" else "unknown")
    if name in ("columns", "dtypes", "shape", "axes"):
        it.escape(receiver, f"{name}_attribute")
        if name == "columns" and receiver.schema.exact:
            return ListValue(tuple(ConstValue(column) for column in receiver.schema.names))
        return ListValue(None, ScalarValue("str")) if name == "columns" else UNKNOWN
    if name in ("loc", "iloc", "at", "iat"):
        return MethodValue(receiver, name, node)
    if name == "spark":
        it.escape(receiver, "unknown_method")
        return UNKNOWN
    if member is not None and member.callable:
        return MethodValue(receiver, name, node)
    it.escape(receiver, "unknown_method")
    return UNKNOWN


def pandas_item(it: Interpreter, node: cst.Subscript, receiver: Value, index: Value) -> Value:
    """`frame[...]` or `grouped[...]`."""
    if isinstance(receiver, GroupedValue):
        names = names_of(index)
        if names is None:
            it.escape(receiver, "unknown_column")
            return UNKNOWN
        for name in names:
            it.recorder.needs(receiver.frame, with_base(name))
        note_columns_in(it, receiver.frame, index, "subscript", "groupby")
        return changed(receiver, selected=tuple(names))
    if not isinstance(receiver, FrameValue):
        return UNKNOWN
    return frame_item(it, node, receiver, index)


def frame_item(it: Interpreter, node: cst.Subscript, frame: FrameValue, index: Value) -> Value:
    """`frame["x"]`, `frame[["x", "y"]]`, `frame[mask]`, `frame[a:b]`."""
    name = text_of(index)
    if name is not None and isinstance(index, ConstValue):
        it.recorder.needs(frame, with_base(name))
        if index.span is not None:
            note_column(it, frame, name, index.span, "subscript", case_sensitive=True)
        return column_series(frame, name)
    names = names_of(index) if isinstance(index, ListValue) and index.form == "list" else None
    if names is not None:
        for item in names:
            it.recorder.needs(frame, with_base(item))
        _note_strict(it, frame, index)
        columns = tuple(schemas.column_of(frame.schema, item) for item in names)
        return frame.with_schema(
            Schema(columns), projected=True, origin=it.spans[node], conversions=frozenset()
        )
    if isinstance(index, SeriesValue) or (isinstance(index, ScalarValue) and index.type == "slice"):
        return changed(frame, filtered=True, origin=it.spans[node])
    it.escape(frame, "unknown_column")
    it.escape(index, "unknown_column")
    return UNKNOWN


def _note_strict(it: Interpreter, frame: FrameValue, value: Value) -> None:
    for item in items_of(value) or ():
        if isinstance(item, ConstValue) and isinstance(item.value, str) and item.span is not None:
            note_column(it, frame, item.value, item.span, "subscript", case_sensitive=True)
