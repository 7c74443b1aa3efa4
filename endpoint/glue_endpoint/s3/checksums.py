"""The checksums that S3 verifies and keeps: CRC32, CRC32C, CRC64NVME, SHA1, SHA256."""

from __future__ import annotations

import base64
import binascii
import hashlib
import sys
import zlib
from array import array
from functools import cache
from typing import TYPE_CHECKING, Protocol

from glue_endpoint.s3.errors import S3Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PREFIX = "x-amz-checksum-"
LENGTHS = {"crc32": 4, "crc32c": 4, "crc64nvme": 8, "sha1": 20, "sha256": 32}
"""Bytes of each algorithm's value."""
_POLYNOMIALS = {"crc32c": (0x82F63B78, 32), "crc64nvme": (0x9A6C9329AC4BC9B5, 64)}
"""Reflected, with their width; CRC-64/NVME is that of the NVM Express specification."""


class Digest(Protocol):
    """What hashlib's objects have, as far as it is used."""

    def update(self, piece: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, piece: bytes, /) -> None:
        self._value = zlib.crc32(piece, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class _Crc:
    """A CRC in Python, two bytes a step (20 MB a second): only for clients that choose it."""

    def __init__(self, algorithm: str) -> None:
        polynomial, self._width = _POLYNOMIALS[algorithm]
        self._table, self._small = _table_of_pairs(polynomial), _table_of_bytes(polynomial)
        self._ones = (1 << self._width) - 1
        self._value = self._ones
        self._odd = b""

    def update(self, piece: bytes, /) -> None:
        piece = self._odd + piece
        even = len(piece) & ~1
        self._odd = piece[even:]
        pairs = array("H", piece[:even])
        if sys.byteorder == "big":
            pairs.byteswap()
        value, table = self._value, self._table
        for pair in pairs:
            value = table[(value ^ pair) & 0xFFFF] ^ (value >> 16)
        self._value = value

    def digest(self) -> bytes:
        value = self._value
        for byte in self._odd:
            value = self._small[(value ^ byte) & 0xFF] ^ (value >> 8)
        return (value ^ self._ones).to_bytes(self._width // 8, "big")


def digest_of(algorithm: str) -> Digest:
    """A new digest of one of LENGTHS."""
    if algorithm == "crc32":
        return _Crc32()
    if algorithm in _POLYNOMIALS:
        return _Crc(algorithm)
    return hashlib.new(algorithm, usedforsecurity=False)


def passing(pieces: Iterable[bytes], digests: Sequence[Digest]) -> Iterator[bytes]:
    """The same pieces, seen by each digest on their way."""
    for piece in pieces:
        for digest in digests:
            digest.update(piece)
        yield piece


def encode(digest: bytes) -> str:
    """As headers have it."""
    return base64.b64encode(digest).decode()


def given_checksum(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Algorithm and value of the one x-amz-checksum- header that a request may have. Raises S3Error."""
    found = [(name, headers[PREFIX + name]) for name in LENGTHS if PREFIX + name in headers]
    if len(found) > 1:
        raise S3Error(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        )
    if found and not _fits(*found[0]):
        raise S3Error("InvalidRequest", f"Value for {PREFIX}{found[0][0]} header is invalid.")
    return found[0] if found else None


def _fits(algorithm: str, value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == LENGTHS[algorithm]
    except binascii.Error:
        return False


@cache
def _table_of_bytes(polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table


@cache
def _table_of_pairs(polynomial: int) -> list[int]:
    small = _table_of_bytes(polynomial)
    table = []
    for pair in range(0x10000):
        value = small[pair & 0xFF] ^ (pair >> 8)
        table.append(small[value & 0xFF] ^ (value >> 8))
    return table
