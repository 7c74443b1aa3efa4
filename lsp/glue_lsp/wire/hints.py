"""Hints between the lines, for the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.text.positions import to_position
from glue_lsp.wire.markup import markup

if TYPE_CHECKING:
    from glue_compiler.editor.hints import Hint

    from glue_lsp.session.snapshot import Snapshot


def to_inlay_hint(item: Hint, text: str | None, snapshot: Snapshot) -> types.InlayHint:
    """A hint in a text, with what is told of it under the pointer."""
    where = to_position(snapshot.source, item.offset, snapshot.encoding)
    markdown = snapshot.client.markdown_hover
    tooltip = None if text is None else markup(text, markdown=markdown)
    return types.InlayHint(where, item.label, types.InlayHintKind.Type, tooltip=tooltip)
