"""Changes of pandas frames in place, which all names of the frame see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.foreign import note_foreign
from glue_compiler.flow.core.members import note_member
from glue_compiler.flow.core.objects import text_of
from glue_compiler.flow.core.values import NONE, OPEN, UNKNOWN, Value
from glue_compiler.flow.pandas.names import names_of, note_names, with_base
from glue_compiler.flow.pandas.values import PandasSeries

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.library import AttributeStore, ItemStore
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.pandas.values import PandasFrame, PandasIndexer
    from glue_compiler.knowledge.frames import Member


def store_item(it: Interpretation, frame: PandasFrame, store: ItemStore, env: Env) -> None:
    """`frame["x"] = value`."""
    if frame.kind == "pandas":
        note_foreign(it, store.target, store.value, "pandas[]=")
    name = text_of(store.index[0]) if len(store.index) == 1 == len(store.target.slice) else None
    if name is None:
        _open(it, frame, env)
    else:
        env.replace(frame, frame.with_schema(_stored(frame.schema, name)))


def store_indexed(it: Interpretation, indexer: PandasIndexer, _store: ItemStore, env: Env) -> None:
    """`frame.loc[...] = value`."""
    _open(it, indexer.frame, env)


def delete_item(it: Interpretation, frame: PandasFrame, env: Env) -> None:
    """`del frame["x"]`."""
    _open(it, frame, env)


def _open(it: Interpretation, frame: PandasFrame, env: Env) -> None:
    """Any column may have changed."""
    it.escape(frame, "unknown_column")
    env.replace(frame, frame.with_schema(OPEN))


def store_attribute(
    it: Interpretation, frame: PandasFrame, store: AttributeStore, env: Env
) -> None:
    """`frame.name = value`: new column labels, or a store in a column of that name."""
    name = store.target.attr.value
    note_member(it, store.target, frame, store=True)
    it.escape(frame, "renamed")
    names = names_of(store.value) if name == "columns" else None
    schema = OPEN if names is None else Schema(tuple(Column(name) for name in names))
    plain = frame.plain_index and name != "index"
    index = () if name == "index" else frame.index
    env.replace(frame, frame.with_schema(schema, plain_index=plain, index=index))


def _stored(schema: Schema, name: str) -> Schema:
    """pandas compares names with case."""
    if schemas.find(schema, name, case_sensitive=True):
        return Schema(
            tuple(Column(c.name) if c.name == name else c for c in schema.columns),
            schema.bases,
            schema.open,
        )
    return Schema((*schema.columns, Column(name)), schema.bases, schema.open)


def mutated(it: Interpretation, call: Call, frame: PandasFrame, member: Member, env: Env) -> Value:
    """A method that changes the frame itself: `insert`, `pop`, `update`."""
    schema = OPEN
    result: Value = NONE
    if member.name == "insert":
        name, place = text_of(call.value(1, "column")), call.const(0, "loc")
        if name is not None:
            schema = _inserted(frame.schema, name, place if isinstance(place, int) else None)
    elif member.name == "pop":
        name = text_of(call.value(0, "item"))
        result = PandasSeries(frame.__class__, None, name, sure=False)
        if name is None:
            it.escape(frame, "unknown_column")
        else:
            it.recorder.needs(frame, with_base(name))
            note_names(it, frame, call.value(0, "item"), "pop", must_exist=True)
            schema = schemas.without(frame.schema, [name], case_sensitive=True)
    elif member.name == "update":
        # The values change, and with them perhaps the types.
        it.escape(frame, "unknown_method")
        columns = tuple(Column(column.name) for column in frame.schema.columns)
        schema = Schema(columns, frame.schema.bases, frame.schema.open)
    env.replace(frame, frame.with_schema(schema))
    return result


def _inserted(schema: Schema, name: str, place: int | None) -> Schema:
    if place is None or schema.bases or not 0 <= place <= len(schema.columns):
        return _stored(schema, name)
    columns = [column for column in schema.columns if column.name != name]
    return Schema((*columns[:place], Column(name), *columns[place:]), (), schema.open)


_TARGET = re.compile(r"\s*(\w+)\s*=(?!=)")


def evaluated(it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    """`frame.eval(text)`: a frame with the columns that the text assigns to; without any, a value."""
    it.escape(frame, "unknown_method")
    text = text_of(call.value(0, "expr"))
    if text is None:
        return UNKNOWN
    targets = [match[1] for line in text.splitlines() if (match := _TARGET.match(line))]
    schema = frame.schema
    for target in targets:
        schema = _stored(schema, target)
    return frame.with_schema(schema, conversions=frozenset()) if targets else UNKNOWN
