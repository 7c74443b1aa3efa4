"""`textDocument/diagnostic`: the findings of one model, when the client wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.diagnostics import SOURCE
from glue_lsp.session.requests import ARRIVED

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_DIAGNOSTIC
OPTIONS = types.DiagnosticOptions(
    inter_file_dependencies=True, workspace_diagnostics=True, identifier=SOURCE
)


async def handle(
    ls: GlueServer, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """The findings, or that they are as before.

    Raises:
        JsonRpcContentModified: when the text was edited while the request waited.
    """
    uri = params.text_document.uri
    version = ARRIVED.get()
    pause = ls.publisher.pause_of(uri)
    if pause:
        await asyncio.sleep(pause)
    return await ls.requests.run(uri, lambda: _report(ls, uri, params.previous_result_id), version)


def _report(ls: GlueServer, uri: str, previous: str | None) -> types.DocumentDiagnosticReport:
    view = ls.publisher.measured_view(uri)
    if view is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    result_id = ls.publisher.result_id(view)
    if result_id == previous:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
    return types.RelatedFullDocumentDiagnosticReport(
        items=ls.publisher.diagnostics_of(view), result_id=result_id
    )
