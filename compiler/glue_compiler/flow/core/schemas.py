"""What operations do to the columns of a frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Base, Column, Rename, Schema
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PLAIN_NAME = re.compile(r"[^.`*()]+\Z")
_ONE_NAME = re.compile(r"(?!\s*\*\s*\Z)[^.`]+\Z")


def plain(name: str) -> bool:
    """Whether a text names a column itself: no qualifier, struct field, star or back-quotes."""
    return _PLAIN_NAME.match(name) is not None


def one_name(name: str) -> bool:
    """Whether Spark looks a text up as the name of one column: a plain one, or such as `sum(a)` or `a * b`."""
    return _ONE_NAME.match(name) is not None


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
        if base.changed:
            return Column(name)
        for rename in base.renamed:
            if rename.new.lower() == name.lower():
                return Column(name, None, base.relation, rename.old)
        return Column(name, None, base.relation, name)
    return Column(name)


def opened(schema: Schema) -> Schema:
    """The schema where there may be other columns, too."""
    return Schema(schema.columns, schema.bases, True)


def retyped(schema: Schema) -> Schema:
    """The schema where the columns may have got other types."""
    columns = tuple([Column(column.name) for column in schema.columns])
    bases = tuple([changed(base, changed=True) for base in schema.bases])
    return Schema(columns, bases, schema.open, schema.whole)


def with_columns(schema: Schema, columns: Sequence[Column | None]) -> Schema:
    """Columns added or replaced in place; None is a column of an unknown name."""
    result = list(schema.columns)
    places = _places(schema.columns).copy()
    is_open, whole = schema.open, schema.whole
    for column in columns:
        if column is None:
            is_open, whole = True, False
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
    return Schema(made, schema.bases, is_open, whole)


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
    return Schema(columns, bases, schema.open, schema.whole)


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
    return changed(base, dropped=tuple(dropped), renamed=tuple(renamed))


def renamed(schema: Schema, old: str, new: str) -> Schema:
    """One column under another name; nothing happens when there is no such column."""
    wanted = old.lower()
    columns = tuple(
        changed(column, name=new) if column.name.lower() == wanted else column
        for column in schema.columns
    )
    if columns != schema.columns or not schema.bases:
        return Schema(columns, schema.bases, schema.open, schema.whole)
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
    return Schema(columns, (changed(base, renamed=tuple(pairs)),), False)
