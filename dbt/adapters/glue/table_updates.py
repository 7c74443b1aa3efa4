"""UpdateTable for the version of a table that was read: refused where it has another one by now (Glue's optimistic lock)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.errors import GlueApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.catalog import DataCatalog, Table

__all__ = ["TableChanged", "update"]

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
    catalog), and that two calls met; OperationTimeoutException tells nothing. The table does: if it is as wanted, it is
    done (an answer got lost); with the version that was read, it is asked again.
    """
    name = (database, str(wanted["Name"]))
    waits = iter(_WAITS)
    while (refused := _refused(catalog, database, wanted, read)) is not None:
        there = None if refused.code == "EntityNotFoundException" else catalog.table(*name)
        if there is not None and _is(there, wanted):
            return
        if there is None or there.get("VersionId") != read.get("VersionId"):
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
