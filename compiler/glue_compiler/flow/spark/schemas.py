"""The columns of Spark's projections and joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Base, Column, Schema
from glue_compiler.flow.core.objects import items_of, text_of
from glue_compiler.flow.core.schemas import column_of, plain, with_columns, without
from glue_compiler.flow.spark.values import SparkColumn
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glue_compiler.flow.core.values import Value
    from glue_compiler.flow.spark.values import SparkFrame


_KEYS_OF_LEFT = frozenset({"inner", "cross", "left", "leftouter"})
"""Joins by names whose keys are those of the left side, with their types."""


def selected(frame: SparkFrame, values: Iterable[Value]) -> Schema:
    """The columns of `select(...)`; open where an output name is not known."""
    schema = frame.schema
    columns: list[Column] = []
    bases: tuple[Base, ...] = ()
    is_open = False
    whole = True
    for value in values:
        text = text_of(value)
        if text == "*" or (isinstance(value, SparkColumn) and value.name == "*"):
            bases += schema.bases
            columns += schema.columns
            is_open = is_open or schema.open
            whole = whole and schema.has_all_names
        elif text is not None:
            if plain(text):
                columns.append(column_of(schema, text))
            elif "*" in text or "`" in text:
                is_open, whole = True, False
            else:
                columns.append(Column(text.rsplit(".", 1)[-1]))
        elif isinstance(value, SparkColumn) and value.name is not None:
            if value.plain is not None and plain(value.plain.name):
                source = value.plain.frame.schema if value.plain.frame else schema
                columns.append(changed(column_of(source, value.plain.name), name=value.name))
            else:
                columns.append(Column(value.name, value.type))
        elif (items := items_of(value)) is not None:
            inner = selected(frame, items)
            columns += inner.columns
            bases += inner.bases
            is_open = is_open or inner.open
            whole = whole and inner.has_all_names
        else:
            is_open, whole = True, False
    if bases and columns and not is_open:
        # Columns beside all columns of a relation: a name may then occur twice.
        names = [column.name.lower() for column in columns]
        is_open = len(set(names)) != len(names)
    return Schema(tuple(columns), bases, is_open, is_open and whole)


def joined_on(left: Schema, right: Schema, names: Sequence[str], how: str) -> Schema:
    """The columns of a join by names: the keys once, then the others of both."""
    if how.replace("_", "").lower() in ("semi", "leftsemi", "anti", "leftanti"):
        return left
    rest = without(right, names)
    if left.exact and right.exact:
        keys = {name.lower() for name in names}
        keep = how.replace("_", "").lower() in _KEYS_OF_LEFT
        first = [column_of(left, name) if keep else Column(name) for name in names]
        others = [column for column in left.columns if column.name.lower() not in keys]
        return Schema((*first, *others, *rest.columns))
    whole = left.has_all_names and right.has_all_names
    # A known column could have the name of one of the other side's unknown columns.
    is_open = bool(left.columns or rest.columns) or left.open or right.open
    columns = (*left.columns, *rest.columns)
    if names and how.replace("_", "").lower() not in _KEYS_OF_LEFT:
        left = with_columns(left, [Column(name) for name in names])
        columns = (*left.columns, *rest.columns)
    return Schema(columns, (*left.bases, *rest.bases), is_open, is_open and whole)


def joined_by_condition(left: Schema, right: Schema, how: str) -> Schema:
    """The columns of a join by any other condition: those of both."""
    return joined_on(left, right, (), how)
