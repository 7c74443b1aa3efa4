"""Who writes a table at the same time, of one process of dbt: batches of one model, each in a session of its own."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING

from dbt.adapters.glue.replacement import owner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from dbt.adapters.glue.replacement import Name

__all__ = ["Writers"]


class Writers:
    """A lock for each table, and the staged tables that an earlier process left behind.

    Files of a batch are staged under a name of its own and switched in partition by partition: nobody waits. A commit
    of an open format is made against the table as it is: of several at once all but one would be refused and made
    again, and in Hudi one that began would take another one that did not end for a killed one, and undo it.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._listing = threading.Lock()
        self._listed: set[str] = set()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._left: dict[Name, set[Name]] = defaultdict(set)
        self._settled: set[Name] = set()

    def lock(self, table: str) -> threading.Lock:
        """That of a table by its name as SQL."""
        with self._guard:
            return self._locks[table]

    def note(self, database: str, staged: Mapping[str, Any]) -> None:
        """Remembers a staged table that was there when its database was listed."""
        owner = owner_of(staged)
        if owner is not None:
            with self._guard:
                self._left[owner].add((database.lower(), staged["Name"].lower()))

    def note_once(self, database: str, tables: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
        """Notes what is in a database that dbt does not list by itself."""
        with self._listing:
            if database not in self._listed:
                self._listed.add(database)
                for table in tables():
                    self.note(database, table)

    def left_behind(self, table: Name) -> list[Name]:
        """What was noted as staged for a table; once. What is noted later may be what this process is at."""
        with self._guard:
            if table in self._settled:
                return []
            self._settled.add(table)
            return sorted(self._left.pop(table, ()))
