"""Replacing tables: new data beside the old, then a switch in the Data Catalog, then the old data goes."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.catalog import (
    DataCatalog,
    Partitions,
    Table,
    data_location,
    is_view,
    table_input,
)
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.versions import VERSION, join_location, new_version
from dbt.adapters.glue.versions import version_of as _version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

__all__ = [
    "STAGING",
    "STAGING_SUFFIXES",
    "VERSION",
    "Name",
    "Replacement",
    "in_version_folder",
    "join_location",
    "new_version",
    "owner_of",
    "owner_properties",
    "staged_comment",
    "staged_name",
]

logger = AdapterLogger("Glue")

# Properties of a staged table whose switch takes several calls: what `settle` completes.
MARK = "dbt_glue.switch_to"
SCOPE = "dbt_glue.switch"
EMPTIED = "dbt_glue.switch_emptied"
WHOLE = "table"
SOME = "partitions"
# The property of every staged table from its first moment: the table that it is to replace.
OWNER = "dbt_glue.staged_for"
STAGING = "__dbt_new"
STAGING_SUFFIXES = (STAGING, "__dbt_tmp")
NAME_LIMIT = 255
Name = tuple[str, str]


def in_version_folder(location: str | None) -> bool:
    """Whether data is where this adapter puts what it makes."""
    return _version_of(location) is not None


def staged_name(
    target: Name, suffix: str, temp_schema: str | None = None, batch: str | None = None
) -> Name:
    """The name of the table that is staged for `target`, beside it or in the profile's `temp_schema`.

    Tables of one name in several schemas share a `temp_schema`: there the name has the target's
    schema, and a hash that tells `a.b__c` from `a__b.c`. At most Glue's 255 characters. Of a `batch`, which
    may be made while others of the same model are, it has the batch's id.
    """
    schema, identifier = (part.lower() for part in target)
    if batch is not None:
        suffix = f"__{re.sub('[^0-9a-z]', '', batch.lower())}{suffix}"
    beside = temp_schema is None or temp_schema.lower() == schema
    if beside and len(identifier) + len(suffix) <= NAME_LIMIT:
        return schema, f"{identifier}{suffix}"
    digest = hashlib.sha256(f"{schema}.{identifier}".encode()).hexdigest()[:8]
    end = f"__{digest}{suffix}"
    if temp_schema is None or beside:
        return schema, identifier[: NAME_LIMIT - len(end)] + end
    return temp_schema.lower(), f"{schema}__{identifier}"[: NAME_LIMIT - len(end)] + end


def owner_properties(owner: str | None) -> dict[str, str]:
    """The table properties of what is staged for `owner`, a `schema.name`; none for other tables."""
    return {} if owner is None else {OWNER: owner}


_COMMENT = "staged by dbt for "


def staged_comment(owner: str) -> str:
    """The comment of a table in an open format that is staged for `owner`: of its properties the Data Catalog has none."""
    return _COMMENT + owner


class PartitionCounts(NamedTuple):
    """What a switch did to partitions, and how many there were before."""

    replaced: int
    added: int
    removed: int
    before: int


class Replacement:
    """Switches tables to staged ones; `remove_later` takes folders that are of no use any more."""

    def __init__(
        self, catalog: DataCatalog, remove_later: Callable[[dict[str, Any]], None]
    ) -> None:
        self._catalog = catalog
        self._remove_later = remove_later

    def switch(self, target: Name, staging: Name, location: str | None = None) -> None:
        """Makes `target` what `staging` is, and forgets `staging`. Names are (database, table).

        `location` is where the caller had the staged data written; raises DbtRuntimeError where the
        catalog shows another. Without partitions the switch is one catalog call: readers see the
        old table or the new one. With partitions the staged table is marked first; `settle`
        completes a switch that was cut short.
        """
        staged = self._staged(staging, location)
        self._switch(target, staging, staged, whole=True)

    def switch_partitions(
        self,
        target: Name,
        staging: Name,
        location: str | None = None,
        rewritten: Collection[tuple[str, ...]] = (),
    ) -> PartitionCounts:
        """Gives `target` the partitions that `staging` has; its other partitions stay.

        But those of `rewritten` that `staging` does not have: these are empty now, and go.
        """
        staged = self._staged(staging, location)
        return self._switch(target, staging, staged, whole=False, emptied=rewritten)

    def settle(self, target: Name, staging: Name) -> None:
        """Completes a switch that was cut short; forgets a staged table that was never ready.

        Raises DbtRuntimeError where the table of that name was not staged for `target`.
        """
        staged = self._catalog.table(*staging)
        if staged is None:
            return
        _check_owner(staged, staging, target)
        parameters = staged.get("Parameters") or {}
        if parameters.get(MARK) == ".".join(target) and self._catalog.table(*target) is not None:
            logger.info(f"Completing the interrupted replacement of {'.'.join(target)}")
            whole = parameters.get(SCOPE, WHOLE) == WHOLE
            emptied = [tuple(values) for values in json.loads(parameters.get(EMPTIED, "[]"))]
            self._switch(target, staging, staged, whole=whole, emptied=emptied)
        else:
            self.discard(staging, used_by=target)

    def discard(self, name: Name, used_by: Name | None = None) -> None:
        """Forgets a table, if it is there, and has the versions of its data removed.

        `used_by` is the table for which it was staged, where it was: the versions that one is made
        of stay, because a switch may have failed after it was done. Raises DbtRuntimeError where it
        was staged for another.
        """
        table = self._catalog.table(*name)
        if table is None:
            return
        if used_by is not None:
            _check_owner(table, name, used_by)
        partitions = self._partitions(name, table)
        old = self._locations(name, table, partitions)
        in_use = self._locations(used_by, self._catalog.table(*used_by)) if used_by else []
        self._delete(name, partitions)
        self._remove(old, in_use, staged=used_by)

    # The switch: every step may be repeated, and leaves the staged table until all are done.

    def _switch(
        self,
        target: Name,
        staging: Name,
        staged: Table,
        *,
        whole: bool,
        emptied: Collection[tuple[str, ...]] = (),
    ) -> PartitionCounts:
        current = self._catalog.table(*target)
        there = self._partitions(target, current)
        coming = self._partitions(staging, staged)
        _check_places(staging, staged, coming)
        old = [
            data_location(item) for item in [current, *there.values()] if not is_view(item or {})
        ]
        before = len(there)
        emptied = [values for values in emptied if values in there and values not in coming]
        if there or coming:
            self._mark(target, staging, staged, WHOLE if whole else SOME, emptied)
        if whole:
            there = self._switch_table(target, current, staged, there)
        replaced = [partition for values, partition in coming.items() if values in there]
        added = [partition for values, partition in coming.items() if values not in there]
        self._catalog.update_partitions(*target, replaced)
        self._catalog.create_partitions(*target, added)
        new = _version_of(data_location(staged))
        gone = (
            emptied
            if not whole
            else [
                values
                for values, partition in there.items()
                if values not in coming and _version_of(data_location(partition)) != new
            ]
        )
        self._catalog.delete_partitions(*target, gone)
        kept = [p for values, p in there.items() if values not in coming and values not in gone]
        in_use = [staged if whole else current, *coming.values(), *kept]
        self._forget(staging, coming)
        self._remove(old, [data_location(item) for item in in_use], replaced=target)
        return PartitionCounts(len(replaced), len(added), len(gone), before)

    def _mark(
        self,
        target: Name,
        staging: Name,
        staged: Table,
        scope: str,
        emptied: list[tuple[str, ...]],
    ) -> None:
        parameters = {**(staged.get("Parameters") or {}), MARK: ".".join(target), SCOPE: scope}
        if emptied:
            parameters[EMPTIED] = json.dumps(emptied)
        self._catalog.update_table(staging[0], table_input(staged, Parameters=parameters))

    def _switch_table(
        self, target: Name, current: Table | None, staged: Table, there: Partitions
    ) -> Partitions:
        """Gives `target` the description of `staged`; returns the partitions that it still has."""
        described = staged.get("Parameters") or {}
        parameters = {k: v for k, v in described.items() if k not in (MARK, SCOPE, EMPTIED, OWNER)}
        wanted = table_input(staged, Name=target[1].lower(), Parameters=parameters)
        if str(wanted.get("Description", "")).startswith(_COMMENT):
            del wanted["Description"]
        if parameters.get("comment", "").startswith(_COMMENT):
            del parameters["comment"]
        if current is None:
            try:
                self._catalog.create_table(target[0], wanted)
            except GlueApiError as error:
                # An answer got lost and boto3 asked again, or somebody else was faster.
                if error.code != "AlreadyExistsException":
                    raise
                self._catalog.update_table(target[0], wanted)
            return {}
        if there and _keys(current) != _keys(staged):
            self._catalog.delete_partitions(*target, list(there))
            there = {}
        try:
            self._catalog.update_table(target[0], wanted)
        except GlueApiError as error:
            # Whether UpdateTable makes a table of a view AWS does not say: then the name is gone for a moment.
            if error.code != "InvalidInputException" or is_view(current) == is_view(staged):
                raise
            self._delete(target, there)
            self._catalog.create_table(target[0], wanted)
            there = {}
        return there

    def _forget(self, staging: Name, partitions: Partitions) -> None:
        """The switch is done: a staged table that stays behind is no reason to fail."""
        try:
            self._delete(staging, partitions)
        except GlueApiError as error:
            logger.warning(
                f"{'.'.join(staging)} stays behind in the Data Catalog; the next run removes it ({error.msg})"
            )

    def _delete(self, name: Name, partitions: Partitions) -> None:
        """Forgets a table, its partitions first: Glue deletes those of a deleted table when it likes.

        Until then the next table of that name might have them.
        """
        self._catalog.delete_partitions(*name, list(partitions))
        self._catalog.delete_table(*name)

    def _staged(self, staging: Name, location: str | None) -> Table:
        staged = self._catalog.table(*staging)
        if staged is None:
            raise DbtRuntimeError(
                f"the staged table {'.'.join(staging)} is not in the Data Catalog; the session must use the "
                "same catalog as the adapter (--enable-glue-datacatalog, same account and region)"
            )
        found, wanted = _version_of(data_location(staged)), _version_of(location)
        if wanted is not None and not is_view(staged) and found != wanted:
            raise DbtRuntimeError(
                f"the staged table {'.'.join(staging)} was written by another run of this model "
                f"({data_location(staged)}, not {location}); run one at a time, and run this one again"
            )
        return staged

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
    ) -> None:
        """Hands over the version folders of `locations` that hold nothing of `in_use`.

        Anything else is not ours to delete. `replaced` names the table that was made of them until now, which others
        may be reading; `staged` one for which they were staged, by this run or another. Else they were dropped.
        """
        kept = {version for version in map(_version_of, in_use) if version is not None}
        doomed: dict[str, set[str]] = {}
        for version in map(_version_of, locations):
            if version is not None and version not in kept:
                doomed.setdefault(version[0], set()).add(version[1])
        for root, folders in doomed.items():
            request: dict[str, Any] = {"root": root, "folders": sorted(folders)}
            if replaced is not None:
                request["replaced"] = list(replaced)
            elif staged is not None:
                request["staged"] = list(staged)
            self._remove_later(request)


def owner_of(staged: Mapping[str, Any]) -> Name | None:
    """(database, table) for which a table was staged; None where it was not."""
    parameters = staged.get("Parameters") or {}
    owner = parameters.get(OWNER)
    if owner is None:
        # Delta's comment is a property of Spark's.
        comment = str(staged.get("Description") or parameters.get("comment") or "")
        owner = comment.removeprefix(_COMMENT) if comment.startswith(_COMMENT) else ""
    database, _, name = str(owner).partition(".")
    return (database, name) if name else None


def _check_owner(staged: Table, staging: Name, target: Name) -> None:
    found = owner_of(staged)
    if found == target:
        return
    owner = None if found is None else ".".join(found)
    whose = f"was staged for {owner}" if owner else "was not staged by this adapter"
    raise DbtRuntimeError(
        f"{'.'.join(staging)} {whose}, and dbt needs that name to build {'.'.join(target)}: "
        "rename or drop that table"
    )


def _check_places(staging: Name, staged: Table, partitions: Partitions) -> None:
    """Raises DbtRuntimeError where the catalog shows partitions of an earlier table of that name."""
    version = _version_of(data_location(staged))
    strange = [v for v, part in partitions.items() if _version_of(data_location(part)) != version]
    if version is not None and strange:
        raise DbtRuntimeError(
            f"{'.'.join(staging)} has partitions, such as {list(strange[0])}, of a deleted table of that name, which "
            "the Data Catalog has not deleted yet. Nothing was replaced. Next: run this again in some minutes"
        )


def _keys(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and types of the columns that a table is partitioned by."""
    return [
        (key["Name"].lower(), key.get("Type", "").lower())
        for key in table.get("PartitionKeys") or ()
    ]
