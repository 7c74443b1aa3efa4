"""The calls of a switch: every one may be repeated, and the staged table stays until all are done."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.catalog import DataCatalog, data_location, is_view, table_input
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.staged_tables import (
    MAKER,
    OWNER,
    Name,
    Seen,
    comment_of_staged,
    is_staged_name,
)
from dbt.adapters.glue.table_updates import (
    LOCK,
    TableChanged,
    lock_of,
    trail_after,
    trail_of,
    update,
)
from dbt.adapters.glue.versions import token_of, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from dbt.adapters.glue.catalog import Partitions, Table
    from dbt.adapters.glue.versions import Version

__all__ = [
    "EMPTIED",
    "LOCK",
    "MARK",
    "SCOPE",
    "WHOLE",
    "PartitionCounts",
    "SwitchSteps",
    "is_locked_by",
    "is_made_of",
    "staged_locations",
]

logger = AdapterLogger("Glue")

# Properties of a staged table whose switch takes several calls: what `settle` completes.
MARK = "dbt_glue.switch_to"
SCOPE = "dbt_glue.switch"
EMPTIED = "dbt_glue.switch_emptied"
WHOLE = "table"
SOME = "partitions"


class PartitionCounts(NamedTuple):
    """What a switch did to partitions, and how many there were before."""

    replaced: int
    added: int
    removed: int
    before: int


class SwitchSteps:
    """Gives a table what was staged for it; `remove_later` takes folders that are of no use any more."""

    def __init__(
        self, catalog: DataCatalog, remove_later: Callable[[dict[str, Any]], None]
    ) -> None:
        self._catalog = catalog
        self._remove_later = remove_later
        self._guard = threading.Lock()
        self._given_up: set[Name] = set()

    def _switch(
        self,
        target: Name,
        staging: Name,
        seen: Seen,
        staged: Table,
        *,
        whole: bool,
        emptied: Collection[tuple[str, ...]] = (),
    ) -> PartitionCounts:
        """Raises TableChanged, with nothing done, where the target is not as it was seen."""
        current = seen.table
        if current is None and not whole:
            raise DbtRuntimeError(
                f"{'.'.join(target)} was dropped while its new partitions were made: run the model again"
            )
        there = self._partitions(target, current)
        coming = self._partitions(staging, staged)
        _check_partitions(staging, staged, coming)
        old = [
            data_location(item) for item in [current, *there.values()] if not is_view(item or {})
        ]
        before = len(there)
        emptied = [values for values in emptied if values in there and values not in coming]
        several = bool(there or coming or (whole and current and _keys(current) and _keys(staged)))
        if several:
            self._mark(target, staging, staged, WHOLE if whole else SOME, emptied)
        if whole:
            there = self._switch_table(target, staging, current, staged, there, several=several)
        elif current is not None:
            self._lock(target, staging, current)
        replaced = [partition for values, partition in coming.items() if values in there]
        added = [partition for values, partition in coming.items() if values not in there]
        self._catalog.update_partitions(*target, replaced)
        self._catalog.create_partitions(*target, added)
        new = version_of(data_location(staged))
        gone = (
            emptied
            if not whole
            else [
                values
                for values, partition in there.items()
                if values not in coming and version_of(data_location(partition)) != new
            ]
        )
        self._catalog.delete_partitions(*target, gone)
        in_use = [data_location(staged), *staged_locations(seen, staging)]
        if several:
            late, used = self._seen_again(target, staging, coming, new if whole else None)
            old += late
            in_use += used
        # Else the switch was one call, for the version that was seen: what that referred to is what is replaced.
        self._forget(staging)
        self._remove(old, in_use, replaced=target, updated=(current or {}).get("UpdateTime"))
        return PartitionCounts(len(replaced), len(added), len(gone), before)

    def _seen_again(
        self, target: Name, staging: Name, coming: Partitions, whole: Version | None
    ) -> tuple[list[str], list[str]]:
        """Where data is that has to go still, and where the target's data is now.

        A late call of a run that has ended may have changed partitions: once more. Where the table is replaced as a
        `whole`, by this version, an append that read it before may have added some: as nobody begins to add any while a
        switch goes on, they are of the table that is no more.
        """
        current = self._catalog.table(*target)
        there = self._partitions(target, current)
        late: Partitions = {}
        if current is not None and lock_of(current) == ".".join(staging):
            astray = [
                partition
                for values, partition in coming.items()
                if values in there and data_location(there[values]) != data_location(partition)
            ]
            self._catalog.update_partitions(*target, astray)
            late = {
                values: partition
                for values, partition in there.items()
                if whole and values not in coming and version_of(data_location(partition)) != whole
            }
            self._catalog.delete_partitions(*target, list(late))
        kept = [partition for values, partition in there.items() if values not in late]
        used = [data_location(item) for item in [current, *kept, *coming.values()]]
        return [data_location(item) for item in late.values()], used

    def _mark(
        self,
        target: Name,
        staging: Name,
        staged: Table,
        scope: str,
        emptied: list[tuple[str, ...]],
    ) -> None:
        parameters = {**(staged.get("Parameters") or {}), MARK: ".".join(target), SCOPE: scope}
        parameters.pop(EMPTIED, None)
        if emptied:
            parameters[EMPTIED] = json.dumps(emptied)
        update(self._catalog, staging[0], table_input(staged, Parameters=parameters), staged)

    def _lock(self, target: Name, staging: Name, current: Table) -> Table:
        """Begins a switch of several calls: Glue's partitions have no versions, so the table's stands for them."""
        parameters = {**(current.get("Parameters") or {}), LOCK: ".".join(staging)}
        update(self._catalog, target[0], table_input(current, Parameters=parameters), current)
        locked = self._catalog.table(*target)
        if locked is None or lock_of(locked) != ".".join(staging):
            raise TableChanged(target)
        return locked

    def _switch_table(
        self,
        target: Name,
        staging: Name,
        current: Table | None,
        staged: Table,
        there: Partitions,
        *,
        several: bool,
    ) -> Partitions:
        """Gives `target` the description of `staged`; returns the partitions that it still has.

        A view becomes a table, and a table a view, by the same call: AWS's client for Hive changes TableType so, its
        reference (API_UpdateTable, API_TableInput) excludes nothing, and to delete one and create the other shows
        readers nothing in between. That is done only where Glue refuses the call. Partition keys change where no partition is left: values of other keys would mean
        nothing in them, and whether Glue refuses such a change is not documented.
        """
        described = staged.get("Parameters") or {}
        left_out = (MARK, SCOPE, EMPTIED, OWNER, MAKER, LOCK)
        parameters = {k: v for k, v in described.items() if k not in left_out}
        wanted = table_input(staged, Name=target[1].lower(), Parameters=parameters)
        if comment_of_staged(str(wanted.get("Description", ""))) is not None:
            del wanted["Description"]
        if comment_of_staged(parameters.get("comment", "")) is not None:
            del parameters["comment"]
        if several:
            parameters[LOCK] = ".".join(staging)
        else:
            parameters |= trail_after(current, data_location(staged))
        if current is None:
            try:
                self._catalog.create_table(target[0], wanted)
            except GlueApiError as error:
                # An answer got lost and boto3 asked again, or somebody else was faster.
                if error.code != "AlreadyExistsException":
                    raise
                there_now, location = self._catalog.table(*target), data_location(staged)
                if not is_made_of(there_now, location) and (
                    several or token_of(location) not in trail_of(there_now)
                ):
                    raise TableChanged(target) from error
            return {}
        if there and _keys(current) != _keys(staged):
            current = self._lock(target, staging, current)
            self._catalog.delete_partitions(*target, list(there))
            there = {}
        try:
            update(self._catalog, target[0], wanted, current)
        except GlueApiError as error:
            if error.code != "InvalidInputException" or is_view(current) == is_view(staged):
                raise
            self._delete(target, there)
            self._catalog.create_table(target[0], wanted)
            there = {}
        return there

    def _forget(self, staging: Name) -> bool:
        """The work is done: a staged table that stays behind is no reason to fail. Whether it is gone."""
        try:
            self._catalog.delete_table(*staging)
        except GlueApiError as error:
            self._leave(staging, error)
            return False
        return True

    def _leave(self, staging: Name, error: GlueApiError) -> None:
        """A staged table that could not be forgotten is nobody's any more."""
        with self._guard:
            self._given_up.add(staging)
        then = "; the next run removes it" if is_staged_name(staging[1]) else ""
        logger.warning(f"{'.'.join(staging)} stays behind in the Data Catalog{then} ({error.msg})")

    def _delete(self, name: Name, partitions: Partitions) -> None:
        """Forgets a table, its partitions first: Glue deletes those of a deleted table when it likes.

        Until then the next table of that name might have them.
        """
        self._catalog.delete_partitions(*name, list(partitions))
        self._catalog.delete_table(*name)

    def _partitions(self, name: Name, table: Table | None) -> Partitions:
        return self._catalog.partitions(*name) if table and _keys(table) else {}

    def _locations(
        self, name: Name, table: Table | None, partitions: Partitions | None = None
    ) -> list[str]:
        """Where the data of a table is: its own location and those of its partitions."""
        if table is None or is_view(table):
            return []
        if partitions is None:
            partitions = self._partitions(name, table)
        return [data_location(item) for item in [table, *partitions.values()]]

    def _remove(
        self,
        locations: Iterable[str],
        in_use: Iterable[str],
        *,
        replaced: Name | None = None,
        staged: Name | None = None,
        dropped: Name | None = None,
        updated: datetime | None = None,
    ) -> None:
        """Hands over the version folders of `locations` that hold nothing of `in_use`.

        Anything else is not ours to delete. `replaced` names the table that was made of them until now, which others
        may be reading; `staged` one for which they were staged, by this run or another; `dropped` one that is no more.
        When it was changed last, before this run did, is `updated`.
        """
        kept = {version[1] for version in map(version_of, in_use) if version is not None}
        doomed: dict[str, set[str]] = {}
        for version in map(version_of, locations):
            if version is not None and version[1] not in kept:
                doomed.setdefault(version[0], set()).add(version[1])
        for root, folders in doomed.items():
            request: dict[str, Any] = {"root": root, "folders": sorted(folders)}
            for what, name in (("replaced", replaced), ("staged", staged), ("dropped", dropped)):
                if name is not None:
                    request[what] = list(name)
            if updated is not None:
                request["updated"] = updated
            self._remove_later(request)


def _check_partitions(staging: Name, staged: Table, coming: Partitions) -> None:
    """Glue removes the partitions of a deleted table later than the table: those of another version are not this one's."""
    version = version_of(data_location(staged))
    for values, partition in coming.items():
        place = data_location(partition)
        if version is not None and version_of(place) != version:
            raise DbtRuntimeError(
                f"the partition {'/'.join(values)} of the staged table {'.'.join(staging)} is at {place}, which is not in "
                f"the version that this run has written ({'/'.join(version)}): nothing was switched. Next: run the model again"
            )


def is_made_of(table: Table | None, location: str | None) -> bool:
    """Whether a table is the version at a location already."""
    version = version_of(location)
    return table is not None and version is not None and version_of(data_location(table)) == version


def staged_locations(seen: Seen, but: Name) -> list[str]:
    return [data_location(table) for name, table in seen.staged.items() if name != but]


def is_locked_by(staging: Name, staged: Table, target: Table | None) -> bool:
    """Whether a switch to a staged table was begun, and has not ended."""
    return MARK in (staged.get("Parameters") or {}) and lock_of(target) == ".".join(staging)


def _keys(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and types of the columns that a table is partitioned by."""
    return [
        (key["Name"].lower(), key.get("Type", "").lower())
        for key in table.get("PartitionKeys") or ()
    ]
