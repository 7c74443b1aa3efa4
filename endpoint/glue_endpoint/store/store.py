"""The SQLite file and its transactions: consistent to readers, one writer at a time, safe from `kill -9`.

The file is in write-ahead mode: readers see the state at their beginning and wait for nobody, and a
process that is killed in the middle of a change leaves nothing of it. Commits are not flushed to the
disk (`synchronous` is `normal`): what an ending process had committed is there, what a machine that
lost its power had committed last may not be.
"""

from __future__ import annotations

import contextlib
import json
import queue
import sqlite3
import time
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from glue_endpoint.errors import (
    EndpointStartError,
    InternalServiceException,
    OperationTimeoutException,
)
from glue_endpoint.folders import OTHER_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

FILE_NAME = "catalog.sqlite"
_LAYOUT = 2
"""The number of schema.sql in the file's user_version; another layout is another number.

Until now layouts have added tables, which are all that an older file lacks."""
_PATIENCE = 30.0
"""Seconds that a writer waits for another one: botocore waits 60 for an answer."""
_KEPT_OPEN = 8

_T = TypeVar("_T")
Row = tuple[Any, ...]


class Transaction:
    """One transaction: SQL with parameters in, rows out. `now` is its time, in seconds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._after: list[Callable[[], None]] = []
        self.now = round(time.time(), 3)

    def when_kept(self, work: Callable[[], None]) -> None:
        """Runs `work` once all of the transaction is in the file; never, if it is not kept."""
        self._after.append(work)

    def kept(self) -> None:
        """It is in the file now."""
        for work in self._after:
            work()

    def one(self, sql: str, *parameters: object) -> Row | None:
        """The first row, or None."""
        row: Row | None = self._connection.execute(sql, parameters).fetchone()
        return row

    def all(self, sql: str, *parameters: object) -> list[Row]:
        """All rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def run(self, sql: str, *parameters: object) -> int:
        """Runs a statement; how many rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def run_each(self, sql: str, rows: Iterable[Row]) -> None:
        """Runs a statement for each row of parameters."""
        self._connection.executemany(sql, rows)


class Store:
    """The file of one state folder. Safe to use from many threads, and from many processes.

    Raises EndpointStartError if it cannot be opened, or was made by a later version.
    """

    def __init__(self, state_dir: Path) -> None:
        self.path = state_dir / FILE_NAME
        self._open: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue(_KEPT_OPEN)
        try:
            connection = self._connect()
            self._lay_out(connection)
        except sqlite3.Error as error:
            raise EndpointStartError(
                f"Cannot open the catalog {self.path}: {error}. If the file is damaged, delete it and "
                f"build the project again; or choose {OTHER_FOLDER}."
            ) from error
        self._open.put(connection)

    def read(self, work: Callable[[Transaction], _T]) -> _T:
        """`work(transaction)` on one consistent state, which it does not change."""
        return self._transact("BEGIN", work)

    def write(self, work: Callable[[Transaction], _T]) -> _T:
        """`work(transaction)`, kept as a whole if it returns and not at all if it raises.

        Raises what work raises, OperationTimeoutException if another writer does not end, and
        InternalServiceException if the file cannot be written.
        """
        return self._transact("BEGIN IMMEDIATE", work)

    def frozen(self) -> sqlite3.Connection:
        """A connection that sees the present state for as long as it is open, and changes nothing. The caller closes it."""
        connection = self._connect()
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM databases LIMIT 1").fetchone()
        return connection

    def close(self) -> None:
        """Closes the connections that nobody uses."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._open.get_nowait().close()

    def _transact(self, begin: str, work: Callable[[Transaction], _T]) -> _T:
        try:
            connection = self._take()
            try:
                connection.execute(begin)
                transaction = Transaction(connection)
                result = work(transaction)
                connection.execute("COMMIT")
                transaction.kept()
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._give_back(connection)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) == _BUSY or "locked" in str(error):
                raise OperationTimeoutException(
                    f"Another process has been writing {self.path} for {_PATIENCE:.0f} seconds."
                ) from error
            raise InternalServiceException(f"The catalog {self.path} failed: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise InternalServiceException(f"The catalog {self.path} failed: {error}.") from error
        return result

    def _take(self) -> sqlite3.Connection:
        try:
            return self._open.get_nowait()
        except queue.Empty:
            return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        try:
            self._open.put_nowait(connection)
        except queue.Full:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        # One thread at a time has a connection, but not always the same.
        connection = sqlite3.connect(
            self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _lay_out(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")  # two processes may both find an empty file
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        if layout < _LAYOUT:
            schema = resources.files(__package__).joinpath("schema.sql").read_text("utf-8")
            for statement in schema.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_LAYOUT}")
        connection.execute("COMMIT")
        if layout > _LAYOUT:
            raise EndpointStartError(
                f"The catalog {self.path} was made by a later version of dbt-glue-python (layout "
                f"{layout}, this one knows {_LAYOUT}). Upgrade, or choose {OTHER_FOLDER}."
            )


_BUSY = 5


def encode(value: object) -> str:
    """A value as a column keeps it; lone surrogates survive, which are no text to SQLite."""
    return json.dumps(value, separators=(",", ":"))


def decode(text: str) -> Any:
    """What `encode` was given."""
    return json.loads(text)
