"""`dbtGlue/program`: the program that a model becomes, for a virtual document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_lsp.session.previews import preview_of
from glue_lsp.session.requests import uri_in

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = "dbtGlue/program"


def handle(ls: Connection, params: Any) -> dict[str, str]:
    """The program's text, a name for it and its language.

    Raises:
        JsonRpcInvalidParams: when there is no program; the message says why.
    """
    snapshot = ls.session.snapshot(uri_in(params) or "")
    name, found = preview_of(snapshot, getattr(params, "mode", None))
    return {"text": found.text, "name": f"{name}.program.py", "languageId": "python"}
