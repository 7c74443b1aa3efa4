"""Edits of documents and files as one edit of the workspace, bound to the versions of what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_lsp.session.snapshot import Snapshot


def document_edits(
    snapshot: Snapshot, edits: Mapping[str, list[types.TextEdit]]
) -> list[types.TextDocumentEdit]:
    """Edits by URI, bound to the versions of the documents that are open."""
    versions = snapshot.open_project
    return [
        types.TextDocumentEdit(
            types.OptionalVersionedTextDocumentIdentifier(uri, versions.version_of(uri)), items
        )
        for uri, items in edits.items()
    ]


def workspace_edit(
    snapshot: Snapshot, edits: Mapping[str, list[types.TextEdit]]
) -> types.WorkspaceEdit:
    """Edits by URI for the client."""
    if snapshot.client.document_changes:
        return types.WorkspaceEdit(document_changes=document_edits(snapshot, edits))
    return types.WorkspaceEdit(changes=dict(edits))
