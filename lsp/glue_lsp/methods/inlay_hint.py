"""`textDocument/inlayHint`: kinds and columns of frames, between the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.hints import to_inlay_hint

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_INLAY_HINT


def handle(ls: Connection, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    """The hints in a range; while the text is broken, null, so that the client keeps its own."""
    from glue_compiler.editor.hints import inlay_hints
    from glue_compiler.editor.hover import frame_text

    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.whole is None:
        return None
    if not ls.session.editor_of(snapshot.root).inlay_hints:
        return None
    _, facts = snapshot.whole
    schemas = snapshot.schemas(facts)
    wanted = snapshot.span(params.range)
    return [
        to_inlay_hint(item, frame_text(facts, item.frames, schemas), snapshot)
        for item in inlay_hints(facts, schemas)
        if wanted.contains(item.offset)
    ]
