"""What arguments of Spark methods tell: columns they name, watermarks, schemas, conversions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import LoopColumn, Watermark
from glue_compiler.flow.core.conversions import note_conversion
from glue_compiler.flow.core.members import note_action
from glue_compiler.flow.core.objects import (
    ConstValue,
    DictValue,
    ListValue,
    TextValue,
    items_or_itself,
)
from glue_compiler.flow.core.usage import root_name
from glue_compiler.flow.core.values import OPEN
from glue_compiler.flow.spark.columns import note_columns_in, note_watermarks
from glue_compiler.flow.spark.sql_text import names_given, note_sql_condition, note_text
from glue_compiler.flow.spark.types import schema_of
from glue_compiler.flow.spark.typing import note_condition
from glue_compiler.flow.spark.values import SparkColumn

if TYPE_CHECKING:
    from glue_compiler.facts.schemas import Schema
    from glue_compiler.flow.core.calls import Call, CallArgument
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import FrameValue, Value
    from glue_compiler.flow.spark.values import SparkFrame
    from glue_compiler.knowledge.frames import Member

_LENIENT = frozenset(
    {
        *("drop", "withColumnRenamed", "withColumnsRenamed", "to", "describe"),
        *("summary", "observe", "sampleBy", "withMetadata", "hint", "toDF"),
    }
)

# What fills takes a plain value first, or values by the names of columns.
_FILLS = frozenset({"fillna", "fill"})

# Filter and sort also find columns of the frame below a projection (ResolveMissingReferences).
_LOOKS_BELOW = frozenset({"filter", "where", "orderBy", "sort", "sortWithinPartitions"})


_READS_NAMES_GIVEN = frozenset({"select", "agg"})

_MAXIMUM_COMPARED = re.compile(
    r">=?\s*\(?\s*(?:timestamp|date|cast\s*\()?\s*'?\s*\0", re.IGNORECASE
)


def note_roles(it: Interpretation, call: Call, frame: SparkFrame, member: Member) -> None:
    """Record the columns that arguments name, by the roles of the parameters."""
    position = 0
    given: frozenset[str] = frozenset()
    if member.name in _READS_NAMES_GIVEN:
        given = names_given([item for arg in call.args for item in items_or_itself(arg.value)])
    for arg in call.args:
        if arg.name is None:
            role = member.role_of(position)
            position += 1
        else:
            role = member.role_of(keyword=arg.name)
        if role in ("column", "by_column", "expression", "predicate", "renames"):
            lenient = member.name in _LENIENT and member.owner != "spark.na"
            strict = not lenient and not (
                (frame.projected or frame.hides) and member.name in _LOOKS_BELOW
            )
            value = arg.value
            if role in ("expression", "predicate") and not isinstance(value, SparkColumn):
                if role == "predicate":
                    _note_text_predicate(it, arg)
                    note_text(it, value, "expression", member.name, it.spans[arg.node])
                    note_sql_condition(it, frame, value, member.name, must_exist=strict)
                continue
            if role == "by_column" and not isinstance(
                value, (DictValue, SparkColumn, ListValue, ConstValue)
            ):
                continue
            if member.name in _FILLS and isinstance(value, ConstValue) and arg.name != "subset":
                continue
            note_columns_in(
                it, frame, value, "argument", member.name, must_exist=strict, given=given
            )
            if not strict and frame.top == "aggregate" and member.name in _LOOKS_BELOW:
                _note_lost(it, frame, value, member.name)
            if role == "predicate":
                note_watermarks(it, value)
                note_condition(it, frame, arg)
        elif role == "assignments" and isinstance(arg.value, DictValue):
            for _, value in arg.value.items or ():
                if isinstance(value, SparkColumn):
                    note_columns_in(it, frame, value, "argument", member.name)


def _note_lost(it: Interpretation, frame: SparkFrame, value: Value, method: str) -> None:
    """Record the columns that a filter or sort of an aggregation reads outside of aggregates: nothing is found below it."""
    for item in items_or_itself(value):
        if not isinstance(item, SparkColumn):
            if isinstance(item, ConstValue) and method not in ("filter", "where"):
                note_columns_in(it, frame, item, "argument", method)
            continue
        lost = [read for read in item.reads if read.name == item.parts.loose]
        note_columns_in(it, frame, SparkColumn(tuple(lost[:1])), "argument", method)


def _note_text_predicate(it: Interpretation, arg: CallArgument) -> None:
    """`filter(f"ts > '{maximum}'")`: with no rows the text says `ts > 'None'`."""
    value = arg.value
    if not isinstance(value, TextValue) or len(value.scalars) != 1:
        return
    if _MAXIMUM_COMPARED.search(value.prefix) is None:
        return
    scalar = value.scalars[0]
    relations = scalar.maximum_of or ()
    span = it.spans[arg.node]
    it.recorder.add(
        "watermarks",
        Watermark(
            span=span,
            value_span=span,
            source_span=scalar.source or span,
            relation=relations[0] if len(relations) == 1 else None,
            worlds=(),
            guarded=scalar.guarded or it.guarded,
        ),
    )


def convert(
    it: Interpretation,
    call: Call,
    node: cst.Attribute | None,
    frame: FrameValue,
    target: type[FrameValue],
) -> FrameValue:
    """A conversion of a frame by a method (`node`) or function, recorded."""
    if node is not None and target.on_driver:
        note_action(it, call, node, frame)
    result = target.converted_from(frame, it.spans[call.node]).labelled(bool(call.args))
    if not target.on_driver:
        it.escape(frame, "converted")
    note_conversion(
        it,
        it.tree.text(call.node.func) if node is None else node.attr.value,
        frame,
        result,
        None if node is None else it.spans[node.value],
        None if target.on_driver else "lazy",
    )
    return result


def schema_argument(call: Call, member: Member) -> Schema:
    """The columns that the argument for the schema gives; open without one."""
    position = 0
    for arg in call.args:
        role = member.role_of(keyword=arg.name) if arg.name else member.role_of(position)
        position += arg.name is None
        if role == "schema":
            found = schema_of(arg.value)
            if found is not None:
                return found
    return OPEN


def note_loop(
    it: Interpretation, call: Call, frame: SparkFrame, method: str, name: str | None
) -> None:
    """Record a column added in every round to the frame that the loop builds up."""
    loop = it.loop_span(call.node)
    if loop is None or not it.recorder.on:
        return
    statement = it.scopes.statement_of(call.node)
    root = root_name(call.node)
    if type(statement) is cst.Assign and root is not None:
        targets = [t.target.value for t in statement.targets if type(t.target) is cst.Name]
        if root.value in targets:
            fact = LoopColumn(it.spans[call.node], loop, method, it.recorder.frame(frame), (), name)
            it.recorder.add("loop_columns", fact)


def escape_all(it: Interpretation, call: Call) -> None:
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
