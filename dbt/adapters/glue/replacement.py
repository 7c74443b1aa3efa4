"""Replacing tables: new data beside the old, then a switch in the Data Catalog, then the old data goes.

Others replace the same tables at the same time. Each switch begins with one call that is made for the version of the
target as it was read (Glue's optimistic lock): of several that read the same version, one gets through. A build that
read its target is made again then, from the read; another one only makes the switch again.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.attempts import Attempt
from dbt.adapters.glue.catalog import DataCatalog, Table, data_location, is_view, table_input
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.staged_tables import (
    OWNER,
    STAGING,
    STAGING_SUFFIXES,
    Name,
    Seen,
    check_owner,
    look,
    owner_of,
    owner_properties,
    staged_comment,
    staged_name,
)
from dbt.adapters.glue.switch_steps import (
    EMPTIED,
    LOCK,
    SCOPE,
    WHOLE,
    PartitionCounts,
    SwitchSteps,
    is_locked_by,
    is_made_of,
    staged_locations,
)
from dbt.adapters.glue.table_updates import TableChanged, may_have_been, update
from dbt.adapters.glue.versions import VERSION, join_location, new_version
from dbt.adapters.glue.versions import version_of as _version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

__all__ = [
    "OWNER",
    "STAGING",
    "STAGING_SUFFIXES",
    "TRIES",
    "VERSION",
    "Attempt",
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

TRIES = 5
"""So often a switch, or a build, is begun again where others come between."""
WAIT_SECONDS = 600.0
_POLL_SECONDS = (0.3, 5.0)
"""Between two looks at a switch that goes on: at first, and at most."""


def in_version_folder(location: str | None) -> bool:
    """Whether data is where this adapter puts what it makes."""
    return _version_of(location) is not None


class Replacement(SwitchSteps):
    """Switches tables to staged ones; `remove_later` takes folders that are of no use any more.

    `is_at_work` tells of a staged table whether the run that makes it goes on; `temp_schema` is the profile's.
    """

    def __init__(
        self,
        catalog: DataCatalog,
        remove_later: Callable[[dict[str, Any]], None],
        is_at_work: Callable[[Table], bool] = lambda _staged: False,
        temp_schema: str | None = None,
    ) -> None:
        super().__init__(catalog, remove_later)
        self._is_at_work = is_at_work
        self._temp_schema = temp_schema
        self._locks: dict[Name, threading.RLock] = defaultdict(threading.RLock)

    def look(self, target: Name, *, is_expected: bool = False) -> Seen:
        """A table and what is staged for it, as they are now; see staged_tables.look."""
        return look(self._catalog, target, self._temp_schema, is_expected=is_expected)

    def switch(
        self,
        target: Name,
        staging: Name,
        location: str | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        """Makes `target` what `staging` is, and forgets `staging`. Names are (database, table).

        `location` is where the caller had the staged data written; raises DbtRuntimeError where the
        catalog shows another. Without partitions the switch is one catalog call: readers see the
        old table or the new one. With partitions the staged table is marked first; `settle`
        completes a switch that was cut short. Nothing is switched, and `attempt` is overtaken, where the target is not
        any more what that has read.
        """
        self._again(target, staging, location, attempt, whole=True)

    def rename(self, name: Name, to: Name) -> None:
        """Gives a table another name. Raises DbtRuntimeError where that is taken, and where it has the old one still."""
        old, new = ".".join(name), ".".join(to)
        attempt = Attempt(to, None, keeps=True)
        self.switch(to, name, attempt=attempt)
        if attempt.overtaken:
            there = self._catalog.table(*to)
            if name != to and is_made_of(there, data_location(self._catalog.table(*name))):
                raise DbtRuntimeError(
                    f"{old} cannot be renamed: {new} is there already, and both are made of the same data, as after a rename "
                    f"that was cut short. Next: delete the entry of {new} in the Data Catalog (aws glue delete-table, "
                    "which leaves the data), and rename again"
                )
            raise DbtRuntimeError(
                f"{old} cannot be renamed: {new} is there already; drop that one first"
            )
        if name in self._given_up:
            raise DbtRuntimeError(
                f"{old} has the name {new} now, and its old one too, which could not be deleted: both are made of the same "
                f"data. Next: delete the entry of {old} in the Data Catalog (aws glue delete-table, which leaves the data)"
            )

    def switch_partitions(
        self,
        target: Name,
        staging: Name,
        location: str | None = None,
        rewritten: Collection[tuple[str, ...]] = (),
        attempt: Attempt | None = None,
    ) -> PartitionCounts | None:
        """Gives `target` the partitions that `staging` has; its other partitions stay. None where `attempt` is overtaken.

        But those of `rewritten` that `staging` does not have: these are empty now, and go.
        """
        return self._again(target, staging, location, attempt, whole=False, emptied=rewritten)

    def free(self, target: Name) -> Table | None:
        """A table as it is while no switch of several calls is under way to it: one is waited for, or completed.

        What is read of its partitions from then on is of this version, or it gets another one. Raises DbtRuntimeError
        where a switch of another run does not end.
        """
        for _ in range(TRIES):
            current = self._catalog.table(*target)
            lock = ((current or {}).get("Parameters") or {}).get(LOCK)
            database, _, name = str(lock or "").partition(".")
            staged = self._catalog.table(database, name) if name else None
            if staged is None or not is_locked_by((database, name), staged, current):
                return current
            with self._turn(target):
                self._end_of(target, (database, name), staged)
        raise TableChanged(target)

    def settle(self, target: Name, seen: Seen | None = None) -> bool:
        """Completes switches that were cut short, and forgets staged tables of runs that have ended.

        Those of runs that are at work stay; a switch of several calls that one of them has begun is waited for. Returns
        whether there was any of it, so that the target is to be read again. Raises DbtRuntimeError where a switch of
        another run does not end.
        """
        seen = self.look(target) if seen is None else seen
        busy = False
        for staging, staged in seen.staged.items():
            if is_locked_by(staging, staged, seen.table):
                with self._turn(target):
                    self._end_of(target, staging, staged)
                busy = True
            elif not self._is_at_work(staged) or staging in self._given_up:
                self.forget_ended(target, staging)
                busy = True
        return busy

    def forget_ended(self, target: Name, staging: Name) -> None:
        """Forgets what a run that has ended staged for `target`: a call of it that is under way still is refused."""
        updated = self._fence(target) if STAGING in staging[1] else None
        self.discard(staging, used_by=target, updated=updated)

    def discard(
        self, name: Name, used_by: Name | None = None, updated: datetime | None = None
    ) -> None:
        """Forgets a table, if it is there, and has the versions of its data removed.

        `used_by` is the table for which it was staged, where it was: the versions that one is made of, and what else is
        staged for it, stay, because a switch may have failed after it was done. `updated` is when that one was changed
        last. Raises DbtRuntimeError where it was staged for another.
        """
        seen = Seen(None, {}) if used_by is None else self.look(used_by, is_expected=True)
        table = seen.staged.get(name) or self._catalog.table(*name)
        if table is None:
            return
        if used_by is not None:
            check_owner(table, name, used_by)
        partitions = self._partitions(name, table)
        old = self._locations(name, table, partitions)
        in_use = staged_locations(seen, name)
        if used_by is not None:
            in_use += self._locations(used_by, seen.table)
        self._delete(name, partitions)
        if used_by is None:
            self._remove(old, in_use, dropped=name)
        elif STAGING in name[1] and may_have_been(seen.table, table, updated):
            self._remove(old, in_use, replaced=used_by, updated=updated)
        else:
            self._remove(old, in_use, staged=used_by)

    def discard_own(self, name: Name, location: str, owner: Name) -> None:
        """Forgets a table without partitions that this run has staged for `owner`, and has its version removed.

        That its name and its location are of no other table is the caller's word. What stays behind is no failure.
        """
        if self._forget(name):
            self._remove([location], (), staged=owner)

    # One at a time

    def _again(
        self,
        target: Name,
        staging: Name,
        location: str | None,
        attempt: Attempt | None,
        *,
        whole: bool,
        emptied: Collection[tuple[str, ...]] = (),
    ) -> PartitionCounts | None:
        with self._turn(target):
            for _ in range(TRIES):
                seen = self.look(target, is_expected=bool(attempt and attempt.table))
                staged = seen.staged.get(staging) or self._catalog.table(*staging)
                if staged is None and is_made_of(seen.table, location):
                    return PartitionCounts(0, 0, 0, 0)  # another run took this one for ended
                staged = _checked(staged, staging, location)
                if attempt is not None and not attempt.is_of(seen.table):
                    break
                if self._waited(target, staging, seen):
                    continue
                try:
                    return self._switch(target, staging, seen, staged, whole=whole, emptied=emptied)
                except TableChanged as changed:
                    if attempt is not None:
                        break
                    logger.info(f"{changed.msg}: it is switched again, to the version of this run")
                except BaseException:
                    with self._guard:
                        self._given_up.add(staging)
                    raise
        if attempt is None:
            raise DbtRuntimeError(
                f"{'.'.join(target)} was changed by another run each of {TRIES} times that this one was about to replace "
                "it; it is as the other left it. Next: run the model again, or not beside the other"
            )
        attempt.overtaken = True
        if not attempt.keeps:
            try:
                self.discard(staging, used_by=target)
            except GlueApiError as error:
                self._leave(staging, error)
        return None

    def _turn(self, target: Name) -> threading.RLock:
        """The lock of a table for the threads of this run; other runs are told by the Data Catalog."""
        with self._guard:
            return self._locks[target]

    def _waited(self, target: Name, staging: Name, seen: Seen) -> bool:
        """Whether another switch was in the way, and has ended now."""
        for other, table in seen.staged.items():
            if other != staging and is_locked_by(other, table, seen.table):
                self._end_of(target, other, table)
                return True
        return False

    def _end_of(self, target: Name, staging: Name, staged: Table) -> None:
        """Waits until another run has ended its switch; completes it where that run has ended. Raises DbtRuntimeError."""
        until, is_told = time.monotonic() + WAIT_SECONDS, False
        wait, longest = _POLL_SECONDS
        while self._is_at_work(staged) and staging not in self._given_up:
            if time.monotonic() > until:
                raise DbtRuntimeError(
                    f"another run has been switching {'.'.join(target)} to {'.'.join(staging)} for "
                    f"{WAIT_SECONDS:.0f} s and is at work still. Next: end that run, or wait for it, and run this model again"
                )
            if not is_told:
                logger.info(f"Waiting for another run, which is replacing {'.'.join(target)}")
                is_told = True
            time.sleep(wait)
            wait = min(1.5 * wait, longest)
            if self._catalog.table(*staging) is None:
                return
        logger.info(f"Completing the interrupted replacement of {'.'.join(target)}")
        for _ in range(TRIES):
            if self._is_completed(target, staging):
                return
        raise TableChanged(target)

    def _is_completed(self, target: Name, staging: Name) -> bool:
        """Completes a switch of a run that has ended, if nobody else has; not where others are at the table now."""
        seen = self.look(target)
        found = seen.staged.get(staging)
        if found is None or not is_locked_by(staging, found, seen.table):
            return True
        parameters = found.get("Parameters") or {}
        whole = parameters.get(SCOPE, WHOLE) == WHOLE
        emptied = [tuple(values) for values in json.loads(parameters.get(EMPTIED, "[]"))]
        try:
            self._switch(target, staging, seen, found, whole=whole, emptied=emptied)
        except TableChanged:
            return False
        return True

    def _fence(self, target: Name) -> datetime | None:
        """Gives a table another version: a call of a run that has ended, which is under way still, is refused from now on.

        Returns when it was changed before that; None where it is not there.
        """
        for _ in range(TRIES):
            current = self._catalog.table(*target)
            # One of Glue's own views in several dialects is changed by other words, and is never staged for.
            if current is None or "VersionId" not in current or current.get("ViewDefinition"):
                break
            try:
                update(self._catalog, target[0], table_input(current), current)
            except TableChanged:
                continue
            return cast("datetime | None", current.get("UpdateTime"))
        return None


def _checked(staged: Table | None, staging: Name, location: str | None) -> Table:
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
