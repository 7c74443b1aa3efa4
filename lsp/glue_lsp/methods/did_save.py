"""`textDocument/didSave`: what other models know of this one may have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.positions import path_of

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_DID_SAVE


def handle(ls: GlueServer, params: types.DidSaveTextDocumentParams) -> None:
    """Effect: for a client that does not watch files, the project is read again."""
    if not ls.session.client.watch_files:
        ls.session.root_of(path_of(params.text_document.uri)).reload()
