"""`dbtGlue/schemas`: the schemas of what a model reads and returns, with their origin and age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_lsp.requests import uri_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.project.context import RelationColumn
    from glue_compiler.schemas.overview import ReadRelation

    from glue_lsp.server import GlueServer

METHOD = "dbtGlue/schemas"


def handle(ls: GlueServer, params: Any) -> dict[str, Any] | None:
    """Relations and output of a model; of a broken text, those of before; null for other files."""
    view = ls.session.view(uri_in(params) or "")
    analysis = None if view is None else view.good
    if view is None or analysis is None:
        return None
    found = view.workspace.schemas(view.path, analysis.source, shown=view.source)
    output = found.output
    return {
        "relations": [_relation(item) for item in found.relations],
        "output": {
            "columns": None if output.columns is None else _columns(output.columns),
            "kind": output.kind,
            "provenance": output.provenance,
            "fetchedAt": output.fetched_at,
            "stale": output.stale,
        },
    }


def _relation(item: ReadRelation) -> dict[str, Any]:
    known = item.columns
    return {
        "kind": item.kind,
        "name": item.name,
        "relation": item.relation,
        "path": item.path,
        "columns": None if known is None else _columns(known.columns),
        "provenance": None if known is None else known.provenance,
        "fetchedAt": None if known is None else known.fetched_at,
        "stale": known is not None and known.stale,
    }


def _columns(columns: Iterable[RelationColumn]) -> list[dict[str, Any]]:
    return [
        {"name": column.name, "type": column.type, "description": column.description}
        for column in columns
    ]
