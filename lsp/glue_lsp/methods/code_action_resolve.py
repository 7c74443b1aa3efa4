"""`codeAction/resolve`: the edit of an action that is dear to compute, once it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from glue_lsp.methods.code_action import fix_all_edit

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.CODE_ACTION_RESOLVE


def handle(ls: Connection, params: types.CodeAction) -> types.CodeAction:
    """The action with its edit."""
    data: Any = params.data
    if isinstance(data, dict) and params.edit is None:
        snapshot = ls.session.snapshot(str(data.get("uri")))
        if snapshot is not None:
            params.edit = fix_all_edit(snapshot)
    return params
