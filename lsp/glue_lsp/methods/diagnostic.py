"""`textDocument/diagnostic`: the findings of one model, when the client wants them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from glue_lsp.diagnostics import SOURCE

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
    document = ls.session.documents.get(uri)
    before = None if document is None else document.version
    pause = ls.publisher.pause_of(uri)
    if pause:
        await asyncio.sleep(pause)
    if document is not None:
        await ls.session.root_of(document.path).ready()
    document = ls.session.documents.get(uri)
    if document is not None and document.version != before:
        raise JsonRpcContentModified("the text was edited meanwhile")
    view = ls.publisher.measured_view(uri)
    if view is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    if view.result_id == params.previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=view.result_id)
    return types.RelatedFullDocumentDiagnosticReport(
        items=ls.publisher.diagnostics_of(view), result_id=view.result_id
    )
