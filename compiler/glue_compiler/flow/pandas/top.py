"""Functions of the top level of pandas, and of modules with its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core.foreign import note_first
from glue_compiler.flow.core.members import api_of, note_refused
from glue_compiler.flow.core.objects import (
    DictValue,
    ListValue,
    items_of,
    texts_of,
)
from glue_compiler.flow.core.values import OPEN, FrameValue, Value
from glue_compiler.flow.pandas.methods import merge
from glue_compiler.flow.pandas.patterns import note_pattern
from glue_compiler.flow.pandas.values import PandasFrame, PandasSeries

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env


def pandas_function(it: Interpretation, call: Call, name: str, _env: Env) -> Value | None:
    """The value of a call of something in pandas; None when nothing is known about it."""
    note_first(it, call, name)
    if name == "pandas.to_datetime" and not call.open:
        note_pattern(it, call.get(None, "format"), "to_datetime")
    return top_function(it, call, name.removeprefix("pandas."), PandasFrame)


def numpy_function(it: Interpretation, call: Call, name: str, _env: Env) -> Value | None:
    """Of numpy nothing is followed but what is handed to it."""
    note_first(it, call, name)
    return None


def top_function(
    it: Interpretation, call: Call, last: str, frame_type: type[PandasFrame]
) -> Value | None:
    """The value of a call of a function of pandas' top level, or of one with its API.

    `last` is the function's name in its module, `frame_type` the class of the module's frames.
    """
    if "." in last:
        if last.endswith(("DataFrame.from_records", "DataFrame.from_dict")):
            last = "DataFrame.from"
        else:
            return None
    span = it.spans[call.node]
    table = api_of(it, f"{frame_type.kind}.top")
    member = None if table is None else table.member(last)
    if member is not None and member.kind == "function":
        note_refused(it, call, member)
    if last == "DataFrame":
        return _new_frame(it, call, frame_type)
    if last in ("merge", "merge_asof"):
        left, right = call.value(0, "left"), call.value(1, "right")
        if isinstance(left, PandasFrame) and isinstance(right, PandasFrame):
            return merge(it, call, left, right)
    frames = frames_given(call)
    for arg in call.args:
        it.escape(arg.value, "argument")
    if last == "concat":
        # Series beside each other are the columns of a frame; below each other they are one series.
        beside = call.const(None, "axis") in (1, "columns")
        if (frames or beside) and all(frame.kind == frame_type.kind for frame in frames):
            relations = tuple(dict.fromkeys(r for frame in frames for r in frame.relations))
            return frame_type(relations=relations, origin=span)
        return None if frames else PandasSeries(frame_type, sure=False)
    if last == "DataFrame.from" or last.startswith("read_"):
        # Some readers answer with a list of frames, or with chunks.
        if (
            last in ("read_html", "read_pickle")
            or call.get(None, "chunksize")
            or call.get(None, "iterator")
        ):
            return None
        return frame_type(origin=span)
    if member is None:
        return None
    if member.result == frame_type.kind:
        return frame_type(relations=frames[0].relations if frames else (), origin=span)
    if member.result == f"{frame_type.kind}.series":
        return PandasSeries(frame_type)
    return None


def frames_given(call: Call) -> list[FrameValue]:
    """The frames among the arguments, and in lists among them."""
    return [
        value for arg in call.args for value in _held(arg.value) if isinstance(value, FrameValue)
    ]


def _held(value: Value) -> tuple[Value, ...]:
    return value.held if isinstance(value, ListValue) else (value,)


def _new_frame(it: Interpretation, call: Call, frame_type: type[PandasFrame]) -> Value:
    data, columns = call.value(0, "data"), call.get(None, "columns")
    span = it.spans[call.node]
    for arg in call.args:
        it.escape(arg.value, "argument")
    schema = OPEN
    if columns is not None:
        names = texts_of(items_of(columns.value) or ())
        if names:
            schema = Schema(tuple(Column(name) for name in names))
    elif isinstance(data, DictValue) and data.items is not None:
        keys = texts_of([key for key, _ in data.items])
        if keys is not None:
            schema = Schema(tuple(Column(key) for key in dict.fromkeys(keys)))
    elif isinstance(data, FrameValue):
        schema = data.schema
    elif isinstance(data, ListValue) and not data.items and data.items is not None:
        schema = Schema() if not call.args[1:] else OPEN
    return frame_type(schema, origin=span)
