"""What the methods of Spark frames and groups do to the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.columns import StarSelect
from glue_compiler.facts.frames import Join, Union
from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.members import note_column
from glue_compiler.flow.core.objects import DictValue, items_of, items_or_itself, text_of, texts_of
from glue_compiler.flow.core.values import OPEN, UNKNOWN, FrameValue, Value
from glue_compiler.flow.spark.arguments import escape_all, note_loop
from glue_compiler.flow.spark.columns import note_columns_in
from glue_compiler.flow.spark.groups import aggregated
from glue_compiler.flow.spark.schemas import joined_by_condition, joined_on, selected
from glue_compiler.flow.spark.sql_text import expressions_of, names_given
from glue_compiler.flow.spark.typing import note_condition, note_types
from glue_compiler.flow.spark.values import SparkColumn, SparkFrame, SparkGroups
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation


def _select(call: Call, frame: SparkFrame) -> Value:
    values = [arg.value for arg in call.args]
    schema = selected(frame, values)
    if call.open:
        schema = schemas.opened(schema)
    found = [value for value in values if isinstance(value, SparkColumn)]
    return changed(
        frame,
        schema=schema,
        projected=True,
        python_udf=frame.python_udf or any(value.python_udf for value in found),
        nondeterministic=frame.nondeterministic or any(v.nondeterministic for v in found),
        maximum=len(values) == 1 and len(found) == 1 and found[0].maximum,
        top="unknown" if frame.top or call.open or not all(map(_is_of_rows, values)) else "",
    )


def _noted_select(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
    """`select(...)`; names beside all columns of a relation are told, which may have them already."""
    values = [value for arg in call.args for value in items_or_itself(arg.value)]
    names = [
        value.name if isinstance(value, SparkColumn) else text_of(value) or "" for value in values
    ]
    beside = tuple(dict.fromkeys(name for name in names if name and name != "*"))
    schema = frame.schema
    if it.recorder.on and "*" in names and beside and schema.bases and not schema.open:
        it.recorder.add(
            "star_selects",
            StarSelect(it.spans[call.node], it.recorder.frame(frame), beside, ()),
        )
    return _select(call, frame)


def _is_of_rows(value: Value) -> bool:
    """Whether a selected value surely makes no aggregation of the projection."""
    if isinstance(value, SparkColumn):
        return value.form != "" and value.parts.aggregate is None
    items = items_of(value)
    return text_of(value) is not None if items is None else all(map(_is_of_rows, items))


def _with_column(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
    name, value = text_of(call.value(0, "colName")), call.value(1, "col")
    column = (
        None
        if name is None
        else Column(name, value.type if isinstance(value, SparkColumn) else None)
    )
    note_loop(it, call, frame, "withColumn", name)
    udf = isinstance(value, SparkColumn) and value.python_udf
    return frame.with_schema(
        schemas.with_columns(frame.schema, [column]), python_udf=frame.python_udf or udf
    )


def _with_columns(call: Call, frame: SparkFrame) -> Value:
    value = call.value(0, "colsMap")
    if not isinstance(value, DictValue) or value.items is None:
        return frame.with_schema(schemas.with_columns(frame.schema, [None]))
    columns: list[Column | None] = []
    udf = False
    for key, item in value.items:
        text = text_of(key)
        found = item if isinstance(item, SparkColumn) else None
        columns.append(None if text is None else Column(text, found.type if found else None))
        udf = udf or (found is not None and found.python_udf)
    return frame.with_schema(
        schemas.with_columns(frame.schema, columns), python_udf=frame.python_udf or udf
    )


def _with_column_renamed(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
    old, new = text_of(call.value(0, "existing")), text_of(call.value(1, "new"))
    note_loop(it, call, frame, "withColumnRenamed", new)
    if old is None or new is None:
        return frame.with_schema(OPEN)
    return frame.with_schema(schemas.renamed(frame.schema, old, new), hides=True)


def _with_columns_renamed(call: Call, frame: SparkFrame) -> Value:
    value = call.value(0, "colsMap")
    if not isinstance(value, DictValue) or value.items is None:
        return frame.with_schema(OPEN)
    schema = frame.schema
    for key, item in value.items:
        old, new = text_of(key), text_of(item)
        if old is None or new is None:
            return frame.with_schema(OPEN)
        schema = schemas.renamed(schema, old, new)
    return frame.with_schema(schema, hides=True)


def _drop(call: Call, frame: SparkFrame) -> Value:
    names = []
    for arg in call.args:
        values = items_or_itself(arg.value)
        for value in values:
            plain = value.plain if isinstance(value, SparkColumn) else None
            name = text_of(value)
            if name is None and plain is not None and plain.frame is None:
                name = plain.name
            if name is None:
                # A column of one side of a join, or a name that is not known.
                return frame.with_schema(OPEN)
            names.append(name)
    if call.open:
        return frame.with_schema(OPEN)
    return frame.with_schema(schemas.without(frame.schema, names), hides=True)


def _to_df(call: Call, frame: SparkFrame) -> Value:
    names = [text_of(arg.value) for arg in call.args]
    known = [name for name in names if name is not None]
    if call.open or len(known) != len(names) or not known:
        return frame.with_schema(OPEN)
    return frame.with_schema(Schema(tuple(Column(name) for name in known)), projected=True)


def _select_expr(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
    columns = expressions_of(it, call)
    given = names_given(columns)
    for column in columns:
        note_columns_in(it, frame, column, "sql", "selectExpr", given=given)
    schema = selected(frame, columns)
    if call.open:
        schema = schemas.opened(schema)
    return frame.with_schema(schema, projected=True)


def _join(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
    other_arg = call.get(0, "other")
    other = UNKNOWN if other_arg is None else other_arg.value
    if not isinstance(other, SparkFrame):
        escape_all(it, call)
        return frame.with_schema(OPEN, mixed=True) if other is UNKNOWN else UNKNOWN
    on_arg = call.get(1, "on")
    how_arg = call.get(2, "how")
    how = None if how_arg is None else text_of(how_arg.value)
    names = None if on_arg is None else _key_names(on_arg.value)
    if names is not None and on_arg is not None:
        for side in (frame, other):
            note_columns_in(it, side, on_arg.value, "on", "join")
    elif on_arg is not None:
        _note_sql_condition(it, frame, other, on_arg.value)
        note_condition(it, None, on_arg)
        for value in items_or_itself(on_arg.value):
            if isinstance(value, SparkColumn):
                note_types(it, None, value)
    unknown_how = how_arg is not None and how is None
    if names is not None:
        schema = joined_on(frame.schema, other.schema, names, how or "inner")
    elif (
        on_arg is None
        or isinstance(on_arg.value, SparkColumn)
        or items_of(on_arg.value) is not None
    ):
        schema = joined_by_condition(frame.schema, other.schema, how or "inner")
    else:
        schema = OPEN
    if unknown_how or call.open:
        schema = OPEN
    result = frame.combined_with(other, schema)
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


def _note_sql_condition(
    it: Interpretation, frame: SparkFrame, other: SparkFrame, condition: Value
) -> None:
    """Record the columns that the SQL in a join's condition names: of the two frames side by side."""
    found = [
        read
        for value in items_or_itself(condition)
        for read in (value.reads if isinstance(value, SparkColumn) else ())
        if read.how == "sql" and read.frame is None
    ]
    if found:
        both = frame.combined_with(other, joined_by_condition(frame.schema, other.schema, "inner"))
        for read in found:
            note_column(it, both, read.name, read.span, "sql", "join")


def _key_names(value: Value) -> tuple[str, ...] | None:
    items = (value,) if text_of(value) is not None else items_of(value)
    names = None if not items else texts_of(items)
    return None if names is None else tuple(names)


def _cross_join(call: Call, frame: SparkFrame) -> Value:
    other = call.value(0, "other")
    if not isinstance(other, FrameValue):
        return frame.with_schema(OPEN, mixed=True)
    return frame.combined_with(other, joined_by_condition(frame.schema, other.schema, "cross"))


def _union(method: str) -> Callable[[Interpretation, Call, SparkFrame], Value]:
    by_position = method != "unionByName"

    def run(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
        arg = call.get(0, "other")
        other = UNKNOWN if arg is None else arg.value
        if arg is None or not isinstance(other, SparkFrame):
            escape_all(it, call)
            return frame.with_schema(OPEN, mixed=True)
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
        return frame.combined_with(other, schemas.retyped(schema))

    return run


def _unpivot(call: Call, frame: SparkFrame) -> Value:
    """The columns that identify a row, then one for the names and one for the values."""
    ids = call.value(0, "ids")
    items = items_of(ids)
    kept = selected(frame, (ids,) if items is None else items)
    added = [
        text_of(call.value(2, "variableColumnName")),
        text_of(call.value(3, "valueColumnName")),
    ]
    columns = (*kept.columns, *(Column(name) for name in added if name is not None))
    is_open = call.open or kept.open or bool(kept.bases) or None in added
    return frame.with_schema(Schema(columns, (), is_open), projected=True)


def _group_by(call: Call, frame: SparkFrame) -> Value:
    keys = selected(frame, [arg.value for arg in call.args])
    known = None if call.open or keys.open or keys.bases else keys.columns
    given = [value for arg in call.args for value in items_or_itself(arg.value)]
    return SparkGroups(frame, known, named=all(map(_is_named, given)))


def _is_named(key: Value) -> bool:
    return text_of(key) is not None or (isinstance(key, SparkColumn) and key.form == "column")


def _aggregate(it: Interpretation, call: Call, frame: SparkFrame) -> Value:
    return aggregated(it, call, SparkGroups(frame, (), named=True))


PROJECTIONS: dict[str, Callable[[Call, SparkFrame], Value]] = {
    "withColumns": _with_columns,
    "withColumnsRenamed": _with_columns_renamed,
    "drop": _drop,
    "toDF": _to_df,
    "crossJoin": _cross_join,
    "groupBy": _group_by,
    "groupby": _group_by,
    "unpivot": _unpivot,
    "melt": _unpivot,
}
"""The methods of which nothing is told but what they give."""

NOTED_METHODS: dict[str, Callable[[Interpretation, Call, SparkFrame], Value]] = {
    "select": _noted_select,
    "selectExpr": _select_expr,
    "withColumn": _with_column,
    "withColumnRenamed": _with_column_renamed,
    "join": _join,
    "union": _union("union"),
    "unionAll": _union("unionAll"),
    "unionByName": _union("unionByName"),
    "agg": _aggregate,
}
"""The methods that facts tell of."""
