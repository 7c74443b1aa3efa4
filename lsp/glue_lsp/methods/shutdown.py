"""`shutdown`: give up what has not begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.SHUTDOWN


def handle(ls: Connection, params: None) -> None:  # noqa: ARG001
    """Effect: the session's background work is cancelled."""
    ls.end()
