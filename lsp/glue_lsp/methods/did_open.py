"""`textDocument/didOpen`: the client owns the text of a file from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.methods.did_change_configuration import fetch_settings
from glue_lsp.text.positions import path_of

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DID_OPEN


def handle(ls: Connection, params: types.DidOpenTextDocumentParams) -> None:
    """Effect: the document is known; its diagnostics are on their way."""
    item = params.text_document
    document = ls.session.documents.open(item, path_of(item.uri))
    known = set(ls.session.roots)
    root = ls.session.root_of(document.path)
    if ls.session.client.configuration and root.path is not None and root not in known:
        ls.start(fetch_settings(ls))
    ls.publisher.push_soon(item.uri)
