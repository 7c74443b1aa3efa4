"""Where `s3://bucket/key` lives on disk: `<root>/<bucket>/<key>`, for any bucket, and nowhere else.

The schemes s3, s3a and s3n are one store. Any bucket exists, as soon as it is named. What would lead
out of the folder is refused: `..`, symbolic links, names that no bucket can have. Spark's side of
the same rule is `spark/S3OnDisk.java`.
"""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from glue_endpoint.errors import InvalidInputException

if TYPE_CHECKING:
    from pathlib import Path

SCHEMES = ("s3", "s3a", "s3n")
_BUCKET = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._-]{0,254}\Z")


class Buckets:
    """The folder that holds the buckets of one warehouse."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def path(self, location: str) -> Path:
        """The file or folder of an s3:// location.

        Raises InvalidInputException if it is no S3 location or leads out of the bucket's folder.
        """
        parts = urlsplit(location, allow_fragments=False)
        if parts.scheme not in SCHEMES:
            raise InvalidInputException(f"{location!r} is not an s3:// location")
        if not _BUCKET.match(parts.netloc):
            raise InvalidInputException(
                f"{parts.netloc!r} is not the name of an S3 bucket (in {location!r})"
            )
        if "\0" in location:
            raise InvalidInputException("an S3 key with a NUL byte cannot be a file")
        bucket = self.root / parts.netloc
        key = location.split(parts.netloc, 1)[1].lstrip("/")
        found = (bucket / key).resolve()
        if not found.is_relative_to(bucket):
            raise InvalidInputException(f"{location!r} leads out of the bucket's folder")
        return found

    def remove(self, location: str) -> None:
        """Removes the folder of an s3:// location, if there is one, with all that is in it."""
        shutil.rmtree(self.path(location), ignore_errors=True)

    def untouched(self, suffix: str, seconds: float) -> list[str]:
        """The buckets whose names end so and which nobody has made, or put a folder into, for that long."""
        since = time.time() - seconds
        found = self.root.glob(f"*{suffix}") if self.root.is_dir() else ()
        return [folder.name for folder in found if folder.lstat().st_mtime < since]

    def location(self, stored: str | None) -> str | None:
        """The s3:// location of what Spark stored as a `file:` below the root; others as they are."""
        if stored is None or not stored.startswith("file:"):
            return stored
        path = "/" + stored.removeprefix("file:").lstrip("/")
        root = f"{self.root}/"
        return f"s3://{path.removeprefix(root)}" if path.startswith(root) else stored
