"""`codeAction/resolve`: the edit of an action that is dear to compute, once it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from glue_lsp.methods.code_action import fix_all_edit

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.CODE_ACTION_RESOLVE


def handle(ls: GlueServer, params: types.CodeAction) -> types.CodeAction:
    """The action with its edit."""
    data: Any = params.data
    if isinstance(data, dict) and params.edit is None:
        view = ls.session.view(str(data.get("uri")))
        if view is not None:
            params.edit = fix_all_edit(ls, view)
    return params
