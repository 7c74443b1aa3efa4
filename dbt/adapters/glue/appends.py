"""Rows that come into a table of files at once: staged beside it as a table of its own, marked, put in place, forgotten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.catalog import data_location, table_input
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.replacement import OWNER, VERSION, join_location, owner_of, staged_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbt.adapters.glue.catalog import Partitions, Table
    from dbt.adapters.glue.replacement import Name

__all__ = [
    "ADDED",
    "INTO",
    "SMALL_BYTES",
    "Appends",
    "Move",
    "appended_name",
    "owned_properties",
    "place_for",
]

logger = AdapterLogger("Glue")

ADDED = "__dbt_add"
"""How the names of tables end that hold rows to be added: none of these is staged to replace another one."""

INTO = "dbt_glue.append_into"
"""The property of staged rows that are complete: the location of the table into which they come from then on."""

SMALL_BYTES = 128 * 1024 * 1024
"""Rows of so much are made one file: what one task of Spark reads (spark.sql.files.maxPartitionBytes) one writes in seconds,
and readers like files of that size."""

_UNREADABLE = "_dbt_append"
"""A folder in a table's own, which Spark, Hive and Athena take for no part of the table because of its first letter."""

_TOUCHES = 20
_BATCH_OF_ANY = "v00000000t0000000000000000000000r00000000"
_BATCH = r"v\d{8}t\d{6}[0-9a-f]{8}([0-9a-f]{8}[rk][0-9a-f]{8})?"
"""The version of staged rows, as it is in the name of their table: see versions.py."""


class Move(NamedTuple):
    """Two folders: all files of the first come into the second."""

    source: str
    folder: str


class Catalog(Protocol):
    """The calls of the Data Catalog, as NestedCatalog has them."""

    def table(self, database: str, name: str) -> Table | None: ...
    def tables_like(self, database: str, pattern: str) -> list[Table]: ...
    def update_table(self, database: str, table: Table) -> None: ...
    def touch_table(self, database: str, table: Table) -> bool: ...
    def delete_table(self, database: str, name: str) -> None: ...
    def partitions(self, database: str, table: str) -> Partitions: ...
    def add_partitions(
        self, database: str, table: str, partitions: Sequence[dict[str, Any]]
    ) -> bool: ...


def appended_name(target: Name, temp_schema: str | None, version: str) -> Name:
    """The name of a table of rows for `target`; each version has its own, so that two runs are not in each other's way."""
    return staged_name(target, ADDED, temp_schema, version)


def owned_properties(owner: Name) -> dict[str, str]:
    """The table properties by which staged rows are known as those for `owner`."""
    return {OWNER: ".".join(owner)}


def place_for(target: Table, version: str) -> str:
    """Where rows for a table are staged: on the same file system, where no reader of the table looks.

    A partitioned table keeps what is staged, as partitions, and so as a version of itself.
    """
    location = data_location(target).rstrip("/")
    if not target.get("PartitionKeys"):
        return join_location(location, _UNREADABLE, version)
    root, _, last = location.rpartition("/")
    return join_location(root if VERSION.fullmatch(last) else location, version)


class Appends:
    """What is staged comes into its table when it is `published`; `settle` does so for what another run left half done.

    `place` has a session move files: of a table, a list of moves, the prefix of the names that the files get, and whether
    it is an error that nothing of a move is there.
    """

    def __init__(
        self,
        catalog: Catalog,
        place: Callable[[Name, list[Move], str, bool], None],
        remove_later: Callable[[dict[str, Any]], None],
        is_at_work: Callable[[Table], bool],
    ) -> None:
        self._catalog = catalog
        self._place = place
        self._remove_later = remove_later
        self._is_at_work = is_at_work
        self._noted: set[Name] = set()

    def note(self, staged: Table) -> None:
        """Remembers that a listing had rows that some run has staged."""
        owner = owner_of(staged)
        if owner is not None:
            self._noted.add(owner)

    def is_noted(self, target: Name) -> bool:
        return target in self._noted

    def moves(self, target: Name, staging: Name) -> list[Move]:
        """What publishing would put into folders that the table has; the other partitions stay where they are staged."""
        found = self._catalog.table(*target), self._catalog.table(*staging)
        return [] if None in found else self._plan(target, staging, *found)[0]  # type: ignore[arg-type]

    def publish(self, target: Name, staging: Name) -> None:
        """The staged rows come into `target`, and the staged table is forgotten.

        From its first call on they do so whatever happens: what is cut short, the next `settle` completes. A
        partition, and a table without them, gets one file in one step. Raises DbtRuntimeError where the table was
        replaced meanwhile.
        """
        current, staged = self._catalog.table(*target), self._catalog.table(*staging)
        if current is None or staged is None:
            gone = target if current is None else staging
            raise DbtRuntimeError(
                f"{'.'.join(gone)} is no more in the Data Catalog: another run dropped it; run the model again"
            )
        parameters = {**(staged.get("Parameters") or {}), INTO: data_location(current)}
        self._catalog.update_table(staging[0], table_input(staged, Parameters=parameters))
        try:
            self._put(target, staging, current, staged, strict=True)
        except DbtRuntimeError:
            logger.warning(
                f"The rows for {'.'.join(target)} are complete, as {'.'.join(staging)}: the next run of the model adds "
                "what is missing of them before it does anything else"
            )
            raise
        self._finish(target, staging, current, staged)

    def settle(self, target: Name, temp_schema: str | None) -> None:
        """Completes what other runs began to publish, and forgets what runs that have ended staged and did not."""
        database, name = appended_name(target, temp_schema, _BATCH_OF_ANY)
        start = re.escape(name.removesuffix(f"{_BATCH_OF_ANY}{ADDED}"))
        pattern = rf"{start}{_BATCH}{ADDED}"
        for staged in self._catalog.tables_like(database, pattern):
            staging = (database, staged["Name"].lower())
            version = _version_of(staged)
            owner = owner_of(staged)
            if owner != target and (owner is not None or _token(version) not in staging[1]):
                continue  # not of this adapter's making
            into = (staged.get("Parameters") or {}).get(INTO)
            current = self._catalog.table(*target)
            if into is not None and current is not None and data_location(current) == into:
                logger.info(
                    f"Completing an interrupted append to {'.'.join(target)} ({'.'.join(staging)})"
                )
                self._put(target, staging, current, staged, strict=False)
                self._finish(target, staging, current, staged)
            elif into is not None or not self._is_at_work(staged):
                self.discard(staging, target)

    def discard(self, staging: Name, target: Name) -> None:
        """Forgets staged rows and has their data removed, but none that became partitions of the table."""
        staged = self._catalog.table(*staging)
        if staged is None:
            return
        current = self._catalog.table(*target)
        there = self._partitions(target, current) if staged.get("PartitionKeys") else {}
        self._forget(staging, staged, there)

    # Every step may be repeated, also by two runs at the same time.

    def _put(
        self, target: Name, staging: Name, current: Table, staged: Table, *, strict: bool
    ) -> None:
        prefix, complete = f"dbt-{_version_of(staged)}-", False
        while not complete:
            # A partition that another run has added meanwhile is one of the table's by now.
            moves, added = self._plan(target, staging, current, staged)
            self._place(target, moves, prefix, strict)
            complete = self._catalog.add_partitions(*target, added)

    def _finish(self, target: Name, staging: Name, current: Table, staged: Table) -> None:
        """Who read the table before these rows came, to replace it, has to read it again. Raises DbtRuntimeError."""
        now: Table | None = current
        for _ in range(_TOUCHES):
            if now is not None and self._catalog.touch_table(target[0], now):
                break
            now = self._catalog.table(*target)
            if now is None or data_location(now) != data_location(current):
                raise DbtRuntimeError(
                    f"{'.'.join(target)} was replaced by another run while rows were added to it: they may not be in "
                    "it. Next: look whether they are, and if not run the model again, not beside the other"
                )
        else:
            logger.warning(
                f"{'.'.join(target)} was changed by others each of {_TOUCHES} times that it was to get another version "
                "in the Data Catalog: the rows are in it, and a run that replaces it just now may not have seen them"
            )
        self._forget(staging, staged, self._partitions(target, staged))

    def _plan(
        self, target: Name, staging: Name, current: Table, staged: Table
    ) -> tuple[list[Move], list[dict[str, Any]]]:
        """What is to be moved, and the partitions that are to be added."""
        if not staged.get("PartitionKeys"):
            return [Move(data_location(staged), data_location(current))], []
        there = self._partitions(target, current)
        moves, added = [], []
        for values, partition in self._catalog.partitions(*staging).items():
            own = there.get(values)
            if own is None:
                added.append(partition)
            elif data_location(own) != data_location(partition):
                moves.append(Move(data_location(partition), data_location(own)))
        return moves, added

    def _partitions(self, name: Name, table: Table | None) -> Partitions:
        return self._catalog.partitions(*name) if table and table.get("PartitionKeys") else {}

    def _forget(self, staging: Name, staged: Table, there: Partitions) -> None:
        try:
            self._catalog.delete_table(*staging)
        except GlueApiError as error:
            logger.warning(
                f"{'.'.join(staging)} stays behind in the Data Catalog; a later run removes it ({error.msg})"
            )
        location, version = data_location(staged), _version_of(staged)
        root = location.rstrip("/").rpartition("/")[0]
        inside = join_location(root, version) + "/"
        if version and not any(
            f"{data_location(partition)}/".startswith(inside) for partition in there.values()
        ):
            self._remove_later({"root": root, "folders": [version]})


def _version_of(staged: Table) -> str:
    """The version as which rows were staged; empty for a table that is in no folder of this adapter's."""
    last = data_location(staged).rstrip("/").rpartition("/")[2]
    return last if VERSION.fullmatch(last) else ""


def _token(version: str) -> str:
    """The part of a staged table's name that its folder proves."""
    return re.sub("[^0-9a-z]", "", version.lower()) or "\0"
