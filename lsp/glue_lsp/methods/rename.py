"""`textDocument/rename`: a model gets another name: its file, all refs to it, its YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from glue_lsp.wire.renaming import RenameRefused, renamable, rename_edit

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_RENAME
OPTIONS = types.RenameOptions(prepare_provider=True)


def handle(ls: Connection, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edit of the whole project.

    Raises:
        JsonRpcInvalidParams: when the new name cannot be had; the message is shown to the user.
    """
    snapshot = ls.session.snapshot(params.text_document.uri)
    found = None if snapshot is None else renamable(snapshot, snapshot.offset(params.position))
    if snapshot is None or found is None:
        return None
    try:
        return rename_edit(snapshot, found, params.new_name)
    except RenameRefused as error:
        raise JsonRpcInvalidParams(str(error)) from None
