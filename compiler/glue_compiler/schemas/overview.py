"""The schemas around a model: of the relations that it reads and of what it returns, with their origin and age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Relation
from glue_compiler.project.context import RelationColumn
from glue_compiler.project.schemas import is_stale
from glue_compiler.schemas.resolver import returned_columns

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import Node, ProjectContext, RelationColumns
    from glue_compiler.schemas.resolver import FrameSchemas


@dataclass(frozen=True, slots=True)
class ReadRelation:
    """A ref or source of a model; `columns` is None where nothing is known of them."""

    kind: str
    name: str
    relation: str | None
    path: str | None
    columns: RelationColumns | None


@dataclass(frozen=True, slots=True)
class Output:
    """What a model returns; `kind` is that of the frame."""

    columns: tuple[RelationColumn, ...] | None
    kind: str | None = None
    provenance: str | None = None
    fetched_at: str | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """The schemas of what a model reads and of what it returns."""

    relations: tuple[ReadRelation, ...]
    output: Output


def overview(
    facts: ModelFacts,
    project: ProjectContext | None,
    schemas: FrameSchemas,
    node: Node | None,
    source_hash: str,
) -> Overview:
    """The schemas around the model with these facts; `source_hash` is that of its text as it stands."""
    return Overview(
        relations_read(facts, project, schemas),
        output_of(facts, schemas, project, node, source_hash),
    )


def relations_read(
    facts: ModelFacts, project: ProjectContext | None, schemas: FrameSchemas
) -> tuple[ReadRelation, ...]:
    """The refs and sources in the order of the text, each once."""
    found: dict[Relation, ReadRelation] = {}
    for use in facts.uses("ref", "source"):
        parts = tuple(
            str(item.value) for item in use.args if item.name is None and item.literal is not None
        )
        if not use.called or not 1 <= len(parts) <= 2 or (use.api == "source") > (len(parts) == 2):
            continue
        version = use.argument(9, "v", "version")
        relation = Relation(
            "source" if use.api == "source" else "ref",
            parts,
            None if version is None or version.literal is None else repr(version.value),
        )
        if relation not in found:
            found[relation] = _read(relation, project, schemas)
    return tuple(found.values())


def _read(
    relation: Relation, project: ProjectContext | None, schemas: FrameSchemas
) -> ReadRelation:
    name = ".".join(relation.parts)
    table, path = None, None
    if relation.kind == "source":
        declared = None if project is None else project.source_table(*relation.parts)
        if declared is not None:
            table = f"{declared.schema or declared.source}.{declared.relation}"
            path = None if declared.place is None else declared.place.path
    else:
        node = schemas.node(relation)
        if node is not None:
            table = f"{node.schema}.{node.relation}" if node.schema else node.relation
            path = node.path
    return ReadRelation(relation.kind, name, table, path, schemas.relation(relation))


def output_of(
    facts: ModelFacts,
    schemas: FrameSchemas,
    project: ProjectContext | None,
    node: Node | None,
    source_hash: str,
) -> Output:
    """What a model returns: as a session saw this very text, else as the analysis has it, else as an older text did."""
    real = None if project is None or node is None else project.validated.get(node.key)
    if real is not None:
        columns = tuple(RelationColumn(item.name, item.type, "session") for item in real.columns)
        now = datetime.now(timezone.utc)
        stale = is_stale(real, now=now, source_hash=source_hash)
        seen = Output(columns, real.kind, "session", real.fetched_at, stale)
        if not stale:
            return seen
    kinds = {
        facts.flow.frames[item.frame].kind for item in facts.flow.returns if item.frame is not None
    }
    kind = kinds.pop() if len(kinds) == 1 else None
    inferred = returned_columns(facts, schemas)
    if inferred is not None and (inferred.complete or real is None):
        return Output(inferred.columns, kind, "inferred")
    return Output(None, kind) if real is None else seen
