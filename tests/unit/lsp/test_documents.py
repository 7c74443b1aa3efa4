"""The server's text after incremental edits is the editor's, in every encoding and with every line break."""

from __future__ import annotations

import re

import pytest
from glue_lsp.text.documents import Documents
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

TEXTS = st.text(st.sampled_from("ab\n\r\f\u2028\x85é😀\t"), max_size=30)


class Reference:
    """An editor's buffer that counts in code units and breaks lines as the protocol says."""

    def __init__(self, text: str, encoding: str) -> None:
        self.codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
        self.size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
        self.text = text

    def position(self, offset: int) -> types.Position:
        breaks = [m.end() for m in re.finditer(r"\r\n|\r|\n", self.text) if m.end() <= offset]
        line = self.text[breaks[-1] if breaks else 0 : offset]
        return types.Position(len(breaks), len(line.encode(self.codec)) // self.size)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), TEXTS), max_size=5))
def test_edits_have_the_same_effect(
    encoding: str, text: str, edits: list[tuple[int, int, str]]
) -> None:
    documents = Documents()
    document = documents.open(types.TextDocumentItem("untitled:x", "python", 1, text), None)
    for start, length, piece in edits:
        reference = Reference(text, encoding)
        start = min(start, len(text))
        end = min(start + length, len(text))
        if any(text[at - 1 : at + 1] == "\r\n" for at in (start, end) if at):
            continue  # no position is between the two
        where = types.Range(reference.position(start), reference.position(end))
        document.change([types.TextDocumentContentChangePartial(where, piece)], 2, encoding)  # type: ignore[arg-type]
        text = text[:start] + piece + text[end:]
        assert document.source.text == text


def test_a_whole_text_replaces_everything() -> None:
    documents = Documents()
    document = documents.open(types.TextDocumentItem("untitled:x", "python", 1, "old"), None)
    document.change([types.TextDocumentContentChangeWholeDocument("new")], 7, "utf-16")
    assert (document.source.text, document.version) == ("new", 7)
    documents.close("untitled:x")
    assert documents.get("untitled:x") is None
