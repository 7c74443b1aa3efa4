"""`dbtGlue/program`: the program that a model becomes, for a virtual document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_lsp.previews import preview_of
from glue_lsp.requests import uri_in

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = "dbtGlue/program"


def handle(ls: GlueServer, params: Any) -> dict[str, str]:
    """The program's text, a name for it and its language.

    Raises:
        JsonRpcInvalidParams: when there is no program; the message says why.
    """
    view = ls.session.view(uri_in(params) or "")
    name, found = preview_of(view, getattr(params, "mode", None))
    return {"text": found.text, "name": f"{name}.program.py", "languageId": "python"}
