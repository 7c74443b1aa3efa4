"""Two kinds of readers: Spark in a session of its own, and Athena's way, by the catalog and the files."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Protocol

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.cursor import GlueHandle
from dbt.adapters.glue.errors import StatementFailed
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool
from tests.reliability.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

    from tests.reliability.checker import Row

__all__ = ["Athena", "Reader", "Spark", "Unread"]

COLUMNS = ("run", "seq", "part")
NOT_THERE = re.compile(r"TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND")
OF_THE_JVM = re.compile(
    r"Py4J\w*Error|the JVM|SparkContext was shut down|stopped SparkContext|\[Errno 111\] Connection refused"
)
"""What statements say whose JVM was killed. All else that a statement says is of the table."""


class Unread(Exception):
    """The reader itself was struck."""


class Reader(Protocol):
    """A reader's name, and what it sees of a table: None where there is none yet.

    Raises OSError where the table cannot be read, Unread where nothing can be said.
    """

    name: str

    def read(self, table: str) -> tuple[Row, ...] | None: ...

    def close(self) -> None: ...


class Athena:
    """Plans by the catalog, and reads the files `pause` seconds later, as a query does that waits its turn."""

    def __init__(self, endpoint: EndpointHandle, state: Path, schema: str, pause: float) -> None:
        self.name = f"Athena, {pause:.0f} s" if pause else "Athena"
        self._lake = Lake(endpoint, state, pause)
        self._schema = schema

    def read(self, table: str) -> tuple[Row, ...] | None:
        rows = self._lake.rows(self._schema, table, COLUMNS)
        return None if rows is None else tuple(rows)

    def close(self) -> None:
        pass


class Spark:
    """Queries in a session, which is made anew when it was lost."""

    name = "Spark"

    def __init__(self, endpoint: EndpointHandle, schema: str) -> None:
        os.environ["AWS_ACCESS_KEY_ID"] = endpoint.access_key_id
        os.environ["AWS_SECRET_ACCESS_KEY"] = endpoint.secret_access_key
        self._schema = schema
        self._credentials = GlueCredentials(schema=schema, endpoint=endpoint.url)
        self._pool = SessionPool(AwsClients(self._credentials).sessions, self._credentials)
        self._handle: GlueHandle | None = None

    def read(self, table: str) -> tuple[Row, ...] | None:
        try:
            if self._handle is None:
                self._handle = GlueHandle(
                    self._pool, Environment.of(self._credentials), self._schema
                )
            cursor = self._handle.cursor()
            cursor.execute(f"select run, seq, part from `{self._schema}`.`{table}`")
            return tuple(sorted(map(tuple, cursor.fetchall())))
        except StatementFailed as error:
            text = str(error)
            if NOT_THERE.search(text):
                return None
            if OF_THE_JVM.search(text):
                raise Unread(text) from error
            raise OSError(text) from error
        except DbtRuntimeError as error:  # of the session, or of a call
            raise Unread(str(error)) from error

    def close(self) -> None:
        if self._handle is not None:
            self._handle.close()
        self._pool.stop_all()
