"""`dbtGlue/schemas`: the schemas of what a model reads and returns, with their origin and age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_lsp.session.requests import uri_in
from glue_lsp.wire.schemas import schemas_as_json

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = "dbtGlue/schemas"


def handle(ls: Connection, params: Any) -> dict[str, Any] | None:
    """Relations and output of a model; of a broken text, those of before; null for other files."""
    snapshot = ls.session.snapshot(uri_in(params) or "")
    analysis = None if snapshot is None else snapshot.good
    if snapshot is None or analysis is None:
        return None
    found = snapshot.workspace.schemas(snapshot.path, analysis.source, shown=snapshot.source)
    return schemas_as_json(found)
