"""Who writes a table at the same time, of one process of dbt: batches of one model, each in a session of its own."""

from __future__ import annotations

import threading
from collections import defaultdict

__all__ = ["Writers"]


class Writers:
    """A lock for each table.

    Files of a batch are staged under a name of its own and switched in partition by partition: nobody waits. A commit
    of an open format is made against the table as it is: of several at once all but one would be refused and made
    again, and in Hudi one that began would take another one that did not end for a killed one, and undo it.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def lock(self, table: str) -> threading.Lock:
        """That of a table by its name as SQL."""
        with self._guard:
            return self._locks[table]
