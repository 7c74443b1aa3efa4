"""`textDocument/inlayHint`: kinds and columns of frames, between the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.markup import markup
from glue_lsp.text.positions import to_position

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_INLAY_HINT


def handle(ls: GlueServer, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    """The hints in a range; while the text is broken, null, so that the client keeps its own."""
    from glue_compiler.editor.hints import inlay_hints
    from glue_compiler.editor.hover import frame_text

    view = ls.session.view(params.text_document.uri)
    if view is None or view.whole is None:
        return None
    if not ls.session.editor_of(view.surroundings.root).inlay_hints:
        return None
    source, facts = view.whole
    schemas = view.schemas(facts)
    wanted = view.span(params.range)
    hints = []
    for item in inlay_hints(facts, schemas):
        if wanted.contains(item.offset):
            text = frame_text(facts, item.frames, schemas)
            hints.append(
                types.InlayHint(
                    to_position(source, item.offset, view.encoding),
                    item.label,
                    types.InlayHintKind.Type,
                    tooltip=None
                    if text is None
                    else markup(text, markdown=ls.session.client.markdown_hover),
                )
            )
    return hints
