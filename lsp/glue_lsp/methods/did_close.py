"""`textDocument/didClose`: the file on disk counts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_DID_CLOSE


def handle(ls: GlueServer, params: types.DidCloseTextDocumentParams) -> None:
    """Effect: the document and what the client shows of it are forgotten."""
    uri = params.text_document.uri
    ls.session.forget_document(uri)
    ls.validator.forget(uri)
    ls.publisher.clear(uri)
