"""Markdown for clients that show it, plain text for the others."""

from __future__ import annotations

import re

from lsprotocol import types


def markup(text: str, *, markdown: bool) -> types.MarkupContent:
    """A text for the client."""
    if markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, text)
    plain = re.sub(r"```\w*\n?|\*\*|`|^\|[-|]+\|$\n?", "", text, flags=re.MULTILINE)
    return types.MarkupContent(types.MarkupKind.PlainText, plain)
