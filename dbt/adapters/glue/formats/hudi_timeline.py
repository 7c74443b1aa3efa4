"""The timeline of a Hudi table: its completed instants, and which of them changed rows.

Sources: Hudi's documentation ("Timeline") and its technical specifications, of table versions 6 (Hudi 0.14 and 0.15)
and 8 (Hudi 1).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt.adapters.glue.formats import avro_records
from dbt.adapters.glue.table_files import FilesUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dbt.adapters.glue.table_files import TableFile, TableFiles

__all__ = ["last_change"]

# Rows come by these alone; 20261128083916016.commit, since table version 8 with the time at which it was completed.
_COMPLETED = re.compile(r"(\d+)(?:_(\d+))?\.(?:commit|deltacommit|replacecommit)")
_PROPERTY = re.compile(r"(?m)^\s*([\w.]+)\s*=\s*(\S*)\s*$")
_OWN_FOLDER = 8
"""The table version since which the timeline has a folder of its own."""
_OF_THE_SAME_ROWS = ("CLUSTER", "COMPACT", "LOG_COMPACT")
_OF_NO_ROWS = ("ALTER_SCHEMA", "INDEX")


class _Instant(NamedTuple):
    completed: int
    requested: int
    file: TableFile


def last_change(location: str, files: TableFiles) -> datetime | None:
    """When rows last changed; None where none ever came. Raises FilesUnreadable.

    The names have the time of day of whoever wrote them, in no known zone: when the file of an instant was written counts.
    """
    timeline = _folder(f"{location.rstrip('/')}/.hoodie", files)
    found = None
    for instant in sorted(_instants(files.names(timeline)), reverse=True):
        commit = _commit(f"{timeline}/{instant.file.name}", files)
        operation = commit.get("operationType")
        if operation in _OF_THE_SAME_ROWS or commit.get("compacted"):
            found = (
                instant.file.written
            )  # rows are older than this, and perhaps of an instant that was archived
        elif operation not in _OF_NO_ROWS and _writes(commit):
            return instant.file.written
    return found


def _folder(hoodie: str, files: TableFiles) -> str:
    place = f"{hoodie}/hoodie.properties"
    properties = dict(_PROPERTY.findall(files.read(place).decode(errors="replace")))
    version = properties.get("hoodie.table.version", "")
    if not version.isdigit():
        raise FilesUnreadable(f"{place}: no hoodie.table.version")
    if int(version) < _OWN_FOLDER:
        return hoodie
    return f"{hoodie}/{properties.get('hoodie.timeline.path') or 'timeline'}"


def _instants(listed: list[TableFile]) -> list[_Instant]:
    return [
        _Instant(int(match[2] or match[1]), int(match[1]), each)
        for each in listed
        if (match := _COMPLETED.fullmatch(each.name))
    ]


def _commit(place: str, files: TableFiles) -> Mapping[str, Any]:
    """The metadata of a completed instant: Avro since table version 8, JSON before."""
    content = files.read(place)
    try:
        if content.startswith(avro_records.MAGIC):
            read = next(avro_records.records(content), None)
        else:
            read = json.loads(content or b"{}")
    except ValueError as error:
        raise FilesUnreadable(f"{place}: {error}") from error
    if not isinstance(read, dict):
        raise FilesUnreadable(f"{place}: no metadata of a commit")
    return read


def _writes(commit: Mapping[str, Any]) -> bool:
    """Whether files were written, or replaced by none. A commit of no rows has neither."""
    return any(
        any((commit.get(name) or {}).values())
        for name in ("partitionToWriteStats", "partitionToReplaceFileIds")
    )
