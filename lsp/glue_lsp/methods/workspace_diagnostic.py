"""`workspace/diagnostic`: the findings of all models of all projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.WORKSPACE_DIAGNOSTIC

Report = (
    types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport
)


async def handle(
    ls: Connection, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """The findings of the models that are not open; open ones are asked for by themselves."""
    known = {item.uri: item.value for item in params.previous_result_ids}
    reports: list[Report] = []
    for file in await ls.closed_models.checked(params.work_done_token):
        if known.pop(file.uri, None) == file.result_id:
            reports.append(
                types.WorkspaceUnchangedDocumentDiagnosticReport(
                    uri=file.uri, version=None, result_id=file.result_id
                )
            )
        else:
            reports.append(
                types.WorkspaceFullDocumentDiagnosticReport(
                    uri=file.uri, version=None, items=file.diagnostics(), result_id=file.result_id
                )
            )
    open_now = set(ls.session.documents.uris())
    reports += [
        types.WorkspaceFullDocumentDiagnosticReport(uri=uri, version=None, items=[])
        for uri in known
        if uri not in open_now
    ]
    return types.WorkspaceDiagnosticReport(items=reports)
