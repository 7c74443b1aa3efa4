"""Facts that need no tree: brace sequences, comments, the first code of the file."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from glue_compiler.facts.model import Brace, Comment, Where
from glue_compiler.facts.shapes import moved_by, rewritten
from glue_compiler.text.source import SourceText, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

# A tolerant lexer of what matters here: comments, strings, and everything else. It reads any
# text, also one that is not Python, and gives up on a string at the end of the text.
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
      | (?P<prefix>\b[A-Za-z]{1,2})?(?P<quote>\"\"\"|'''|\"|')
      | (?P<brace>\{\{|\{%|\{\#)
      | (?P<word>\w+)""",
    re.VERBOSE,
)
_BRACE = re.compile(r"\{\{|\{%|\{#")
_STRING_END = {
    quote: re.compile(rf"(?:\\.|(?!{quote}).)*(?:{quote}|\Z)", re.DOTALL)
    for quote in ('"""', "'''")
} | {
    quote: re.compile(rf"(?:\\(?:\r\n|.)|[^\\\r\n{quote}])*(?:{quote}|(?=[\r\n])|\Z|\\)", re.DOTALL)
    for quote in ('"', "'")
}
_FIRST_CODE = re.compile(r"(?:[\s\ufeff\\]|#[^\r\n]*)*")
_PREFIXES = frozenset(
    a + b for a in ("", "r", "b", "f", "u", "t") for b in ("", "r", "b", "f", "t") if a + b
)


Scanned = tuple[tuple[Brace, ...], tuple[Comment, ...]]


def scan(source: SourceText) -> Scanned:
    """The brace sequences that dbt-core takes for Jinja, and the comments, of any text."""
    text = source.text
    seek_braces = _BRACE.search(text) is not None
    if not seek_braces and "#" not in text:
        return (), ()
    braces, comments, _ = _scanned(text, seek_braces)
    return braces, comments


def scan_parts(source: SourceText, starts: Iterable[int]) -> Scanned:
    """The same of a text that can be cut at some offsets, which are outside of strings and begin lines.

    Parts that were scanned before are not scanned again.
    """
    text = source.text
    seek_braces = _BRACE.search(text) is not None
    if not seek_braces and "#" not in text:
        return (), ()
    braces: list[Brace] = []
    comments: list[Comment] = []
    begin = 0
    for end in (*starts, len(text)):
        found, told, closed = _scanned_once(text[begin:end], seek_braces)
        if not closed:
            # What is a string to Python is none to this lexer: it may end anywhere.
            return scan(source)
        braces += [rewritten(item, place=moved_by(begin)) for item in found]
        comments += [rewritten(item, place=moved_by(begin)) for item in told]
        begin = end
    return tuple(braces), tuple(comments)


def _scanned(text: str, seek_braces: bool) -> tuple[tuple[Brace, ...], tuple[Comment, ...], bool]:
    """The braces and comments of a text, and whether it ends outside of a string."""
    braces: list[Brace] = []
    comments: list[Comment] = []
    closed = True
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        kind = match.lastgroup
        if kind == "comment":
            span = Span(*match.span())
            line_start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
            comments.append(Comment(span, not text[line_start : span.start].strip()))
            if seek_braces:
                braces += _inside(text, span, "comment")
        elif kind == "quote":
            end = _STRING_END[match["quote"]].match(text, position)
            position = end.end() if end else len(text)
            closed = position < len(text) or text.endswith(match["quote"])
            if seek_braces:
                prefix = (match["prefix"] or "").lower()
                known = prefix in _PREFIXES
                where: Where = "fstring" if known and "f" in prefix else "string"
                braces += _inside(text, Span(match.start(), position), where)
        elif kind == "brace":
            braces.append(Brace(match.group(), Span(*match.span()), "code"))
            if match.group() == "{#":
                # In code this is a brace and then a comment.
                position = match.start() + 1
                continue
    return tuple(braces), tuple(comments), closed


_scanned_once = lru_cache(maxsize=2048)(_scanned)


def _inside(text: str, token: Span, where: Where) -> list[Brace]:
    return [
        Brace(match.group(), Span(*match.span()), where, token)
        for match in _BRACE.finditer(text, token.start, token.end)
    ]


def first_code(source: SourceText) -> Span | None:
    """The first line that is neither blank nor a comment, from its first character on."""
    match = _FIRST_CODE.match(source.text)
    start = match.end() if match else 0
    if start >= len(source.text):
        return None
    return Span(start, max(source.line_span(source.line_of(start)).end, start))
