"""The tokens of a SQL model as it is written, Jinja among them, which is never rendered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# What is inside ends at the first mark of the end, so that there is one way only to read a text.
_EXPRESSION = r"""\{\{(?:'[^']*'|"[^"]*"|\}(?!\})|[^'"}])*\}\}"""
_BLOCK = r"""\{%(?:'[^']*'|"[^"]*"|%(?!\})|[^'"%])*%\}"""
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+|\{{\#.*?\#\}})
    | (?P<comment>--(?:{_EXPRESSION}|(?!\{{\{{)[^\n])*|/\*.*?\*/)
    | (?P<jinja>{_EXPRESSION})
    | (?P<block>{_BLOCK})
    | (?P<text>[rR]'[^']*'|[rR]"[^"]*"
        |'(?:{_EXPRESSION}|\\.|(?!\{{\{{)[^'\\])*'|"(?:{_EXPRESSION}|\\.|(?!\{{\{{)[^"\\])*")
    | (?P<quoted>`[^`]+`)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[A-Za-z]*(?!\w))
    | (?P<word>[A-Za-z_]\w*)
    | (?P<sign>[^\s\w'"`{{}}])
    """,
    re.VERBOSE | re.DOTALL,
)
_SET = re.compile(r"\{%-?\s*set\s+\w+\s*=")
_BLOCK_WORD = re.compile(r"\{%-?\s*(\w+)")
_INNER_BLOCKS = frozenset({"elif", "else", "endif", "endfor"})
_CONFIG = re.compile(r"\{\{-?\s*config\s*\(")

OPENS = {"(": ")", "[": "]"}
CLOSES = frozenset(OPENS.values())


class Unclear(Exception):
    """The text has something in it of which it is not certain what it selects."""


class Token(NamedTuple):
    """A token by its kind: jinja, block, text, quoted, number, word, sign.

    `text` is in lower case for words, and without its quotes for a quoted name. `touches` tells
    that nothing stands between it and the token before.
    """

    kind: str
    text: str
    name: str
    touches: bool


def tokens_of(text: str) -> list[Token] | None:
    """The tokens of a SQL model without comments, `config(...)` and `set`; None where they are not certain."""
    found: list[Token] = []
    place = 0
    touches = False
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        kind, written = match.lastgroup or "", match[0]
        place = match.end()
        if kind == "comment" and "{%" in written:
            return None  # dbt carries out what stands in a comment
        silent = (kind == "block" and _SET.match(written)) or (
            kind == "jinja" and _CONFIG.match(written)
        )
        if kind in ("space", "comment") or silent:
            touches = False
            continue
        name = written[1:-1] if kind == "quoted" else written
        found.append(Token(kind, written.lower() if kind == "word" else written, name, touches))
        touches = True
    return found


def closing_token(tokens: Sequence[Token], place: int) -> int:
    """The index of the bracket that closes the one at a place."""
    depth = 0
    for index in range(place, len(tokens)):
        depth += (tokens[index].text in OPENS) - (tokens[index].text in CLOSES)
        if depth == 0:
            return index
    raise Unclear


def is_balanced(tokens: Sequence[Token]) -> bool:
    """Whether brackets close what was opened, also in what Jinja leaves out."""
    open_brackets: list[str] = []
    blocks: list[int] = []
    for token in tokens:
        if token.kind == "block":
            word = _BLOCK_WORD.match(token.text)
            kind = "" if word is None else word[1]
            if kind in ("if", "for"):
                blocks.append(len(open_brackets))
            elif kind not in _INNER_BLOCKS or not blocks or blocks[-1] != len(open_brackets):
                return False
            elif kind.startswith("end"):
                blocks.pop()
        elif token.text in OPENS:
            open_brackets.append(OPENS[token.text])
        elif token.text in CLOSES:
            if len(open_brackets) <= (blocks[-1] if blocks else 0):
                return False
            if open_brackets.pop() != token.text:
                return False
    return not open_brackets and not blocks
