"""`textDocument/signatureHelp`: the arguments of dbt's API and of methods of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.signatures import to_signature_help

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_SIGNATURE_HELP
OPTIONS = types.SignatureHelpOptions(trigger_characters=["(", ","])


def handle(ls: Connection, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The signature of the call around the cursor; null for calls that are not ours."""
    from glue_compiler.editor.signature import signature

    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None:
        return None
    found = signature(snapshot.place(snapshot.offset(params.position)))
    if found is None:
        return None
    return to_signature_help(found, snapshot.client)
