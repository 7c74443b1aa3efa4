"""Changes of pandas frames in place, which all names of the frame see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import MemberUse
from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.members import note_member
from glue_compiler.flow.core.values import (
    NONE,
    OPEN,
    UNKNOWN,
    DictValue,
    FrameValue,
    ListValue,
    MethodValue,
    SeriesValue,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env
    from glue_compiler.knowledge.frames import Member


from glue_compiler.flow.pandas.names import names_of, note_names, with_base


def assign_item(it: Interpreter, target: cst.Subscript, value: Value, env: Env) -> None:
    """`frame["x"] = value`, and the same on anything else."""
    receiver = it.evaluate(target.value, env)
    elements = [
        it.evaluate(element.slice.value, env)
        for element in target.slice
        if type(element.slice) is cst.Index
    ]
    if isinstance(value, FrameValue):
        it.escape(value, "stored")
    if isinstance(receiver, FrameValue):
        _note_item_store(it, target, receiver)
        if receiver.kind == "spark":
            return
        name = text_of(elements[0]) if len(elements) == 1 == len(target.slice) else None
        if name is None:
            it.escape(receiver, "unknown_column")
            env.replace(receiver, receiver.with_schema(OPEN))
            return
        schema = _stored(receiver.schema, name)
        env.replace(receiver, receiver.with_schema(schema))
    elif isinstance(receiver, MethodValue) and isinstance(receiver.receiver, FrameValue):
        # frame.loc[...] = value
        frame = receiver.receiver
        it.escape(frame, "unknown_column")
        env.replace(frame, frame.with_schema(OPEN))
    elif isinstance(receiver, (ListValue, DictValue)):
        it.escape(value, "stored")
        if type(target.value) is cst.Name:
            env.set(target.value.value, UNKNOWN)
    else:
        it.escape(value, "stored")


def _stored(schema: Schema, name: str) -> Schema:
    """pandas compares names with case."""
    if schemas.find(schema, name, case_sensitive=True):
        return Schema(
            tuple(Column(c.name) if c.name == name else c for c in schema.columns),
            schema.bases,
            schema.open,
        )
    return Schema((*schema.columns, Column(name)), schema.bases, schema.open)


def _note_item_store(it: Interpreter, target: cst.Subscript, frame: FrameValue) -> None:
    if not it.recorder.on or frame.kind != "spark":
        return
    it.recorder.add(
        "members",
        MemberUse(
            span=it.spans[target],
            name_span=it.spans[target],
            receiver=it.spans[target.value],
            kind="spark",
            member="__setitem__",
            frame=it.recorder.frame(frame),
            worlds=(),
            use="statement",
            store=True,
            in_loop=it.loop_depth > 0,
            function=it.function,
        ),
    )


def assign_attribute(it: Interpreter, target: cst.Attribute, value: Value, env: Env) -> None:
    """`frame.name = value`: new column labels, or a store in a column of that name."""
    receiver = it.evaluate(target.value, env)
    it.escape(value, "stored")
    if isinstance(receiver, FrameValue):
        note_member(it, target, receiver, store=True)
        if receiver.kind == "spark":
            return
        it.escape(receiver, "renamed")
        names = names_of(value) if target.attr.value == "columns" else None
        schema = OPEN if names is None else Schema(tuple(Column(name) for name in names))
        plain = receiver.plain_index and target.attr.value != "index"
        env.replace(receiver, receiver.with_schema(schema, plain_index=plain))


def delete_item(it: Interpreter, target: cst.Subscript, env: Env) -> None:
    """`del frame["x"]`."""
    receiver = it.evaluate(target.value, env)
    if isinstance(receiver, FrameValue) and receiver.kind != "spark":
        it.escape(receiver, "unknown_column")
        env.replace(receiver, receiver.with_schema(OPEN))


def mutated(it: Interpreter, call: Call, frame: FrameValue, member: Member, env: Env) -> Value:
    """A method that changes the frame itself: `insert`, `pop`, `update`."""
    schema = OPEN
    result: Value = NONE
    if member.name == "insert":
        name, place = text_of(call.value(1, "column")), call.const(0, "loc")
        if name is not None:
            schema = _inserted(frame.schema, name, place if isinstance(place, int) else None)
    elif member.name == "pop":
        name = text_of(call.value(0, "item"))
        result = SeriesValue(frame.kind, None, name, sure=False)
        if name is None:
            it.escape(frame, "unknown_column")
        else:
            it.recorder.needs(frame, with_base(name))
            note_names(it, frame, call.value(0, "item"), "pop", must_exist=True)
            schema = schemas.without(frame.schema, [name], case_sensitive=True)
    elif member.name == "update":
        # The values change, and with them perhaps the types.
        it.escape(frame, "unknown_method")
        columns = tuple(Column(column.name) for column in frame.schema.columns)
        schema = Schema(columns, frame.schema.bases, frame.schema.open)
    env.replace(frame, frame.with_schema(schema))
    return result


def _inserted(schema: Schema, name: str, place: int | None) -> Schema:
    if place is None or schema.bases or not 0 <= place <= len(schema.columns):
        return _stored(schema, name)
    columns = [column for column in schema.columns if column.name != name]
    return Schema((*columns[:place], Column(name), *columns[place:]), (), schema.open)


_TARGET = re.compile(r"\s*(\w+)\s*=(?!=)")


def evaluated(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    """`frame.eval(text)`: a frame with the columns that the text assigns to; without any, a value."""
    it.escape(frame, "unknown_method")
    text = text_of(call.value(0, "expr"))
    if text is None:
        return UNKNOWN
    targets = [match[1] for line in text.splitlines() if (match := _TARGET.match(line))]
    schema = frame.schema
    for target in targets:
        schema = _stored(schema, target)
    return frame.with_schema(schema, conversions=frozenset()) if targets else UNKNOWN
