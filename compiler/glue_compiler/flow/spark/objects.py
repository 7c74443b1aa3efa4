"""The session, readers and Spark columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.operators import merged_columns
from glue_compiler.flow.core.values import (
    NONE,
    OPEN,
    UNKNOWN,
    ColumnValue,
    DictValue,
    FrameValue,
    ListValue,
    MethodValue,
    ObjectValue,
    Value,
    text_of,
)
from glue_compiler.flow.spark.tables import read_sql, read_table
from glue_compiler.flow.spark.udfs import registered_udf
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env
    from glue_compiler.knowledge.frames import Member


from glue_compiler.flow.spark.arguments import convert, escape_all, note_roles, schema_of


def column_method(it: Interpreter, call: Call, column: ColumnValue, name: str) -> Value:

    if name in ("alias", "name"):
        text = text_of(call.value(0))
        single = text is not None and len(call.args) == 1
        return changed(column, name=text if single else None)
    if name in ("cast", "astype"):
        kind = call.value(0, "dataType")
        text = text_of(kind)
        if text is not None:
            written: str | None = schemas.spark_type(text)
        elif isinstance(kind, ObjectValue) and kind.owner == "type" and kind.columns:
            written = kind.columns[0].type
        else:
            written = None
        return changed(column, type=written, plain=None)
    if name in (
        "desc",
        "asc",
        "desc_nulls_last",
        "desc_nulls_first",
        "asc_nulls_first",
        "asc_nulls_last",
    ):
        return changed(column, name=None)
    found = merged_columns([column, *(arg.value for arg in call.args)])
    found = changed(found, window=column.window)
    for arg in call.args:
        if isinstance(arg.value, FrameValue):
            it.escape(arg.value, "operator")
    return found


def object_method(
    it: Interpreter,
    call: Call,
    method: MethodValue,
    receiver: ObjectValue,
    member: Member | None,
    _env: Env,
) -> Value:
    name, owner = method.name, receiver.owner
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
        return FrameValue("spark", origin=span)
    if member.result.startswith("spark."):
        return ObjectValue(member.result)
    return NONE if member.result == "none" else UNKNOWN


def _create_frame(it: Interpreter, call: Call) -> Value:
    data_arg = call.get(0, "data")
    data = UNKNOWN if data_arg is None else data_arg.value
    schema_arg = call.get(1, "schema")
    schema = None if schema_arg is None else schema_of(schema_arg.value) or OPEN
    span = it.spans[call.node]
    if isinstance(data, FrameValue) and data.kind == "pandas":
        it.escape(data, "converted")
        result = convert(it, call, None, data, "spark")
        return changed(result, schema=data.schema if schema is None else schema)
    it.escape(data, "converted")
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
                return FrameValue(
                    "spark", Schema(tuple(Column(n) for n in names if n), (), True), origin=span
                )
    return FrameValue("spark", OPEN if schema is None else schema, origin=span)
