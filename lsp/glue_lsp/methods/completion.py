"""`textDocument/completion`: what can be written here; null outside of dbt's contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.completions import to_completion_list

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_COMPLETION
OPTIONS = types.CompletionOptions(trigger_characters=[".", '"', "'"], resolve_provider=True)


def handle(ls: Connection, params: types.CompletionParams) -> types.CompletionList | None:
    """The things that can be written at the cursor; their documentation comes on resolve."""
    from glue_compiler.editor.completion import complete

    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None:
        return None
    found = complete(snapshot.place(snapshot.offset(params.position)))
    if found is None:
        return None
    return to_completion_list(found, snapshot)
