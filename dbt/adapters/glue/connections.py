"""dbt's connection manager over Glue sessions."""

# ruff: noqa: ARG002 - the signatures are dbt's
from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError
from dbt.adapters.contracts.connection import (
    AdapterRequiredConfig,
    AdapterResponse,
    Connection,
    ConnectionState,
)
from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.events.types import ConnectionUsed, SQLQuery, SQLQueryStatus
from dbt.adapters.sql.connections import SQLConnectionManager
from dbt_common.events.contextvars import get_node_info
from dbt_common.events.functions import fire_event
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.project.distributions import two_distributions

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.cursor import GlueCursor, GlueHandle
from dbt.adapters.glue.interruption import SIGNALS
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool
from dbt.adapters.glue.sessions.removals import Removals
from dbt.adapters.glue.sessions.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import SpawnContext

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.cursor import SessionFunctions

__all__ = ["GlueConnectionManager", "told_at_start"]

logger = AdapterLogger("Glue")


def told_at_start(credentials: GlueCredentials) -> list[str]:
    """What a command says once: dbt-glue is installed beside this adapter, what fields of the profile do not do."""
    both = two_distributions()
    version = credentials.unknown_version()
    told = [*([version] if version else []), *credentials.without_effect()]
    fields = [f"profile: {sentence}" for sentence in told]
    return fields if both is None else [both.told, *fields]


class GlueConnectionManager(SQLConnectionManager):
    """Connections are cheap: a session starts with the first statement, not with `open`."""

    TYPE = "glue"

    def __init__(self, profile: AdapterRequiredConfig, mp_context: SpawnContext) -> None:
        super().__init__(profile, mp_context)
        self.credentials = cast("GlueCredentials", profile.credentials)
        self.aws = AwsClients(self.credentials, getattr(profile, "project_root", None))
        self._pool: SessionPool | None = None
        self._pool_lock = threading.Lock()
        SIGNALS.watch(self)
        self.as_sent: Callable[[str], str] = lambda sql: sql
        """What SQL becomes before it is sent."""
        self.run = Run(keeps_sessions=self.credentials.glue_session_reuse)
        self.removals = Removals()
        """What statements take along of old data."""
        self.functions: SessionFunctions | None = None
        """The functions of the project."""

    @property
    def pool(self) -> SessionPool:
        with self._pool_lock:
            if self._pool is None:
                for sentence in told_at_start(self.credentials):
                    logger.warning(sentence)
                self._pool = SessionPool(
                    self.aws.sessions, self.credentials, self.removals, self.run
                )
            return self._pool

    @property
    def used_pool(self) -> SessionPool | None:
        """The pool, where it was asked for."""
        return self._pool

    def set_connection_name(self, name: str | None = None) -> Connection:
        """dbt works with sessions once more, after a `cleanup_all` perhaps: `docs generate` has one in its middle."""
        SIGNALS.watch(self)
        return super().set_connection_name(name)

    def open(self, connection: Connection) -> Connection:  # type: ignore[override]
        if connection.state == ConnectionState.OPEN:
            return connection
        environment = Environment.of(self.credentials)
        connection.handle = GlueHandle(
            self.pool, environment, self.credentials.schema, self.as_sent, self.functions
        )
        connection.state = ConnectionState.OPEN
        return connection

    def handle(self) -> GlueHandle:
        """The calling thread's handle."""
        handle: GlueHandle = self.get_thread_connection().handle
        return handle

    @contextmanager
    def exception_handler(self, sql: str) -> Iterator[None]:
        """Errors of the adapter are for people already; boto3's are made so. Nothing is printed twice."""
        try:
            yield
        except DbtRuntimeError:
            raise
        except (ClientError, BotoCoreError) as error:
            logger.debug(f"while running: {sql}")
            raise DbtRuntimeError(f"Glue: {error}") from error

    def add_query(
        self,
        sql: str,
        auto_begin: bool = True,
        bindings: Any | None = None,
        abridge_sql_log: bool = False,
        retryable_exceptions: tuple[type[Exception], ...] = (),
        retry_limit: int = 1,
        *,
        fetch: bool = True,
        limit: int | None = None,
    ) -> tuple[Connection, GlueCursor]:
        """Runs one statement, once. Nothing is retried here: Glue may have taken it."""
        connection = self.get_thread_connection()
        name = connection.name or ""
        node = get_node_info()
        fire_event(ConnectionUsed(conn_type=self.TYPE, conn_name=name, node_info=node))
        with self.exception_handler(sql):
            shown = f"{sql[:512]}..." if abridge_sql_log else sql
            fire_event(SQLQuery(conn_name=name, sql=shown, node_info=node))
            began = time.perf_counter()
            cursor: GlueCursor = connection.handle.cursor()
            cursor.execute(sql, bindings, fetch=fetch, limit=limit)
            response = cursor.response
            fire_event(
                SQLQueryStatus(
                    status=str(response),
                    elapsed=time.perf_counter() - began,
                    node_info=node,
                    query_id=response.query_id,
                )
            )
        return connection, cursor

    def execute(
        self,
        sql: str,
        auto_begin: bool = False,
        fetch: bool = False,
        limit: int | None = None,
    ) -> tuple[AdapterResponse, Any]:
        from dbt_common.clients.agate_helper import empty_table

        _, cursor = self.add_query(
            self._add_query_comment(sql), auto_begin, fetch=fetch, limit=limit
        )
        table = self.get_result_from_cursor(cursor, limit) if fetch else empty_table()  # type: ignore[no-untyped-call]
        return self.get_response(cursor), table

    @classmethod
    def get_response(cls, cursor: Any) -> AdapterResponse:
        return cursor.response if isinstance(cursor, GlueCursor) else AdapterResponse("OK")

    @classmethod
    def data_type_code_to_name(cls, type_code: Any) -> str:
        """Types arrive by name."""
        return str(type_code)

    # Spark has no transactions.

    def add_begin_query(self, *_args: Any, **_kwargs: Any) -> None:
        return None

    def add_commit_query(self, *_args: Any, **_kwargs: Any) -> None:
        return None

    def begin(self) -> None:
        return None

    def commit(self) -> None:
        return None

    def clear_transaction(self) -> None:
        return None

    def cancel(self, connection: Connection) -> None:
        handle = connection._handle
        if isinstance(handle, GlueHandle):
            handle.cancel()

    def cancel_open(self) -> list[str]:
        """Cancels all running statements: nothing is opened just to be cancelled."""
        if self._pool is not None:
            self._pool.interrupt()
        this = self.get_if_exists()
        with self.lock:
            return [
                connection.name
                for connection in self.thread_connections.values()
                if connection is not this and connection.name is not None
            ]

    def cleanup_all(self) -> None:
        """Stops every session that was made here; dbt calls it however a command ends."""
        try:
            with self.lock:
                for connection in self.thread_connections.values():
                    connection.state = ConnectionState.CLOSED
                self.thread_connections.clear()
        finally:
            try:
                if self._pool is not None:
                    SIGNALS.watch(self)
                    SIGNALS.hurry(self)
                    self._pool.stop_all()
            finally:
                SIGNALS.leave(self)
