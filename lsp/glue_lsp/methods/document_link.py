"""`textDocument/documentLink`: refs and sources as links to their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.text.positions import uri_of

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_DOCUMENT_LINK


def handle(ls: Connection, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
    """The links of a model; while it is broken, null."""
    from glue_compiler.editor.navigation import node_of, table_of, targets_of

    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.whole is None or snapshot.root is None:
        return None
    source, facts = snapshot.whole
    root = snapshot.root
    tooltips = snapshot.client.link_tooltips
    links = []
    for use in facts.uses("ref", "source"):
        for target in targets_of(use, source):
            node, table = node_of(snapshot.project, target), table_of(snapshot.project, target)
            if node is not None:
                uri, title = uri_of(root / node.path), node.path
            elif table is not None and table.place is not None:
                title = f"{table.place.path}:{table.place.line}"
                uri = f"{uri_of(root / table.place.path)}#L{table.place.line}"
            else:
                continue
            links.append(
                types.DocumentLink(snapshot.range(target.span), uri, title if tooltips else None)
            )
    return links or None
