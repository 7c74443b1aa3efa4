"""Grouped Spark frames, and the columns that aggregation gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core.members import member_of, note_member
from glue_compiler.flow.core.objects import (
    DictValue,
    MethodValue,
    items_or_itself,
    text_of,
    texts_of,
)
from glue_compiler.flow.core.values import OPEN, UNKNOWN, Value
from glue_compiler.flow.spark.arguments import escape_all, note_roles, schema_argument
from glue_compiler.flow.spark.columns import note_columns_in
from glue_compiler.flow.spark.misplaced import note_arguments
from glue_compiler.flow.spark.schemas import selected
from glue_compiler.flow.spark.udf_bodies import note_sent_function
from glue_compiler.flow.spark.values import SparkColumn, SparkFrame, SparkGroups
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env
    from glue_compiler.knowledge.frames import Member


def groups_attribute(
    it: Interpretation, node: cst.Attribute, grouped: SparkGroups, _env: Env
) -> Value:
    """`grouped.name` that is not called."""
    member = member_of(it, grouped, node.attr.value)
    if member is None:
        return UNKNOWN
    note_member(it, node, grouped)
    if member.kind != "property" and member.callable:
        return MethodValue(grouped, node.attr.value, node)
    return UNKNOWN


def groups_item(
    it: Interpretation, _node: cst.Subscript, grouped: SparkGroups, index: Value
) -> Value:
    """`grouped["a"]`, as if Spark had it: the columns are told of, and that it is still grouped."""
    names = texts_of(items_or_itself(index))
    if names is None:
        it.escape(grouped, "unknown_column")
        return UNKNOWN
    note_columns_in(it, grouped.frame, index, "subscript", "groupby")
    return changed(grouped, subscripted=len(names))


def groups_method(
    it: Interpretation, call: Call, method: MethodValue, grouped: SparkGroups, _env: Env
) -> Value:
    """`grouped.name(...)`."""
    member = member_of(it, grouped, method.name)
    value = _method_value(it, call, grouped, method.name, member)
    note_member(it, method.node, grouped, call, value)
    note_sent_function(it, call, method.name)
    return value


def _method_value(
    it: Interpretation, call: Call, grouped: SparkGroups, name: str, member: Member | None
) -> Value:
    frame = grouped.frame
    span = it.spans[call.node]
    if member is None:
        escape_all(it, call)
        return UNKNOWN
    note_roles(it, call, frame, member)
    if name == "agg":
        return aggregated(it, call, grouped)
    if name == "pivot":
        return changed(grouped, pivoted=True)
    if name in ("count", "sum", "avg", "mean", "max", "min"):
        schema = _summary_schema(call, grouped, name)
        top = _top(grouped)
        single = name == "max" and grouped.keys == () and len(call.args) == 1
        return (
            frame.with_schema(
                schema, projected=True, origin=span, filtered=False, cached=False, top=top
            )
            if not single
            else changed(frame, schema=schema, projected=True, origin=span, maximum=True, top=top)
        )
    escape_all(it, call)
    if member.result == "spark":
        return frame.with_schema(
            schema_argument(call, member),
            projected=True,
            origin=span,
            python_udf=True,
            top="unknown",
        )
    return UNKNOWN


def _summary_schema(call: Call, grouped: SparkGroups, name: str) -> Schema:
    keys = grouped.keys
    if keys is None or grouped.pivoted or call.open:
        return Schema(keys or (), (), True)
    if name == "count":
        return Schema((*keys, Column("count", "bigint")))
    word = "avg" if name == "mean" else name
    names = [text_of(arg.value) for arg in call.args]
    known = [n for n in names if n is not None]
    if not known or len(known) != len(names):
        return Schema(keys, (), True)
    return Schema((*keys, *(Column(f"{word}({n})") for n in known)))


def _top(grouped: SparkGroups) -> str:
    """What is known of the frame that aggregates groups: filters and sorts of it find a key under its old name."""
    return "aggregate" if grouped.named and not grouped.pivoted else "unknown"


def aggregated(it: Interpretation, call: Call, grouped: SparkGroups) -> SparkFrame:
    """The frame of `agg(...)`: keys, then one column for each expression."""
    frame = grouped.frame
    note_arguments(it, call, frame, "agg", grouped)
    values = [item for arg in call.args for item in items_or_itself(arg.value)]
    found = selected(frame, values) if values else OPEN
    maximum = (
        grouped.keys == ()
        and len(values) == 1
        and isinstance(values[0], SparkColumn)
        and values[0].maximum
    )
    if len(values) == 1 and isinstance(values[0], DictValue):
        pairs = [(text_of(k), text_of(v)) for k, v in values[0].items or ()]
        maximum = grouped.keys == () and len(pairs) == 1 and pairs[0][1] == "max"
        known = [
            # Spark counts rows as ones.
            Column("count(1)" if (how, name) == ("count", "*") else f"{how}({name})")
            for name, how in pairs
            if name and how in ("max", "min", "sum", "avg", "count")
        ]
        found = Schema(tuple(known), (), len(known) != len(pairs) or not pairs)
    is_open = (
        found.open or bool(found.bases) or grouped.keys is None or grouped.pivoted or call.open
    )
    columns = (*(grouped.keys or ()), *found.columns)
    schema = Schema(columns if not grouped.pivoted else grouped.keys or (), (), is_open)
    udf = any(isinstance(value, SparkColumn) and value.python_udf for value in values)
    return SparkFrame(
        schema=schema,
        relations=frame.relations,
        origin=it.spans[call.node],
        python_udf=frame.python_udf or udf,
        filtered=frame.filtered,
        projected=True,
        cached=frame.cached,
        nondeterministic=frame.nondeterministic,
        maximum=maximum,
        top=_top(grouped),
    )
