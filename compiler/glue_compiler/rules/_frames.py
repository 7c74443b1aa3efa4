"""Schemas of the frames in facts as far as the project knows them, and the words for frames in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import Column, Schema, resolve
from glue_compiler.knowledge.frames import FRAME_KINDS, api, versions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.frames import MemberUse, Relation
    from glue_compiler.facts.model import World
    from glue_compiler.knowledge.frames import Api
    from glue_compiler.project.context import RelationColumns
    from glue_compiler.rules._rule import Context

KIND_NAMES = {
    "spark": "Spark frames",
    "pandas": "pandas frames",
    "pandas_on_spark": "pandas-on-Spark frames",
    "spark.column": "Spark columns",
    "spark.grouped": "grouped Spark frames",
    "spark.session": "the Spark session",
    "pandas.series": "pandas series",
    "pandas.grouped": "grouped pandas frames",
    "pandas.grouped_series": "grouped pandas series",
    "pandas_on_spark.series": "pandas-on-Spark series",
    "pandas_on_spark.grouped": "grouped pandas-on-Spark frames",
    "pandas_on_spark.grouped_series": "grouped pandas-on-Spark series",
}
_MOST_SHOWN = 12
_TOLD = {
    "contract": "those that its contract declares",
    "session": "those that the session has",
    "catalog": "those that the Data Catalog has",
}


class Schemas:
    """The schemas of the frames of one file, with the columns that the project knows for certain.

    A list of columns counts only where it is complete: a seed's header, a contract, or columns
    that an analysis or the catalog gave. Columns that YAML merely mentions prove nothing absent.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._resolved: dict[int, Schema] = {}
        self._columns_of: dict[Relation, tuple[Column, ...] | None] = {}

    def of(self, frame: int) -> Schema:
        """The schema of a frame by its index in the facts."""
        found = self._resolved.get(frame)
        if found is None:
            schema = self._context.facts.flow.frames[frame].schema
            found = self._resolved[frame] = resolve(schema, self._columns)
        return found

    def exact(self, frame: int) -> Schema | None:
        """The schema when it is exact and not empty, else None."""
        written = self._context.facts.flow.frames[frame].schema
        if written.open or any(self._columns(base.relation) is None for base in written.bases):
            return None
        schema = self.of(frame)
        return schema if schema.exact and schema.columns else None

    def known(self, relation: Relation) -> RelationColumns | None:
        """What the project knows of all columns of a relation."""
        found = self._context.lookup.columns(relation)
        return found if found is not None and found.complete else None

    def certain(self, frame: int) -> bool:
        """Whether the columns are stated by code, seeds or contracts, not found by observation."""
        for base in self._context.facts.flow.frames[frame].schema.bases:
            known = self.known(base.relation)
            if known is None or known.provenance in ("session", "catalog", "inferred"):
                return False
        return True

    def basis(self, frame: int) -> tuple[str, bool]:
        """A sentence about what the columns rest on beyond the code (or ""), and whether some of it is stale."""
        sentences: list[str] = []
        stale = False
        for base in self._context.facts.flow.frames[frame].schema.bases:
            known = self.known(base.relation)
            if known is None or known.provenance not in _TOLD:
                continue
            told = f"The columns of {called_relation(base.relation)} are {_TOLD[known.provenance]}"
            if known.fetched_at is not None:
                told += f" (read {known.fetched_at[:16].replace('T', ' ')} UTC)"
            if known.stale:
                stale = True
                told += ", which may be out of date: refresh the schemas"
            if f"{told}." not in sentences:
                sentences.append(f"{told}.")
        return " ".join(sentences), stale

    def _columns(self, relation: Relation) -> Sequence[Column] | None:
        try:
            return self._columns_of[relation]
        except KeyError:
            known = self.known(relation)
            found = self._columns_of[relation] = (
                None
                if known is None
                else tuple(Column(column.name, column.type) for column in known.columns)
            )
            return found


def listed(names: Sequence[str]) -> str:
    """Names for a message: `a`, `b`, ... and how many more."""
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_SHOWN])
    more = len(names) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def in_world(worlds: Sequence[World]) -> str:
    """` in incremental runs`, ` in full runs`, or nothing when it holds in both."""
    if len(worlds) != 1:
        return ""
    return " in incremental runs" if worlds[0] == "incremental" else " in full runs"


def called_relation(relation: Relation) -> str:
    """A relation as the model calls it: `dbt.ref('orders')`."""
    if relation.kind == "this":
        return "dbt.this"
    if relation.kind == "table":
        return relation.parts[-1] if relation.parts else "a table"
    return f"dbt.{relation.kind}({', '.join(repr(part) for part in relation.parts)})"


def owner_of_kind(kind: str) -> str:
    """The owner in the API tables of a member use's kind: `pandas_series` is `pandas.series`."""
    for library in sorted(FRAME_KINDS, key=len, reverse=True):
        if kind == library:
            return kind
        if kind.startswith(f"{library}_"):
            return f"{library}.{kind[len(library) + 1 :]}"
    return kind


def api_of_member(context: Context, use: MemberUse) -> Api | None:
    """The API table of the receiver of a member in the target's versions, None when not known."""
    owner = owner_of_kind(use.kind)
    version = context.settings.options.versions.get(owner.partition(".")[0])
    if version is None or version not in versions_of(owner):
        return None
    table = api(owner, version)
    return table if table.names() else None
