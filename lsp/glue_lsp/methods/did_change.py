"""`textDocument/didChange`: a key stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DID_CHANGE


def handle(ls: Connection, params: types.DidChangeTextDocumentParams) -> None:
    """Effect: the text is that of the client; its diagnostics are on their way."""
    item = params.text_document
    document = ls.session.documents.get(item.uri)
    if document is not None:
        document.change(params.content_changes, item.version, ls.session.encoding)
        ls.publisher.push_soon(item.uri)
