"""`textDocument/hover`: what is known of what the pointer is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.markup import markup

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_HOVER


def handle(ls: GlueServer, params: types.HoverParams) -> types.Hover | None:
    """Relation, columns and origin of refs and frames, the text of configs and rules."""
    from glue_compiler.editor.hover import hover

    view = ls.session.view_at(params.text_document.uri, params.position)
    if view is None:
        return None
    offset = view.offset(params.position)
    readable = view.readable(offset)
    if readable is None:
        return None
    source, facts = readable
    settings = view.surroundings.settings
    found = hover(facts, source, offset, view.schemas(facts), view.project, settings.glue_version)
    if found is None:
        return None
    contents = markup(found.text, markdown=ls.session.client.markdown_hover)
    return types.Hover(contents, view.range(found.span))
