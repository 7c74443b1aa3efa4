"""`workspace/symbol`: models, seeds, snapshots and sources by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.text.positions import line_range, uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_lsp.client.connection import Connection

METHOD = types.WORKSPACE_SYMBOL
_MOST = 500


def handle(
    ls: Connection, params: types.WorkspaceSymbolParams
) -> list[types.WorkspaceSymbol] | None:
    """What the projects have whose name holds the letters of the query, in their order."""
    query = params.query.lower()
    found = []
    for symbol in _symbols(ls):
        if _has_letters(symbol.name.lower(), query):
            found.append(symbol)
            if len(found) >= _MOST:
                break
    return found or None


def _has_letters(name: str, query: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in query)


def _symbols(ls: Connection) -> Iterator[types.WorkspaceSymbol]:
    for root in ls.session.roots:
        surroundings = root.surroundings
        if surroundings is None or surroundings.project is None or surroundings.root is None:
            continue
        for node in surroundings.project.nodes:
            where = types.Location(uri_of(surroundings.root / node.path), line_range(1))
            kind = types.SymbolKind.Class
            yield types.WorkspaceSymbol(where, node.name, kind, container_name=node.kind)
        for table in surroundings.project.sources:
            if table.place is not None:
                uri = uri_of(surroundings.root / table.place.path)
                where = types.Location(uri, line_range(table.place.line))
                name = f"{table.source}.{table.name}"
                kind = types.SymbolKind.Struct
                yield types.WorkspaceSymbol(where, name, kind, container_name="source")
