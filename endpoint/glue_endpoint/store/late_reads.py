"""Reads that see late what others wrote: what a catalog that is consistent only after a while may answer."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from glue_endpoint.store.store import Transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from glue_endpoint.store.store import Store

_T = TypeVar("_T")
_KEPT = 64
"""States of one span that are kept, each of which is a connection: what is written at about the same time is seen at once."""


class _State(NamedTuple):
    number: int
    since: float
    connection: sqlite3.Connection


class LateReads:
    """Reads of a store in which a caller sees its own changes at once, and those of others after `seconds`.

    What a read sees was the whole of the store at some time, and never an earlier one than the read before it saw.
    """

    def __init__(
        self, store: Store, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._own: dict[str, int] = {}
        self._states = [_State(0, float("-inf"), store.frozen())]

    def wrote(self, caller: str) -> None:
        """Notes the state after a change of a caller's."""
        with self._lock:
            last, now = self._states[-1], self._clock()
            number, since = last.number + 1, now
            if now - last.since < self._seconds / _KEPT:
                self._states.pop().connection.close()
                since = last.since
            self._states.append(_State(number, since, self._store.frozen()))
            self._own[caller] = number
            self._forget()

    def read(self, caller: str, work: Callable[[Transaction], _T]) -> _T:
        """`work(transaction)` on the state that the caller may see."""
        with self._lock:
            self._forget()
            least = max(self._own.get(caller, 0), self._states[0].number)
            state = next(state for state in self._states if state.number >= least)
            return work(Transaction(state.connection))

    def close(self) -> None:
        """Closes the connections."""
        with self._lock:
            for state in self._states:
                state.connection.close()

    def _forget(self) -> None:
        """The first state is the one that everybody sees."""
        horizon = self._clock() - self._seconds
        while len(self._states) > 1 and self._states[1].since <= horizon:
            self._states.pop(0).connection.close()
