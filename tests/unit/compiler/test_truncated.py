"""A text that ends after any of its tokens is analysed without a crash: as it stands, and as it is made readable for an editor.

`DBT_GLUE_EVERY_TOKEN=1` takes every token of every text of `tests/data`; without it, so many of each that all are
taken in turn over the texts.
"""

from __future__ import annotations

import io
import os
import tokenize
from pathlib import Path

import pytest
from glue_compiler.text.source import SourceText
from glue_compiler.tree.recover import recover
from glue_compiler.workspace import Surroundings, Workspace

DATA = Path(__file__).parents[2] / "data"
TEXTS = {
    str(path.relative_to(DATA)): path.read_text("utf-8")
    for path in sorted(DATA.rglob("*.py"))
    if "def model(" in path.read_text("utf-8") and path.parent.name != "corpus"
}
EVERY = bool(os.environ.get("DBT_GLUE_EVERY_TOKEN"))
_EACH = 4
_GROUPS = 8


def ends_of(text: str) -> list[int]:
    """Where the tokens of a text end, as offsets."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    ends = {starts[token.end[0] - 1] + token.end[1] for token in tokens if token.string.strip()}
    return sorted(end for end in ends if end < len(text))


def cuts(number: int, text: str) -> list[int]:
    """All ends, or some of them; which ones goes on with the number of the text."""
    ends = ends_of(text)
    if EVERY or len(ends) <= _EACH:
        return ends
    return [ends[(number * 7 + step * len(ends) // _EACH) % len(ends)] for step in range(_EACH)]


def test_there_are_texts_and_tokens() -> None:
    assert len(TEXTS) > 100
    assert ends_of("a = (1,\n 'é')  # x\n") == [1, 3, 5, 6, 7, 12, 13, 18]


@pytest.mark.parametrize("group", range(_GROUPS))
def test_a_text_that_ends_anywhere_is_analysed(group: int) -> None:
    workspace = Workspace(Surroundings())
    seen = 0
    for number, (name, text) in enumerate(TEXTS.items()):
        if number % _GROUPS != group:
            continue
        for end in cuts(number, text):
            part = text[:end]
            try:
                workspace.findings(None, SourceText(part))
                readable = recover(SourceText(part), len(part))
                if readable is not None:
                    workspace.findings(None, readable.source)
            except Exception as error:
                raise AssertionError(f"{name}, ends at {end}: …{part[-60:]!r}") from error
            seen += 1
    assert seen >= len(TEXTS) // _GROUPS
