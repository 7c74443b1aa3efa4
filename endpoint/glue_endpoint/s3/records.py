"""What a file cannot say of an object (ETag, content type, metadata, checksums), in a SQLite file of its own.

A record is valid for the very file that it was written for: inode, size and time of modification are
part of its key. So whatever Spark writes, moves or deletes needs no word here, and a record is written
before its file is moved into place: after a crash there is a record too many, never one that is wrong.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

Markers = dict[str, set[str]]
"""The keys of folders that clients made, with the stamps of these folders."""

_SCHEMA = """
create table if not exists objects (
    bucket text, key text, stamp text, marker integer, content text not null,
    primary key (bucket, key, stamp)
) without rowid;
create index if not exists markers on objects (bucket, key) where marker;
create table if not exists uploads (
    id text primary key, bucket text, key text, started real, content text not null
) without rowid;
create index if not exists uploads_by_key on uploads (bucket, key, id);
create table if not exists parts (
    upload text, number integer, content text not null, primary key (upload, number)
) without rowid;
"""


@dataclass(frozen=True)
class Record:
    """What is known of an object. `headers` are those that GET returns; `checksum` is (algorithm, value, type)."""

    etag: str
    headers: dict[str, str] = field(default_factory=dict)
    checksum: tuple[str, str, str] | None = None
    tags: dict[str, str] = field(default_factory=dict)
    part_sizes: tuple[int, ...] = ()

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps([self.etag, self.headers, self.checksum, self.tags, self.part_sizes])

    @classmethod
    def of_json(cls, text: str) -> Record:
        """What `to_json` made."""
        etag, headers, checksum, tags, part_sizes = json.loads(text)
        return cls(etag, headers, tuple(checksum) if checksum else None, tags, tuple(part_sizes))


def stamp_of(status: os.stat_result, *, marker: bool = False) -> str:
    """What tells a file from all others that had its name; a folder is the same whatever is in it."""
    if marker:
        return str(status.st_ino)
    return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"


def is_marked(folder: str, key: str, markers: Markers) -> bool:
    """Whether a folder is the very one that a client made by this key."""
    stamps = markers.get(key)
    if not stamps:
        return False
    try:
        return stamp_of(os.stat(folder), marker=True) in stamps
    except FileNotFoundError:
        return False


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    # NORMAL: a power cut may lose the last records (then ETags are derived), a kill none.
    connection.executescript("pragma journal_mode = wal; pragma synchronous = normal;")
    connection.executescript(_SCHEMA)
    return connection


class Records:
    """The SQLite file; every method is one transaction, and may be called from any thread."""

    def __init__(self, file: Path) -> None:
        """Opens the file; one that is damaged is put aside. Raises sqlite3.OperationalError, OSError."""
        self._lock = threading.Lock()
        try:
            self._connection = _open(file)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            # Without records every object is still there: only what clients said of them is lost.
            aside = file.with_suffix(".damaged")
            logger.warning("%s is damaged (%s): it is now %s", file, error, aside)
            file.replace(aside)
            self._connection = _open(file)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    # -- objects ---------------------------------------------------------------------------------

    def add(self, bucket: str, key: str, stamp: str, record: Record) -> None:
        """Notes what is known of a file, which may not be in place yet."""
        values = (bucket, key, stamp, int(key.endswith("/")), record.to_json())
        self._run("insert or replace into objects values (?, ?, ?, ?, ?)", values)

    def find(self, bucket: str, key: str, stamp: str) -> Record | None:
        """The record of a file."""
        rows = self._run(
            "select content from objects where bucket = ? and key = ? and stamp = ?",
            (bucket, key, stamp),
        )
        return Record.of_json(rows[0][0]) if rows else None

    def keep_only(self, bucket: str, key: str, stamp: str | None) -> None:
        """Forgets all files that had this key but one; None: all."""
        self._run(
            "delete from objects where bucket = ? and key = ? and stamp is not ?",
            (bucket, key, stamp),
        )

    def remove(self, bucket: str, key: str, stamp: str) -> None:
        """Forgets one file."""
        self._run(
            "delete from objects where bucket = ? and key = ? and stamp = ?", (bucket, key, stamp)
        )

    def between(self, bucket: str, first: str, last: str) -> dict[tuple[str, str], Record]:
        """The records of the keys from `first` to `last`, by key and stamp."""
        rows = self._run(
            "select key, stamp, content from objects where bucket = ? and key between ? and ?",
            (bucket, first, last),
        )
        return {(key, stamp): Record.of_json(content) for key, stamp, content in rows}

    def markers(self, bucket: str) -> Markers:
        """The keys of folders that clients made, with their stamps."""
        found: Markers = {}
        for key, stamp in self._run(
            "select key, stamp from objects where bucket = ? and marker", (bucket,)
        ):
            found.setdefault(key, set()).add(stamp)
        return found

    def forget_bucket(self, bucket: str) -> None:
        """Forgets a bucket's objects."""
        self._run("delete from objects where bucket = ?", (bucket,))

    # -- uploads ---------------------------------------------------------------------------------

    def add_upload(self, upload: str, bucket: str, key: str, started: float, content: Any) -> None:
        """Notes a multipart upload that has begun."""
        self._run(
            "insert into uploads values (?, ?, ?, ?, ?)",
            (upload, bucket, key, started, json.dumps(content)),
        )

    def upload(self, upload: str) -> tuple[str, str, float, Any] | None:
        """Bucket, key, time and content of an upload."""
        rows = self._run(
            "select bucket, key, started, content from uploads where id = ?", (upload,)
        )
        return (*rows[0][:3], json.loads(rows[0][3])) if rows else None

    def uploads(self, bucket: str) -> list[tuple[str, str, float, Any]]:
        """Key, id, time and content of a bucket's uploads, by key and time."""
        rows = self._run(
            "select key, id, started, content from uploads where bucket = ? order by key, started, id",
            (bucket,),
        )
        return [(*row[:3], json.loads(row[3])) for row in rows]

    def put_part(self, upload: str, number: int, content: Any) -> Any:
        """Notes a part; returns the content of the one that it replaces."""
        with self._transaction() as connection:
            former = connection.execute(
                "select content from parts where upload = ? and number = ?", (upload, number)
            ).fetchone()
            connection.execute(
                "insert or replace into parts values (?, ?, ?)",
                (upload, number, json.dumps(content)),
            )
        return json.loads(former[0]) if former else None

    def parts(self, upload: str) -> dict[int, Any]:
        """The content of an upload's parts, by number."""
        rows = self._run(
            "select number, content from parts where upload = ? order by number", (upload,)
        )
        return {number: json.loads(content) for number, content in rows}

    def remove_upload(self, upload: str) -> None:
        """Forgets an upload and its parts."""
        with self._transaction() as connection:
            connection.execute("delete from parts where upload = ?", (upload,))
            connection.execute("delete from uploads where id = ?", (upload,))

    def _run(self, statement: str, values: Sequence[object]) -> list[Any]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")
