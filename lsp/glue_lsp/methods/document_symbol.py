"""`textDocument/documentSymbol`: the model and what it reads, for the outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.symbols import document_symbols

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DOCUMENT_SYMBOL


def handle(
    ls: Connection, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation] | None:
    """The model with its refs, sources and configs; other functions are a Python server's."""
    snapshot = ls.session.snapshot(params.text_document.uri)
    symbols = None if snapshot is None or snapshot.whole is None else document_symbols(snapshot)
    if not symbols or snapshot is None or snapshot.client.hierarchical_symbols:
        return symbols or None
    return [
        types.SymbolInformation(
            types.Location(snapshot.document.uri, item.range), item.name, item.kind
        )
        for symbol in symbols
        for item in (symbol, *(symbol.children or ()))
    ]
