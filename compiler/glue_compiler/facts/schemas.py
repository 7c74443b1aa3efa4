"""Relations, columns, schemas and frames, as facts name them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from glue_compiler.text.source import Span  # noqa: TC001 - the codec reads the hints at run time

FrameKind = Literal["spark", "pandas", "pandas_on_spark"]


RelationKind = Literal["ref", "source", "this", "table"]


@dataclass(frozen=True, slots=True)
class Relation:
    """What a frame reads: a ref ([package,] name), a source (source, table), this, or a table.

    `version` is the Python literal of a versioned ref's version.
    """

    kind: RelationKind
    parts: tuple[str, ...] = ()
    version: str | None = None

    @property
    def key(self) -> str:
        """A text that identifies it: `ref:orders`, `ref:pkg.orders.v2`, `source:raw.orders`."""
        text = f"{self.kind}:{'.'.join(self.parts)}"
        return text if self.version is None else f"{text}.v{self.version}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its written name; `type` is Spark's simple string (`bigint`) when known.

    `relation` and `relation_column` tell that it is that column of a base relation, unchanged.
    """

    name: str
    type: str | None = None
    relation: Relation | None = None
    relation_column: str | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """A column of a base under another name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Base:
    """All columns of a relation, but for the dropped ones (written names), some renamed.

    `changed`: an operation may have given them other types, as a union does.
    """

    relation: Relation
    dropped: tuple[str, ...] = ()
    renamed: tuple[Rename, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a frame: those of the bases, in order, then `columns`.

    Exact when there is no base and it is not `open`. A column of `columns` replaces the column
    of a base of the same name, in place. `open`: there may be columns beyond these, or (`whole`) at
    least no other names: a join has them all, but one may be there twice, and in another order.
    """

    columns: tuple[Column, ...] = ()
    bases: tuple[Base, ...] = ()
    open: bool = False
    whole: bool = False

    def __hash__(self) -> int:
        # Schemas of hundreds of columns are looked up all the time; those that differ nearly always
        # differ in their length or their last column, and comparing equal ones is quick.
        last = self.columns[-1].name if self.columns else ""
        return hash((len(self.columns), last, len(self.bases), self.open))

    @property
    def exact(self) -> bool:
        """Whether `columns` are all columns, in order."""
        return not self.bases and not self.open

    @property
    def has_all_names(self) -> bool:
        """Whether the names of `columns` and of the bases are all that there are."""
        return self.whole or not self.open

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the known columns."""
        return tuple(column.name for column in self.columns)


Lookup = Callable[[Relation], "Sequence[Column] | None"]


def resolve(schema: Schema, lookup: Lookup) -> Schema:
    """The schema with its bases replaced by the columns that `lookup` knows (None: not known).

    Names are compared without case, as Spark does. The result is exact when every base is known
    and the schema was not open; types of columns that come unchanged from a known relation are
    filled in.
    """
    bases: list[Base] = []
    known: list[Column] = []
    for base in schema.bases:
        columns = lookup(base.relation)
        if columns is None:
            bases.append(base)
            continue
        dropped = {name.lower() for name in base.dropped}
        renamed = {rename.old.lower(): rename.new for rename in base.renamed}
        for column in columns:
            key = column.name.lower()
            name = renamed.get(key, column.name)
            if key in dropped:
                continue
            if base.changed:
                known.append(Column(name))
            else:
                known.append(Column(name, column.type, base.relation, column.name))
    types = _Types(lookup)
    if not schema.bases:
        filled_columns = [types.filled(column) for column in schema.columns]
        if all(map(operator.is_, filled_columns, schema.columns)):
            return schema
        return replace(schema, columns=tuple(filled_columns))
    places = {column.name.lower(): index for index, column in enumerate(known)}
    for column in schema.columns:
        filled = types.filled(column)
        place = places.get(column.name.lower())
        if place is None:
            known.append(filled)
        else:
            known[place] = filled
    return replace(schema, columns=tuple(known), bases=tuple(bases))


class _Types:
    """The types of columns that come unchanged from relations, each of which is looked up once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        # By identity: the columns of a frame share their relation, whose hash costs more than this.
        self._of: dict[int, dict[str, str | None]] = {}

    def filled(self, column: Column) -> Column:
        """The column with its type, where it is known."""
        relation = column.relation
        if relation is None or column.type is not None or column.relation_column is None:
            return column
        types = self._of.get(id(relation))
        if types is None:
            types = self._of[id(relation)] = {}
            for candidate in self._lookup(relation) or ():
                types.setdefault(candidate.name.lower(), candidate.type)
        if not types:
            return column
        found = types.get(column.relation_column.lower())
        return column if found is None else replace(column, type=found)


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame value: its kind, columns, and the relations that its rows come from.

    `cached`, `python_udf`, `filtered` and `projected` tell what was done to it or to a frame it
    comes from. `origin` is the expression that made it.
    """

    kind: FrameKind
    schema: Schema
    relations: tuple[Relation, ...] = ()
    origin: Span | None = None
    cached: bool = False
    python_udf: bool = False
    filtered: bool = False
    projected: bool = False
    nondeterministic: bool = False
