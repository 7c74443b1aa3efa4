"""Multipart uploads: parts are files outside of all buckets until they become one object; they outlive the process."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import shutil
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from glue_endpoint.s3 import checksums
from glue_endpoint.s3.errors import S3Error
from glue_endpoint.s3.keys import RESERVED, Bucket
from glue_endpoint.s3.objects import DEFAULT_TYPE, Objects, StoredObject, WriteCondition, pieces_of
from glue_endpoint.s3.records import Record, Records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SMALLEST_PART = 5 * 2**20
"""Bytes of every part but the last (S3: "Multipart upload limits")."""
MOST_PARTS = 10_000
COMPOSITE, FULL_OBJECT = "COMPOSITE", "FULL_OBJECT"
_ID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Upload:
    """One upload: the headers of the object to be, the time it began, the checksum that was chosen."""

    id: str
    key: str
    started: float
    headers: dict[str, str] = field(default_factory=dict)
    algorithm: str | None = None
    checksum_type: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One part: the name of its file, and what is known of that. `modified` is in seconds since the epoch."""

    file: str
    etag: str
    size: int
    modified: float
    checksum: str | None = None


@dataclass(frozen=True)
class NamedPart:
    """A part as the client lists it to complete the upload."""

    number: int
    etag: str
    checksum: tuple[str, str] | None = None


class Uploads:
    """The uploads of all buckets that were begun and neither completed nor aborted."""

    def __init__(self, objects: Objects, records: Records, root: Path) -> None:
        self._objects = objects
        self._records = records
        self._folder = root / RESERVED
        for left in self._folder.iterdir():  # by a process that was killed between two steps
            if left.is_dir() and records.upload(left.name) is None:
                shutil.rmtree(left, ignore_errors=True)

    def begin(
        self,
        bucket: Bucket,
        key: str,
        headers: dict[str, str],
        algorithm: str | None,
        checksum_type: str | None,
        tags: dict[str, str],
    ) -> Upload:
        """A new upload. Raises S3Error for a key that no file can be."""
        bucket.file(key)
        if key.endswith("/"):
            raise S3Error(
                "InvalidRequest", "A key that ends with a slash is a folder here.", Key=key
            )
        bucket.make()
        upload = Upload(
            secrets.token_urlsafe(32), key, time.time(), headers, algorithm, checksum_type, tags
        )
        (self._folder / upload.id).mkdir()
        self._records.add_upload(upload.id, bucket.name, key, upload.started, asdict(upload))
        return upload

    def find(self, bucket: Bucket, key: str, upload_id: str) -> Upload:
        """An upload. Raises S3Error (NoSuchUpload)."""
        found = self._records.upload(upload_id) if _ID.fullmatch(upload_id) else None
        if found is None or found[:2] != (bucket.name, key):
            raise _no_such_upload(upload_id)
        return Upload(**found[3])

    def all(self, bucket: Bucket) -> list[Upload]:
        """A bucket's uploads, by key and then by time."""
        return [Upload(**content) for _, _, _, content in self._records.uploads(bucket.name)]

    def add_part(
        self, upload: Upload, number: int, incoming: Path, etag: str, checksum: str | None
    ) -> Part:
        """Makes a file a part, in place of the one that had its number."""
        name = f"{number}-{secrets.token_hex(8)}"
        part = Part(name, etag, incoming.stat().st_size, time.time(), checksum)
        try:
            incoming.rename(self._folder / upload.id / name)
        except FileNotFoundError:
            raise _no_such_upload(upload.id) from None
        former = self._records.put_part(upload.id, number, asdict(part))
        if former is not None:
            (self._folder / upload.id / former["file"]).unlink(missing_ok=True)
        return part

    def parts(self, upload: Upload) -> dict[int, Part]:
        """The parts that are there, by number."""
        return {number: Part(**part) for number, part in self._records.parts(upload.id).items()}

    def complete(
        self,
        bucket: Bucket,
        upload: Upload,
        named: Sequence[NamedPart],
        condition: WriteCondition,
    ) -> StoredObject:
        """Makes the named parts one object and forgets the upload. Raises S3Error, and the upload stays."""
        parts = self._chosen(upload, named)
        digests = b"".join(bytes.fromhex(part.etag) for part in parts)
        etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
        whole = None
        if upload.algorithm and upload.checksum_type == FULL_OBJECT:
            whole = checksums.digest_of(upload.algorithm)
        with self._objects.incoming(self._joined(upload, parts, whole)) as incoming:
            record = Record(
                etag,
                {"Content-Type": DEFAULT_TYPE, **upload.headers},
                _checksum_of(upload, parts, whole),
                upload.tags,
                tuple(part.size for part in parts),
            )
            stored = self._objects.put(bucket, upload.key, incoming, record, condition)
        self.forget(upload)
        return stored

    def forget(self, upload: Upload) -> None:
        """Removes an upload and its parts."""
        self._records.remove_upload(upload.id)
        shutil.rmtree(self._folder / upload.id, ignore_errors=True)

    def _open(self, upload: Upload, part: Part) -> BinaryIO:
        try:
            return (self._folder / upload.id / part.file).open("rb")
        except FileNotFoundError:
            raise _no_such_upload(upload.id) from None

    def _chosen(self, upload: Upload, named: Sequence[NamedPart]) -> list[Part]:
        stored = self.parts(upload)
        numbers = [each.number for each in named]
        if numbers != sorted(set(numbers)):
            raise S3Error(
                "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            )
        chosen = []
        for each in named:
            part = stored.get(each.number)
            if part is None or part.etag != each.etag or not _agrees(upload, part, each):
                raise S3Error(
                    "InvalidPart",
                    "One or more of the specified parts could not be found. The part may not have been "
                    "uploaded, or the specified entity tag may not match the part's entity tag.",
                    UploadId=upload.id,
                    PartNumber=str(each.number),
                    ETag=each.etag,
                )
            chosen.append(part)
        for number, part in zip(numbers[:-1], chosen[:-1], strict=True):
            if part.size < SMALLEST_PART:
                raise S3Error(
                    "EntityTooSmall",
                    "Your proposed upload is smaller than the minimum allowed size",
                    ProposedSize=str(part.size),
                    MinSizeAllowed=str(SMALLEST_PART),
                    PartNumber=str(number),
                    ETag=part.etag,
                )
        return chosen

    def _joined(
        self, upload: Upload, parts: Sequence[Part], whole: checksums.Digest | None
    ) -> Iterator[bytes]:
        for part in parts:
            with self._open(upload, part) as file:
                for piece in pieces_of(file, 0, part.size):
                    if whole is not None:
                        whole.update(piece)
                    yield piece


def _no_such_upload(upload_id: str) -> S3Error:
    return S3Error(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
        "been aborted or completed.",
        UploadId=upload_id,
    )


def _agrees(upload: Upload, part: Part, named: NamedPart) -> bool:
    if named.checksum is None:
        return True
    algorithm, value = named.checksum
    return algorithm == upload.algorithm and (part.checksum is None or value == part.checksum)


def _checksum_of(
    upload: Upload, parts: Sequence[Part], whole: checksums.Digest | None
) -> tuple[str, str, str] | None:
    if upload.algorithm is None:
        return None
    if whole is not None:
        return upload.algorithm, checksums.encode(whole.digest()), FULL_OBJECT
    values = [part.checksum for part in parts]
    if any(value is None for value in values):
        return None
    digest = checksums.digest_of(upload.algorithm)
    for value in values:
        digest.update(base64.b64decode(value or ""))
    return upload.algorithm, f"{checksums.encode(digest.digest())}-{len(parts)}", COMPOSITE
