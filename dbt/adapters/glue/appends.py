"""Rows that come into a table of files at once: staged beside it as a table of its own, marked, put in place, forgotten."""

from __future__ import annotations

import json
import random
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.append_plans import (
    AFTER,
    INTO,
    NEW,
    Move,
    Places,
    Plan,
    Rows,
    appended_name,
    last_switch,
    planned,
    proving_token,
    state_of,
    version_of_rows,
)
from dbt.adapters.glue.catalog import data_location, table_input
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.staged_tables import ADDED, owner_of
from dbt.adapters.glue.table_updates import TableChanged, update
from dbt.adapters.glue.versions import join_location

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.catalog import Partitions, Table
    from dbt.adapters.glue.inner_catalog import NestedCatalog
    from dbt.adapters.glue.staged_tables import Name

__all__ = ["Appends"]

logger = AdapterLogger("Glue")

WAITS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds, more or less, between calls that others come before."""
_TRIES = 5
_VALUE_LIMIT = 400_000
"""Letters of a property's value; Glue takes 512,000."""
_OVERTAKEN = (
    "ConcurrentModificationException",
    "EntityNotFoundException",
    "OperationTimeoutException",
)
"""After these it is not known that a table has got the version that it was to get: it is to get one more."""
_BATCH_OF_ANY = "v00000000t0000000000000000000000r00000000"
_BATCH = r"v\d{8}t\d{6}[0-9a-f]{8}([0-9a-f]{8}[rk][0-9a-f]{8})?"
"""The version of staged rows, as it is in the name of their table: see versions.py."""


class _Replaced(DbtRuntimeError):
    """A table is not any more what rows were added to."""

    def __init__(self, target: Name) -> None:
        super().__init__(
            f"{'.'.join(target)} was replaced by another run while rows were added to it: they may not be in it, or not "
            "all of them. Next: look whether they are, and if not run the model again, not beside the other"
        )


class Appends:
    """What is staged comes into its table when it is `published`; `settle` does so for what another run left half done.

    `place` has a session move files: of a table, a list of moves, the prefix of the names that the files get, and whether
    it is an error that nothing of a move is there. `free` is Replacement's.
    """

    def __init__(
        self,
        catalog: NestedCatalog,
        place: Callable[[Name, list[Move], str, bool], None],
        remove_later: Callable[[dict[str, Any]], None],
        is_at_work: Callable[[Table], bool],
        free: Callable[[Name], Table | None],
    ) -> None:
        self._catalog = catalog
        self._place = place
        self._remove_later = remove_later
        self._is_at_work = is_at_work
        self._free = free

    def moves(self, target: Name, staging: Name, folders: int = 1) -> list[Move]:
        """What publishing would put into folders that the table has; the other partitions stay where they are staged.

        Raises DbtRuntimeError where not all `folders` of rows are known as partitions.
        """
        current = self._catalog.table(*target)
        rows = self._rows(target, staging, current, folders)
        return planned(rows, current or {}, self._partitions(target, current)).moves

    def publish(self, target: Name, staging: Name, folders: int = 1) -> None:
        """The staged rows come into `target`, and the staged table is forgotten.

        From its mark on they do so whatever happens: what is cut short, the next `settle` completes. A partition, and a
        table without them, gets one file in one step. Raises DbtRuntimeError, which says whether the rows are there.
        """
        try:
            # No partition of theirs can be in the table before the mark: what it does not have now is new.
            current = self._free(target)
            rows = self._rows(target, staging, current, folders)
            there = self._partitions(target, current)
            rows = rows._replace(new=rows.coming.keys() - there.keys())
            plan = planned(rows, current or {}, there)
            self._mark(rows, current or {})
        except DbtRuntimeError:
            with suppress(GlueApiError):  # then a later run removes it
                self.discard(staging, target)
            raise
        try:
            places, _ = self._put(rows, current or {}, plan, strict=True)
            self._finish(rows, current or {}, places)
        except _Replaced:
            self._forget(rows.staged, staging, target, was_read=bool(rows.new))
            raise
        except DbtRuntimeError:
            logger.warning(
                f"The rows for {'.'.join(target)} are complete, as {'.'.join(staging)}: the next run of the model adds "
                "what is missing of them before it does anything else"
            )
            raise
        self._forget(rows.staged, staging, target, was_read=bool(rows.new))

    def settle(self, target: Name, temp_schema: str | None) -> None:
        """Completes what other runs began to publish, and forgets what runs that have ended staged and did not."""
        database, name = appended_name(target, temp_schema, _BATCH_OF_ANY)
        start = re.escape(name.removesuffix(f"{_BATCH_OF_ANY}{ADDED}"))
        pattern = rf"{start}{_BATCH}{ADDED}"
        for staged in self._catalog.tables_like(database, pattern):
            staging = (database, staged["Name"].lower())
            version = version_of_rows(staged)
            owner = owner_of(staged)
            if owner != target and (owner is not None or proving_token(version) not in staging[1]):
                continue  # not of this adapter's making
            if INTO in (staged.get("Parameters") or {}):
                self._complete(target, staging, staged)
            elif not self._is_at_work(staged):
                self.discard(staging, target)

    def discard(self, staging: Name, target: Name) -> None:
        """Forgets staged rows and has their data removed, but none that became partitions of the table."""
        staged = self._catalog.table(*staging)
        if staged is not None:
            self._forget(staged, staging, target)

    # What there is

    def _rows(self, target: Name, staging: Name, current: Table | None, folders: int) -> Rows:
        """Rows that no run has begun to add. Raises DbtRuntimeError where not all of them can be found."""
        staged = self._catalog.table(*staging)
        if current is None or staged is None:
            gone = target if current is None else staging
            raise DbtRuntimeError(
                f"{'.'.join(gone)} is no more in the Data Catalog: another run dropped it; run the model again"
            )
        if bool(current.get("PartitionKeys")) != bool(staged.get("PartitionKeys")):
            raise DbtRuntimeError(
                f"{'.'.join(target)} got or lost its partitions by another run while rows for it were written; nothing "
                "was added. Next: run the model again"
            )
        coming = self._partitions(staging, staged)
        if staged.get("PartitionKeys") and len(coming) < folders:
            raise DbtRuntimeError(
                f"{'.'.join(target)}: rows were written into {folders} folders or more, and the Data Catalog has "
                f"{len(coming)} of them as partitions of {'.'.join(staging)}; nothing was added. Next: run the model again, "
                "where spark.sql.hive.manageFilesourcePartitions is true, as it is by default"
            )
        return Rows(target, staging, staged, coming, (), last_switch(current))

    def _partitions(self, name: Name, table: Table | None) -> Partitions:
        return self._catalog.partitions(*name) if table and table.get("PartitionKeys") else {}

    def _seen(self, target: Name) -> tuple[Table | None, Partitions]:
        """A table and its partitions, between which no switch came. Raises DbtRuntimeError."""
        before = self._free(target)
        for _ in range(_TRIES):
            there = self._partitions(target, before)
            now = self._free(target)
            if before is None or now is None or state_of(before) == state_of(now):
                return now, there
            before = now
        raise TableChanged(target)

    # Every step may be repeated, also by two runs at the same time.

    def _mark(self, rows: Rows, current: Table) -> None:
        parameters = {**(rows.staged.get("Parameters") or {}), INTO: data_location(current)}
        told = json.dumps(sorted(rows.new))
        if rows.coming:
            parameters[AFTER] = rows.after
        if rows.coming and len(told) <= _VALUE_LIMIT:
            parameters[NEW] = told
        wanted = table_input(rows.staged, Parameters=parameters)
        try:
            update(self._catalog, rows.staging[0], wanted, rows.staged)
        except GlueApiError as error:
            staging = ".".join(rows.staging)
            # The answer may have got lost: what is marked and stays would come in beside what the next run makes.
            is_gone = self._forget(rows.staged, rows.staging, rows.target)
            first = (
                ""
                if is_gone
                else f"delete {staging} in the Data Catalog, or its rows may come in twice; then "
            )
            raise DbtRuntimeError(
                f"nothing was added to {'.'.join(rows.target)}: its new rows, which are {staging}, could not be marked as "
                f"complete ({error.msg}). Next: {first}run the model again"
            ) from error

    def _put(
        self, rows: Rows, current: Table, plan: Plan, *, strict: bool
    ) -> tuple[Places, list[tuple[str, ...]]]:
        """Where the rows of each partition are then, and for which that is not known. Raises DbtRuntimeError."""
        prefix = f"dbt-{version_of_rows(rows.staged)}-"
        for wait in (*WAITS, None):
            self._place(rows.target, plan.moves, prefix, strict)
            if strict and plan.unsure:
                raise _Replaced(rows.target)
            if self._catalog.add_partitions(*rows.target, plan.added):
                return plan.places, plan.unsure
            if wait is None:
                break
            _pause(wait)
            # A partition that another run has added meanwhile is one of the table's by now.
            now, there = self._seen(rows.target)
            if now is None or data_location(now) != data_location(current):
                raise _Replaced(rows.target)
            if strict and last_switch(now) != rows.after:
                raise _Replaced(rows.target)
            plan = planned(rows, now, there)
        values = "/".join(plan.added[0]["Values"])
        raise DbtRuntimeError(
            f"{'.'.join(rows.target)}: the Data Catalog takes no partition {values}, because it is there, and does not show it. "
            "Next: look at that partition (SHOW PARTITIONS), drop it if it is broken, and run the model again"
        )

    def _finish(self, rows: Rows, current: Table, places: Places) -> None:
        """Who read the table before these rows came, to replace it, has to read it again. Raises DbtRuntimeError."""
        target, now = rows.target, current
        for wait in (*WAITS, None):
            try:
                # That another call came first does not do: somebody may have read what it left before these rows came.
                self._catalog.update_table(target[0], table_input(now), now.get("VersionId"))
                return
            except GlueApiError as error:
                failed: DbtRuntimeError = error
                if error.code not in _OVERTAKEN or wait is None:
                    break
            _pause(wait)
            try:
                now = self._still(target, current, places)
            except _Replaced:
                raise
            except DbtRuntimeError as error:
                failed = error
                break
        raise DbtRuntimeError(
            f"the rows were put into {'.'.join(target)}, and other runs could not be told so ({failed.msg}): one that is "
            "replacing it just now may not have seen them. Next: do not add them again, but look whether they are there, and "
            "run the model when it has new ones"
        ) from failed

    def _still(self, target: Name, current: Table, places: Places) -> Table:
        """The table as it is now, with all rows where they were put."""
        now, there = self._seen(target)
        found = {values: data_location(there[values]) for values in places if values in there}
        if (
            now is None
            or now.get("CreateTime") != current.get("CreateTime")
            or data_location(now) != data_location(current)
            or found != places
        ):
            raise _Replaced(target)
        return now

    def _complete(self, target: Name, staging: Name, staged: Table) -> None:
        """Puts in place what is missing of an append that was cut short; not what may have been there before."""
        current, there = self._seen(target)
        parameters = staged["Parameters"]
        if current is None or data_location(current) != parameters[INTO]:
            if current is not None:
                logger.warning(
                    f"{'.'.join(target)} was replaced by another run after one that was cut short had made rows for it: these "
                    f"are not added ({'.'.join(staging)}). Next: look whether they are to be made again"
                )
            self._forget(staged, staging, target, was_read=bool(staged.get("PartitionKeys")))
            return
        logger.info(f"Completing an interrupted append to {'.'.join(target)} ({'.'.join(staging)})")
        coming = self._partitions(staging, staged)
        told = parameters.get(NEW)
        new = set(coming) if told is None else {tuple(values) for values in json.loads(told)}
        rows = Rows(target, staging, staged, coming, new, parameters.get(AFTER, ""))
        try:
            plan = planned(rows, current, there)
            places, unsure = self._put(rows, current, plan, strict=False)
            self._finish(rows, current, places)
        except _Replaced:
            unsure = list(coming)
        if unsure:
            listed = ", ".join("/".join(values) for values in unsure[:5])
            logger.warning(
                f"{'.'.join(target)} was replaced by another run while one that was cut short added rows to it: those in "
                f"{len(unsure)} partitions may not be in it ({listed}). Next: look whether they are"
            )
        self._forget(staged, staging, target, was_read=bool(new))

    def _forget(
        self, staged: Table, staging: Name, target: Name, *, was_read: bool = False
    ) -> bool:
        """Whether the table is gone. The work is done: what stays behind is no reason to fail.

        What was a partition and `was_read`, until another run replaced it, stays for a while, as all that is replaced.
        """
        try:
            self._catalog.delete_table(*staging)
        except GlueApiError as error:
            logger.warning(
                f"{'.'.join(staging)} stays behind in the Data Catalog; a later run removes it ({error.msg})"
            )
            return False  # with its data, which that one may have to add yet
        location, version = data_location(staged), version_of_rows(staged)
        root = location.rstrip("/").rpartition("/")[0]
        inside = join_location(root, version) + "/"
        try:
            there = self._partitions(target, staged)
        except GlueApiError as error:
            logger.warning(f"{location} stays until a later run removes it ({error.msg})")
            return True
        if version and not any(
            f"{data_location(partition)}/".startswith(inside) for partition in there.values()
        ):
            request: dict[str, Any] = {"root": root, "folders": [version]}
            self._remove_later({**request, "replaced": list(target)} if was_read else request)
        return True


def _pause(seconds: float) -> None:
    time.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
