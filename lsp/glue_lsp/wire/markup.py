"""Markdown for clients that show it, plain text for the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOINER = "\u2060"
"""The word joiner: it has no width, and between two characters Markdown no longer takes them for one mark."""
_LINK = re.compile(r"\](?=[(\[:])")
_TAG = re.compile(r"<(?=\S)")
_FENCE = re.compile(r"(`{3,})([\w+-]*)")
"""The first line of a fence, and without a language its last."""
_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^`|\n]+(?:(?!\1(?!`))`+[^`|\n]+)*(?<!`)\1(?!`)")
"""Code in a line. A bar may end it: it is a cell's end in a table."""
_OTHERWISE = re.compile(r"~~~|\r|\\`|^[ \t]+`{3}|^`{3}.*[ \t]$", re.MULTILINE)
"""Another kind of fence, another end of lines, a backtick that is none, and a fence with blanks around it, which can end one."""


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
    address stays one. Code does nothing by itself and is copied, so it stays as it is.
    """
    return "".join(part if is_code else _as_text(part) for part, is_code in _parts(text))


def _as_text(text: str) -> str:
    return _TAG.sub(f"<{_JOINER}", _LINK.sub(f"]{_JOINER}", text))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """A text cut at its code: fences that are closed and code within a line, where nobody reads it otherwise.

    Backticks take each other for their ends over many lines, and readers differ in what else they know. So where
    one of them is not plainly a pair, all of the text counts as no code.
    """
    blocks = None if _OTHERWISE.search(text) else list(_blocks(text))
    lines = [] if blocks is None else [part for part, is_fence in blocks if not is_fence]
    if blocks is None or any("`" in _SPAN.sub("", line) for line in lines):
        yield text, False
        return
    for part, is_fence in blocks:
        if is_fence:
            yield part, True
            continue
        end = 0
        for span in _SPAN.finditer(part):
            yield part[end : span.start()], False
            yield span[0], True
            end = span.end()
        yield part[end:], False


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """The lines outside of fences, each with its end, and the fences as a whole; one that is not closed is lines."""
    fence: list[str] = []
    for line in re.split(r"(?<=\n)", text):
        opened = _FENCE.fullmatch(line.removesuffix("\n"))
        if fence:
            fence.append(line)
            begun = fence[0].rstrip("\n")
            if opened and not opened[2] and len(opened[1]) >= begun.count("`"):
                yield "".join(fence), True
                fence = []
        elif opened:
            fence = [line]
        else:
            yield line, False
    for line in fence:
        yield line, False
