"""Functions of the pandas and pyspark.pandas modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Column, FrameKind, Schema
from glue_compiler.flow.core.members import api_of
from glue_compiler.flow.core.values import (
    OPEN,
    DictValue,
    FrameValue,
    ListValue,
    SeriesValue,
    Value,
    items_of,
    text_of,
)
from glue_compiler.flow.pandas.methods import merge

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env


def pandas_function(it: Interpreter, call: Call, name: str, _env: Env) -> Value | None:
    """The value of a call of a top-level function; None when nothing is known about it."""
    kind: FrameKind = "pandas_on_spark" if name.startswith("pyspark.pandas.") else "pandas"
    last = name.removeprefix("pyspark.pandas.").removeprefix("pandas.")
    if "." in last:
        if last.endswith(("DataFrame.from_records", "DataFrame.from_dict")):
            last = "DataFrame.from"
        else:
            return None
    span = it.spans[call.node]
    if last == "DataFrame":
        return _new_frame(it, call, kind)
    if last in ("merge", "merge_asof"):
        left, right = call.value(0, "left"), call.value(1, "right")
        if isinstance(left, FrameValue) and isinstance(right, FrameValue):
            from glue_compiler.flow.spark.arguments import combined

            return merge(it, call, left, right, combined(left, right, OPEN))
    frames = [
        f
        for arg in call.args
        for f in (items_of(arg.value) or (arg.value,))
        if isinstance(f, FrameValue)
    ]
    for arg in call.args:
        it.escape(arg.value, "argument")
    if last == "concat":
        if frames and all(frame.kind == kind for frame in frames):
            relations = tuple(dict.fromkeys(r for frame in frames for r in frame.relations))
            return FrameValue(kind, relations=relations, origin=span)
        return None
    if last == "DataFrame.from" or last.startswith("read_"):
        # Some readers answer with a list of frames, or with chunks.
        if (
            last in ("read_html", "read_pickle")
            or call.get(None, "chunksize")
            or call.get(None, "iterator")
        ):
            return None
        return FrameValue(kind, origin=span)
    if last == "from_pandas" and frames:
        return FrameValue(kind, frames[0].schema, frames[0].relations, span)
    table = api_of(it, f"{kind}.top")
    member = None if table is None else table.member(last)
    if member is None:
        return None
    if member.result == kind:
        return FrameValue(kind, relations=frames[0].relations if frames else (), origin=span)
    if member.result == f"{kind}.series":
        return SeriesValue(kind)
    return None


def _new_frame(it: Interpreter, call: Call, kind: FrameKind) -> Value:
    data, columns = call.value(0, "data"), call.get(None, "columns")
    span = it.spans[call.node]
    for arg in call.args:
        it.escape(arg.value, "argument")
    schema = OPEN
    if columns is not None:
        names = [text_of(item) for item in items_of(columns.value) or ()]
        known = [name for name in names if name is not None]
        if known and len(known) == len(names):
            schema = Schema(tuple(Column(name) for name in known))
    elif isinstance(data, DictValue) and data.items is not None:
        keys = [text_of(key) for key, _ in data.items]
        found = [key for key in keys if key is not None]
        if len(found) == len(keys):
            schema = Schema(tuple(Column(key) for key in dict.fromkeys(found)))
    elif isinstance(data, FrameValue):
        schema = data.schema
    elif isinstance(data, ListValue) and not data.items and data.items is not None:
        schema = Schema() if not call.args[1:] else OPEN
    return FrameValue(kind, schema, origin=span)
