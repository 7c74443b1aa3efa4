"""`textDocument/documentHighlight`: the same ref, source, config or column elsewhere in the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT


def handle(
    ls: GlueServer, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight] | None:
    """The ranges of the same thing; null for names, which a Python server marks."""
    from glue_compiler.editor.navigation import same_places, target_at

    view = ls.session.view(params.text_document.uri)
    if view is None or view.whole is None:
        return None
    source, facts = view.whole
    target = target_at(facts, source, view.offset(params.position))
    if target is None:
        return None
    kind = types.DocumentHighlightKind.Read
    spans = same_places(facts, source, target, view.schemas(facts))
    return [types.DocumentHighlight(view.range(span), kind) for span in spans] or None
