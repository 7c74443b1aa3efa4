"""The folders of databases, tables and partitions: made and removed as AWS's client for Spark does.

Only what lies in a bucket of this warehouse is ever touched. Any other location (`hdfs:`, `file:`) is
a text to the catalog, and stays as it is.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from typing import TYPE_CHECKING

from glue_endpoint.buckets import SCHEMES
from glue_endpoint.errors import InvalidInputException
from glue_endpoint.metastore.hive import HIVE

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.buckets import Buckets

logger = logging.getLogger(__name__)


class Data:
    """The files behind the catalog's locations."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    def make(self, location: str) -> bool:
        """Make a location's folder; False if it was there, or is none of ours.

        Raises MetaException for a location that leads out of its bucket, or cannot be made.
        """
        folder = self._folder(location)
        if folder is None or folder.is_dir():
            return False
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HIVE.MetaException(message=f"Unable to create path: {location}") from error
        return True

    def remove(self, location: str | None) -> None:
        """Remove a location's folder with all that is in it. What cannot be removed is logged and left."""
        try:
            folder = self._folder(location or "")
            if folder is None or folder.parent == self._buckets.root:
                return  # a bucket itself is nobody's table
            shutil.rmtree(folder)
        except FileNotFoundError:
            return
        except (OSError, HIVE.MetaException) as error:
            logger.error("cannot remove the data at %s: %s", location, error)

    def remove_empty_parents(self, location: str, depth: int) -> None:
        """Remove up to `depth` folders above a removed partition's that hold nothing any more."""
        try:
            folder = self._folder(location)
            for parent in list(folder.parents)[:depth] if folder is not None else ():
                if parent.parent == self._buckets.root:
                    return
                parent.rmdir()
        except (OSError, HIVE.MetaException):
            return  # something is in it

    def move(self, source: str, target: str) -> None:
        """Move a partition's folder. Raises InvalidOperationException if the target is there."""
        here, there = self._folder(source), self._folder(target)
        if here is None or there is None or here == there:
            return
        if there.exists():
            raise HIVE.InvalidOperationException(
                message=f"New location for this partition already exists : {target}"
            )
        if here.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            here.rename(there)

    def files_and_bytes(self, location: str | None) -> tuple[int, int]:
        """How many files lie at a location, at any depth, and their bytes; hidden ones do not count."""
        folder = self._folder(location or "")
        count = size = 0
        for root, folders, files in os.walk(folder) if folder is not None else ():
            folders[:] = [name for name in folders if not name.startswith(("_", "."))]
            for name in files:
                if not name.startswith(("_", ".")):
                    count += 1
                    size += _stat_size(os.path.join(root, name))  # noqa: PTH118 - os.walk's strings
        return count, size

    def _folder(self, location: str) -> Path | None:
        if location.partition("://")[0] not in SCHEMES:
            return None
        try:
            return self._buckets.path(location)
        except InvalidInputException as error:
            raise HIVE.MetaException(message=error.message) from error


def _stat_size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - one of many
    except FileNotFoundError:
        return 0


def normal_location(location: str) -> str:
    """A location as Hadoop writes its paths: no slash at the end and none twice."""
    scheme, mark, rest = location.partition("://")
    if not mark:
        return location
    bucket, _, key = rest.partition("/")
    key = re.sub("/{2,}", "/", f"/{key}")
    return f"{scheme}://{bucket}{key if key == '/' else key.rstrip('/')}" if key else location


def child_location(location: str, name: str) -> str:
    """The location of a folder inside another."""
    return f"{location.rstrip('/')}/{name}"
