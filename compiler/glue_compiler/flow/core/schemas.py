"""What operations do to the columns of a frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Base, Column, Rename, Schema
from glue_compiler.flow.core.values import OPEN, ColumnValue, FrameValue, Value, items_of, text_of
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PLAIN_NAME = re.compile(r"[^.`*()]+\Z")
_DDL_FIELD = re.compile(r"\s*`?(\w+)`?\s*:?\s+(.+?)\s*\Z", re.DOTALL)


def plain(name: str) -> bool:
    """Whether a text names a column itself: no qualifier, struct field, star or back-quotes."""
    return _PLAIN_NAME.match(name) is not None


def find(schema: Schema, name: str, *, case_sensitive: bool = False) -> list[Column]:
    """The known columns of a name."""
    found = [schema.columns[place] for place in _places(schema.columns).get(name.lower(), ())]
    return [column for column in found if column.name == name] if case_sensitive else found


_Places = dict[str, tuple[int, ...]]
_PLACES: dict[int, tuple[tuple[Column, ...], _Places]] = {}
_MOST_KEPT = 2_000


def _places(columns: tuple[Column, ...]) -> _Places:
    """Where each name, in lower case, stands in the columns; kept by their identity."""
    kept = _PLACES.get(id(columns))
    if kept is not None and kept[0] is columns:
        return kept[1]
    places: _Places = {}
    for place, column in enumerate(columns):
        key = column.name.lower()
        places[key] = (*places[key], place) if key in places else (place,)
    return _keep(columns, places)


def _keep(columns: tuple[Column, ...], places: _Places) -> _Places:
    if len(_PLACES) >= _MOST_KEPT:
        _PLACES.clear()
    _PLACES[id(columns)] = (columns, places)
    return places


def column_of(schema: Schema, name: str) -> Column:
    """The column that a name selects, with its type and origin when they are known."""
    found = find(schema, name)
    if found:
        return found[0]
    if not schema.open and len(schema.bases) == 1:
        base = schema.bases[0]
        for rename in base.renamed:
            if rename.new.lower() == name.lower():
                return Column(name, None, base.relation, rename.old)
        return Column(name, None, base.relation, name)
    return Column(name)


def selected(frame: FrameValue, values: Iterable[Value]) -> Schema:
    """The columns of `select(...)`; open where an output name is not known."""
    schema = frame.schema
    columns: list[Column] = []
    bases: tuple[Base, ...] = ()
    is_open = False
    for value in values:
        text = text_of(value)
        if text == "*" or (isinstance(value, ColumnValue) and value.name == "*"):
            bases += schema.bases
            columns += schema.columns
            is_open = is_open or schema.open
        elif text is not None:
            if plain(text):
                columns.append(column_of(schema, text))
            elif "*" in text or "`" in text:
                is_open = True
            else:
                columns.append(Column(text.rsplit(".", 1)[-1]))
        elif isinstance(value, ColumnValue) and value.name is not None:
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
        else:
            is_open = True
    if bases and columns and not is_open:
        # Columns beside all columns of a relation: a name may then occur twice.
        names = [column.name.lower() for column in columns]
        is_open = len(set(names)) != len(names)
    return Schema(tuple(columns), bases, is_open)


def with_columns(schema: Schema, columns: Sequence[Column | None]) -> Schema:
    """Columns added or replaced in place; None is a column of an unknown name."""
    result = list(schema.columns)
    places = _places(schema.columns).copy()
    is_open = schema.open
    for column in columns:
        if column is None:
            is_open = True
            continue
        key = column.name.lower()
        if key in places:
            for place in places[key]:
                result[place] = column
        else:
            places[key] = (len(result),)
            result.append(column)
    made = tuple(result)
    _keep(made, places)
    return Schema(made, schema.bases, is_open)


def without(schema: Schema, names: Iterable[str], *, case_sensitive: bool = False) -> Schema:
    """The schema without some columns, known or not."""
    gone = list(names)
    keys = {name if case_sensitive else name.lower() for name in gone}
    columns = tuple(
        column
        for column in schema.columns
        if (column.name if case_sensitive else column.name.lower()) not in keys
    )
    bases = tuple(_base_without(base, gone) for base in schema.bases)
    return Schema(columns, bases, schema.open)


def _base_without(base: Base, names: list[str]) -> Base:
    dropped = list(base.dropped)
    renamed = list(base.renamed)
    for name in names:
        for rename in base.renamed:
            if rename.new.lower() == name.lower():
                renamed.remove(rename)
                dropped.append(rename.old)
                break
        else:
            if name.lower() not in {old.lower() for old in dropped}:
                dropped.append(name)
    return Base(base.relation, tuple(dropped), tuple(renamed))


def renamed(schema: Schema, old: str, new: str) -> Schema:
    """One column under another name; nothing happens when there is no such column."""
    wanted = old.lower()
    columns = tuple(
        changed(column, name=new) if column.name.lower() == wanted else column
        for column in schema.columns
    )
    if columns != schema.columns or not schema.bases:
        return Schema(columns, schema.bases, schema.open)
    if len(schema.bases) > 1 or schema.open:
        return Schema(columns, (), True)
    base = schema.bases[0]
    if wanted in {name.lower() for name in base.dropped}:
        return schema
    pairs = []
    done = False
    for rename in base.renamed:
        if rename.new.lower() == wanted:
            pairs.append(Rename(rename.old, new))
            done = True
        else:
            pairs.append(rename)
    if not done:
        pairs.append(Rename(old, new))
    return Schema(columns, (Base(base.relation, base.dropped, tuple(pairs)),), False)


def joined_on(left: Schema, right: Schema, names: Sequence[str], how: str) -> Schema:
    """The columns of a join by names: the keys once, then the others of both."""
    if how.replace("_", "").lower() in ("semi", "leftsemi", "anti", "leftanti"):
        return left
    rest = without(right, names)
    if left.exact and right.exact:
        keys = {name.lower() for name in names}
        first = [column_of(left, name) for name in names]
        others = [column for column in left.columns if column.name.lower() not in keys]
        return Schema((*first, *others, *rest.columns))
    if left.columns or rest.columns:
        # A known column could have the name of one of the other side's unknown columns.
        return Schema((*left.columns, *rest.columns), (*left.bases, *rest.bases), True)
    return Schema((), (*left.bases, *rest.bases), left.open or right.open)


def joined_by_condition(left: Schema, right: Schema, how: str) -> Schema:
    """The columns of a join by any other condition: those of both."""
    return joined_on(left, right, (), how)


def from_ddl(text: str) -> Schema:
    """The columns of a DDL string such as `a int, b struct<c: string>`; open when not understood."""
    columns = []
    for part in _split_top(text):
        match = _DDL_FIELD.match(part)
        if match is None:
            return OPEN
        kind = re.sub(r"\s+not\s+null|\s+comment\s+'.*", "", match[2], flags=re.IGNORECASE)
        columns.append(Column(match[1], spark_type(kind)))
    return Schema(tuple(columns)) if columns else OPEN


def _split_top(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in "<(":
            depth += 1
        elif char in ">)":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


_TYPE_NAMES = {
    "integer": "int",
    "long": "bigint",
    "short": "smallint",
    "byte": "tinyint",
    "float": "float",
    "real": "float",
    "bool": "boolean",
    "str": "string",
    "dec": "decimal(10,0)",
    "decimal": "decimal(10,0)",
    "numeric": "decimal(10,0)",
}


def spark_type(text: str) -> str:
    """A type's simple string as Spark prints it (`long` is `bigint`)."""
    simple = re.sub(r"\s+", "", text.strip().lower())
    return _TYPE_NAMES.get(simple, simple)


TYPE_CLASSES = {
    "StringType": "string",
    "IntegerType": "int",
    "LongType": "bigint",
    "ShortType": "smallint",
    "ByteType": "tinyint",
    "DoubleType": "double",
    "FloatType": "float",
    "BooleanType": "boolean",
    "DateType": "date",
    "TimestampType": "timestamp",
    "TimestampNTZType": "timestamp_ntz",
    "BinaryType": "binary",
    "NullType": "void",
}
