"""The one place that says which columns relations and frames have: real ones, declared ones, those an analysis finds.

The editor and the rules both ask here, so that a hover and a finding cannot disagree. They differ in
their policy alone: what a rule goes by is `certain`, a list that names every column; an editor goes by
what is `known`, and tells where there may be more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from glue_compiler.facts.schemas import Column, resolve
from glue_compiler.project.context import (
    RelationColumn,
    RelationColumns,
    columns_of_node,
    most_trusted,
)
from glue_compiler.schemas.select_lists import select_list
from glue_compiler.schemas.upstream import UpstreamModels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.schemas import Relation, Schema
    from glue_compiler.project.context import Node, ProjectContext

    Upstream = Callable[[Node], ModelFacts | None]

Policy = Literal["certain", "known"]
"""Which lists of columns count: those that are complete, or also those that YAML only begins."""

_DEEPEST = 6
_SELECTED = frozenset({"view", "table", "incremental", "materialized_view"})
"""The materializations that build what a model selects."""
_ADDS_COLUMNS = frozenset({"hudi"})
"""The table formats whose tables have columns of their own."""


def no_upstream(_node: Node) -> ModelFacts | None:
    """For those who know no other models: nothing is inferred."""
    return None


class RelationLookup:
    """Columns by relation, each looked up once. `upstream` gives the facts of another Python model."""

    def __init__(self, project: ProjectContext | None, upstream: Upstream = no_upstream) -> None:
        self._project = project
        self._upstream = upstream
        self._found: dict[Relation, RelationColumns | None] = {}
        self._depth = 0

    def columns(self, relation: Relation) -> RelationColumns | None:
        """The columns of a relation, None when nothing is known."""
        try:
            return self._found[relation]
        except KeyError:
            self._found[relation] = None  # a model that reads itself ends here
            found = self._found[relation] = self._look_up(relation)
            return found

    def node(self, relation: Relation) -> Node | None:
        """The model, seed or snapshot that a relation is, None when it is something else."""
        if self._project is None or relation.kind != "ref" or not 1 <= len(relation.parts) <= 2:
            return None
        version = None if relation.version is None else relation.version.strip("'\"")
        package = relation.parts[0] if len(relation.parts) == 2 else None
        return self._project.find_ref(relation.parts[-1], package, version).node

    def _look_up(self, relation: Relation) -> RelationColumns | None:
        project = self._project
        if project is None:
            return None
        if relation.kind == "source" and len(relation.parts) == 2:
            return project.columns_of_source(relation.parts[0], relation.parts[1])
        node = self.node(relation)
        if node is None:
            return None
        real, declared = project.real.get(f"ref:{node.key}"), columns_of_node(node)
        fresh = real is not None and not real.stale
        if not fresh and (declared is None or not declared.complete):
            declared = merged(declared, self._inferred(node))
        return most_trusted(real, declared)

    def _inferred(self, node: Node) -> RelationColumns | None:
        """The columns that the analysis of a Python model finds in what it returns, or a SQL model selects."""
        if self._depth >= _DEEPEST:
            return None
        if node.language == "sql":
            return self._selected(node)
        if node.language != "python":
            return None
        facts = self._upstream(node)
        if facts is None:
            return None
        self._depth += 1
        found = returned_columns(facts, FrameSchemas(facts, self))
        self._depth -= 1
        return found

    def _selected(self, node: Node) -> RelationColumns | None:
        """The columns of a SQL model of this project, as its select list has them."""
        project, upstream = self._project, self._upstream
        if project is None or node.package != project.name or node.kind != "model":
            return None
        if node.materialized not in _SELECTED or not isinstance(upstream, UpstreamModels):
            return None
        text = upstream.sql(node)
        found = None if text is None else select_list(text)
        if found is None:
            return None
        complete = not found.open and node.config.get("file_format") not in _ADDS_COLUMNS
        columns: list[RelationColumn] = []
        self._depth += 1
        for item in found.items:
            if isinstance(item, str):
                columns.append(RelationColumn(item, None, "inferred"))
                continue
            known = self.columns(item.relation)
            complete = complete and known is not None and known.complete
            columns += [
                RelationColumn(column.name, column.type, "inferred")
                for column in (known.columns if known is not None else ())
            ]
        self._depth -= 1
        names = {column.name.lower() for column in columns}
        # Of two columns of a name none can be read: what was read here is not what is built.
        if not columns or len(names) != len(columns):
            return None
        return RelationColumns(tuple(columns), "inferred", complete)


class FrameSchemas:
    """The schemas of the frames of one file, each resolved once."""

    def __init__(self, facts: ModelFacts, lookup: RelationLookup, policy: Policy = "known") -> None:
        self._facts = facts
        self._lookup = lookup
        self._policy = policy
        self._resolved: dict[int, Schema] = {}
        self._columns_of: dict[Relation, tuple[Column, ...] | None] = {}
        self._names_of: dict[Relation, frozenset[str]] = {}

    @staticmethod
    def known(
        facts: ModelFacts, project: ProjectContext | None, upstream: Upstream = no_upstream
    ) -> FrameSchemas:
        """All that the project and the models upstream say of the frames: for whoever shows it."""
        return FrameSchemas(facts, RelationLookup(project, upstream))

    def of(self, frame: int) -> Schema:
        """The schema of a frame by its index in the facts; `exact` when it has no other columns."""
        found = self._resolved.get(frame)
        if found is None:
            written = self._facts.flow.frames[frame].schema
            found = resolve(written, self._columns)
            if any(self._is_begun(base.relation) for base in written.bases):
                found = replace(found, open=True)
            self._resolved[frame] = found
        return found

    def exact(self, frame: int) -> Schema | None:
        """The schema when it is exact and not empty, else None."""
        written = self._facts.flow.frames[frame].schema
        if written.open or any(self.relation(base.relation) is None for base in written.bases):
            return None
        schema = self.of(frame)
        return schema if schema.exact and schema.columns else None

    def all_names(self, frame: int) -> Schema | None:
        """A schema that has all names of a frame, of which one may be there twice; None where there may be others."""
        written = self._facts.flow.frames[frame].schema
        if not written.whole:
            return self.exact(frame)
        known = [self.relation(base.relation) for base in written.bases]
        if any(found is None or not found.complete for found in known):
            return None
        schema = self.of(frame)
        return schema if schema.columns else None

    def surely_has(self, frame: int, name: str) -> bool:
        """Whether a relation gives a frame a column of exactly this name, as far as that shows without resolving it."""
        written = self._facts.flow.frames[frame].schema
        lower = name.lower()
        for base in written.bases:
            if not base.renamed and name in self._base_names(base.relation):
                replaced = any(column.name.lower() == lower for column in written.columns)
                return not replaced and lower not in map(str.lower, base.dropped)
        return False

    def complete_names(self, frame: int) -> tuple[str, ...] | None:
        """The names of all columns of a frame; None where there may be others."""
        schema = self.of(frame)
        return schema.names if schema.exact else None

    def columns(self, frames: Sequence[int]) -> tuple[Column, ...]:
        """The columns of some frames, each name once."""
        found: dict[str, Column] = {}
        for frame in frames:
            for column in self.of(frame).columns:
                found.setdefault(column.name, column)
        return tuple(found.values())

    def relation(self, relation: Relation) -> RelationColumns | None:
        """The columns of a relation, None when nothing is known that counts."""
        found = self._lookup.columns(relation)
        if found is not None and self._policy == "certain" and not found.complete:
            return None
        return found

    def declared(self, column: Column) -> RelationColumn | None:
        """The relation's column that a column of a frame is, unchanged; None for one made by the model."""
        if column.relation is None or column.relation_column is None:
            return None
        known = self.relation(column.relation)
        wanted = column.relation_column.lower()
        return next(
            (item for item in (known.columns if known else ()) if item.name.lower() == wanted), None
        )

    def node(self, relation: Relation) -> Node | None:
        """The model, seed or snapshot that a relation is, None when it is something else."""
        return self._lookup.node(relation)

    def _base_names(self, relation: Relation) -> frozenset[str]:
        found = self._names_of.get(relation)
        if found is None:
            columns = self._columns(relation) or ()
            found = self._names_of[relation] = frozenset(column.name for column in columns)
        return found

    def _is_begun(self, relation: Relation) -> bool:
        found = self.relation(relation)
        return found is not None and not found.complete

    def _columns(self, relation: Relation) -> tuple[Column, ...] | None:
        try:
            return self._columns_of[relation]
        except KeyError:
            known = self.relation(relation)
            found = self._columns_of[relation] = (
                None
                if known is None
                else tuple(Column(column.name, column.type) for column in known.columns)
            )
            return found


def returned_columns(facts: ModelFacts, schemas: FrameSchemas) -> RelationColumns | None:
    """The columns of what a model returns, those of all its returns together; None when unknown."""
    frames = [item.frame for item in facts.flow.returns if item.frame is not None]
    if not frames:
        return None
    known = [schemas.of(frame) for frame in dict.fromkeys(frames)]
    columns: dict[str, RelationColumn] = {}
    for schema in known:
        for column in schema.columns:
            columns.setdefault(column.name, RelationColumn(column.name, column.type, "inferred"))
    if not columns:
        return None
    complete = all(schema.exact for schema in known) and len(frames) == len(facts.flow.returns)
    return RelationColumns(tuple(columns.values()), "inferred", complete)


def merged(
    declared: RelationColumns | None, inferred: RelationColumns | None
) -> RelationColumns | None:
    """What YAML begins and an analysis completes: the names of both, YAML's words for those it describes."""
    if declared is None or inferred is None:
        return declared or inferred
    described = {column.name.lower(): column for column in declared.columns}
    columns: list[RelationColumn] = []
    for column in inferred.columns:
        said = described.pop(column.name.lower(), None)
        if said is None:
            columns.append(column)
        else:
            columns.append(
                RelationColumn(
                    column.name,
                    said.type or column.type,
                    said.provenance,
                    said.place,
                    said.description,
                )
            )
    return RelationColumns(
        (*columns, *described.values()), "inferred", inferred.complete, declared.place
    )
