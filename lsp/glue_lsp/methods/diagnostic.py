"""`textDocument/diagnostic`: the findings of one model, when the client wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.session.requests import ARRIVED
from glue_lsp.wire.diagnostics import SOURCE, diagnostics_of

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DIAGNOSTIC
OPTIONS = types.DiagnosticOptions(
    inter_file_dependencies=True, workspace_diagnostics=True, identifier=SOURCE
)


async def handle(
    ls: Connection, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """The findings, or that they are as before.

    Raises:
        JsonRpcContentModified: when the text was edited while the request waited.
    """
    uri = params.text_document.uri
    version = ARRIVED.get()
    pause = ls.session.pace.pause_of(ls.session.documents.get(uri))
    if pause:
        await asyncio.sleep(pause)
    return await ls.requests.run(uri, lambda: _report(ls, uri, params.previous_result_id), version)


def _report(ls: Connection, uri: str, previous: str | None) -> types.DocumentDiagnosticReport:
    snapshot = ls.session.measured_snapshot(uri)
    if snapshot is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    if snapshot.result_id == previous:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=snapshot.result_id)
    return types.RelatedFullDocumentDiagnosticReport(
        items=diagnostics_of(snapshot), result_id=snapshot.result_id
    )
