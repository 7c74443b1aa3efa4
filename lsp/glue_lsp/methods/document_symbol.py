"""`textDocument/documentSymbol`: the model and what it reads, for the outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer
    from glue_lsp.session.snapshot import View

METHOD = types.TEXT_DOCUMENT_DOCUMENT_SYMBOL


def handle(
    ls: GlueServer, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation] | None:
    """The model with its refs, sources and configs; other functions are a Python server's."""
    view = ls.session.view(params.text_document.uri)
    symbols = None if view is None or view.whole is None else _symbols(view)
    if not symbols or view is None or ls.session.client.hierarchical_symbols:
        return symbols or None
    return [
        types.SymbolInformation(types.Location(view.document.uri, item.range), item.name, item.kind)
        for symbol in symbols
        for item in (symbol, *(symbol.children or ()))
    ]


def _symbols(view: View) -> list[types.DocumentSymbol]:
    from glue_compiler.editor.navigation import targets_of

    function = view.facts.model_function
    if function is None:
        return []
    children = []
    for use in view.facts.uses("config", "ref", "source"):
        where, name_range = view.range(use.span), view.range(use.name_span)
        targets = targets_of(use, view.source)
        if targets:
            name = ".".join(part for part in targets[-1].names if part)
            kind = types.SymbolKind.Interface
            children.append(types.DocumentSymbol(name, kind, where, name_range, detail=use.api))
        elif use.api == "config" and use.called:
            names = ", ".join(argument.name for argument in use.args if argument.name)
            kind = types.SymbolKind.Property
            children.append(types.DocumentSymbol("config", kind, where, name_range, detail=names))
    return [
        types.DocumentSymbol(
            name=function.name,
            kind=types.SymbolKind.Function,
            range=view.range(function.span),
            selection_range=view.range(function.name_span),
            detail="dbt model",
            children=children,
        )
    ]
