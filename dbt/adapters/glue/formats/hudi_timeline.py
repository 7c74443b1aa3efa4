"""The timeline of a Hudi table, as its file names tell it.

Sources: Hudi's documentation ("Timeline") and its technical specification, of table versions 6 (Hudi 0.14 and 0.15)
and 8 (Hudi 1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dbt.adapters.glue.table_files import FilesUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dbt.adapters.glue.table_files import TableFile, TableFiles

__all__ = ["last_change"]

_COMPLETED = re.compile(
    r"(?P<requested>\d+)(?:_(?P<completed>\d+))?\.(?P<action>commit|deltacommit|replacecommit)"
)
_CLUSTERING = re.compile(r"(?P<requested>\d+)\.clustering\..*")
_OF_CLUSTERING = re.compile(rb'"operationType"\s*:\s*"CLUSTER"')
_MERGE_ON_READ = re.compile(rb"(?m)^\s*hoodie\.table\.type\s*=\s*MERGE_ON_READ\s*$")


class _Instant(NamedTuple):
    completed: str
    requested: str
    action: str
    file: TableFile


def last_change(location: str, files: TableFiles) -> datetime | None:
    """When rows last changed; None where none ever came. Raises FilesUnreadable.

    The names have the time of day of whoever wrote them, in no known zone: when the file of an instant was written counts.
    """
    folder = f"{location.rstrip('/')}/.hoodie"
    properties = files.read(f"{folder}/hoodie.properties")
    timeline = f"{folder}/timeline"  # since table version 8; before, it is the folder itself
    listed = files.names(timeline)
    found = _instants(listed)
    if not found:
        timeline, listed = folder, files.names(folder)
        found = _instants(listed)
    clusterings = {
        match["requested"] for each in listed if (match := _CLUSTERING.fullmatch(each.name))
    }
    # Rows come to a table of this type by deltacommits and replacecommits: a commit there is a compaction.
    merges_on_read = _MERGE_ON_READ.search(properties) is not None
    for instant in sorted(found, reverse=True):
        if instant.action == "commit" and merges_on_read:
            continue
        if instant.action == "replacecommit" and (
            instant.requested in clusterings or _clusters(f"{timeline}/{instant.file.name}", files)
        ):
            continue
        return instant.file.written
    return None


def _instants(listed: Iterable[TableFile]) -> list[_Instant]:
    return [
        _Instant(
            match["completed"] or match["requested"], match["requested"], match["action"], each
        )
        for each in listed
        if (match := _COMPLETED.fullmatch(each.name))
    ]


def _clusters(place: str, files: TableFiles) -> bool:
    """Before table version 8, only the content of a replacecommit tells it from an overwrite."""
    try:
        return _OF_CLUSTERING.search(files.read(place)) is not None
    except FilesUnreadable:  # archived since it was listed
        return False
