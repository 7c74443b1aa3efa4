"""The statement around a place is the same whatever text was looked at before."""

from __future__ import annotations

import random

import pytest
from glue_compiler.text.cursor import cursor_at
from glue_compiler.text.source import SourceText

PIECES = (
    *("(", ")", "[", "]", '"', "'", '"""', "'''", "\n", "\r\n", "\\\n", "\\", "\f", "\u2028"),
    *("# c\n", "rb'x'", "x = 1\n", "\n    y = f(\n", "def f():\n", "if a:\n", "    ", "foo\n  = "),
)


@pytest.mark.parametrize("seed", range(40))
def test_the_text_before_does_not_matter(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices(PIECES, k=50))
    for _ in range(25):
        start = chance.randrange(len(text) + 1)
        added = "".join(chance.choices(PIECES, k=chance.randrange(3)))
        text = text[:start] + added + text[start + chance.choice((0, 0, 1, 5)) :]
        offset = chance.choice((start, chance.randrange(len(text) + 1)))
        remembered = cursor_at(SourceText(text), offset)
        cursor_at(SourceText(""), 0)
        assert cursor_at(SourceText(text), offset) == remembered
        cursor_at(SourceText(text), len(text))


def test_a_statement_begins_where_its_line_begins() -> None:
    text = 'a = """\nb = 1\n"""\nc = f(\n    1,\n'
    assert cursor_at(SourceText(text), len(text)).statement == text.index("c =")
    assert cursor_at(SourceText(text), text.index("b =")).statement == 0
