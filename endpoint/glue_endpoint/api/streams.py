"""Requests whose bodies are read piece by piece, and responses that are files: what S3 needs of HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from io import BufferedIOBase

PIECE = 256 * 1024
"""Bytes that a body is read and written by."""
_LONGEST_LINE = 8 * 1024
_MOST_TRAILERS = 100


class BodyTruncated(Exception):
    """The connection ended, or made no sense, before the body did."""


class ToldReader:
    """A connection's input; `tell` is called when somebody reads of it, as long as it is there."""

    def __init__(self, source: BufferedIOBase, tell: Callable[[], None] | None) -> None:
        self._source = source
        self.tell = tell

    def read(self, size: int) -> bytes:
        """Up to `size` bytes."""
        self._called()
        return self._source.read(size)

    def readline(self, size: int) -> bytes:
        """A line of up to `size` bytes."""
        self._called()
        return self._source.readline(size)

    def _called(self) -> None:
        if self.tell is not None:
            self.tell()


class Body:
    """The body of a request, which is on its way: `length` bytes, or HTTP's own chunks (None).

    `on_demand` is called before the first byte is read: then a client that asked whether to send its
    body is told to (Expect: 100-continue).
    """

    def __init__(
        self,
        source: BufferedIOBase | ToldReader,
        length: int | None,
        on_demand: Callable[[], None] | None = None,
    ) -> None:
        self.length = length
        self._source = source
        self._on_demand = on_demand
        self._left = length
        self._in_chunk = 0
        self.over = length == 0

    @property
    def awaited(self) -> bool:
        """Whether the client still waits to be told to send the body."""
        return self._on_demand is not None and not self.over

    def read(self, size: int = PIECE) -> bytes:
        """Up to `size` bytes, none at the end. Raises BodyTruncated, or OSError of the connection."""
        if self.over or not size:
            return b""
        if self._on_demand is not None:
            on_demand, self._on_demand = self._on_demand, None
            on_demand()
        if self._left is None:
            return self._read_chunked(size)
        piece = self._source.read(min(size, self._left))
        if not piece:
            raise BodyTruncated(f"{self._left} bytes of the body are missing")
        self._left -= len(piece)
        self.over = not self._left
        return piece

    def discard(self, limit: int) -> bool:
        """Reads up to `limit` bytes of what is left; whether the next request can follow."""
        while not self.over and limit > 0 and not self.awaited:
            limit -= len(self.read(min(limit, PIECE)))
        return self.over

    def _read_chunked(self, size: int) -> bytes:
        if not self._in_chunk:
            text = self._line().partition(b";")[0].strip()
            if not text or len(text) > 16 or text.strip(b"0123456789abcdefABCDEF"):
                raise BodyTruncated("a chunk has no size")
            self._in_chunk = int(text, 16)
            if not self._in_chunk:
                if not any(not self._line() for _ in range(_MOST_TRAILERS)):
                    raise BodyTruncated("there is no end of the trailing headers")
                self.over = True
                return b""
        piece = self._source.read(min(size, self._in_chunk))
        if not piece:
            raise BodyTruncated("the last chunk is missing")
        self._in_chunk -= len(piece)
        if not self._in_chunk and self._line():
            raise BodyTruncated("a chunk is longer than it said")
        return piece

    def _line(self) -> bytes:
        line = self._source.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise BodyTruncated("a line of the chunks is missing")
        return line.rstrip(b"\r\n")


@dataclass(frozen=True)
class StreamRequest:
    """A request before its body is read: `target` is path and query as they came, header names are in lower case.

    Header values are the bytes of the wire, one character each (latin-1).
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: Body


@dataclass
class FilePart:
    """Bytes of an open file, to be sent."""

    file: BinaryIO
    start: int
    length: int


@dataclass
class StreamResponse:
    """A status, headers, and a body that is bytes or a part of a file, which is closed when it is sent."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | FilePart = b""

    @property
    def length(self) -> int:
        """The body's length in bytes."""
        return self.body.length if isinstance(self.body, FilePart) else len(self.body)

    def close(self) -> None:
        """Closes the file, if there is one."""
        if isinstance(self.body, FilePart):
            self.body.file.close()


@runtime_checkable
class StreamingService(Protocol):
    """A service that checks signatures itself, because it must before and while it reads a body."""

    def stream(self, request: StreamRequest) -> StreamResponse:
        """The response to a request, whoever sent it; errors of the service included."""

    def error(self, code: str, message: str, status: int) -> StreamResponse:
        """An error in the protocol of the service."""
