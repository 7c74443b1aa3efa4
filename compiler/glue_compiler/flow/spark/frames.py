"""Spark frames, groups, columns, the session and readers: what their members give, and the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.calls import Call
from glue_compiler.flow.core.functions import call_function
from glue_compiler.flow.core.members import (
    member_of,
    note_action,
    note_column,
    note_columns_in,
    note_member,
)
from glue_compiler.flow.core.values import (
    NONE,
    OPEN,
    UNKNOWN,
    ColumnName,
    ColumnValue,
    ConstValue,
    FrameValue,
    FunctionValue,
    GroupedValue,
    ListValue,
    MethodValue,
    ObjectValue,
    RowsValue,
    ScalarValue,
    Value,
    items_of,
    text_of,
)
from glue_compiler.flow.spark.tables import temp_view
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env
    from glue_compiler.knowledge.frames import Member


from glue_compiler.flow.spark.arguments import (
    convert,
    escape_all,
    note_roles,
    note_watermarks,
    schema_argument,
)
from glue_compiler.flow.spark.methods import FRAME_METHODS, grouped_method
from glue_compiler.flow.spark.objects import column_method, object_method

_FILTERS = frozenset(
    {
        *("filter", "where", "limit", "sample", "sampleBy", "subtract", "exceptAll", "intersect"),
        *("dropna", "dropDuplicates", "drop_duplicates", "distinct", "intersectAll", "offset"),
    }
)


_CACHES = frozenset({"cache", "persist", "checkpoint", "localCheckpoint"})


_SCALARS = frozenset({"int", "float", "bool", "str"})


def spark_attribute(it: Interpreter, node: cst.Attribute, receiver: Value) -> Value:
    """`receiver.name` that is not called."""
    name = node.attr.value
    member = member_of(it, receiver, name)
    if isinstance(receiver, FrameValue):
        if member is None and not name.startswith("_"):
            note_member(it, node, receiver, is_column=True)
            span = it.spans[node.attr]
            note_column(it, receiver, name, span, "attribute", case_sensitive=True)
            read = ColumnName(name, span, "attribute", receiver)
            return ColumnValue((read,), name, None, read)
        note_member(it, node, receiver)
        if name == "columns":
            return column_names(receiver)
    elif member is None:
        if isinstance(receiver, ObjectValue):
            note_member(it, node, receiver)
        if isinstance(receiver, ColumnValue):
            # A field of a struct.
            return ColumnValue(receiver.reads)
        return UNKNOWN
    else:
        note_member(it, node, receiver)
    if member is None:
        return UNKNOWN
    frame = receiver if isinstance(receiver, FrameValue) else getattr(receiver, "frame", None)
    if member.result == "schema" and isinstance(frame, FrameValue):
        columns = frame.schema.columns if frame.schema.exact else None
        return ObjectValue("schema", frame, columns)
    if member.result in ("spark.session", "spark.reader", "spark.na", "spark.stat", "spark.writer"):
        return ObjectValue(member.result, frame)
    if name == "udf" and isinstance(receiver, ObjectValue):
        return ObjectValue("spark.udf")
    if member.kind != "property" and member.callable:
        return MethodValue(receiver, name, node)
    return ObjectValue(member.result, frame) if member.result.startswith("spark.") else UNKNOWN


def column_names(frame: FrameValue) -> Value:
    """`frame.columns`."""
    if frame.schema.exact:
        return ListValue(tuple(ConstValue(name) for name in frame.schema.names))
    return ListValue(None, ScalarValue("str"))


def spark_item(it: Interpreter, node: cst.Subscript, frame: FrameValue, index: Value) -> Value:
    """`frame[...]`: a column by name, a projection by a list, a filter by a condition."""
    name = text_of(index)
    if name is not None and isinstance(index, ConstValue):
        span = index.span or it.spans[node]
        if index.span is not None:
            note_column(it, frame, name, index.span, "subscript")
        read = ColumnName(name, span, "subscript", frame)
        return ColumnValue((read,), name, None, read)
    if isinstance(index, ListValue):
        note_columns_in(it, frame, index, "subscript", "__getitem__")
        items = items_of(index)
        schema = OPEN if items is None else schemas.selected(frame, items)
        return frame.with_schema(schema, projected=True, origin=it.spans[node])
    if isinstance(index, ColumnValue):
        note_columns_in(it, frame, index, "subscript", "filter", must_exist=not frame.projected)
        note_watermarks(it, index)
        return changed(frame, filtered=True, origin=it.spans[node], maximum=False)
    return ColumnValue()


def spark_method(it: Interpreter, call: Call, method: MethodValue, env: Env) -> Value:
    """A call of a method of a Spark object."""
    receiver, name, node = method.receiver, method.name, method.node
    member = member_of(it, receiver, name)
    if isinstance(receiver, ColumnValue):
        value = column_method(it, call, receiver, name)
    elif isinstance(receiver, GroupedValue):
        value = grouped_method(it, call, receiver, name, member)
    elif isinstance(receiver, FrameValue):
        value = _frame_method(it, call, method, receiver, member, env)
    elif isinstance(receiver, ObjectValue):
        value = object_method(it, call, method, receiver, member, env)
    else:
        value = UNKNOWN
    note_member(it, node, receiver, call, value)
    return value


def _frame_method(
    it: Interpreter,
    call: Call,
    method: MethodValue,
    frame: FrameValue,
    member: Member | None,
    env: Env,
) -> Value:
    name = method.name
    span = it.spans[call.node]
    if member is None:
        escape_all(it, call)
        return UNKNOWN
    note_roles(it, call, frame, member)
    handler = FRAME_METHODS.get(name)
    if handler is not None:
        value = handler(it, call, frame)
        return changed(value, origin=span) if isinstance(value, FrameValue) else value
    if member.effect == "converts" and member.result in ("pandas", "pandas_on_spark"):
        return convert(it, call, method.node, frame, member.result)
    if member.effect == "acts":
        note_action(it, call, method.node, frame)
        return _acted(it, call, frame, member, name)
    if member.effect == "passes" and member.result == "spark":
        result = changed(
            frame,
            origin=span,
            filtered=frame.filtered or name in _FILTERS,
            cached=(frame.cached or name in _CACHES) and name != "unpersist",
            maximum=frame.maximum and name != "sample",
        )
        if name in ("cache", "persist", "unpersist"):
            # These change the frame itself, and return it.
            env.replace(frame, changed(result, origin=frame.origin))
        return result
    if member.effect == "registers":
        temp_view(it, call, name, frame)
        return NONE
    if member.effect == "applies":
        return _transform(it, call, frame)
    if member.result == "spark":
        escape_all(it, call)
        return frame.with_schema(
            schema_argument(call, member), origin=span, python_udf=True, projected=True
        )
    if member.result == "spark.column":
        return ColumnValue()
    escape_all(it, call)
    if member.result.startswith("spark."):
        return ObjectValue(member.result, frame)
    return UNKNOWN


def _acted(it: Interpreter, call: Call, frame: FrameValue, member: Member, name: str) -> Value:
    span = it.spans[call.node]
    if name == "head":
        return RowsValue(frame, not call.args, span)
    if member.result in ("rows", "row"):
        return RowsValue(frame, member.result == "row", span)
    if member.result in _SCALARS:
        return ScalarValue(member.result, source=span)
    if member.result == "spark":
        return frame.with_schema(OPEN, origin=span, projected=True)
    return NONE if member.result == "none" else UNKNOWN


def _transform(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    """`frame.transform(function, ...)` calls the function with the frame."""

    function = call.value(0, "func")
    if isinstance(function, FunctionValue) and function.udf is None:
        rest = Call(call.node, call.args[1:], call.open)
        return call_function(it, function, rest, (frame,))
    escape_all(it, call)
    return frame.with_schema(OPEN)
