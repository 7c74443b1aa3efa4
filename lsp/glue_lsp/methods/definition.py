"""`textDocument/definition`: from a ref to its model, from a source or column to its YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.positions import line_range, uri_of

if TYPE_CHECKING:
    from glue_compiler.navigation import Target
    from glue_compiler.project.context import Place

    from glue_lsp.server import GlueServer
    from glue_lsp.views import View

METHOD = types.TEXT_DOCUMENT_DEFINITION


def handle(ls: GlueServer, params: types.DefinitionParams) -> list[types.Location] | None:
    """The places that define what the cursor is on."""
    from glue_compiler.navigation import target_at

    view = ls.session.view(params.text_document.uri)
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
        schemas = view.schemas(facts)
        wanted = target.names[0].lower()
        columns = [item for item in schemas.columns(target.frames) if item.name.lower() == wanted]
        places = [item.declared.place for item in columns if item.declared and item.declared.place]
        nodes = [schemas.node(item.relation) for item in columns if item.relation is not None]
        files = [node.path for node in nodes if node is not None]
        return _locations(view, places) or _files(view, files) or None
    return definitions(view, target) or None


def definitions(view: View, target: Target) -> list[types.Location]:
    """The file of a model, seed or snapshot; the place in YAML of a source."""
    from glue_compiler.navigation import node_of, table_of

    node = node_of(view.project, target)
    if node is not None:
        return _files(view, [node.path])
    table = table_of(view.project, target)
    return _locations(view, [table.place]) if table is not None and table.place else []


def _files(view: View, paths: list[str]) -> list[types.Location]:
    root = view.surroundings.root
    if root is None:
        return []
    return [types.Location(uri_of(root / path), line_range(1)) for path in dict.fromkeys(paths)]


def _locations(view: View, places: list[Place]) -> list[types.Location]:
    root = view.surroundings.root
    if root is None:
        return []
    return [
        types.Location(uri_of(root / place.path), line_range(place.line))
        for place in dict.fromkeys(places)
    ]
