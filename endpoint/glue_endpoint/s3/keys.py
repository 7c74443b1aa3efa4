"""Which names buckets have, and which file a key is: keys that no file can be are refused, not bent.

A key is the file's path below the bucket's folder, letter by letter, as Spark sees it. What a path
cannot keep apart or leads elsewhere (`//`, `.`, `..`, names of more than 255 bytes) is not a key here:
it can be neither written nor, therefore, found.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from glue_endpoint.s3.errors import S3Error, no_such_bucket, no_such_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from glue_endpoint.buckets import Buckets

RESERVED = ".uploads"
"""The folder beside the buckets for what is not an object yet; no bucket can have this name."""
LONGEST_KEY = 1024
_LONGEST_NAME = 255
_NAMEABLE = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._-]{0,254}")
"""As buckets.py and S3OnDisk.java have it: buckets that Spark names need not follow S3's rules."""
_CREATABLE = re.compile(r"[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_FORBIDDEN_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
TABLE_STORAGE = "--table-s3"
"""How the names of buckets end in which S3 Tables keeps a table."""
_FORBIDDEN_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", TABLE_STORAGE)


class Bucket:
    """One bucket's folder, which need not exist."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.folder = str(root / name)

    @property
    def exists(self) -> bool:
        """A symbolic link is no bucket: it may lead anywhere."""
        return os.path.isdir(self.folder) and not os.path.islink(self.folder)

    def require(self) -> None:
        """Raises S3Error where there is no such bucket."""
        if not self.exists:
            raise no_such_bucket(self.name)

    def make(self) -> None:
        """Makes it, if need be. Raises S3Error where the name leads elsewhere."""
        os.makedirs(self.folder, exist_ok=True)
        self.require()

    def file(self, key: str) -> str:
        """The path for an object to write. Raises S3Error where no file can be this key."""
        problem = _problem(key)
        if problem is not None:
            raise problem
        path = f"{self.folder}/{key.rstrip('/')}"
        if not self._leads_straight(path):
            raise S3Error("InvalidRequest", "A folder on the way to this key is a symbolic link.")
        return path

    def existing_file(self, key: str) -> str:
        """The path of an object that may exist. Raises S3Error (NoSuchKey) where none can."""
        path = f"{self.folder}/{key.rstrip('/')}"
        if _problem(key) is not None or not self._leads_straight(path):
            raise no_such_key(key)
        return path

    @staticmethod
    def _leads_straight(path: str) -> bool:
        folder = os.path.dirname(path)
        return os.path.realpath(folder) == folder


def find_bucket(buckets: Buckets, name: str) -> Bucket:
    """The bucket of a name. Raises S3Error for a name that no bucket can have."""
    if not _NAMEABLE.fullmatch(name):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.", BucketName=name)
    return Bucket(buckets.root, name)


def existing_bucket(buckets: Buckets, name: str) -> Bucket:
    """The bucket of a name, which is there. Raises S3Error (NoSuchBucket)."""
    bucket = find_bucket(buckets, name)
    bucket.require()
    return bucket


def refuse_new_bucket(name: str) -> None:
    """Raises S3Error unless S3 would take the name for a new bucket (docs: "Bucket naming rules")."""
    if (
        not _CREATABLE.fullmatch(name)
        or _ADDRESS.fullmatch(name)
        or name.startswith(_FORBIDDEN_STARTS)
        or name.endswith(_FORBIDDEN_ENDS)
    ):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.", BucketName=name)


def all_buckets(buckets: Buckets) -> Iterator[Bucket]:
    """Those that exist and are somebody's, by name: not those in which S3 Tables keeps tables."""
    names = sorted(os.listdir(buckets.root)) if buckets.root.is_dir() else []
    for name in names:
        if _NAMEABLE.fullmatch(name) and not name.endswith(TABLE_STORAGE):
            bucket = Bucket(buckets.root, name)
            if bucket.exists:
                yield bucket


def is_marker(key: str) -> bool:
    """Whether the key is that of a folder, which clients make to show an empty one."""
    return key.endswith("/")


def _problem(key: str) -> S3Error | None:
    if len(key.encode()) > LONGEST_KEY:
        return S3Error("KeyTooLongError", "Your key is too long")
    names = (key[:-1] if is_marker(key) else key).split("/")
    if "" in names or "." in names or ".." in names or "\0" in key:
        return S3Error(
            "InvalidRequest",
            "The embedded endpoint keeps objects as files, where no key can have empty segments "
            "(`//`, a slash at the start), the segments `.` and `..`, or NUL bytes.",
            Key=key,
        )
    if any(len(name.encode()) > _LONGEST_NAME for name in names):
        return S3Error(
            "KeyTooLongError",
            f"The embedded endpoint keeps objects as files, whose names end at {_LONGEST_NAME} bytes: "
            "that is how long a segment between slashes can be.",
        )
    return None
