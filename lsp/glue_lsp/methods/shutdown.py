"""`shutdown`: give up what has not begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.SHUTDOWN


def handle(ls: GlueServer, params: None) -> None:  # noqa: ARG001
    """Effect: the session's background work is cancelled."""
    ls.end()
