"""Messages are cut out of a stream wherever its pieces end."""

from __future__ import annotations

import pytest
from glue_lsp.wire.transport import Messages
from hypothesis import given
from hypothesis import strategies as st


def framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


@given(st.lists(st.binary(max_size=40), max_size=5), st.lists(st.integers(1, 50), max_size=20))
def test_every_message_comes_once_and_whole(bodies: list[bytes], cuts: list[int]) -> None:
    stream, messages, found = b"".join(map(framed, bodies)), Messages(), []
    for cut in cuts:
        found += list(messages.feed(stream[:cut]))
        stream = stream[cut:]
    found += list(messages.feed(stream))
    assert found == bodies


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 2\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nContent-Type: x\r\n\r\n",
    ],
)
def test_headers_in_any_order(head: bytes) -> None:
    assert list(Messages().feed(head + b"{}" + framed(b"[]"))) == [b"{}", b"[]"]


def test_a_header_without_a_length_is_skipped() -> None:
    assert list(Messages().feed(b"X-Odd: 1\r\n\r\n" + framed(b"{}"))) == [b"{}"]
