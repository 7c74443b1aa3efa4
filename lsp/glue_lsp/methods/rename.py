"""`textDocument/rename`: a model gets another name: its file, all refs to it, its YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from glue_lsp.wire.renaming import RenameRefused, renamable, rename_edit

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_RENAME
OPTIONS = types.RenameOptions(prepare_provider=True)


def handle(ls: GlueServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edit of the whole project.

    Raises:
        JsonRpcInvalidParams: when the new name cannot be had; the message is shown to the user.
    """
    view = ls.session.view(params.text_document.uri)
    found = None if view is None else renamable(view, view.offset(params.position))
    if view is None or found is None:
        return None
    try:
        return rename_edit(ls.session, view, found, params.new_name)
    except RenameRefused as error:
        raise JsonRpcInvalidParams(str(error)) from None
