"""What no parser of Spark SQL takes, told by the tokens of a text.

A parser of another make is no proof of what Spark refuses. These few things are, in all versions: a parenthesis or a
quote that is not closed, a comma or an operator with nothing after it, `&&`, nothing at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\r\n]*)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<quoted>`(?:[^`]|``)*`)"
    r"|(?P<open_quote>['\"`])"
    r"|(?P<word>[\w\0]+)"
    r"|(?P<sign><=>|->|=>|\|\||&&|::|==|!=|<>|<=|>=|.)",
    re.DOTALL,
)
_UNCLEAR = re.compile(r"/\*|[${}\\]|\b[rR]['\"]")
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_PAIRS = {"(": ")", "[": "]"}
_NEEDS_MORE = frozenset(
    {
        *("+", "-", "/", "%", "=", "==", "!=", "<>", "<", ">", "<=", ">=", "<=>", "||", ",", "&&"),
        *("|", "^"),
    }
)


@dataclass(frozen=True, slots=True)
class Slip:
    """What Spark does not take, and where: `opened`, `closed` (without its other one), `quote`, `comma`, `ending`, `signs`, `empty`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def slip_in(text: str, *, query: bool) -> Slip | None:
    """The first thing in an expression, or in a query, that surely does not parse; None where there is none or it is not clear."""
    if not text.strip():
        return Slip("empty", 0, len(text))
    if _UNCLEAR.search(text) or (query and not _QUERY.match(text)):
        return None
    tokens = _tokens(text)
    last = tokens[-1] if tokens else None
    if last is None:
        return None
    return _quote(tokens) or _pairs(tokens) or _signs(tokens) or _ending(last)


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(str(match.lastgroup), match[0], match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "space"
    ]


def _quote(tokens: list[_Token]) -> Slip | None:
    for token in tokens:
        if token.kind == "open_quote":
            return Slip("quote", token.start, token.end)
    return None


def _pairs(tokens: list[_Token]) -> Slip | None:
    opened: list[_Token] = []
    for token in tokens:
        if token.kind != "sign":
            continue
        if token.text in _PAIRS:
            opened.append(token)
        elif token.text in _PAIRS.values():
            if not opened or _PAIRS[opened[-1].text] != token.text:
                return Slip("closed", token.start, token.end)
            opened.pop()
    return Slip("opened", opened[-1].start, opened[-1].end) if opened else None


def _signs(tokens: list[_Token]) -> Slip | None:
    for left, right in pairwise(tokens):
        if left.text == "," and right.text in (",", ")"):
            return Slip("comma", left.start, left.end)
        if left.text == "(" and right.text == ",":
            return Slip("comma", right.start, right.end)
    for token in tokens:
        if token.text == "&&":
            return Slip("signs", token.start, token.end)
    return None


def _ending(last: _Token) -> Slip | None:
    if last.kind == "sign" and last.text in _NEEDS_MORE:
        return Slip("ending", last.start, last.end)
    return None
