"""The signature of a call, for the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.markup import markup

if TYPE_CHECKING:
    from glue_compiler.editor.signature import Signature

    from glue_lsp.session.capabilities import ClientFeatures


def to_signature_help(found: Signature, client: ClientFeatures) -> types.SignatureHelp:
    """The one signature, with its argument at the cursor."""
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
