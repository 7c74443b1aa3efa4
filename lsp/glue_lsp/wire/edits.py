"""Edits of documents and files as one edit of the workspace, bound to the versions of what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.text.positions import uri_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from glue_lsp.session.session import Session


def uri_at(session: Session, path: Path) -> str:
    """The URI of a file, in the client's own spelling when it is open."""
    document = session.documents.at(path)
    return uri_of(path) if document is None else document.uri


def document_edits(
    session: Session, edits: Mapping[str, list[types.TextEdit]]
) -> list[types.TextDocumentEdit]:
    """Edits by URI, bound to the versions of the documents that are open."""
    return [
        types.TextDocumentEdit(
            types.OptionalVersionedTextDocumentIdentifier(uri, session.version_of(uri)), items
        )
        for uri, items in edits.items()
    ]


def workspace_edit(
    session: Session, edits: Mapping[str, list[types.TextEdit]]
) -> types.WorkspaceEdit:
    """Edits by URI for the client."""
    if session.client.document_changes:
        return types.WorkspaceEdit(document_changes=document_edits(session, edits))
    return types.WorkspaceEdit(changes=dict(edits))
