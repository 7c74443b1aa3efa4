"""The one place that says which columns a relation has: real ones, declared ones, those an analysis finds.

The editor and the rules both ask here, so that a hover and a finding cannot disagree. Rules go by
complete lists only; what completes a name also uses a list that is merely begun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.project.context import Column, RelationColumns, columns_of_node, most_trusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.facts.frames import Relation
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import Node, ProjectContext

    Upstream = Callable[[Node], ModelFacts | None]

_DEEPEST = 6


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
        """The columns that the analysis of a Python model finds in what it returns."""
        if node.language != "python" or self._depth >= _DEEPEST:
            return None
        facts = self._upstream(node)
        if facts is None:
            return None
        from glue_compiler.schemas.known_schemas import KnownSchemas, returned_columns

        self._depth += 1
        found = returned_columns(facts, KnownSchemas(facts, self._project, lookup=self))
        self._depth -= 1
        return found


def merged(
    declared: RelationColumns | None, inferred: RelationColumns | None
) -> RelationColumns | None:
    """What YAML begins and an analysis completes: the names of both, YAML's words for those it describes."""
    if declared is None or inferred is None:
        return declared or inferred
    described = {column.name.lower(): column for column in declared.columns}
    columns: list[Column] = []
    for column in inferred.columns:
        said = described.pop(column.name.lower(), None)
        if said is None:
            columns.append(column)
        else:
            columns.append(
                Column(
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
