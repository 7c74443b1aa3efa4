"""Markdown for clients that show it, plain text for the others."""

from __future__ import annotations

import re

from lsprotocol import types

_JOINER = "\u2060"
"""The word joiner: it has no width, and between two characters Markdown no longer takes them for one mark."""
_LINK = re.compile(r"\](?=[(\[:])")
_TAG = re.compile(r"<(?=\S)")


def markup(text: str, *, markdown: bool) -> types.MarkupContent:
    """A text for the client."""
    if markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, harmless(text))
    plain = re.sub(r"```\w*\n?|\*\*|`|^\|[-|]+\|$\n?", "", text, flags=re.MULTILINE)
    return types.MarkupContent(types.MarkupKind.PlainText, plain)


def harmless(text: str) -> str:
    """A text whose links, images and HTML are text: what nobody has to trust is shown, and nothing else happens.

    Descriptions and names are written by whoever wrote the workspace. A link can run a command of
    the editor, and an image is fetched when it is shown, which tells somebody that it was. A plain
    address stays one.
    """
    return _TAG.sub(f"<{_JOINER}", _LINK.sub(f"]{_JOINER}", text))
