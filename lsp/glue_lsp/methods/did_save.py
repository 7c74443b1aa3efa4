"""`textDocument/didSave`: what other models know of this one may have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from glue_lsp.text.positions import path_of

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DID_SAVE


def handle(ls: Connection, params: types.DidSaveTextDocumentParams) -> None:
    """Effect: for a client that does not watch files, the project is read again; on request the model is validated."""
    uri = params.text_document.uri
    root = ls.session.root_of(path_of(uri))
    if not ls.session.client.watch_files:
        root.reload()
        ls.publisher.refresh()
    if ls.validator.trusted and ls.session.editor_of(root.path).validate_on_save:
        ls.start(_validate(ls, uri))


async def _validate(ls: Connection, uri: str) -> None:
    try:
        await ls.validator.validate(uri)
    except JsonRpcException as error:
        # Nobody asked for an answer: a text that is no model, or a newer save, is none of the user's troubles.
        ls.log(f"{uri} was not validated on save: {error}")
