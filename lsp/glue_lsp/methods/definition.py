"""`textDocument/definition`: from a ref to its model, from a source, column or config to where it is made or set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.edits import uri_at
from glue_lsp.positions import line_range, to_range, uri_of

if TYPE_CHECKING:
    from glue_compiler.editor.navigation import Target
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import FileLine, Node
    from glue_compiler.text.source import SourceText

    from glue_lsp.server import GlueServer
    from glue_lsp.session import Session
    from glue_lsp.views import View

METHOD = types.TEXT_DOCUMENT_DEFINITION
PROJECT_FILE = "dbt_project.yml"


def handle(ls: GlueServer, params: types.DefinitionParams) -> list[types.Location] | None:
    """The places that define what the cursor is on."""
    from glue_compiler.editor.navigation import target_at

    view = ls.session.view_at(params.text_document.uri, params.position)
    if view is None:
        return None
    offset = view.offset(params.position)
    readable = view.readable(offset)
    if readable is None:
        return None
    source, facts = readable
    target = target_at(facts, source, offset)
    if target is None:
        return None
    if target.kind == "column":
        return _column(ls.session, view, source, facts, target) or None
    if target.kind == "config":
        return _config(ls.session, view, facts, target) or None
    return definitions(view, target) or None


def definitions(view: View, target: Target) -> list[types.Location]:
    """The file of a model, seed or snapshot; the place in YAML of a source."""
    from glue_compiler.editor.navigation import node_of, table_of
    from glue_compiler.project.context import FileLine

    node = node_of(view.project, target)
    if node is not None:
        return _locations(view, [FileLine(node.path)])
    table = table_of(view.project, target)
    return _locations(view, [table.place]) if table is not None and table.place else []


def _column(
    session: Session, view: View, source: SourceText, facts: ModelFacts, target: Target
) -> list[types.Location]:
    """Its line in YAML; else the call that makes it, here or in the model that it comes from."""
    from glue_compiler.editor.definitions import made_at

    schemas = view.schemas(facts)
    wanted = target.names[0].lower()
    columns = [item for item in schemas.columns(target.frames) if item.name.lower() == wanted]
    declared = {item.name: schemas.declared(item) for item in columns}
    places = [item.place for item in declared.values() if item and item.place]
    if places:
        return _locations(view, places)
    found: list[types.Location] = []
    for column in columns:
        node = None if column.relation is None else schemas.node(column.relation)
        if node is not None:
            known = declared[column.name]
            name = column.name if known is None else known.name
            found.append(_made_upstream(session, view, node, name))
        elif column.relation is None and (span := made_at(facts, source, wanted)) is not None:
            found.append(types.Location(view.document.uri, to_range(source, span, view.encoding)))
    if columns:
        return found
    bases = {
        base.relation: None
        for frame in target.frames
        for base in facts.flow.frames[frame].schema.bases
    }
    nodes = [node for node in map(schemas.node, bases) if node is not None]
    return [_made_upstream(session, view, nodes[0], target.names[0])] if len(nodes) == 1 else []


def _made_upstream(session: Session, view: View, node: Node, name: str) -> types.Location:
    from glue_compiler.editor.definitions import made_at, made_in_sql

    root = view.surroundings.root
    assert root is not None  # noqa: S101 - a node has a project, which has a folder
    text = session.text_of(view.surroundings, node.path)
    span = None
    if text is not None and node.language == "python":
        upstream = session.facts_of(view.surroundings, node.path)
        span = None if upstream is None else made_at(upstream, text, name)
    elif text is not None and node.kind == "model":
        span = made_in_sql(text.text, name)
    where = line_range(1) if text is None or span is None else to_range(text, span, view.encoding)
    return types.Location(uri_at(session, root / node.path), where)


def _config(
    session: Session, view: View, facts: ModelFacts, target: Target
) -> list[types.Location]:
    """Where the config is set: in this file, the entry in YAML, dbt_project.yml."""
    from glue_compiler.editor.definitions import config_in_project, config_in_properties

    key = target.names[0]
    found = [
        types.Location(view.document.uri, view.range(argument.name_span))
        for use in facts.uses("config")
        for argument in use.args
        if argument.name == key
        and argument.name_span is not None
        and argument.name_span != target.span
    ]
    node = None if view.project is None or view.path is None else view.project.node_at(view.path)
    if node is None:
        return found
    places: list[FileLine | None] = []
    if node.properties is not None:
        text = session.text_of(view.surroundings, node.properties.path)
        places.append(None if text is None else config_in_properties(text.text, node, key))
    text = session.text_of(view.surroundings, PROJECT_FILE)
    places.append(None if text is None else config_in_project(text.text, node, PROJECT_FILE, key))
    return found + _locations(view, [place for place in places if place is not None])


def _locations(view: View, places: list[FileLine]) -> list[types.Location]:
    root = view.surroundings.root
    if root is None:
        return []
    return [
        types.Location(uri_of(root / place.path), line_range(place.line))
        for place in dict.fromkeys(places)
    ]
