"""`workspace/didChangeWorkspaceFolders`: projects come and go while the server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.methods.did_change_configuration import fetch_settings
from glue_lsp.text.positions import path_of

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS


async def handle(ls: Connection, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Effect: the projects in new folders are read; those of removed folders are forgotten."""
    session = ls.session
    removed = {path_of(folder.uri) for folder in params.event.removed}
    session.folders = [folder for folder in session.folders if folder not in removed]
    for added in params.event.added:
        path = path_of(added.uri)
        if path is not None and path not in session.folders:
            session.folders.append(path)
    session.drop_roots_outside()
    found = list(session.discover())
    if session.client.configuration:
        await fetch_settings(ls)
    for root in found:
        await root.ready()
