"""The schemas of what a model reads and returns, as the client shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.project.context import RelationColumn
    from glue_compiler.schemas.overview import Overview, ReadRelation


def schemas_as_json(found: Overview) -> dict[str, Any]:
    """`{relations, output}`, each with its columns, their origin and age."""
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
