"""The snapshots of an Iceberg table, as its metadata files have them, and which of them changed rows.

Source: Iceberg's table specification ("Snapshots", "Table Metadata Fields").
"""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.table_files import FilesUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.table_files import TableFiles

__all__ = ["last_change"]

_GZIPPED = b"\x1f\x8b"
_FILES_READ = 20
"""Metadata files, at most: of a table that was tidied that often since rows changed, the earliest known moment counts."""


def last_change(place: str, files: TableFiles) -> datetime | None:
    """The moment of the newest snapshot of the current branch that changed rows; None where there is none.

    `place` is the current metadata file. A snapshot that was expired is looked for in the metadata files before it.
    Where none has it any more, the moment of the one after it counts. Raises FilesUnreadable.
    """
    try:
        return _last_change(place, files)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FilesUnreadable(f"{place}: no metadata of an Iceberg table ({error!r})") from error


def _last_change(place: str, files: TableFiles) -> datetime | None:
    metadata = _metadata(place, files.read(place))
    snapshots = _snapshots(metadata)
    log = [
        (each["timestamp-ms"], each["metadata-file"]) for each in metadata.get("metadata-log") or ()
    ]
    wanted, found, reads = metadata.get("current-snapshot-id"), None, 1
    while wanted not in (None, -1):
        snapshot = snapshots.get(wanted)
        if snapshot is None:
            earlier = None
            while log and earlier is None and reads < _FILES_READ:
                written, place = log.pop()
                # Those of after the snapshot that follows it need not have it any more.
                if found is None or written <= found:
                    reads += 1
                    earlier = files.read_if_there(place)
            if earlier is None:
                break
            snapshots = {**_snapshots(_metadata(place, earlier)), **snapshots}
            continue
        found = snapshot["timestamp-ms"]
        if _changes_rows(snapshot):
            return _moment(found)
        wanted = snapshot.get("parent-snapshot-id")
    else:
        return None  # rows never came
    return None if found is None else _moment(found)


def _changes_rows(snapshot: Mapping[str, Any]) -> bool:
    summary = snapshot.get("summary") or {}
    if (
        summary.get("operation") == "replace"
    ):  # the same rows in other files: compaction, manifests written anew
        return False
    # An append of no rows is a snapshot, too.
    return bool(summary.get("changed-partition-count") != "0")


def _snapshots(metadata: Mapping[str, Any]) -> dict[Any, Any]:
    return {each["snapshot-id"]: each for each in metadata.get("snapshots") or ()}


def _metadata(place: str, content: bytes) -> dict[str, Any]:
    try:
        read = json.loads(gzip.decompress(content) if content.startswith(_GZIPPED) else content)
    except (ValueError, OSError, EOFError) as error:
        raise FilesUnreadable(f"{place}: {error}") from error
    if not isinstance(read, dict):
        raise FilesUnreadable(f"{place}: no metadata of an Iceberg table")
    return read


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
