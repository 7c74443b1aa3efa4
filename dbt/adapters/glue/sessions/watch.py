"""One statement from the moment that Glue has taken it until it ends: looked at, timed out, never just left."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.errors import (
    GlueApiError,
    SessionBusy,
    SessionLost,
    StatementCancelled,
    StatementTimeout,
)
from dbt.adapters.glue.sessions.client import GONE
from dbt.adapters.glue.sessions.statement import STATEMENT_ENDED, StatementResult, result_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.sessions.client import GlueClient

__all__ = ["SESSION_ENDED", "StatementWatch", "why"]

logger = AdapterLogger("Glue")

SESSION_ENDED = frozenset({"FAILED", "STOPPED", "TIMEOUT"})
HEALTH_CHECK = 30.0
CANCEL_PATIENCE = 20.0
LONGEST_TURN = 1.0
"""Seconds for which a statement that is cancelled waits for its turn to be looked at."""
BLIND_PATIENCE = 900.0
"""Seconds for which a statement is not given up while Glue does not say how it stands."""
BLIND_EVERY = 5.0


class StatementWatch:
    """A statement that Glue has taken. `interrupted` is set from other threads."""

    def __init__(
        self,
        client: GlueClient,
        session_id: str,
        statement_id: int,
        longest_poll: float,
        interrupted: threading.Event,
    ) -> None:
        self._client = client
        self._session_id = session_id
        self._statement_id = statement_id
        self._longest_poll = longest_poll
        self._interrupted = interrupted
        self.left = threading.Event()
        """Set by who gives the session up and lets it go on: nobody waits for the statement any more."""
        self._seen = self._told = time.monotonic()

    @property
    def _query_id(self) -> str:
        return f"{self._session_id}/{self._statement_id}"

    def wait(
        self,
        cancel: Callable[[], bool],
        give_up: Callable[[], str],
        timeout: float | None,
        queue_patience: float | None,
    ) -> StatementResult:
        """What the statement gave once it has ended.

        `cancel` asks Glue to end it, `give_up` ends the session where that was in vain, and says what became of it.
        Raises SessionLost, StatementTimeout, StatementCancelled; SessionBusy where it has not begun after
        `queue_patience` seconds; GlueApiError where Glue does not say for long how it stands.
        """
        began = checked = time.monotonic()
        overdue = False
        interrupted: float | None = None
        for wait in self._client.pace.intervals(self._longest_poll):
            if self._client.pace.pause(wait, self._interrupted):
                time.sleep(min(wait, 0.1) + min(self._client.pace.turn(), LONGEST_TURN))
                interrupted = interrupted or time.monotonic()
            if self.left.is_set():
                raise SessionLost(
                    f"statement {self._query_id} did not react to its cancellation, and was left alone",
                    accepted=True,
                )
            now = time.monotonic()
            statement = self._look(cancel, give_up)
            state = str(statement.get("State"))
            if state in STATEMENT_ENDED:
                return self._ended(statement, overdue, timeout)
            if queue_patience is not None and state == "WAITING" and now - began > queue_patience:
                cancel()
                raise SessionBusy(f"Glue session {self._session_id} is at work for another process")
            if timeout is not None and not overdue and now - began > timeout:
                overdue = True
                cancel()
            if (timeout is not None and overdue and now - began > timeout + CANCEL_PATIENCE) or (
                interrupted is not None and now - interrupted > CANCEL_PATIENCE
            ):
                became = f"did not react to its cancellation; {give_up()}"
                raise StatementTimeout(_overdue(timeout, self._query_id, became))
            if now - checked > HEALTH_CHECK:
                checked = now
                self._check_alive()
        raise AssertionError("intervals never end")

    def _ended(
        self, statement: dict[str, Any], overdue: bool, timeout: float | None
    ) -> StatementResult:
        state = str(statement["State"])
        result = result_of(self._session_id, self._statement_id, statement)
        if overdue and state == "CANCELLED":
            raise StatementTimeout(_overdue(timeout, result.query_id, "was cancelled"))
        if state not in ("AVAILABLE", "COMPLETED") and not self._interrupted.is_set():
            self._check_alive()
        if state == "CANCELLED":
            raise StatementCancelled(f"statement {result.query_id} was cancelled")
        return result

    def _look(self, cancel: Callable[[], bool], give_up: Callable[[], str]) -> dict[str, Any]:
        """The statement as Glue describes it; empty where Glue does not, for now."""
        try:
            statement = self._client.get_statement(self._session_id, self._statement_id)
        except GlueApiError as error:
            if error.code in GONE:
                raise _lost(self._session_id, error.msg) from error
            now = time.monotonic()
            patience = self._client.patience
            longest = patience.seconds("expired") if error.fault == "expired" else BLIND_PATIENCE
            final = not error.fault or patience.is_over(error.fault)
            if final or now - self._seen > longest:
                raise self._abandoned(error, cancel, give_up) from error
            if now - self._told > HEALTH_CHECK:
                self._told = now
                logger.warning(
                    f"Statement {self._query_id} goes on, but Glue does not say how it stands "
                    f"({error.msg}); asking again"
                )
            self._interrupted.wait(BLIND_EVERY)
            return {}
        self._seen = time.monotonic()
        return statement

    def _abandoned(
        self, error: GlueApiError, cancel: Callable[[], bool], give_up: Callable[[], str]
    ) -> GlueApiError:
        cancelled = "was cancelled" if cancel() else "could not be cancelled"
        return GlueApiError(
            f"{error.msg.rstrip('.')}. Statement {self._query_id} {cancelled}; {give_up()}",
            error.code,
            fault=error.fault,
        )

    def _check_alive(self) -> None:
        try:
            session = self._client.get_session(self._session_id)
        except GlueApiError as error:
            if not error.fault:
                raise
            logger.debug(f"{error.msg}; asking again later")
            return
        if session is None or session["Status"] in SESSION_ENDED | {"STOPPING"}:
            raise _lost(self._session_id, "it was deleted" if session is None else why(session))


def why(session: dict[str, Any]) -> str:
    """How a session ended."""
    message = session.get("ErrorMessage")
    return f"it is {session['Status']}" + (f": {message}" if message else "")


def _lost(session_id: str, reason: str) -> SessionLost:
    return SessionLost(
        f"Glue session {session_id} ended while a statement was running ({reason}). "
        "What the statement had done by then is not known; it was not run again.",
        accepted=True,
    )


def _overdue(timeout: float | None, query_id: str, what: str) -> str:
    if timeout is None:
        return f"statement {query_id} {what}"
    return f"statement {query_id} ran longer than statement_timeout_in_seconds ({timeout:g} s) and {what}"
