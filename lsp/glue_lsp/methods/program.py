"""`dbtGlue/program`: the program that a model becomes, for a virtual document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from glue_lsp.session.previews import preview_of
from glue_lsp.session.requests import uri_in

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = "dbtGlue/program"


def handle(ls: Connection, params: Any) -> dict[str, str]:
    """The program's text, a name for it and its language; with the form "wire" as it is sent to a session.

    Raises:
        JsonRpcInvalidParams: when there is no program; the message says why.
    """
    form = getattr(params, "form", None)
    if form not in (None, "readable", "wire"):
        raise JsonRpcInvalidParams(f"form is `readable` or `wire`, not {form!r}")
    snapshot = ls.session.snapshot(uri_in(params) or "")
    name, found = preview_of(snapshot, getattr(params, "mode", None))
    text = found.text if form == "wire" else found.readable
    kind = "wire" if form == "wire" else "program"
    return {"text": text, "name": f"{name}.{kind}.py", "languageId": "python"}
