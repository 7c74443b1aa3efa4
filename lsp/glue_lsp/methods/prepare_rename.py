"""`textDocument/prepareRename`: whether this is a model that can be renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.renaming import renamable

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_PREPARE_RENAME


def handle(
    ls: Connection, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder | None:
    """The range of a ref's name and the name; null for everything that is not ours to rename."""
    snapshot = ls.session.snapshot(params.text_document.uri)
    found = None if snapshot is None else renamable(snapshot, snapshot.offset(params.position))
    if snapshot is None or found is None:
        return None
    return types.PrepareRenamePlaceholder(snapshot.range(found.target.span), found.node.name)
