"""A build of a table from what it holds: for which version of the table it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbt.adapters.glue.catalog import data_location

if TYPE_CHECKING:
    from dbt.adapters.glue.catalog import Table
    from dbt.adapters.glue.staged_tables import Name

__all__ = ["Attempt"]


@dataclass
class Attempt:
    """A build of `target` from what it holds; `table` is how it was read, None where it was not there.

    `overtaken` tells after the switch that another one came between: then nothing was switched, and what was staged is
    forgotten, unless the attempt `keeps` it.
    """

    target: Name
    table: Table | None
    overtaken: bool = False
    keeps: bool = False

    def is_of(self, now: Table | None) -> bool:
        """Whether the target is as it was read."""
        if self.table is None or now is None:
            return self.table is now
        return bool(
            self.table.get("VersionId") == now.get("VersionId")
            # A table that was dropped and made anew counts its versions from the start.
            and self.table.get("CreateTime") == now.get("CreateTime")
        )

    def is_before(self, now: Table) -> bool:
        """Whether one call has changed the target since it was read, and not its data; false where that is not known."""
        read = self.table or {}
        versions = (str(table.get("VersionId")) for table in (read, now))
        before, after = (int(text) if text.isdecimal() else None for text in versions)
        return bool(
            before is not None
            and after == before + 1
            and read.get("CreateTime") == now.get("CreateTime")
            and data_location(read) == data_location(now)
        )
