"""What arguments of Spark methods tell: columns they name, watermarks, schemas, conversions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.facts.frames import Conversion, LoopColumn, Watermark
from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.members import (
    note_action,
    note_columns_in,
)
from glue_compiler.flow.core.usage import root_name
from glue_compiler.flow.core.values import (
    OPEN,
    ColumnValue,
    ConstValue,
    DictValue,
    FrameValue,
    ListValue,
    ObjectValue,
    TextValue,
    Value,
    items_of,
    text_of,
)

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call, CallArgument
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.knowledge.frames import Member


_LENIENT = frozenset(
    {
        *("drop", "withColumnRenamed", "withColumnsRenamed", "fillna", "replace", "to", "describe"),
        *("summary", "observe", "sampleBy", "withMetadata", "hint", "fill", "toDF"),
    }
)


# Filter and sort also find columns of the frame below a projection (ResolveMissingReferences).
_LOOKS_BELOW = frozenset({"filter", "where", "orderBy", "sort", "sortWithinPartitions"})


_MAXIMUM_COMPARED = re.compile(
    r">=?\s*\(?\s*(?:timestamp|date|cast\s*\()?\s*'?\s*\0", re.IGNORECASE
)


def note_roles(it: Interpreter, call: Call, frame: FrameValue, member: Member) -> None:
    """Record the columns that arguments name, by the roles of the parameters."""
    position = 0
    for arg in call.args:
        if arg.name is None:
            role = member.role_of(position)
            position += 1
        else:
            role = member.role_of(keyword=arg.name)
        if role in ("column", "by_column", "expression", "predicate", "renames"):
            strict = member.name not in _LENIENT and not (
                frame.projected and member.name in _LOOKS_BELOW
            )
            value = arg.value
            if role in ("expression", "predicate") and not isinstance(value, ColumnValue):
                if role == "predicate":
                    _note_text_predicate(it, arg)
                continue
            if role == "by_column" and not isinstance(
                value, (DictValue, ColumnValue, ListValue, ConstValue)
            ):
                continue
            if member.name == "fillna" and isinstance(value, ConstValue) and arg.name != "subset":
                continue
            note_columns_in(it, frame, value, "argument", member.name, must_exist=strict)
            if role == "predicate":
                note_watermarks(it, value)
        elif role == "assignments" and isinstance(arg.value, DictValue):
            for _, value in arg.value.items or ():
                if isinstance(value, ColumnValue):
                    note_columns_in(it, frame, value, "argument", member.name)


def note_watermarks(it: Interpreter, value: Value) -> None:
    """Record comparisons with a maximum in a condition that filters a frame."""
    if isinstance(value, ColumnValue):
        for mark in value.watermarks:
            it.recorder.add(
                "watermarks",
                Watermark(
                    span=mark.span,
                    value_span=mark.value_span,
                    source_span=mark.source,
                    relation=mark.relation,
                    worlds=(),
                    guarded=mark.guarded,
                    operator=mark.operator,
                    value_name=mark.name,
                ),
            )


def _note_text_predicate(it: Interpreter, arg: CallArgument) -> None:
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
    it: Interpreter, call: Call, node: cst.Attribute | None, frame: FrameValue, target: Any
) -> FrameValue:
    """A conversion of a frame, recorded; what becomes of its columns is found out later."""
    span = it.spans[call.node]
    if node is not None and target == "pandas":
        note_action(it, call, node, frame)
    result = FrameValue(
        kind=target,
        schema=frame.schema,
        relations=frame.relations,
        origin=span,
        python_udf=frame.python_udf,
        filtered=frame.filtered,
        projected=frame.projected,
        nondeterministic=frame.nondeterministic,
        conversions=frozenset({span}) if target == "pandas" else frozenset(),
        maximum=frame.maximum,
        plain_index=target == "pandas" or not call.args,
    )
    if target != "pandas":
        it.escape(frame, "converted")
    if it.recorder.on:
        it.recorder.add(
            "conversions",
            Conversion(
                span=span,
                method=node.attr.value if node is not None else it.tree.text(call.node.func),
                source=it.recorder.frame(frame),
                target=target,
                worlds=(),
                receiver=None if node is None else it.spans[node.value],
                result=it.recorder.frame(result),
                function=it.function,
                why_all=None if target == "pandas" else "lazy",
            ),
        )
        if target != "pandas":
            it.recorder.demand.setdefault((it.recorder.world, span), "not_to_the_driver")
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


def schema_of(value: Value) -> Schema | None:
    """The columns that a schema argument gives: DDL, StructType, list of names."""
    text = text_of(value)
    if text is not None:
        return schemas.from_ddl(text)
    if isinstance(value, ObjectValue) and value.owner == "schema":
        return OPEN if value.columns is None else Schema(value.columns)
    items = items_of(value)
    if items is not None:
        names = [text_of(item) for item in items]
        known = [name for name in names if name is not None]
        if known and len(known) == len(names):
            return Schema(tuple(Column(name) for name in known))
    return None


def note_loop(
    it: Interpreter, call: Call, frame: FrameValue, method: str, name: str | None
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


def combined(left: FrameValue, right: FrameValue, schema: Schema) -> FrameValue:
    """A frame made of two."""
    return FrameValue(
        kind=left.kind,
        schema=schema,
        relations=tuple(dict.fromkeys((*left.relations, *right.relations))),
        python_udf=left.python_udf or right.python_udf,
        nondeterministic=left.nondeterministic or right.nondeterministic,
        cached=left.cached or right.cached,
        filtered=left.filtered and right.filtered,
        projected=left.projected and right.projected,
        conversions=left.conversions | right.conversions,
        plain_index=left.plain_index and right.plain_index,
    )


def escape_all(it: Interpreter, call: Call) -> None:
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
