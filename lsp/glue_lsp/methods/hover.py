"""`textDocument/hover`: what is known of what the pointer is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.markup import markup

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_HOVER


def handle(ls: Connection, params: types.HoverParams) -> types.Hover | None:
    """Relation, columns and origin of refs and frames, the text of configs and rules."""
    from glue_compiler.editor.hover import hover

    snapshot = ls.session.snapshot_at(params.text_document.uri, params.position)
    if snapshot is None:
        return None
    offset = snapshot.offset(params.position)
    readable = snapshot.readable(offset)
    if readable is None:
        return None
    source, facts = readable
    settings = snapshot.settings
    found = hover(
        facts, source, offset, snapshot.schemas(facts), snapshot.project, settings.glue_version
    )
    if found is None:
        return None
    contents = markup(found.text, markdown=snapshot.client.markdown_hover)
    return types.Hover(contents, snapshot.range(found.span))
