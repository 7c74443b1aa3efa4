"""One Glue session: made when it is first needed, one statement at a time, stopped when we made it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from glue_compiler.program.transport import bootstrap_code

from dbt.adapters.glue.errors import (
    GlueApiError,
    SessionLost,
    SessionStartError,
    StatementCancelled,
    StatementTimeout,
)
from dbt.adapters.glue.sessions.client import GONE, GlueClient
from dbt.adapters.glue.sessions.environment import DESCRIPTION
from dbt.adapters.glue.sessions.polling import intervals
from dbt.adapters.glue.sessions.statement import STATEMENT_ENDED, StatementResult, result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbt.adapters.glue.sessions.environment import Environment

__all__ = ["Session", "SessionSettings"]

logger = AdapterLogger("Glue")

ENDED = frozenset({"FAILED", "STOPPED", "TIMEOUT"})
LONGEST_POLL = 5.0
HEALTH_CHECK = 30.0
CANCEL_PATIENCE = 20.0
PROGRESS_EVERY = 10.0
TOLD_AT_ONCE = ("install", "fetching", "waiting")
"""How the embedded endpoint begins what takes long: packages and jars that are on their way."""


@dataclass(frozen=True)
class SessionSettings:
    """How a session is waited for and kept; seconds. `told`: what sessions said that is in the log."""

    provisioning_timeout: float = 120.0
    statement_timeout: float | None = None
    longest_poll: float = LONGEST_POLL
    keep: bool = False
    told: set[str] = field(default_factory=set)


class Session:
    """A session of one environment. Threads take turns by leasing it from the pool.

    `name` gives an id: called again where a session has to be made anew.
    """

    def __init__(
        self,
        client: GlueClient,
        environment: Environment,
        name: Callable[[], str],
        settings: SessionSettings,
    ) -> None:
        self.environment = environment
        self.id: str | None = None
        self.statements_run = 0
        self._client = client
        self._name = name
        self._settings = settings
        self._created = False
        self._running: int | None = None
        self._interrupted = threading.Event()
        self._lock = threading.RLock()

    # Statements

    def run(
        self, statements: Sequence[str], *, timeout: float | None = None, renew: bool = True
    ) -> StatementResult:
        """Runs the statements in order and returns what the last one gave.

        A statement that fails is a result, not an exception. Raises SessionLost, StatementTimeout,
        StatementCancelled, SessionStartError, GlueApiError. A statement that Glue did not take is
        offered to a new session, if `renew`; one that it took is never run again.
        """
        limit = timeout if timeout is not None else self._settings.statement_timeout
        with self._lock:
            if not renew and self.id is None:
                raise SessionLost("there is no session any more", accepted=False)
            fresh = self._ensure()
            try:
                return self._run_all(statements, limit)
            except SessionLost as lost:
                self._forget()
                if lost.accepted or fresh or not renew:
                    raise
                logger.info(f"{lost.msg} Starting a new session.")
                self._ensure()
                return self._run_all(statements, limit)

    def _run_all(self, statements: Sequence[str], timeout: float | None) -> StatementResult:
        for position, code in enumerate(statements):
            try:
                result = self._run_one(code, timeout)
            except SessionLost as lost:
                if position and not lost.accepted:
                    raise SessionLost(lost.msg, accepted=True) from lost
                raise
            if result.failed:
                break
        return result

    def _run_one(self, code: str, timeout: float | None) -> StatementResult:
        if self._interrupted.is_set():
            raise StatementCancelled("interrupted")
        session_id = self.id or ""
        statement_id = self._client.run_statement(session_id, code)
        self.statements_run += 1
        self._running = statement_id
        try:
            if self._interrupted.is_set():
                self.cancel()  # whoever interrupted meanwhile found nothing to cancel
            return self._wait_for(session_id, statement_id, timeout)
        except (KeyboardInterrupt, SystemExit):
            self.cancel()
            raise
        finally:
            self._running = None

    def _wait_for(
        self, session_id: str, statement_id: int, timeout: float | None
    ) -> StatementResult:
        began = checked = time.monotonic()
        overdue = False
        for wait in intervals(self._settings.longest_poll):
            if self._interrupted.wait(wait):
                time.sleep(min(wait, 0.1))
            now = time.monotonic()
            statement = self._look(session_id, statement_id)
            state = str(statement["State"])
            if state in STATEMENT_ENDED:
                result = result_of(session_id, statement_id, statement)
                if overdue and state == "CANCELLED":
                    raise StatementTimeout(_overdue(timeout, result.query_id, "was cancelled"))
                if state not in ("AVAILABLE", "COMPLETED") and not self._interrupted.is_set():
                    self._check_alive(session_id)
                if state == "CANCELLED":
                    raise StatementCancelled(f"statement {result.query_id} was cancelled")
                return result
            if timeout is not None and not overdue and now - began > timeout:
                overdue = True
                self.cancel()
            if (timeout is not None and overdue and now - began > timeout + CANCEL_PATIENCE) or (
                self._interrupted.is_set() and now - checked > CANCEL_PATIENCE
            ):
                self.stop(force=True)
                raise StatementTimeout(
                    _overdue(
                        timeout,
                        f"{session_id}/{statement_id}",
                        "did not react to its cancellation; its session was stopped",
                    )
                )
            if now - checked > HEALTH_CHECK:
                checked = now
                self._check_alive(session_id)
        raise AssertionError("intervals never end")

    def _look(self, session_id: str, statement_id: int) -> dict[str, Any]:
        try:
            return self._client.get_statement(session_id, statement_id)
        except GlueApiError as error:
            if error.code in GONE:
                raise _lost(session_id, error.msg) from error
            raise

    def _check_alive(self, session_id: str) -> None:
        session = self._client.get_session(session_id)
        if session is None or session["Status"] in ENDED | {"STOPPING"}:
            why = "it was deleted" if session is None else _why(session)
            raise _lost(session_id, why)

    @property
    def running(self) -> bool:
        """Whether Glue has a statement that has not ended."""
        return self._running is not None

    def cancel(self) -> None:
        """Cancels the statement that runs now, if any; from any thread."""
        session_id, statement_id = self.id, self._running
        if session_id is None or statement_id is None:
            return
        try:
            self._client.cancel_statement(session_id, statement_id)
            logger.debug(f"Cancelled statement {session_id}/{statement_id}")
        except GlueApiError as error:
            logger.debug(f"Could not cancel statement {session_id}/{statement_id}: {error.msg}")

    def interrupt(self) -> None:
        """Cancels what runs and refuses what would follow."""
        self._interrupted.set()
        self.cancel()

    # Life

    def _ensure(self) -> bool:
        """Makes the session ready. Returns whether it was made ready just now."""
        if self.id is not None:
            return False
        if self._interrupted.is_set():
            raise StatementCancelled("interrupted")
        session_id = self._name()
        try:
            found = self._find(session_id) if self._settings.keep else None
            if found is None:
                self._create(session_id)
            self._wait_until_ready(session_id)
            self.id = session_id
            self._bootstrap()
        except BaseException:
            if self._created:
                self.id = session_id
                self.stop()
            self._forget()
            raise
        return True

    def _find(self, session_id: str) -> dict[str, Any] | None:
        """A living session of this id, or None; one that has ended is deleted.

        Raises SessionStartError for one that goes on stopping, StatementCancelled on an interrupt.
        """
        began = time.monotonic()
        for wait in intervals(2.0, first=0.2):
            found = self._client.get_session(session_id)
            if found is None:
                return None
            if found["Status"] in ENDED:
                logger.info(f"Glue session {session_id} is {found['Status']}: making it anew")
                self._client.delete_session(session_id)
                return None
            if found["Status"] != "STOPPING":
                self._check_compatible(session_id, found)
                logger.info(f"Using Glue session {session_id} ({found['Status']})")
                return found
            waited = time.monotonic() - began
            if waited > self._settings.provisioning_timeout:
                raise SessionStartError(
                    f"Glue session {session_id} is still STOPPING after {waited:.0f} s; look at it in "
                    "the Glue console, or choose another `glue_session_id`"
                )
            if self._interrupted.wait(wait):
                raise StatementCancelled("interrupted while an earlier session was stopping")
        raise AssertionError("intervals never end")

    def _check_compatible(self, session_id: str, found: dict[str, Any]) -> None:
        differences = self.environment.differences(found)
        if not differences:
            return
        told = ", ".join(f"{name} is {a!r}, wanted {b!r}" for name, (a, b) in differences.items())
        sizing = {"WorkerType", "NumberOfWorkers"}
        if set(differences) <= sizing:
            logger.warning(f"Glue session {session_id} is used as it is: {told}")
            return
        raise SessionStartError(
            f"Glue session {session_id} exists and was made differently: {told}. "
            "Stop it, choose another `glue_session_id`, or align the profile."
        )

    def _create(self, session_id: str) -> None:
        request = self.environment.create_request(session_id)
        # Before the call: whatever becomes of its answer, there may be a session that costs money.
        self._created = True
        try:
            self._client.create_session(request)
        except GlueApiError as error:
            if error.code != "AlreadyExistsException":
                self._created = not error.refused
                raise SessionStartError(error.msg) from error
            # Either another process was faster, or a first answer of Glue got lost on the way.
            if self._settings.keep:
                self._created = False
                self._find(session_id)
                return
        env = self.environment
        logger.info(
            f"Starting Glue session {session_id} "
            f"(Glue {env.glue_version}, {env.workers} x {env.worker_type})"
        )

    def _wait_until_ready(self, session_id: str) -> None:
        began = told = heard = time.monotonic()
        doing = None
        last_said = None
        for wait in intervals(2.0, first=0.03):
            session = self._client.get_session(session_id)
            status = "deleted" if session is None else str(session["Status"])
            now = time.monotonic()
            if status == "READY":
                if self._created:
                    logger.info(f"Glue session {session_id} ready after {now - began:.1f} s")
                self._tell(str((session or {}).get("Description") or ""))
                return
            if session is None or status in ENDED | {"STOPPING"}:
                why = _why(session) if session else "it was deleted"
                raise SessionStartError(f"Glue session {session_id} did not start: {why}")
            said = str(session.get("Description") or "")
            if said != last_said:  # the embedded endpoint tells what it fetches, and how far it is
                heard, last_said = now, said
            if now - heard > self._settings.provisioning_timeout:
                raise SessionStartError(
                    f"Glue session {session_id} is still {status} after {now - began:.0f} s; "
                    "raise `session_provisioning_timeout_in_seconds`, or look at the session in the Glue console"
                )
            if now - told > PROGRESS_EVERY or (said != doing and said.startswith(TOLD_AT_ONCE)):
                told, doing = now, said
                what = f": {said}" if said not in ("", DESCRIPTION) else ""
                logger.info(f"Glue session {session_id} is {status} ({now - began:.0f} s){what}")
            if self._interrupted.wait(wait):
                raise StatementCancelled("interrupted while the session was starting")
        raise AssertionError("intervals never end")

    def _tell(self, description: str) -> None:
        """Logs what a session adds to its description: where the embedded endpoint differs from AWS."""
        own, _, note = description.partition(f"{DESCRIPTION}; ")
        if not own and note and note not in self._settings.told:
            self._settings.told.add(note)
            logger.warning(note)

    def _bootstrap(self) -> None:
        patience = self._settings.provisioning_timeout
        try:
            result = self._run_one(bootstrap_code(), patience)
        except StatementTimeout as error:
            raise SessionStartError(
                f"Glue session {self.id} did not load the dbt runtime within {patience:g} s; raise "
                "`session_provisioning_timeout_in_seconds`, or look at the session in the Glue console"
            ) from error
        if result.failed:
            raise SessionStartError(
                f"Glue session {self.id} could not load the dbt runtime: "
                f"{result.error_name}: {result.error_value}"
            )

    def _forget(self) -> None:
        self.id = None
        self._created = False

    def stop(self, *, force: bool = False) -> None:
        """Stops the session if this process made it and it is not to be kept. Never raises."""
        session_id = self.id
        if session_id is None:
            return
        if self._settings.keep and not force:
            logger.debug(f"Keeping Glue session {session_id}")
            return
        if self._created or force:
            try:
                self._client.stop_session(session_id)
                logger.info(f"Stopped Glue session {session_id}")
            except GlueApiError as error:
                if error.code not in GONE:
                    logger.warning(
                        f"Could not stop Glue session {session_id}, which costs money until its "
                        f"idle timeout of {self.environment.idle_timeout} min: {error.msg}"
                    )
        self._forget()


def _why(session: dict[str, Any]) -> str:
    message = session.get("ErrorMessage")
    return f"it is {session['Status']}" + (f": {message}" if message else "")


def _lost(session_id: str, why: str) -> SessionLost:
    return SessionLost(
        f"Glue session {session_id} ended while a statement was running ({why}). "
        "What the statement had done by then is not known; it was not run again.",
        accepted=True,
    )


def _overdue(timeout: float | None, query_id: str, what: str) -> str:
    if timeout is None:
        return f"statement {query_id} {what}"
    return f"statement {query_id} ran longer than statement_timeout_in_seconds ({timeout:g} s) and {what}"
