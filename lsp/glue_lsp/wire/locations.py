"""The places that define what a model names, as locations for the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.text.positions import line_range, to_range, uri_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.editor.navigation import Target
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import FileLine, Node
    from glue_compiler.text.source import SourceText

    from glue_lsp.session.snapshot import Snapshot

PROJECT_FILE = "dbt_project.yml"


def relation_locations(snapshot: Snapshot, target: Target) -> list[types.Location]:
    """The file of a model, seed or snapshot; the place in YAML of a source."""
    from glue_compiler.editor.navigation import node_of, table_of
    from glue_compiler.project.context import FileLine

    node = node_of(snapshot.project, target)
    if node is not None:
        return _locations(snapshot, [FileLine(node.path)])
    table = table_of(snapshot.project, target)
    return _locations(snapshot, [table.place]) if table is not None and table.place else []


def column_locations(
    snapshot: Snapshot, source: SourceText, facts: ModelFacts, target: Target
) -> list[types.Location]:
    """A column's line in YAML; else the call that makes it, here or in the model that it comes from."""
    from glue_compiler.editor.definitions import made_at

    schemas = snapshot.schemas(facts)
    wanted = target.names[0].lower()
    columns = [item for item in schemas.columns(target.frames) if item.name.lower() == wanted]
    declared = {item.name: schemas.declared(item) for item in columns}
    places = [item.place for item in declared.values() if item and item.place]
    if places:
        return _locations(snapshot, places)
    found: list[types.Location] = []
    for column in columns:
        node = None if column.relation is None else schemas.node(column.relation)
        if node is not None:
            known = declared[column.name]
            name = column.name if known is None else known.name
            found.append(_made_upstream(snapshot, node, name))
        elif column.relation is None and (span := made_at(facts, source, wanted)) is not None:
            where = to_range(source, span, snapshot.encoding)
            found.append(types.Location(snapshot.document.uri, where))
    if columns:
        return found
    bases = {
        base.relation: None
        for frame in target.frames
        for base in facts.flow.frames[frame].schema.bases
    }
    nodes = [node for node in map(schemas.node, bases) if node is not None]
    return [_made_upstream(snapshot, nodes[0], target.names[0])] if len(nodes) == 1 else []


def config_locations(snapshot: Snapshot, facts: ModelFacts, target: Target) -> list[types.Location]:
    """Where a config is set: in this file, the entry in YAML, dbt_project.yml."""
    from glue_compiler.editor.definitions import config_in_project, config_in_properties

    key = target.names[0]
    found = [
        types.Location(snapshot.document.uri, snapshot.range(argument.name_span))
        for use in facts.uses("config")
        for argument in use.args
        if argument.name == key
        and argument.name_span is not None
        and argument.name_span != target.span
    ]
    node = snapshot.node
    if node is None:
        return found
    places: list[FileLine | None] = []
    if node.properties is not None:
        text = snapshot.open_project.text_of(node.properties.path)
        places.append(None if text is None else config_in_properties(text.text, node, key))
    text = snapshot.open_project.text_of(PROJECT_FILE)
    places.append(None if text is None else config_in_project(text.text, node, PROJECT_FILE, key))
    return found + _locations(snapshot, [place for place in places if place is not None])


def _made_upstream(snapshot: Snapshot, node: Node, name: str) -> types.Location:
    """The call of another model that makes a column, else the start of its file."""
    from glue_compiler.editor.definitions import made_at, made_in_sql

    root, open_project = snapshot.root, snapshot.open_project
    assert root is not None  # noqa: S101 - a node has a project, which has a folder
    text = open_project.text_of(node.path)
    span = None
    if text is not None and node.language == "python":
        span = made_at(snapshot.workspace.facts(text), text, name)
    elif text is not None and node.kind == "model":
        span = made_in_sql(text.text, name)
    where = line_range(1)
    if text is not None and span is not None:
        where = to_range(text, span, snapshot.encoding)
    return types.Location(open_project.uri_at(root / node.path), where)


def _locations(snapshot: Snapshot, places: Iterable[FileLine]) -> list[types.Location]:
    root = snapshot.root
    if root is None:
        return []
    return [
        types.Location(uri_of(root / place.path), line_range(place.line))
        for place in dict.fromkeys(places)
    ]
