"""UpdateTable for the version of a table that was read: refused where it has another one by now (Glue's optimistic lock)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.versions import token_of, version_name, version_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dbt.adapters.glue.catalog import DataCatalog, Table

__all__ = [
    "LOCK",
    "TRAIL",
    "TableChanged",
    "lock_of",
    "may_have_been",
    "trail_after",
    "trail_of",
    "update",
]

# The property of a target that tells its last switch of several calls, by the staged table. While that is there, and is
# marked, the switch goes on: nobody else begins one, and whoever finds that its run has ended completes it.
LOCK = "dbt_glue.switched_from"

TRAIL = "dbt_glue.switches"
"""The property of a target that tells of its last switches by one call, the newest first, by their tokens. Whoever lost the
answer to such a call sees there that it was made, though others have switched the table since."""
_TRAIL = 8

_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between calls that Glue refuses because another one is at the table at this moment."""


_LOOKED_AT = (
    "ConcurrentModificationException",
    "EntityNotFoundException",
    "OperationTimeoutException",
)
"""After these the table tells what has happened: none of them is tried again by botocore."""


class TableChanged(GlueApiError):
    """A table is not as it was read: another run, or another tool, has changed it. Nothing was done."""

    def __init__(self, name: tuple[str, str]) -> None:
        super().__init__(
            f"{'.'.join(name)} was changed by another run meanwhile",
            "ConcurrentModificationException",
            refused=True,
        )


def update(catalog: DataCatalog, database: str, wanted: Table, read: Table) -> None:
    """Replaces the description of a table, `read` as GetTable gave it. Raises TableChanged, GlueApiError.

    Glue says ConcurrentModificationException of two things: that the version is another one (as in Iceberg's Glue
    catalog), and that two calls met; OperationTimeoutException tells nothing. The table does: with the version that was
    read nothing has happened, and it is asked again, also where the description is to stay as it is. With another one
    it is done (an answer got lost) where the table is as wanted, or has what only this call can have given it, with
    something else of another run's on top.
    """
    name = (database, str(wanted["Name"]))
    waits = iter(_WAITS)
    while (refused := _refused(catalog, database, wanted, read)) is not None:
        there = None if refused.code == "EntityNotFoundException" else catalog.table(*name)
        if there is None:
            raise TableChanged(name) from refused
        version = there.get("VersionId")
        is_as_read = version == read.get("VersionId")
        if (version is None or not is_as_read) and (
            _is(there, wanted) or _is_switched(there, wanted, read)
        ):
            return
        if not is_as_read:
            raise TableChanged(name) from refused
        wait = next(waits, None)
        if wait is None:
            raise refused
        time.sleep(wait)


def _refused(
    catalog: DataCatalog, database: str, wanted: Table, read: Table
) -> GlueApiError | None:
    """Glue's answer after which the table has to be looked at; None where it is done."""
    try:
        catalog.update_table(database, wanted, read.get("VersionId"))
    except GlueApiError as error:
        if error.code not in _LOOKED_AT:
            raise
        return error
    return None


def _is(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a table is described so already."""
    columns = [(table.get("StorageDescriptor") or {}).get("Columns") for table in (there, wanted)]
    keys = ("TableType", "ViewOriginalText", "Description", "PartitionKeys")
    return (
        columns[0] == columns[1]
        and data_location(there) == data_location(wanted)
        and (there.get("Parameters") or {}) == (wanted.get("Parameters") or {})
        and all((there.get(key) or None) == (wanted.get(key) or None) for key in keys)
    )


def _is_switched(
    there: Mapping[str, Any], wanted: Mapping[str, Any], read: Mapping[str, Any]
) -> bool:
    """Whether a table has been switched as wanted. No other call gives it that version of data, that lock, or that token."""
    token = token_of(data_location(wanted))
    if lock_of(wanted) is None and token in trail_of(there) and token not in trail_of(read):
        return True
    signs = [(version_of(data_location(table)), lock_of(table)) for table in (there, wanted, read)]
    return any(
        now == own != before and own is not None for now, own, before in zip(*signs, strict=True)
    )


def lock_of(table: Mapping[str, Any] | None) -> str | None:
    """The staged table of the last switch of several calls, as `database.table`."""
    return ((table or {}).get("Parameters") or {}).get(LOCK)


def trail_of(table: Mapping[str, Any] | None) -> list[str]:
    """The tokens of a table's last switches by one call, the newest first."""
    return str(((table or {}).get("Parameters") or {}).get(TRAIL, "")).split()


def trail_after(table: Mapping[str, Any] | None, location: str) -> dict[str, str]:
    """The property that a table has when it is switched to the version at `location`; none where that is no version."""
    token = token_of(location)
    return {} if token is None else {TRAIL: " ".join([token, *trail_of(table)][:_TRAIL])}


def may_have_been(table: Table | None, staged: Table, updated: datetime | None = None) -> bool:
    """Whether a table may have been switched to what stays staged for it, and away from that since: then it may be read.

    It tells of its last switches by one call, not of partitions; and one that was not changed since the version was
    begun never was. `updated` is when others changed it last, where this run has done so since.
    """
    version = version_of(data_location(staged))
    named = None if version is None else version_name(version[1])
    if table is None or named is None:
        return False
    updated = updated or table.get("UpdateTime")
    if updated is not None and updated < named.made:
        return False
    trail = trail_of(table)
    is_told = bool(trail) and len(trail) < _TRAIL and not table.get("PartitionKeys")
    return not is_told or token_of(data_location(staged)) in trail
