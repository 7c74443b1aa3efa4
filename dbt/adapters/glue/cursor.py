"""A cursor over a Glue session, and the handle that a dbt connection holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.events.logging import AdapterLogger
from glue_compiler.program.transport import (
    call_statements,
    function_sources,
    new_nonce,
    page_statement,
    sql_request,
    unpack_rows,
)

from dbt.adapters.glue.answers import end_of, framed_answer
from dbt.adapters.glue.errors import AnswerCut, StatementFailed
from dbt.adapters.glue.literals import type_name
from dbt.adapters.glue.results import decode_rows, describe_error
from dbt.adapters.glue.statements import statements_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dbt.adapters.glue.sessions.environment import Environment
    from dbt.adapters.glue.sessions.pool import SessionPool
    from dbt.adapters.glue.sessions.session import Session
    from dbt.adapters.glue.sessions.statement import StatementResult

__all__ = ["GlueCursor", "GlueHandle"]

logger = AdapterLogger("Glue")

LEAST_PAGE = 1_000
SMALLER_AT_MOST = 30
"""Times that a page is asked for smaller: each has half of the rows, or fewer."""


class Answer(NamedTuple):
    """What a function of the session runtime answered, the statement that called it, and the mark of its result."""

    framed: dict[str, Any]
    query_id: str
    nonce: str


class SessionFunctions(Protocol):
    """The functions of the project, as a connection brings them to its sessions."""

    def called_in(self, sql: str) -> list[dict[str, Any]]:
        """The definitions of those that a statement calls."""

    def named_in(self, source: str) -> list[dict[str, Any]]:
        """The definitions of those that a Python model names."""

    def environment_of(self, definitions: list[dict[str, Any]], base: Environment) -> Environment:
        """The environment in which they run, of one that may lack their packages."""


class GlueHandle:
    """What a dbt connection is connected to: sessions, leased from the pool when first needed."""

    def __init__(
        self,
        pool: SessionPool,
        environment: Environment,
        database: str,
        as_sent: Callable[[str], str] = lambda sql: sql,
        functions: SessionFunctions | None = None,
    ) -> None:
        self.environment = environment
        self.database = database
        self._as_sent = as_sent
        self._functions = functions
        self._pool = pool
        self._sessions: dict[str, Session] = {}

    def session(self, environment: Environment | None = None) -> Session:
        """This connection's session for `environment` (its own by default); nothing is started yet."""
        wanted = environment or self.environment
        session = self._sessions.get(wanted.fingerprint)
        if session is None:
            session = self._pool.lease(wanted)
            self._sessions[wanted.fingerprint] = session
        return session

    def cursor(self) -> GlueCursor:
        return GlueCursor(self)

    def run(
        self,
        statements: Sequence[str],
        *,
        environment: Environment | None = None,
        timeout: float | None = None,
    ) -> StatementResult:
        """Runs statements in this connection's session; see Session.run."""
        return self.session(environment).run(statements, timeout=timeout)

    def call(self, function: str, request: dict[str, Any]) -> Answer:
        """Calls a function of the session runtime, in this connection's database.

        What is to be removed goes along, and the project's functions that its SQL calls. Raises StatementFailed where the
        answer is an error, or is missing.
        """
        nonce = new_nonce()
        asked = request.get("sql") or request.get("ddl")
        if asked and self._functions is not None:
            request = {**request, **self._with(self._functions.called_in(asked))}
        whole = {"database": self.database, "remove": self._pool.removals.take(), **request}
        whole.update({key: self._as_sent(whole[key]) for key in ("sql", "ddl") if whole.get(key)})
        result = self.run(call_statements(function, whole, nonce))
        sql = str(whole.get("sql") or whole.get("ddl") or "")
        try:
            answer = _answer_of(result, nonce, sql, self._pool.removals.found)
        except AnswerCut:
            answer = self.page(nonce, 0, cut=True)
            if "part" in answer:
                answer = _checked(self._whole(nonce, answer), sql, self._pool.removals.found)
        return Answer(answer, result.query_id, nonce)

    @property
    def page_bytes(self) -> int:
        """Characters that a page of a result prints: fewer once Glue has cut one."""
        return self._pool.page_bytes

    def _whole(self, nonce: str, page: dict[str, Any]) -> dict[str, Any]:
        """An answer that comes in parts, of which `page` is the first one."""
        text = str(page["part"])
        while page["next"] is not None:
            page = self.page(nonce, int(page["next"]), sized=True)
            text += page["part"]
        return dict(json.loads(text))

    def page(
        self, nonce: str, token: int, *, cut: bool = False, sized: bool = False
    ) -> dict[str, Any]:
        """A page of the result of the statement `nonce`, asked for smaller as long as Glue cuts it.

        `cut`: it came, and was. `sized`: of the size that passes now. Raises StatementFailed where a single row is too long.
        """
        for _ in range(SMALLER_AT_MOST):
            if cut:
                self._pool.page_bytes = max(LEAST_PAGE, self.page_bytes // 2)
            page_nonce = new_nonce()
            asked = page_statement(nonce, token, page_nonce, self.page_bytes if cut or sized else 0)
            result = self.run([asked])
            try:
                return _answer_of(result, page_nonce, "", self._pool.removals.found)
            except AnswerCut as error:
                logger.debug(f"{error.msg}: asking for a smaller page")
                cut = True
        raise StatementFailed(
            f"Glue cuts what statements of this session print, however little it is ({result.query_id})"
        )

    def use_functions(self, definitions: list[dict[str, Any]]) -> Answer:
        """Makes functions of the project in this connection's session. Raises StatementFailed for one that cannot be made."""
        return self.call("use_functions", self._with(definitions))

    def use_functions_named(self, source: str) -> None:
        """Makes those of the project's functions of which a Python model has the names."""
        named = [] if self._functions is None else self._functions.named_in(source)
        if named:
            self.use_functions(named)

    def _with(self, definitions: list[dict[str, Any]]) -> dict[str, Any]:
        """What a request holds for the functions that it needs; from here on, the connection has their packages."""
        if not definitions or self._functions is None:
            return {}
        self.environment = self._functions.environment_of(definitions, self.environment)
        return {"functions": definitions, "function_sources": function_sources()}

    def close(self) -> None:
        for session in self._sessions.values():
            self._pool.give_back(session)
        self._sessions.clear()

    def cancel(self) -> None:
        for session in list(self._sessions.values()):
            session.interrupt()

    def rollback(self) -> None:
        """Spark has no transactions: nothing to take back."""


class GlueCursor:
    """A DB-API cursor as far as dbt needs one: execute, description, fetchone/many/all."""

    def __init__(self, handle: GlueHandle) -> None:
        self._handle = handle
        self._schema: dict[str, Any] | None = None
        self._rows: list[tuple[Any, ...]] = []
        self._position = 0
        self._next: int | None = None
        self._nonce = ""
        self._affected: int | None = None
        self._query_id: str | None = None

    def execute(
        self, sql: str, bindings: Any = None, *, fetch: bool = True, limit: int | None = None
    ) -> None:
        """Runs `sql` once. With `fetch` its rows can be read; without it, a query runs for its effect.

        Of several statements, each runs, and the rows are those of the last.
        Raises StatementFailed with Spark's reason and the line of the SQL.
        """
        if bindings:
            raise StatementFailed("Spark SQL statements take no bindings")
        *before, last = statements_of(sql) or [sql]
        for text in before:
            self._handle.call("sql", sql_request(text, fetch=False))
        answer, self._query_id, self._nonce = self._handle.call(
            "sql", sql_request(last, fetch=fetch, limit=limit, page_bytes=self._handle.page_bytes)
        )
        self._schema = answer.get("schema") if fetch else None
        self._affected = answer.get("rows_affected")
        self._position = 0
        self._rows = self._decoded(answer)
        self._next = answer.get("next")

    @property
    def description(self) -> list[tuple[Any, ...]] | None:
        """(name, SQL type, None, None, None, None, nullable) per column; None without a result."""
        if self._schema is None:
            return None
        return [
            (field["name"], type_name(field["type"]), None, None, None, None, field["nullable"])
            for field in self._schema["fields"]
        ]

    @property
    def response(self) -> AdapterResponse:
        affected = self._affected
        message = "OK" if affected is None else f"OK {affected}"
        return AdapterResponse(
            _message=message, code="OK", rows_affected=affected, query_id=self._query_id
        )

    def fetchone(self) -> tuple[Any, ...] | None:
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        while self._next is not None and self._position + size > len(self._rows):
            self._fetch_page()
        rows = self._rows[self._position : self._position + size]
        self._position += len(rows)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        while self._next is not None:
            self._fetch_page()
        rows = self._rows[self._position :]
        self._position = len(self._rows)
        return rows

    def close(self) -> None:
        self._rows = []
        self._next = None

    def _fetch_page(self) -> None:
        answer = self._handle.page(self._nonce, int(self._next or 0))
        self._rows.extend(self._decoded(answer))
        self._next = answer.get("next")

    def _decoded(self, answer: dict[str, Any]) -> list[tuple[Any, ...]]:
        return decode_rows(self._schema, unpack_rows(answer)) if self._schema else []


def _answer_of(
    result: StatementResult,
    nonce: str,
    sql: str,
    found: Callable[[Sequence[Mapping[str, Any]]], None] = lambda _: None,
) -> dict[str, Any]:
    """The framed answer of a statement of the runtime; `found` takes what it saw of old data, whatever became of it.

    Raises StatementFailed for an error.
    """
    framed = framed_answer(result, nonce)
    if result.failed:
        found(framed.get("old_data") or ())
        raise StatementFailed(end_of(result))
    return _checked(framed, sql, found)


def _checked(
    framed: dict[str, Any], sql: str, found: Callable[[Sequence[Mapping[str, Any]]], None]
) -> dict[str, Any]:
    """The answer; what it tells besides is told. Raises StatementFailed for an error."""
    found(framed.get("old_data") or ())
    for warning in framed.get("warnings", ()):
        logger.warning(warning)
    if "error" in framed:
        logger.debug(framed["error"].get("traceback", ""))
        raise StatementFailed(describe_error(framed["error"], sql))
    return framed
