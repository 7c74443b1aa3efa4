"""`completionItem/resolve`: the documentation of the item that the user looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from glue_lsp.wire.markup import markup

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.COMPLETION_ITEM_RESOLVE


def handle(ls: Connection, params: types.CompletionItem) -> types.CompletionItem:
    """The item with its documentation, if there is any."""
    from glue_compiler.editor.topics import explain_topic

    data: Any = params.data
    snapshot = ls.session.snapshot(str(data.get("uri"))) if isinstance(data, dict) else None
    if snapshot is not None:
        settings = snapshot.settings
        topic = [str(part) for part in data.get("topic", ())]
        text = explain_topic(
            topic, snapshot.project, settings.glue_version, snapshot.schemas(snapshot.facts)
        )
        if text is not None:
            client = snapshot.client
            contents = markup(text, markdown=client.markdown_completion)
            # A client that names no formats knows strings only.
            params.documentation = contents.value if client.plain_completion else contents
    return params
