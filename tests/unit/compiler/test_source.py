"""Lines, columns and positions of a text, in every encoding."""

from __future__ import annotations

import pytest
from glue_compiler.text.source import SourceText, Span
from hypothesis import given
from hypothesis import strategies as st


def test_only_carriage_return_and_line_feed_end_lines():
    source = SourceText("a\fb\u2028c\x85d\r\ne\rf\n")
    assert source.line_count == 4
    assert [source.line_text(line) for line in range(1, 5)] == ["a\fb\u2028c\x85d", "e", "f", ""]


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 13), ("utf-16", 10), ("utf-32", 9)])
def test_positions_count_the_units_of_the_encoding(encoding, character):
    source = SourceText("x = 1\né = '😀'; abc")
    offset = source.text.index("abc")
    assert source.to_position(offset, encoding) == (1, character)
    assert source.from_position(1, character, encoding) == offset


def test_a_position_inside_a_code_point_is_moved_to_its_start():
    source = SourceText("'😀'")
    assert source.from_position(0, 2, "utf-16") == 1


def test_utf8_columns_of_ast_become_offsets():
    source = SourceText("é = '😀'; abc = 1")
    assert source.offset_of_utf8(1, 13) == source.text.index("abc")


def test_bytes_that_are_not_utf8_are_located():
    source = SourceText.from_bytes(b"x = '\xe9'\n")
    assert source.undecodable == 5
    assert source.text == "x = '\ufffd'\n"


def test_a_byte_order_mark_stays_visible():
    assert SourceText.from_bytes(b"\xef\xbb\xbfx").text == "\ufeffx"


@given(st.text(alphabet=st.sampled_from("ab\r\n\fé😀\u2028\ud800"), max_size=40), st.data())
def test_offsets_survive_the_way_through_positions(text, data):
    source = SourceText(text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.line_column(offset)
    span = source.line_span(line)
    if offset > span.end:  # between \r and \n there is no position
        return
    assert source.offset(line, column) == offset
    for encoding in ("utf-8", "utf-16", "utf-32"):
        assert source.from_position(*source.to_position(offset, encoding), encoding) == offset


def test_spans_cover_and_contain():
    assert Span(2, 5).covers(Span(2, 3))
    assert not Span(2, 5).covers(Span(1, 3))
    assert Span(2, 5).contains(5)
