"""The columns of the frames in facts, with all that the project and the models upstream say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.facts.frames import Column as FrameColumn
from glue_compiler.facts.frames import resolve
from glue_compiler.project.context import Column, RelationColumns
from glue_compiler.schemas.relation_columns import RelationLookup, no_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.frames import Relation
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import Node, ProjectContext
    from glue_compiler.schemas.relation_columns import Upstream


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """A column of a frame; `declared` is the relation's column that it is, where one is known."""

    name: str
    type: str | None
    relation: Relation | None = None
    declared: Column | None = None


@dataclass(frozen=True, slots=True)
class KnownSchema:
    """The columns that are known; `exact` when there are no others."""

    columns: tuple[KnownColumn, ...]
    exact: bool


class KnownSchemas:
    """The schemas of the frames of one file.

    Other than for rules, which must be right, a list that YAML only begins counts here, too: what
    it names does exist. `upstream` gives the facts of another Python model.
    """

    def __init__(
        self,
        facts: ModelFacts,
        project: ProjectContext | None,
        upstream: Upstream = no_upstream,
        *,
        lookup: RelationLookup | None = None,
    ) -> None:
        self._facts = facts
        self._lookup = lookup or RelationLookup(project, upstream)

    def of(self, frame: int) -> KnownSchema:
        """The schema of a frame by its index in the facts."""
        schema = resolve(self._facts.flow.frames[frame].schema, self._columns)
        complete = all(
            found is not None and found.complete
            for base in self._facts.flow.frames[frame].schema.bases
            for found in (self.relation(base.relation),)
        )
        columns = tuple(
            KnownColumn(column.name, column.type, column.relation, self._declared(column))
            for column in schema.columns
        )
        return KnownSchema(columns, schema.exact and complete)

    def complete_names(self, frame: int) -> tuple[str, ...] | None:
        """The names of all columns of a frame; None where there may be others."""
        schema = self.of(frame)
        return tuple(column.name for column in schema.columns) if schema.exact else None

    def columns(self, frames: Sequence[int]) -> tuple[KnownColumn, ...]:
        """The columns of some frames, each name once."""
        found: dict[str, KnownColumn] = {}
        for frame in frames:
            for column in self.of(frame).columns:
                found.setdefault(column.name, column)
        return tuple(found.values())

    def relation(self, relation: Relation) -> RelationColumns | None:
        """The columns of a relation, None when nothing is known."""
        return self._lookup.columns(relation)

    def node(self, relation: Relation) -> Node | None:
        """The model, seed or snapshot that a relation is, None when it is something else."""
        return self._lookup.node(relation)

    def _columns(self, relation: Relation) -> Sequence[FrameColumn] | None:
        known = self.relation(relation)
        if known is None:
            return None
        return [FrameColumn(column.name, column.type) for column in known.columns]

    def _declared(self, column: FrameColumn) -> Column | None:
        if column.relation is None or column.relation_column is None:
            return None
        known = self.relation(column.relation)
        wanted = column.relation_column.lower()
        return next(
            (item for item in (known.columns if known else ()) if item.name.lower() == wanted), None
        )


def returned_columns(facts: ModelFacts, schemas: KnownSchemas) -> RelationColumns | None:
    """The columns of what a model returns, those of all its returns together; None when unknown."""
    frames = [item.frame for item in facts.flow.returns if item.frame is not None]
    if not frames:
        return None
    known = [schemas.of(frame) for frame in dict.fromkeys(frames)]
    columns: dict[str, Column] = {}
    for schema in known:
        for column in schema.columns:
            columns.setdefault(column.name, Column(column.name, column.type, "inferred"))
    if not columns:
        return None
    complete = all(schema.exact for schema in known) and len(frames) == len(facts.flow.returns)
    return RelationColumns(tuple(columns.values()), "inferred", complete)
