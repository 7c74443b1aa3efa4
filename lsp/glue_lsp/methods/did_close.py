"""`textDocument/didClose`: the file on disk counts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DID_CLOSE


def handle(ls: Connection, params: types.DidCloseTextDocumentParams) -> None:
    """Effect: the document and what the client shows of it are forgotten."""
    uri = params.text_document.uri
    ls.session.forget_document(uri)
    ls.publisher.clear(uri)
