"""Spark frames: what their attributes, items and methods give, and the facts about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import MemberUse
from glue_compiler.flow.core.calls import Call
from glue_compiler.flow.core.functions import call_function
from glue_compiler.flow.core.members import (
    member_of,
    note_action,
    note_column,
    note_member,
    nothing_from,
)
from glue_compiler.flow.core.objects import (
    ConstValue,
    ListValue,
    MethodValue,
    ScalarValue,
    items_of,
    text_of,
)
from glue_compiler.flow.core.schemas import plain, retyped
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import OPEN, UNKNOWN, Value
from glue_compiler.flow.spark.arguments import convert, escape_all, note_roles, schema_argument
from glue_compiler.flow.spark.columns import (
    bound_column,
    note_columns_in,
    note_watermarks,
    output_name,
)
from glue_compiler.flow.spark.methods import NOTED_METHODS, PROJECTIONS
from glue_compiler.flow.spark.misplaced import note_arguments, note_foreign, note_misplaced
from glue_compiler.flow.spark.objects import taken_member
from glue_compiler.flow.spark.parts import NO_PARTS
from glue_compiler.flow.spark.schemas import selected
from glue_compiler.flow.spark.tables import temp_view
from glue_compiler.flow.spark.udf_bodies import note_sent_function
from glue_compiler.flow.spark.values import (
    ColumnName,
    SparkColumn,
    SparkFrame,
    SparkObject,
    SparkRows,
)
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.library import AttributeStore, ItemStore
    from glue_compiler.flow.core.state import Env
    from glue_compiler.knowledge.frames import Member

_FILTERS = frozenset(
    {
        *("filter", "where", "limit", "sample", "sampleBy", "subtract", "exceptAll", "intersect"),
        *("dropna", "dropDuplicates", "drop_duplicates", "distinct", "intersectAll", "offset"),
    }
)
_SETS = frozenset({"subtract", "exceptAll", "intersect", "intersectAll"})
"""Both sides of these get the types that both fit in."""
_CACHES = frozenset({"cache", "persist", "checkpoint", "localCheckpoint"})
_LISTS = frozenset({"collect", "take", "tail"})
_SCALARS = frozenset({"int", "float", "bool", "str"})


def frame_attribute(it: Interpretation, node: cst.Attribute, frame: SparkFrame, _env: Env) -> Value:
    """`frame.name` that is not called: a member, or else a column."""
    name = node.attr.value
    member = member_of(it, frame, name)
    if member is None and not name.startswith("_"):
        note_member(it, node, frame, is_column=True)
        span = it.spans[node.attr]
        note_column(it, frame, name, span, "attribute", case_sensitive=True)
        return bound_column(ColumnName(name, span, "attribute", frame))
    note_member(it, node, frame)
    if name == "columns":
        return _column_names(frame)
    if name == "dtypes":
        pair = ListValue((_column_names(frame).any_item(), ScalarValue("str")), form="tuple")
        return ListValue(None, pair)
    return UNKNOWN if member is None else taken_member(frame, frame, member, node)


def _column_names(frame: SparkFrame) -> Value:
    """`frame.columns`."""
    if frame.schema.exact:
        return ListValue(tuple(ConstValue(name) for name in frame.schema.names))
    return ListValue(None, ScalarValue("str"))


def frame_item(it: Interpretation, node: cst.Subscript, frame: SparkFrame, index: Value) -> Value:
    """`frame[...]`: a column by name, a projection by a list, a filter by a condition."""
    name = text_of(index)
    if name is not None and isinstance(index, ConstValue):
        span = index.span or it.spans[node]
        if index.span is not None:
            note_column(it, frame, name, index.span, "subscript")
        found = bound_column(ColumnName(name, span, "subscript", frame))
        return found if plain(name) else changed(found, name=output_name(name), parts=NO_PARTS)
    if isinstance(index, ListValue):
        note_columns_in(it, frame, index, "subscript", "__getitem__")
        items = items_of(index)
        schema = OPEN if items is None else selected(frame, items)
        return frame.with_schema(schema, projected=True, origin=it.spans[node])
    if isinstance(index, SparkColumn):
        below = frame.projected or frame.hides
        note_columns_in(it, frame, index, "subscript", "filter", must_exist=not below)
        note_watermarks(it, index)
        note_misplaced(it, frame, "filter", [(it.spans[node.slice[0]], index)])
        note_foreign(it, (frame,), "filter", [index])
        return changed(frame, filtered=True, origin=it.spans[node], maximum=False)
    return SparkColumn(sure=False)


def frame_method(
    it: Interpretation, call: Call, method: MethodValue, frame: SparkFrame, env: Env
) -> Value:
    """`frame.name(...)`."""
    value = _method_value(it, call, method, frame, env)
    note_member(it, method.node, frame, call, value)
    note_sent_function(it, call, method.name)
    return value


def note_item_store(it: Interpretation, frame: SparkFrame, store: ItemStore, _env: Env) -> None:
    """`frame["x"] = value`, which a Spark frame does not take."""
    if not it.recorder.on:
        return
    it.recorder.add(
        "members",
        MemberUse(
            span=it.spans[store.target],
            name_span=it.spans[store.target],
            receiver=it.spans[store.target.value],
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


def note_attribute_store(
    it: Interpretation, frame: SparkFrame, store: AttributeStore, _env: Env
) -> None:
    """`frame.x = value`, which changes no column."""
    note_member(it, store.target, frame, store=True)


def _method_value(
    it: Interpretation, call: Call, method: MethodValue, frame: SparkFrame, env: Env
) -> Value:
    name = method.name
    span = it.spans[call.node]
    member = member_of(it, frame, name)
    if member is None:
        escape_all(it, call)
        return UNKNOWN
    note_roles(it, call, frame, member)
    note_arguments(it, call, frame, name)
    value = _with_known_columns(it, call, frame, name)
    if value is not None:
        return changed(value, origin=span) if isinstance(value, SparkFrame) else value
    if member.effect == "converts" and member.result in it.frame_types:
        return convert(it, call, method.node, frame, it.frame_types[member.result])
    if member.effect == "acts":
        note_action(it, call, method.node, frame)
        return _acted(it, call, frame, member, name)
    if member.effect == "passes" and member.result == "spark":
        result = changed(
            frame,
            schema=retyped(frame.schema) if name in _SETS else frame.schema,
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
        return nothing_from(it, call)
    if member.effect == "applies":
        return _transform(it, call, frame)
    if member.result == "spark":
        escape_all(it, call)
        return frame.with_schema(
            schema_argument(call, member),
            origin=span,
            python_udf=True,
            projected=True,
            top="unknown",
            mixed=True,
        )
    if member.result == "spark.column":
        return SparkColumn()
    escape_all(it, call)
    if member.result.startswith("spark."):
        return SparkObject(member.result, frame)
    return UNKNOWN


def _with_known_columns(
    it: Interpretation, call: Call, frame: SparkFrame, name: str
) -> Value | None:
    """What a method gives whose effect on columns is known exactly; None for any other."""
    project = PROJECTIONS.get(name)
    if project is not None:
        return project(call, frame)
    noted = NOTED_METHODS.get(name)
    return None if noted is None else noted(it, call, frame)


def _acted(it: Interpretation, call: Call, frame: SparkFrame, member: Member, name: str) -> Value:
    span = it.spans[call.node]
    if name == "head":
        return SparkRows(frame, not call.args, span, bool(call.args) and not call.open)
    if member.result in ("rows", "row"):
        return SparkRows(frame, member.result == "row", span, name in _LISTS)
    if member.result in _SCALARS:
        return ScalarValue(member.result, source=span)
    if member.result == "spark":
        return frame.with_schema(OPEN, origin=span, projected=True, top="unknown")
    return nothing_from(it, call) if member.result == "none" else UNKNOWN


def _transform(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
    """`frame.transform(function, ...)` calls the function with the frame."""
    function = call.value(0, "func")
    if type(function) is FunctionValue:
        rest = Call(call.node, call.args[1:], call.open)
        return call_function(it, function, rest, (frame,))
    escape_all(it, call)
    return frame.with_schema(OPEN, top="unknown", mixed=True)
