"""The session, readers, `df.na`, schemas and other objects of PySpark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.columns import UntypedRows
from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core.members import member_of, note_member
from glue_compiler.flow.core.objects import (
    ConstValue,
    DictValue,
    ListValue,
    MethodValue,
    items_of,
    text_of,
)
from glue_compiler.flow.core.values import NONE, OPEN, UNKNOWN, FrameValue, Value
from glue_compiler.flow.spark.arguments import convert, escape_all, note_roles
from glue_compiler.flow.spark.sql_text import note_text
from glue_compiler.flow.spark.tables import read_sql, read_table
from glue_compiler.flow.spark.types import schema_of
from glue_compiler.flow.spark.udfs import registered_udf
from glue_compiler.flow.spark.values import SparkFrame, SparkObject
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env
    from glue_compiler.knowledge.frames import Member

_WITH_FRAME = frozenset({"spark.session", "spark.reader", "spark.na", "spark.stat", "spark.writer"})


def object_attribute(
    it: Interpretation, node: cst.Attribute, receiver: SparkObject, _env: Env
) -> Value:
    """`receiver.name` that is not called."""
    member = member_of(it, receiver, node.attr.value)
    note_member(it, node, receiver)
    if member is None:
        return UNKNOWN
    if node.attr.value == "udf" and member.result not in _WITH_FRAME:
        return SparkObject("spark.udf")
    return taken_member(receiver, receiver.frame, member, node)


def taken_member(
    receiver: Value, frame: SparkFrame | None, member: Member, node: cst.Attribute
) -> Value:
    """What a known member of a frame or an object is before it is called."""
    if member.result == "schema" and frame is not None:
        columns = frame.schema.columns if frame.schema.exact else None
        return SparkObject("schema", frame, columns)
    if member.result in _WITH_FRAME:
        return SparkObject(member.result, frame)
    if member.kind != "property" and member.callable:
        return MethodValue(receiver, node.attr.value, node)
    return SparkObject(member.result, frame) if member.result.startswith("spark.") else UNKNOWN


def object_item(
    it: Interpretation, _node: cst.Subscript, receiver: SparkObject, _i: Value
) -> Value:
    """`receiver[...]`, of which nothing is known."""
    it.escape(receiver, "unknown")
    return UNKNOWN


def object_method(
    it: Interpretation, call: Call, method: MethodValue, receiver: SparkObject, _env: Env
) -> Value:
    """`receiver.name(...)`."""
    member = member_of(it, receiver, method.name)
    value = _method_value(it, call, method.name, receiver, member)
    note_member(it, method.node, receiver, call, value)
    return value


def _method_value(
    it: Interpretation, call: Call, name: str, receiver: SparkObject, member: Member | None
) -> Value:
    owner = receiver.owner
    span = it.spans[call.node]
    if owner == "spark.udf" and name == "register":
        return registered_udf(it, call)
    if owner == "spark.session":
        if name == "table":
            return read_table(it, call, "session.table")
        if name == "sql":
            return read_sql(it, call)
        if name == "createDataFrame":
            return _create_frame(it, call)
    if owner == "spark.reader" and name == "table":
        return read_table(it, call, "read.table")
    if owner == "schema" and name == "add":
        kind = call.get(1, "data_type")
        if kind is not None:
            note_text(it, kind.value, "field", "add", it.spans[kind.node])
        column = Column(text_of(call.value(0)) or "")
        known = receiver.columns is not None and column.name
        return changed(receiver, columns=(*(receiver.columns or ()), column) if known else None)
    if member is None:
        escape_all(it, call)
        return UNKNOWN
    if receiver.frame is not None and owner in ("spark.na", "spark.stat"):
        note_roles(it, call, receiver.frame, member)
    for arg in call.args:
        if isinstance(arg.value, FrameValue):
            it.escape(arg.value, "unknown_call")
    if member.effect == "configures" and member.result == owner:
        return receiver
    if member.effect == "passes" and receiver.frame is not None:
        return changed(
            receiver.frame, origin=span, filtered=receiver.frame.filtered or name == "drop"
        )
    if member.result == "spark":
        return SparkFrame(origin=span, top="unknown")
    if member.result.startswith("spark."):
        return SparkObject(member.result)
    return NONE if member.result == "none" else UNKNOWN


def _named(data: Value, names: Value) -> Schema:
    """The columns that a schema argument gives to rows: a list of names that is too short is made longer."""
    schema = schema_of(names)
    if schema is None:
        return OPEN
    if not isinstance(names, ListValue):
        return schema
    widths = [items_of(row) for row in items_of(data) or ()]
    widest = max([len(row) for row in widths if row is not None], default=0)
    extra = range(len(schema.columns) + 1, widest + 1)
    return Schema((*schema.columns, *(Column(f"_{place}") for place in extra)))


def _note_untyped(it: Interpretation, call: Call) -> None:
    """Record rows that are written in the call, and have no types where the schema gives none."""
    data, schema = call.get(0, "data"), call.get(1, "schema")
    if data is None or call.open or it.attempts or type(data.node) is not cst.List:
        return
    untyped = schema is None or schema.value is NONE or isinstance(schema.value, ListValue)
    rows = items_of(data.value)
    if not untyped or rows is None or not all(isinstance(row, ConstValue) for row in rows):
        return
    it.recorder.add(
        "untyped_rows",
        UntypedRows(
            span=it.spans[data.node],
            named=schema is not None and schema.value is not NONE,
            worlds=(),
            row=rows[0].word() if rows else None,
        ),
    )


def _note_width(it: Interpretation, call: Call) -> None:
    """Record rows that have fewer values than a list has names, or more or fewer than a schema with types has columns."""
    data, schema = call.get(0, "data"), call.get(1, "schema")
    if data is None or schema is None or call.open or it.attempts or not it.recorder.on:
        return
    rows, wanted = items_of(data.value), schema_of(schema.value)
    if not rows or wanted is None or not wanted.exact or call.get(3, "verifySchema") is not None:
        return
    widths = [_width(row) for row in rows]
    known = [width for width in widths if width is not None]
    named = isinstance(schema.value, ListValue)
    if named:
        wrong = [max(known)] if len(known) == len(widths) else []
        wrong = [width for width in wrong if width < len(wanted.columns)]
    else:
        wrong = [width for width in known if width != len(wanted.columns)]
    if wrong:
        span = it.spans[data.node]
        fact = UntypedRows(span, named, (), width=wrong[0], wanted=len(wanted.columns))
        it.recorder.add("untyped_rows", fact)


def _width(row: Value) -> int | None:
    """How many values a row has that is a tuple or a list."""
    if not isinstance(row, ListValue) or row.form not in ("tuple", "list"):
        return None
    return None if row.items is None else len(row.items)


def _create_frame(it: Interpretation, call: Call) -> Value:
    data_arg = call.get(0, "data")
    data = UNKNOWN if data_arg is None else data_arg.value
    schema_arg = call.get(1, "schema")
    schema = None if schema_arg is None else _named(data, schema_arg.value)
    span = it.spans[call.node]
    _note_untyped(it, call)
    _note_width(it, call)
    it.escape(data, "converted")
    if isinstance(data, FrameValue) and data.on_driver:
        result = convert(it, call, None, data, SparkFrame)
        return result if schema is None else changed(result, schema=schema)
    if schema is None and isinstance(data, ListValue) and data.items:
        first = data.items[0]
        if (
            isinstance(first, DictValue)
            and first.items
            and all(isinstance(i, DictValue) for i in data.items)
        ):
            names = [text_of(key) for key, _ in first.items]
            if all(names):
                # Rows as dicts give the union of their keys, in the order of the names.
                return SparkFrame(
                    Schema(tuple(Column(n) for n in names if n), (), True), origin=span
                )
    return SparkFrame(OPEN if schema is None else schema, origin=span)
