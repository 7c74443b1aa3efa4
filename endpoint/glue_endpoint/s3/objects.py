"""Objects as files: found, opened, put in place at once or not at all, and removed with the folders they leave empty."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import secrets
import stat
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from glue_endpoint.s3.errors import S3Error, no_such_key, precondition_failed
from glue_endpoint.s3.keys import RESERVED, Bucket, is_marker
from glue_endpoint.s3.records import Markers, Record, Records, is_marked, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from glue_endpoint.buckets import Buckets

DEFAULT_TYPE = "binary/octet-stream"
_COPIED = 8 * 2**20
_LOCKS = 64
_ATTEMPTS = 20
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
"""What file systems without hard links answer (exFAT, some that are shared with virtual machines)."""


@dataclass(frozen=True)
class StoredObject:
    """An object that exists: bytes, time of the last change in nanoseconds since the epoch, and its record."""

    key: str
    size: int
    modified: int
    record: Record


@dataclass(frozen=True)
class WriteCondition:
    """What must hold when an object is put in place: that there is none, or that it has this ETag."""

    absent: bool = False
    etag: str | None = None


class Objects:
    """The objects of all buckets."""

    def __init__(self, buckets: Buckets, records: Records) -> None:
        self.records = records
        self._incoming = buckets.root / RESERVED
        self._incoming.mkdir(parents=True, exist_ok=True)
        for left in self._incoming.glob("incoming-*"):  # by a process that was killed
            left.unlink()
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    # -- reading ---------------------------------------------------------------------------------

    def look(self, bucket: Bucket, key: str) -> StoredObject:
        """What is known of an object. Raises S3Error (NoSuchKey)."""
        while True:
            status = self._status(bucket, key)
            found = self._describe(bucket, key, status)
            if not self._replaced(bucket, key, status, found):
                return found

    def open(self, bucket: Bucket, key: str) -> tuple[StoredObject, BinaryIO]:
        """The same, and its bytes. Raises S3Error (NoSuchKey)."""
        if is_marker(key):
            return self.look(bucket, key), io.BytesIO()
        while True:
            descriptor = self._descriptor(bucket, key)
            try:
                # The record is found by the open file: both are of the same version of the object.
                status = os.fstat(descriptor)
                found = self._describe(bucket, key, status)
                if not self._replaced(bucket, key, status, found):
                    return found, os.fdopen(os.dup(descriptor), "rb")
            finally:
                os.close(descriptor)

    @staticmethod
    def _descriptor(bucket: Bucket, key: str) -> int:
        try:
            # O_NOFOLLOW: no symbolic link is an object; O_NONBLOCK: a named pipe is none, either.
            return os.open(
                bucket.existing_file(key),
                os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
            )
        except PermissionError:
            raise S3Error("AccessDenied", "The file of this key cannot be read.") from None
        except OSError:
            raise no_such_key(key) from None

    def _replaced(
        self, bucket: Bucket, key: str, status: os.stat_result, found: StoredObject
    ) -> bool:
        """Whether a writer took a file's place, and its record away, while this was looking for it.

        What has no record is Spark's as long as it is there; of what is gone the record may have been.
        """
        if is_marker(key) or found.record != derived_record(status):
            return False
        try:
            return os.lstat(bucket.existing_file(key)).st_ino != status.st_ino
        except (FileNotFoundError, NotADirectoryError):
            return True

    @staticmethod
    def _status(bucket: Bucket, key: str) -> os.stat_result:
        try:
            return os.lstat(bucket.existing_file(key))
        except (FileNotFoundError, NotADirectoryError):
            raise no_such_key(key) from None

    def _describe(self, bucket: Bucket, key: str, status: os.stat_result) -> StoredObject:
        marker = is_marker(key)
        record = None
        if stat.S_ISDIR(status.st_mode) if marker else stat.S_ISREG(status.st_mode):
            record = self.records.find(bucket.name, key, stamp_of(status, marker=marker))
            if record is None and not marker:
                record = derived_record(status)
        if record is None:
            raise no_such_key(key)
        return StoredObject(key, 0 if marker else status.st_size, status.st_mtime_ns, record)

    # -- writing ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def incoming(self, pieces: Iterable[bytes] = ()) -> Iterator[Path]:
        """A new file with these bytes, on the buckets' file system; gone afterwards unless it was moved."""
        path = self._incoming / f"incoming-{secrets.token_hex(12)}"
        try:
            with path.open("xb", buffering=0) as file:
                for piece in pieces:
                    file.write(piece)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def put(
        self,
        bucket: Bucket,
        key: str,
        incoming: Path,
        record: Record,
        condition: WriteCondition = WriteCondition(),
    ) -> StoredObject:
        """Makes a file the object of a key, whose bucket is made if need be.

        It is there as a whole or not at all, and of two writers who want none to be there one wins.
        Raises S3Error: a key that no file can be, a condition that does not hold.
        """
        path = bucket.file(key)
        bucket.make()
        with self._lock(bucket, key):
            self._check(bucket, key, condition)
            if is_marker(key):
                return self._put_marker(bucket, key, path, incoming, record)
            # The clock's full precision, where the file system's own ticks every few milliseconds.
            now = time.time_ns()
            os.utime(incoming, ns=(now, now))
            status = incoming.stat()
            stamp = stamp_of(status)
            self.records.add(bucket.name, key, stamp, record)
            try:
                self._move(bucket, key, incoming, path, exclusive=condition.absent)
            except BaseException:
                self.records.remove(bucket.name, key, stamp)
                raise
            self.records.keep_only(bucket.name, key, stamp)
        return StoredObject(key, status.st_size, status.st_mtime_ns, record)

    def change_tags(self, bucket: Bucket, key: str, tags: dict[str, str]) -> None:
        """Gives an object these tags and no others. Raises S3Error (NoSuchKey)."""
        with self._lock(bucket, key):
            status = self._status(bucket, key)
            record = self._describe(bucket, key, status).record
            stamp = stamp_of(status, marker=is_marker(key))
            self.records.add(bucket.name, key, stamp, replace(record, tags=tags))

    def _check(self, bucket: Bucket, key: str, condition: WriteCondition) -> None:
        if not condition.absent and condition.etag is None:
            return
        try:
            found = self.look(bucket, key)
        except S3Error:
            if condition.etag is not None:
                raise
            return
        if condition.absent:
            raise precondition_failed("If-None-Match")
        if condition.etag != found.record.etag:
            raise precondition_failed("If-Match")

    def _put_marker(
        self, bucket: Bucket, key: str, path: str, incoming: Path, record: Record
    ) -> StoredObject:
        if incoming.stat().st_size:
            raise S3Error(
                "InvalidRequest",
                "The embedded endpoint keeps objects as files: a key that ends with a slash is a "
                "folder, which can have no content.",
                Key=key,
            )
        for _ in range(_ATTEMPTS):
            if not _has_folder(bucket, key, path):
                continue
            with contextlib.suppress(FileNotFoundError):
                status = os.stat(path)
                stamp = stamp_of(status, marker=True)
                self.records.add(bucket.name, key, stamp, record)
                # Noted, it stays; before that it may have gone as an empty folder of a deleted object.
                if stamp == stamp_of(os.stat(path), marker=True):
                    self.records.keep_only(bucket.name, key, stamp)
                    return StoredObject(key, 0, status.st_mtime_ns, record)
        raise _busy()

    def _move(
        self, bucket: Bucket, key: str, incoming: Path, path: str, *, exclusive: bool
    ) -> None:
        # A folder that becomes empty goes, also while this is on its way into it: so again.
        if not any(
            self._try_to_move(bucket, key, incoming, path, exclusive) for _ in range(_ATTEMPTS)
        ):
            raise _busy()

    def _try_to_move(
        self, bucket: Bucket, key: str, incoming: Path, path: str, exclusive: bool
    ) -> bool:
        if not _has_folder(bucket, key, os.path.dirname(path)):
            return False
        try:
            if exclusive:
                _link(incoming, path)
            else:
                os.replace(incoming, path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except (FileExistsError, IsADirectoryError):
            if exclusive and not os.path.isdir(path):
                raise precondition_failed("If-None-Match") from None
            if not self.remove_empty_folders(bucket, path):
                raise _in_the_way(key) from None
            return False
        return True

    # -- removing --------------------------------------------------------------------------------

    def delete(self, bucket: Bucket, key: str, etag: str | None = None) -> None:
        """Removes an object, if there is one; `etag`: if it has this one. Raises S3Error."""
        try:
            path = bucket.existing_file(key)
        except S3Error:
            if etag is not None:
                raise
            return
        with self._lock(bucket, key):
            self._check(bucket, key, WriteCondition(etag=etag))
            if is_marker(key):
                self.records.keep_only(bucket.name, key, None)
                self._prune(bucket, path)
                return
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                if stat.S_ISREG(os.lstat(path).st_mode):
                    os.unlink(path)
                    self.records.keep_only(bucket.name, key, None)
                    self._prune(bucket, os.path.dirname(path))

    def remove_empty_folders(self, bucket: Bucket, path: str) -> bool:
        """Removes a folder that has nothing but folders in it; whether it has gone."""
        markers = self.records.markers(bucket.name)
        for folder, _, files in os.walk(path, topdown=False):
            if files or is_marked(folder, _key_of(bucket, folder), markers):
                return False
            try:
                os.rmdir(folder)
            except OSError:
                return False
        return True

    def _prune(self, bucket: Bucket, folder: str) -> None:
        """S3 has no folders: those that an object leaves empty go, but for those that a client made."""
        markers: Markers | None = None
        while len(folder) > len(bucket.folder):
            try:
                with os.scandir(folder) as entries:
                    if next(entries, None) is not None:
                        return
                markers = self.records.markers(bucket.name) if markers is None else markers
                if is_marked(folder, _key_of(bucket, folder), markers):
                    return
                os.rmdir(folder)
            except OSError:
                return  # somebody writes into it at this moment, or has removed it
            folder = os.path.dirname(folder)

    def _lock(self, bucket: Bucket, key: str) -> threading.Lock:
        return self._locks[hash((bucket.name, key)) % _LOCKS]


def _key_of(bucket: Bucket, folder: str) -> str:
    """The key by which a client would make this folder."""
    return folder[len(bucket.folder) + 1 :] + "/"


def _is_object(path: str) -> bool:
    """Whether a path is no folder: asked in one look, as folders come and go."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return os.path.islink(path)


def _has_folder(bucket: Bucket, key: str, folder: str) -> bool:
    """Makes the folder of a key, if need be; False if another was removing it.

    Raises S3Error where there is an object in its place, or in that of one above.
    """
    try:
        os.makedirs(folder, exist_ok=True)
    except FileNotFoundError:
        return False
    except (FileExistsError, NotADirectoryError):
        while len(folder) > len(bucket.folder):
            if _is_object(folder):
                raise _in_the_way(key) from None
            folder = os.path.dirname(folder)
        return False
    return True


def _link(incoming: Path, path: str) -> None:
    """Makes a file the one of a path. Raises FileExistsError where there is one, whoever made it."""
    try:
        os.link(incoming, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # The second best: of those who want to be first still one is, but for a moment with no content.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.replace(incoming, path)


def derived_record(status: os.stat_result) -> Record:
    """That of a file which S3's API did not write: its ETag changes whenever the file does.

    Like the ETag of a multipart upload it has a dash, so that no client takes it for an MD5.
    """
    digest = hashlib.md5(stamp_of(status).encode(), usedforsecurity=False).hexdigest()
    return Record(f"{digest}-1", {"Content-Type": DEFAULT_TYPE})


def pieces_of(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    """The bytes of a part of a file. Raises S3Error where it has become shorter."""
    file.seek(start)
    while length:
        piece = file.read(min(length, _COPIED))
        if not piece:
            raise S3Error("OperationAborted", "The object changed while it was read. Try again.")
        length -= len(piece)
        yield piece


def _busy() -> S3Error:
    return S3Error("OperationAborted", "A conflicting operation is in progress. Try again.")


def _in_the_way(key: str) -> S3Error:
    return S3Error(
        "InvalidRequest",
        "The embedded endpoint keeps objects as files, where `a` and `a/b` cannot both be: an object "
        "of this key would need a folder where there is an object, or the other way round.",
        Key=key,
    )
