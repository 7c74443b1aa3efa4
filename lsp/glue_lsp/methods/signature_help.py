"""`textDocument/signatureHelp`: the arguments of dbt's API and of methods of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.markup import markup

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_SIGNATURE_HELP
OPTIONS = types.SignatureHelpOptions(trigger_characters=["(", ","])


def handle(ls: GlueServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The signature of the call around the cursor; null for calls that are not ours."""
    from glue_compiler.editor.signature import signature

    view = ls.session.view(params.text_document.uri)
    if view is None:
        return None
    found = signature(view.place(view.offset(params.position)))
    if found is None:
        return None
    client = ls.session.client
    parameters = [
        types.ParameterInformation(
            span if client.signature_offsets else found.label[span[0] : span[1]]
        )
        for span in found.parameters
    ]
    doc = markup(found.doc, markdown=client.markdown_hover) if found.doc else None
    information = types.SignatureInformation(found.label, doc, parameters)
    active = len(parameters) if found.active is None else found.active
    return types.SignatureHelp([information], active_signature=0, active_parameter=active)
