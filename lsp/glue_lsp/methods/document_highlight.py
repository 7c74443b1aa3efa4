"""`textDocument/documentHighlight`: the same ref, source, config or column elsewhere in the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT


def handle(
    ls: Connection, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight] | None:
    """The ranges of the same thing; null for names, which a Python server marks."""
    from glue_compiler.editor.navigation import same_places, target_at

    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.whole is None:
        return None
    source, facts = snapshot.whole
    target = target_at(facts, source, snapshot.offset(params.position))
    if target is None:
        return None
    kind = types.DocumentHighlightKind.Read
    spans = same_places(facts, source, target, snapshot.schemas(facts))
    return [types.DocumentHighlight(snapshot.range(span), kind) for span in spans] or None
