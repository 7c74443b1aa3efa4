"""A model and what it reads, as symbols for the client's outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.session.snapshot import Snapshot


def document_symbols(snapshot: Snapshot) -> list[types.DocumentSymbol]:
    """The model function and in it the refs, sources and configs."""
    from glue_compiler.editor.navigation import targets_of

    function = snapshot.facts.model_function
    if function is None:
        return []
    children = []
    for use in snapshot.facts.uses("config", "ref", "source"):
        where, name_range = snapshot.range(use.span), snapshot.range(use.name_span)
        targets = targets_of(use, snapshot.source)
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
            range=snapshot.range(function.span),
            selection_range=snapshot.range(function.name_span),
            detail="dbt model",
            children=children,
        )
    ]
