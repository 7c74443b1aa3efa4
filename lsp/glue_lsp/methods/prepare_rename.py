"""`textDocument/prepareRename`: whether this is a model that can be renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.renaming import renamable

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_PREPARE_RENAME


def handle(
    ls: GlueServer, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder | None:
    """The range of a ref's name and the name; null for everything that is not ours to rename."""
    view = ls.session.view(params.text_document.uri)
    found = None if view is None else renamable(view, view.offset(params.position))
    if view is None or found is None:
        return None
    return types.PrepareRenamePlaceholder(view.range(found.target.span), found.node.name)
