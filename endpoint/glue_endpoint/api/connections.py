"""Who is connected: how many at once, for how long without showing a key, and who goes when there are too many.

Every local user can connect. One that shows no key of the endpoint's gets little time and is the first to go, so
that the others always find room.
"""

from __future__ import annotations

import resource
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 512
"""Connections at once, each with a thread; fewer where the process may have few files open."""
PATIENCE = 20.0
"""Seconds that a connection has to send the headers of a request with a key of the endpoint's."""
_ROOM_WITHIN = 2.0
"""Seconds until the thread of a connection that was cut has ended."""


@dataclass(eq=False)
class Connection:
    """One connection: `known` is whether it has shown a key, `busy` whether a request of it is being answered."""

    socket: socket.socket
    since: float
    known: bool = False
    busy: bool = False


class Connections:
    """The connections of a server. All methods may be called from any thread."""

    def __init__(
        self,
        most: int | None = None,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most = most if most is not None else _most()
        self._patience = patience
        self._clock = clock
        self._changed = threading.Condition()
        self._open: dict[socket.socket, Connection] = {}

    def __len__(self) -> int:
        return len(self._open)

    def open(self, taken: socket.socket) -> bool:
        """A new connection; whether there is room for it. If need be another one goes."""
        with self._changed:
            if len(self._open) >= self.most:
                if not self._cut_one():
                    return False
                if not self._changed.wait_for(lambda: len(self._open) < self.most, _ROOM_WITHIN):
                    return False
            self._open[taken] = Connection(taken, self._clock())
            return True

    def of(self, taken: socket.socket) -> Connection:
        """What is known of an open connection."""
        with self._changed:
            return self._open[taken]

    def begin(self, connection: Connection) -> None:
        """The first line of a request is there."""
        with self._changed:
            connection.busy = True

    def end(self, connection: Connection) -> None:
        """A request was answered: the connection waits for the next one."""
        with self._changed:
            connection.busy = False
            if connection.known:
                connection.since = self._clock()

    def close(self, taken: socket.socket) -> None:
        """A connection has ended."""
        with self._changed:
            self._open.pop(taken, None)
            self._changed.notify_all()

    def cut_overdue(self) -> None:
        """End those that have shown no key for too long."""
        with self._changed:
            late = self._clock() - self._patience
            for connection in self._open.values():
                if not connection.known and connection.since < late:
                    _cut(connection)

    def _cut_one(self) -> bool:
        """End the one that is missed least: one without a key, else one that waits; the oldest of them. Whether there is one."""
        free = [each for each in self._open.values() if not (each.known and each.busy)]
        if free:
            _cut(min(free, key=lambda each: (each.known, each.since)))
        return bool(free)


def _cut(connection: Connection) -> None:
    # Its thread, which reads or writes there, ends with that.
    with suppress(OSError):
        connection.socket.shutdown(socket.SHUT_RDWR)


def _most() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if files == resource.RLIM_INFINITY else max(32, min(MOST, files // 2))
