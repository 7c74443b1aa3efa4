"""Reading one Thrift message whose lengths are checked before memory is taken for them.

The binary protocol has no frame: a message ends where its last structure ends, and each text and
each list begins with a length that the reader has to believe. So the message is walked by its types
first, and only what is whole, and within the bounds, reaches the decoder.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

MESSAGE_LIMIT = 128 * 2**20
"""Bytes of one message: statistics of 10,000 partitions with fifty columns each are 30 million."""

_DEPTH_LIMIT = 32
_VERSION = 0x8001
_STOP, _TEXT, _STRUCT, _MAP, _SET, _LIST = 0, 11, 12, 13, 14, 15
_WIDTHS = {2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8}
"""Bytes of a value by its type: bool, byte, double, i16, i32 and i64."""


class NotThrift(Exception):
    """What came is no message of the binary protocol, or a larger one than anybody needs."""


class MessageReader:
    """The messages of one connection, one after the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._parts: list[bytes] = []
        self._size = 0

    def read(self) -> bytes | None:
        """The next message; None where the other side has closed the connection.

        Raises NotThrift, after which the stream is of no more use.
        """
        self._parts, self._size = [], 0
        first = self._stream.read(4)
        if not first:
            return None
        self._parts.append(first)
        if len(first) < 4 or int.from_bytes(first[:2], "big") != _VERSION:
            raise NotThrift("the bytes do not begin as Thrift's strict binary protocol does")
        self._text()
        self._take(4)
        self._struct(_DEPTH_LIMIT)
        return b"".join(self._parts)

    def _take(self, size: int) -> bytes:
        self._size += size
        if size < 0 or self._size > MESSAGE_LIMIT:
            raise NotThrift(f"a message of more than {MESSAGE_LIMIT} bytes")
        data = self._stream.read(size)
        if len(data) < size:
            raise NotThrift("the connection ended inside a message")
        self._parts.append(data)
        return data

    def _length(self) -> int:
        (length,) = struct.unpack(">i", self._take(4))
        if not 0 <= length <= MESSAGE_LIMIT:
            raise NotThrift(f"a length of {length}")
        return int(length)

    def _text(self) -> None:
        self._take(self._length())

    def _struct(self, depth: int) -> None:
        while True:
            kind = self._take(1)[0]
            if kind == _STOP:
                return
            self._take(2)
            self._value(kind, depth)

    def _value(self, kind: int, depth: int) -> None:
        if depth == 0:
            raise NotThrift("structures nested too deeply")
        width = _WIDTHS.get(kind)
        if width is not None:
            self._take(width)
        elif kind == _TEXT:
            self._text()
        elif kind == _STRUCT:
            self._struct(depth - 1)
        elif kind in (_LIST, _SET):
            self._values(self._take(1), depth - 1)
        elif kind == _MAP:
            self._values(self._take(2), depth - 1)
        else:
            raise NotThrift(f"a value of the unknown type {kind}")

    def _values(self, kinds: bytes, depth: int) -> None:
        count = self._length()
        widths = [_WIDTHS.get(kind) for kind in kinds]
        fixed = [width for width in widths if width is not None]
        if len(fixed) == len(kinds):
            self._take(count * sum(fixed))
            return
        for _ in range(count):  # each of them takes a byte at least, and bytes are counted
            for kind in kinds:
                self._value(kind, depth)
