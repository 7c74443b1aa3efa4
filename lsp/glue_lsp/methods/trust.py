"""`dbtGlue/trust`: the user trusts the workspace now, or no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = "dbtGlue/trust"


def handle(ls: Connection, params: Any) -> None:
    """Effect: models can be validated; when trust ends, what runs is ended."""
    ls.validator.trusted = getattr(params, "trusted", False) is True
    if not ls.validator.trusted:
        ls.validator.close()
