"""`textDocument/codeLens`: what can be done with the model, above its function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.methods.execute_command import RUN, SHOW_PLAN, SHOW_PROGRAM, VALIDATE

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_CODE_LENS
OPTIONS = types.CodeLensOptions(resolve_provider=False)

_TITLES = {
    VALIDATE: "Validate in session",
    SHOW_PROGRAM: "Show program",
    SHOW_PLAN: "Show plan",
    RUN: "Run",
}


def handle(ls: Connection, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """The lenses of a model; those of before stay while the text is broken."""
    uri = params.text_document.uri
    snapshot = ls.session.snapshot(uri)
    good = None if snapshot is None else snapshot.good
    if snapshot is None or good is None or good.facts.model_function is None:
        return None
    span = good.facts.model_function.name_span
    if snapshot.broken:
        from glue_compiler.text.shift import Shift

        moved = Shift(good.source, snapshot.source).to_new(span)
        if moved is None:
            return None
        span = moved
    where = snapshot.range(span)
    return [
        types.CodeLens(where, types.Command(title, command, arguments=[uri]))
        for command, title in _TITLES.items()
        if command in commands_offered(ls)
    ] or None


def commands_offered(ls: Connection) -> frozenset[str]:
    """The commands that do something here: the client's own, and those that the server can do alone."""
    found = set(ls.session.lens_commands)
    if ls.session.client.show_document:
        found |= {SHOW_PROGRAM, SHOW_PLAN}
    if VALIDATE in ls.protocol.fm.commands:
        found.add(VALIDATE)
    return frozenset(found)
