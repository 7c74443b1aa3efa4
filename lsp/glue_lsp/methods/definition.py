"""`textDocument/definition`: from a ref to its model, from a source, column or config to where it is made or set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.locations import column_locations, config_locations, relation_locations

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DEFINITION


def handle(ls: Connection, params: types.DefinitionParams) -> list[types.Location] | None:
    """The places that define what the cursor is on."""
    from glue_compiler.editor.navigation import target_at

    snapshot = ls.session.snapshot_at(params.text_document.uri, params.position)
    if snapshot is None:
        return None
    offset = snapshot.offset(params.position)
    readable = snapshot.readable(offset)
    if readable is None:
        return None
    source, facts = readable
    target = target_at(facts, source, offset)
    if target is None:
        return None
    if target.kind == "column":
        return column_locations(snapshot, source, facts, target) or None
    if target.kind == "config":
        return config_locations(snapshot, facts, target) or None
    return relation_locations(snapshot, target) or None
