"""The body of an upload: its chunks taken apart, its signature, length and checksums verified as it passes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from glue_endpoint.api.streams import PIECE, Body
from glue_endpoint.s3 import checksums, signature
from glue_endpoint.s3.errors import S3Error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from glue_endpoint.s3.signature import Seal

LARGEST_UPLOAD = 5 * 2**30
"""Bytes of one PUT (S3: "Uploading objects")."""
_LONGEST_HEADER = 4 * 1024
_MOST_TRAILERS = 16
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?")


class Payload:
    """What a request uploads, as it is read: pieces of bytes, and what is known when all were read."""

    def __init__(self, body: Body, headers: Mapping[str, str], seal: Seal) -> None:
        """Raises S3Error where the headers contradict each other, or the upload is too large."""
        self._body = body
        self._seal = seal
        self._chunked = seal.content in signature.CHUNKED
        self._length = _declared_length(body, headers, chunked=self._chunked)
        if (self._length or 0) > LARGEST_UPLOAD:
            raise _too_large()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._given_md5 = _given_md5(headers)
        self._given = checksums.given_checksum(headers)
        self._trailer = _announced_trailer(headers)
        if self._given is None and self._trailer is None:
            _refuse_missing_checksum(headers)
        self.algorithm = self._given[0] if self._given else self._trailer
        self._digest = checksums.digest_of(self.algorithm) if self.algorithm else None
        self.size = 0
        self._trailers: dict[str, str] = {}

    @property
    def md5(self) -> bytes:
        """The MD5 of what was read."""
        return self._md5.digest()

    @property
    def checksum(self) -> str | None:
        """The value of the checksum that the client asked for, in base64."""
        return checksums.encode(self._digest.digest()) if self._digest else None

    def pieces(self) -> Iterator[bytes]:
        """All of it. Ends with S3Error unless everything that the client says of it is true."""
        source = self._chunks() if self._chunked else self._plain()
        for piece in source:
            self.size += len(piece)
            if self.size > LARGEST_UPLOAD:
                raise _too_large()
            self._md5.update(piece)
            if self._digest is not None:
                self._digest.update(piece)
            yield piece
        self._check_all()

    def read_all(self, limit: int) -> bytes:
        """All of it at once, if it is no more than `limit` bytes. Raises S3Error."""
        text = bytearray()
        for piece in self.pieces():
            text += piece
            if len(text) > limit:
                raise S3Error("MalformedXML", f"The document is longer than {limit} bytes.")
        return bytes(text)

    def _plain(self) -> Iterator[bytes]:
        expected = self._seal.content
        sha256 = None if expected == signature.UNSIGNED else hashlib.sha256()
        while piece := self._body.read(PIECE):
            if sha256 is not None:
                sha256.update(piece)
            yield piece
        if sha256 is not None and sha256.hexdigest() != expected:
            raise S3Error(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )

    def _chunks(self) -> Iterator[bytes]:
        reader = _Reader(self._body)
        signed = self._seal.content != signature.UNSIGNED_TRAILER
        while True:
            head = _CHUNK.fullmatch(reader.line())
            if head is None or (signed and head[2] is None):
                raise S3Error("IncompleteBody", "The body's chunks are not those of aws-chunked.")
            sha256, left = hashlib.sha256(), int(head[1], 16)
            last = not left
            while left:
                piece = reader.read(min(left, PIECE))
                left -= len(piece)
                if signed:
                    sha256.update(piece)
                yield piece
            if signed:
                self._seal.check_chunk(sha256.hexdigest(), head[2].decode())
            if last:
                break
            if reader.line():
                raise S3Error("IncompleteBody", "A chunk is longer than it says.")
        self._read_trailers(reader)

    def _read_trailers(self, reader: _Reader) -> None:
        covered, given = b"", ""
        while line := reader.line(at_end=True):
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or len(self._trailers) >= _MOST_TRAILERS:
                raise S3Error("IncompleteBody", "The trailing headers are not headers.")
            name, value = name.strip().lower(), value.strip()
            if name == "x-amz-trailer-signature":
                given = value
            else:
                self._trailers[name] = value
                covered += f"{name}:{value}\n".encode("latin-1")
        if self._seal.content == signature.SIGNED_CHUNKS_TRAILER:
            self._seal.check_trailer(covered, given)

    def _check_all(self) -> None:
        if self._length is not None and self.size != self._length:
            raise S3Error(
                "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP header",
            )
        if self._given_md5 is not None and not hmac.compare_digest(self.md5, self._given_md5):
            raise S3Error(
                "BadDigest", "The Content-MD5 you specified did not match what we received."
            )
        expected = self._given[1] if self._given else None
        if self._given is None and self._trailer is not None:
            found = checksums.given_checksum(self._trailers)
            if found is None or found[0] != self._trailer:
                raise S3Error("InvalidRequest", "The announced trailing checksum did not come.")
            expected = found[1]
        if expected is not None and self.checksum != expected:
            raise S3Error(
                "BadDigest",
                f"The {str(self.algorithm).upper()} you specified did not match the calculated checksum.",
            )


class _Reader:
    """Lines and bytes of a body, whose pieces end anywhere."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._held = b""

    def line(self, *, at_end: bool = False) -> bytes:
        """The next line; `at_end`: nothing where the body is over."""
        while b"\r\n" not in self._held:
            more = self._body.read(PIECE if len(self._held) < _LONGEST_HEADER else 0)
            if not more:
                if at_end and not self._held:
                    return b""
                raise S3Error("IncompleteBody", "The body's chunks are not those of aws-chunked.")
            self._held += more
        line, _, self._held = self._held.partition(b"\r\n")
        return line

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, at least one."""
        piece = self._held[:size] or self._body.read(size)
        self._held = self._held[len(piece) :] if self._held else b""
        if not piece:
            raise S3Error("IncompleteBody", "The body ended within a chunk.")
        return piece


def _declared_length(body: Body, headers: Mapping[str, str], *, chunked: bool) -> int | None:
    if not chunked:
        return body.length
    text = headers.get("x-amz-decoded-content-length", "")
    if not text.isdecimal() or len(text) > 16:
        raise S3Error(
            "MissingContentLength", "You must provide the x-amz-decoded-content-length header."
        )
    return int(text)


def _given_md5(headers: Mapping[str, str]) -> bytes | None:
    text = headers.get("content-md5")
    if text is None:
        return None
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        value = b""
    if len(value) != 16:
        raise S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.")
    return value


def _announced_trailer(headers: Mapping[str, str]) -> str | None:
    names = [name.strip().lower() for name in headers.get("x-amz-trailer", "").split(",")]
    for name in names:
        algorithm = name.removeprefix(checksums.PREFIX)
        if name != algorithm and algorithm in checksums.LENGTHS:
            return algorithm
    if names != [""]:
        raise S3Error(
            "InvalidRequest", "The value specified in the x-amz-trailer header is not supported"
        )
    return None


def _refuse_missing_checksum(headers: Mapping[str, str]) -> None:
    if "x-amz-sdk-checksum-algorithm" in headers:
        raise S3Error(
            "InvalidRequest",
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
            "x-amz-trailer headers were found.",
        )


def _too_large() -> S3Error:
    return S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
