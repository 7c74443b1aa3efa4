"""Random programs as text: tokens with no white space that can be left out, with the usual, or with any that is allowed."""

from __future__ import annotations

import itertools
import random
from keyword import iskeyword

from tests.unit.compiler.random_tokens import Clause, RandomTokens, Tokens

_STYLES = ("tight", "usual", "any", "any")
_TIGHT_BEFORE = frozenset(")]},:;.(")
_COMMENTS = ("# c", "# ) é", "# (", "# else: '")


def random_program(seed: int) -> str:
    """A text of some statements, which Python reads most of the time."""
    chance = random.Random(seed)
    tokens = RandomTokens(chance)
    layout = _Layout(chance)
    count = chance.choice((1, 1, 2, 3))
    text = "".join(
        layout.statement(tokens.statement(chance.randrange(4)), "") for _ in range(count)
    )
    return text.rstrip("\r\n") if chance.random() < 0.1 else text


class _Layout:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.style = chance.choice(_STYLES)
        self.newline = chance.choice(("\n", "\n", "\n", "\r\n", "\r"))

    def statement(self, clauses: list[Clause], indent: str) -> str:
        found = ""
        for clause in clauses:
            head = indent + self.line(clause.head)
            body = clause.body
            found += self._between(indent)
            if body is None:
                found += head + self._tail() + self.newline
            elif isinstance(body[0], str):
                found += head + self.chance.choice(("", " ")) + self.line(_tokens(body))
                found += self._tail() + self.newline
            else:
                found += head + self._tail() + self.newline
                inner = indent + self.chance.choice(("    ", "  ", "\t", " "))
                found += "".join(self.statement(_clauses(item), inner) for item in body)
        return found

    def line(self, tokens: Tokens) -> str:
        """The tokens of one logical line."""
        found, opened = tokens[0], tokens[0] in "([{"
        depth = int(opened)
        for left, right in itertools.pairwise(tokens):
            found += self._gap(left, right, depth) + right
            depth += (right in ("(", "[", "{")) - (right in (")", "]", "}"))
        return found

    def _gap(self, left: str, right: str, depth: int) -> str:
        least = " " if _would_join(left, right) else ""
        if self.style == "tight":
            return least
        if self.style == "usual":
            return least if right in _TIGHT_BEFORE or left in ("(", "[", "{", ".") else " "
        kind = self.chance.random()
        if kind < 0.3:
            return least
        if kind < 0.6:
            return " "
        if kind < 0.7:
            return self.chance.choice(("  ", "\t", " \f ", " \t"))
        if depth and kind < 0.9:
            comment = self.chance.choice(("", "", *(f" {text}" for text in _COMMENTS)))
            return comment + self.newline + self.chance.choice(("", "  ", "\t"))
        if kind < 0.93:
            return " \\" + self.newline + self.chance.choice((" ", "", "\t"))
        return least

    def _between(self, indent: str) -> str:
        if self.style == "tight" or self.chance.random() < 0.8:
            return ""
        comment = self.chance.choice(_COMMENTS)
        lines = ("", indent + comment, comment, "   ", f"{indent}    {comment}", "\f")
        return self.chance.choice(lines) + self.newline

    def _tail(self) -> str:
        if self.style == "tight" or self.chance.random() < 0.85:
            return ""
        return self.chance.choice((" ", *_COMMENTS))


def _would_join(left: str, right: str) -> bool:
    """Whether two tokens would be another one, or two others, without white space between them."""
    last, first = left[-1], right[0]
    if first in "'\"":
        return last.isalnum() and not iskeyword(left)
    if first == ".":
        return last in "0123456789."
    return (last.isalnum() or last in "_.") and (first.isalnum() or first == "_")


def _tokens(body: list[list[Clause]] | Tokens) -> Tokens:
    return [token for token in body if isinstance(token, str)]


def _clauses(item: list[Clause] | str) -> list[Clause]:
    return [] if isinstance(item, str) else item
