"""Random edits: the server's text is the editor's, and its findings are those of a fresh analysis."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.text.source import SourceText, Span
from glue_lsp.methods import completion, did_change, document_symbol, hover, inlay_hint
from glue_lsp.positions import to_range
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from tests.unit.lsp.random_session import PIECES

if TYPE_CHECKING:
    from tests.unit.lsp.conftest import Editor

MODEL = """from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    orders = dbt.ref("orders")
    return orders.select("order_id", F.col("amount").alias("spent"))
"""
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1, max_size=12
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=EDITS)
def test_answers_are_those_of_a_fresh_analysis(
    editor: Editor, encoding: str, edits: list[tuple[float, int, str]]
) -> None:
    editor.encoding = editor.server.session.encoding = encoding
    editor.open("models/report.py", MODEL)
    text = MODEL

    def work() -> None:
        nonlocal text
        for version, (place, length, piece) in enumerate(edits, 2):
            start = _boundary(text, int(place * len(text)))
            end = _boundary(text, min(start + length, len(text)))
            where = to_range(SourceText(text), Span(start, end), encoding)
            text = text[:start] + piece + text[end:]
            change = types.TextDocumentContentChangePartial(where, piece)
            item = types.VersionedTextDocumentIdentifier(version=version, uri=editor.uri)
            did_change.handle(editor.server, types.DidChangeTextDocumentParams(item, [change]))
            assert editor.text == text
            position = editor.position(min(start + len(piece), len(text)))
            completion.handle(editor.server, types.CompletionParams(editor.item, position))
            hover.handle(editor.server, types.HoverParams(editor.item, position))
            document_symbol.handle(editor.server, types.DocumentSymbolParams(editor.item))
            inlay_hint.handle(
                editor.server,
                types.InlayHintParams(
                    editor.item, types.Range(types.Position(0, 0), types.Position(99, 0))
                ),
            )
        view = editor.server.session.view(editor.uri)
        assert view is not None
        if not view.broken:
            source = SourceText(text)
            fresh = check(
                analyze(source, view.surroundings.settings.options),
                source,
                view.project,
                view.surroundings.settings,
                path="models/report.py",
            )
            assert view.diagnostics == fresh

    editor.run(work)


def _boundary(text: str, offset: int) -> int:
    """An offset that is not between the two characters of a line break, where no position is."""
    return offset + 1 if re.match(r"\r\n", text[max(offset - 1, 0) :]) and offset else offset
