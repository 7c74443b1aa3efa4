"""What the methods of Spark frames and groups do to the columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.frames import Join, Union
from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.members import (
    note_columns_in,
)
from glue_compiler.flow.core.values import (
    OPEN,
    UNKNOWN,
    ColumnValue,
    DictValue,
    FrameValue,
    GroupedValue,
    Value,
    items_of,
    text_of,
)
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.knowledge.frames import Member


from glue_compiler.flow.spark.arguments import (
    combined,
    escape_all,
    note_loop,
    note_roles,
    schema_argument,
)


def _select(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    values = [arg.value for arg in call.args]
    schema = schemas.selected(frame, values)
    if call.open:
        schema = Schema(schema.columns, schema.bases, True)
    found = [value for value in values if isinstance(value, ColumnValue)]
    return changed(
        frame,
        schema=schema,
        projected=True,
        python_udf=frame.python_udf or any(value.python_udf for value in found),
        nondeterministic=frame.nondeterministic or any(v.nondeterministic for v in found),
        maximum=len(values) == 1 and len(found) == 1 and found[0].maximum,
    )


def _with_column(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    name, value = text_of(call.value(0, "colName")), call.value(1, "col")
    column = (
        None
        if name is None
        else Column(name, value.type if isinstance(value, ColumnValue) else None)
    )
    note_loop(it, call, frame, "withColumn", name)
    udf = isinstance(value, ColumnValue) and value.python_udf
    return frame.with_schema(
        schemas.with_columns(frame.schema, [column]), python_udf=frame.python_udf or udf
    )


def _with_columns(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    value = call.value(0, "colsMap")
    if not isinstance(value, DictValue) or value.items is None:
        return frame.with_schema(schemas.with_columns(frame.schema, [None]))
    columns: list[Column | None] = []
    udf = False
    for key, item in value.items:
        text = text_of(key)
        found = item if isinstance(item, ColumnValue) else None
        columns.append(None if text is None else Column(text, found.type if found else None))
        udf = udf or (found is not None and found.python_udf)
    return frame.with_schema(
        schemas.with_columns(frame.schema, columns), python_udf=frame.python_udf or udf
    )


def _with_column_renamed(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    old, new = text_of(call.value(0, "existing")), text_of(call.value(1, "new"))
    note_loop(it, call, frame, "withColumnRenamed", new)
    if old is None or new is None:
        return frame.with_schema(OPEN)
    return frame.with_schema(schemas.renamed(frame.schema, old, new))


def _with_columns_renamed(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    value = call.value(0, "colsMap")
    if not isinstance(value, DictValue) or value.items is None:
        return frame.with_schema(OPEN)
    schema = frame.schema
    for key, item in value.items:
        old, new = text_of(key), text_of(item)
        if old is None or new is None:
            return frame.with_schema(OPEN)
        schema = schemas.renamed(schema, old, new)
    return frame.with_schema(schema)


def _drop(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    names = []
    for arg in call.args:
        values = items_of(arg.value) or (arg.value,)
        for value in values:
            plain = value.plain if isinstance(value, ColumnValue) else None
            name = text_of(value)
            if name is None and plain is not None and plain.frame is None:
                name = plain.name
            if name is None:
                # A column of one side of a join, or a name that is not known.
                return frame.with_schema(OPEN)
            names.append(name)
    if call.open:
        return frame.with_schema(OPEN)
    return frame.with_schema(schemas.without(frame.schema, names))


def _to_df(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    names = [text_of(arg.value) for arg in call.args]
    known = [name for name in names if name is not None]
    if call.open or len(known) != len(names) or not known:
        return frame.with_schema(OPEN)
    return frame.with_schema(Schema(tuple(Column(name) for name in known)), projected=True)


def _select_expr(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    columns = []
    is_open = call.open
    for arg in call.args:
        for value in items_of(arg.value) or (arg.value,):
            text = (text_of(value) or "").strip()
            match = re.fullmatch(r"(?:.*\S\s+as\s+)?`?(\w+)`?", text, re.IGNORECASE | re.DOTALL)
            if match is None:
                is_open = True
            else:
                columns.append(Column(match[1]))
                if match[1] == text and not _NO_COLUMN.fullmatch(text):
                    note_columns_in(it, frame, value, "argument", "selectExpr")
    return frame.with_schema(Schema(tuple(columns), (), is_open), projected=True)


# Literals, and functions that SQL also calls without parentheses.
_NO_COLUMN = re.compile(
    r"\d\w*|true|false|null|user|localtimestamp|(?:current|session)_\w+", re.IGNORECASE
)


def _join(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    other_arg = call.get(0, "other")
    other = UNKNOWN if other_arg is None else other_arg.value
    if not isinstance(other, FrameValue) or other.kind != "spark":
        escape_all(it, call)
        return frame.with_schema(OPEN) if other is UNKNOWN else UNKNOWN
    on_arg = call.get(1, "on")
    how_arg = call.get(2, "how")
    how = None if how_arg is None else text_of(how_arg.value)
    names = None if on_arg is None else _key_names(on_arg.value)
    if names is not None and on_arg is not None:
        for side in (frame, other):
            note_columns_in(it, side, on_arg.value, "on", "join")
    unknown_how = how_arg is not None and how is None
    if names is not None:
        schema = schemas.joined_on(frame.schema, other.schema, names, how or "inner")
    elif (
        on_arg is None
        or isinstance(on_arg.value, ColumnValue)
        or items_of(on_arg.value) is not None
    ):
        schema = schemas.joined_by_condition(frame.schema, other.schema, how or "inner")
    else:
        schema = OPEN
    if unknown_how or call.open:
        schema = OPEN
    result = combined(frame, other, schema)
    if it.recorder.on and other_arg is not None:
        it.recorder.add(
            "joins",
            Join(
                span=it.spans[call.node],
                left=it.recorder.frame(frame),
                right=it.recorder.frame(other),
                right_span=it.spans[other_arg.node],
                worlds=(),
                on=names,
                on_span=None if on_arg is None else it.spans[on_arg.node],
                how=how,
                how_span=None if how_arg is None else it.spans[how_arg.node],
                result=it.recorder.frame(result),
            ),
        )
    return result


def _key_names(value: Value) -> tuple[str, ...] | None:
    text = text_of(value)
    if text is not None:
        return (text,)
    items = items_of(value)
    if not items:
        return None
    names = [text_of(item) for item in items]
    known = tuple(name for name in names if name is not None)
    return known if len(known) == len(names) else None


def _cross_join(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    other = call.value(0, "other")
    if not isinstance(other, FrameValue):
        return frame.with_schema(OPEN)
    return combined(frame, other, schemas.joined_by_condition(frame.schema, other.schema, "cross"))


def _union(method: str) -> Callable[[Any, Call, FrameValue], Value]:
    by_position = method != "unionByName"

    def run(it: Interpreter, call: Call, frame: FrameValue) -> Value:
        arg = call.get(0, "other")
        other = UNKNOWN if arg is None else arg.value
        if arg is None or not isinstance(other, FrameValue) or other.kind != "spark":
            escape_all(it, call)
            return frame.with_schema(OPEN)
        missing = call.const(1, "allowMissingColumns") is True
        if it.recorder.on:
            it.recorder.add(
                "unions",
                Union(
                    span=it.spans[call.node],
                    method=method,
                    left=it.recorder.frame(frame),
                    right=it.recorder.frame(other),
                    right_span=it.spans[arg.node],
                    worlds=(),
                    by_position=by_position,
                    allow_missing=missing,
                ),
            )
        schema = frame.schema
        if missing:
            if frame.schema.exact and other.schema.exact:
                extra = [c for c in other.schema.columns if not schemas.find(frame.schema, c.name)]
                schema = Schema((*frame.schema.columns, *extra))
            else:
                schema = Schema(frame.schema.columns, (), True)
        # The types of a union are those that both sides fit in.
        columns = tuple(Column(column.name) for column in schema.columns)
        return combined(frame, other, changed(schema, columns=columns))

    return run


def _unpivot(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    """The columns that identify a row, then one for the names and one for the values."""
    ids = call.value(0, "ids")
    items = items_of(ids)
    kept = schemas.selected(frame, (ids,) if items is None else items)
    added = [
        text_of(call.value(2, "variableColumnName")),
        text_of(call.value(3, "valueColumnName")),
    ]
    columns = (*kept.columns, *(Column(name) for name in added if name is not None))
    is_open = call.open or kept.open or bool(kept.bases) or None in added
    return frame.with_schema(Schema(columns, (), is_open), projected=True)


def _group_by(_it: Interpreter, call: Call, frame: FrameValue) -> Value:
    keys = schemas.selected(frame, [arg.value for arg in call.args])
    known = None if call.open or keys.open or keys.bases else keys.columns
    return GroupedValue("spark", frame, known)


def _aggregate(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    return aggregated(it, call, GroupedValue("spark", frame, ()))


FRAME_METHODS: dict[str, Callable[[Any, Call, FrameValue], Value]] = {
    "select": _select,
    "selectExpr": _select_expr,
    "withColumn": _with_column,
    "withColumns": _with_columns,
    "withColumnRenamed": _with_column_renamed,
    "withColumnsRenamed": _with_columns_renamed,
    "drop": _drop,
    "toDF": _to_df,
    "join": _join,
    "crossJoin": _cross_join,
    "union": _union("union"),
    "unionAll": _union("unionAll"),
    "unionByName": _union("unionByName"),
    "groupBy": _group_by,
    "groupby": _group_by,
    "agg": _aggregate,
    "unpivot": _unpivot,
    "melt": _unpivot,
}


def grouped_method(
    it: Interpreter, call: Call, grouped: GroupedValue, name: str, member: Member | None
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
        single = name == "max" and grouped.keys == () and len(call.args) == 1
        return (
            frame.with_schema(schema, projected=True, origin=span, filtered=False, cached=False)
            if not single
            else changed(frame, schema=schema, projected=True, origin=span, maximum=True)
        )
    escape_all(it, call)
    if member.result == "spark":
        return frame.with_schema(
            schema_argument(call, member), projected=True, origin=span, python_udf=True
        )
    return UNKNOWN


def _summary_schema(call: Call, grouped: GroupedValue, name: str) -> Schema:
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


def aggregated(it: Interpreter, call: Call, grouped: GroupedValue) -> FrameValue:
    """The frame of `agg(...)`: keys, then one column for each expression."""
    frame = grouped.frame
    values = [item for arg in call.args for item in (items_of(arg.value) or (arg.value,))]
    found = schemas.selected(frame, values) if values else OPEN
    maximum = (
        grouped.keys == ()
        and len(values) == 1
        and isinstance(values[0], ColumnValue)
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
    udf = any(isinstance(value, ColumnValue) and value.python_udf for value in values)
    return FrameValue(
        kind="spark",
        schema=schema,
        relations=frame.relations,
        origin=it.spans[call.node],
        python_udf=frame.python_udf or udf,
        filtered=frame.filtered,
        projected=True,
        cached=frame.cached,
        nondeterministic=frame.nondeterministic,
        maximum=maximum,
    )
