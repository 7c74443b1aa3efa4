"""A message is whole and within its bounds before anything is made of it."""

from __future__ import annotations

import io
import struct
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.messages import MESSAGE_LIMIT, MessageReader, NotThrift
from hypothesis import given
from hypothesis import strategies as st
from thriftpy2.protocol.cybin import TCyBinaryProtocol
from thriftpy2.thrift import TMessageType
from thriftpy2.transport.memory import TCyMemoryBuffer

from tests.unit.endpoint.metastore.shapes import hive_partition, hive_table

if TYPE_CHECKING:
    import socket

HEAD = b"\x80\x01\x00\x01" + struct.pack(">i", 3) + b"any" + struct.pack(">i", 7)


def message(name: str, **arguments: Any) -> bytes:
    buffer = TCyMemoryBuffer()
    protocol = TCyBinaryProtocol(buffer)
    protocol.write_message_begin(name, TMessageType.CALL, 1)
    getattr(HIVE.ThriftHiveMetastore, f"{name}_args")(**arguments).write(protocol)
    protocol.write_message_end()
    return bytes(buffer.getvalue())


def read(data: bytes) -> bytes | None:
    return MessageReader(io.BytesIO(data)).read()


def test_messages_end_where_their_structures_do() -> None:
    table = hive_table("t", keys={"day": "string"})
    parts = [hive_partition(table, f"{n}") for n in range(3)]
    request = HIVE.AddPartitionsRequest(dbName="d", tblName="t", parts=parts, ifNotExists=True)
    messages = [
        message("get_all_databases"),
        message("create_table", tbl=table),
        message("add_partitions_req", request=request),
        message("get_partitions_ps", db_name="d", tbl_name="t", part_vals=["1"], max_parts=-1),
    ]
    reader = MessageReader(io.BytesIO(b"".join(messages)))
    assert [reader.read() for _ in messages] == messages
    assert reader.read() is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "do not begin as"),
        (b"\x80", "do not begin as"),
        (b"\x80\x01\x00\x01\x7f\xff\xff\xff", "a length of 2147483647"),
        (b"\x80\x01\x00\x01\xff\xff\xff\xff", "a length of -1"),
        (HEAD + b"\x0b\x00\x01\x7f\xff\xff\xff", "a length of 2147483647"),
        (HEAD + b"\x0f\x00\x01\x0b\x7f\xff\xff\xff", "a length of 2147483647"),
        (HEAD + b"\x0f\x00\x01\x0a\x03\x00\x00\x00", "a message of more than"),
        (HEAD + b"\x0f\x00\x01\x01\x00\x00\x00\x01", "the unknown type 1"),
        (HEAD + b"\x0d\x00\x01\x0b\x0b\x00\x00\x00\x05", "ended inside a message"),
        (HEAD + b"\x0c\x00\x01" * 100, "nested too deeply"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, said: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(NotThrift, match=said):
            read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MESSAGE_LIMIT / 10


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for given_bytes in (data, HEAD + data):
        try:
            found = read(given_bytes)
        except NotThrift:
            continue
        assert found is None or given_bytes.startswith(found)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x80\x01\x00\x01\x00\x00\x00\x02\xff\xfe\x00\x00\x00\x01\x00",
    ],
)
def test_a_client_that_sends_no_thrift_is_let_go(
    raw: socket.socket, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    raw.sendall(data)
    assert _until_closed(raw) == b""
    assert "closed a connection to the metastore: the " in caplog.text


def test_a_call_whose_arguments_are_of_other_types_fails_alone(raw: socket.socket) -> None:
    """A text that is no text: the answer is an exception, and the connection lives."""
    name = b"get_table"
    begin = b"\x80\x01\x00\x01" + struct.pack(">i", len(name)) + name + struct.pack(">i", 1)
    raw.sendall(begin + b"\x0b\x00\x01" + struct.pack(">i", 2) + b"\xff\xfe" + b"\x00")
    assert b"UnicodeDecodeError" in raw.recv(4096)
    raw.sendall(message("get_all_databases"))
    assert b"get_all_databases" in raw.recv(4096)


def _until_closed(connection: socket.socket) -> bytes:
    received = b""
    try:
        while data := connection.recv(4096):
            received += data
    except ConnectionResetError:
        pass
    return received
