"""Changes of pandas frames in place, which all names of the frame see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.flow import schemas
from glue_compiler.flow.members import note_member
from glue_compiler.flow.values import (
    OPEN,
    UNKNOWN,
    DictValue,
    FrameValue,
    ListValue,
    MethodValue,
    Value,
    text_of,
)
from glue_compiler.frame_facts import Column, MemberUse, Schema

if TYPE_CHECKING:
    from glue_compiler.flow.interpreter import Interpreter
    from glue_compiler.flow.state import Env


from glue_compiler.flow.pandas_methods import names_of


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
        env.replace(receiver, receiver.with_schema(schema))


def delete_item(it: Interpreter, target: cst.Subscript, env: Env) -> None:
    """`del frame["x"]`."""
    receiver = it.evaluate(target.value, env)
    if isinstance(receiver, FrameValue) and receiver.kind != "spark":
        it.escape(receiver, "unknown_column")
        env.replace(receiver, receiver.with_schema(OPEN))
