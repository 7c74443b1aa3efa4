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
    SessionBusy,
    SessionLost,
    SessionStartError,
    StatementCancelled,
    StatementTimeout,
)
from dbt.adapters.glue.sessions.ending import Made
from dbt.adapters.glue.sessions.environment import DESCRIPTION
from dbt.adapters.glue.sessions.kept import is_others, marked, stay_alone, take_over
from dbt.adapters.glue.sessions.polling import intervals
from dbt.adapters.glue.sessions.watch import SESSION_ENDED, StatementWatch, why

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbt.adapters.glue.sessions.client import GlueClient
    from dbt.adapters.glue.sessions.environment import Environment
    from dbt.adapters.glue.sessions.statement import StatementResult

__all__ = ["Session", "SessionSettings"]

logger = AdapterLogger("Glue")

LONGEST_POLL = 5.0
QUEUE_PATIENCE = 3.0
"""Seconds for which a first statement waits behind another process's in a kept session."""
PROGRESS_EVERY = 10.0
TOLD_AT_ONCE = ("install", "fetching", "waiting")
"""How the embedded endpoint begins what takes long: packages and jars that are on their way."""


@dataclass(frozen=True)
class SessionSettings:
    """How a session is waited for and kept; seconds. `word` is the run's, `told` what sessions said that is in the log."""

    provisioning_timeout: float = 120.0
    statement_timeout: float | None = None
    longest_poll: float = LONGEST_POLL
    keep: bool = False
    word: Callable[[], str] = str
    told: set[str] = field(default_factory=set)


class Session:
    """A session of one environment. Threads take turns by leasing it from the pool.

    `name` gives an id: called again where a session has to be made anew, with True where the one of that id is at
    work for another process.
    """

    def __init__(
        self,
        client: GlueClient,
        environment: Environment,
        name: Callable[[bool], str],
        settings: SessionSettings,
    ) -> None:
        self.environment = environment
        self.id: str | None = None
        self.statements_run = 0
        self._client = client
        self._name = name
        self._settings = settings
        self._made = Made(client, environment.idle_timeout)
        self._running: int | None = None
        self._watch: StatementWatch | None = None
        self._last = -1
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
                self._forget(ended=True)
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

    def _run_one(
        self, code: str, timeout: float | None, queue_patience: float | None = None
    ) -> StatementResult:
        if self._interrupted.is_set():
            raise StatementCancelled("interrupted")
        session_id = self.id or ""
        code = marked(code, self._settings.word()) if self._settings.keep else code
        try:
            statement_id = self._client.run_statement(
                session_id, code, after=self._last, interrupted=self._interrupted
            )
        except GlueApiError as error:
            if error.fault != "unclear":
                raise
            became = (
                f"{error.msg}. Whether Glue has taken the statement is not known; {self.give_up()}"
            )
            raise GlueApiError(became, error.code, fault=error.fault) from error
        self.statements_run += 1
        self._running = self._last = statement_id
        watch = self._watch = StatementWatch(
            self._client, session_id, statement_id, self._settings.longest_poll, self._interrupted
        )
        try:
            if self._interrupted.is_set():
                self.cancel()  # whoever interrupted meanwhile found nothing to cancel
            return watch.wait(self.cancel, self.give_up, timeout, queue_patience)
        except (KeyboardInterrupt, SystemExit):
            self.cancel()
            raise
        finally:
            self._running = self._watch = None

    @property
    def running(self) -> bool:
        """Whether Glue has a statement that has not ended."""
        return self._running is not None

    def cancel(self) -> bool:
        """Cancels the statement that runs now, if any; from any thread. Whether Glue was told."""
        session_id, statement_id = self.id, self._running
        if session_id is None or statement_id is None:
            return False
        try:
            self._client.cancel_statement(session_id, statement_id)
        except GlueApiError as error:
            logger.debug(f"Could not cancel statement {session_id}/{statement_id}: {error.msg}")
            return False
        logger.debug(f"Cancelled statement {session_id}/{statement_id}")
        return True

    def give_up(self) -> str:
        """Ends a session whose statement does not end; what became of it.

        A kept one in which other processes have statements goes on for those.
        """
        session_id = self.id
        if session_id is None:
            return "its session has ended"
        if self._settings.keep and self._has_others(session_id):
            self._forget()
            if self._watch is not None:
                self._watch.left.set()
            return f"its session {session_id} goes on, for statements of other processes"
        if self.stop(force=True):
            return "its session was stopped"
        return f"its session {session_id} could not be stopped"

    def _has_others(self, session_id: str) -> bool:
        try:
            return any(is_others(each) for each in self._client.statements(session_id))
        except GlueApiError as error:
            logger.debug(f"Cannot list the statements of {session_id}: {error.msg}")
            return not error.refused

    def interrupt(self) -> None:
        """Cancels what runs and refuses what would follow."""
        self.refuse()
        self.cancel()

    def refuse(self) -> None:
        """Begins no statement any more."""
        self._interrupted.set()

    # Life

    def _ensure(self) -> bool:
        """Makes the session ready. Returns whether it was made ready just now."""
        if self.id is not None:
            return False
        session_id = self._name(False)
        while True:
            if self._interrupted.is_set():
                raise StatementCancelled("interrupted")
            try:
                self._begin(session_id)
            except SessionBusy as busy:
                self._forget()
                session_id = self._name(True)
                logger.info(f"{busy.msg}: taking {session_id}")
                continue
            except BaseException:
                if self._made.ids:
                    self.stop()
                self._forget()
                raise
            return True

    def _begin(self, session_id: str) -> None:
        self._last = -1
        found = self._find(session_id) if self._settings.keep else None
        if found is None:
            found = self._create(session_id)
        self._wait_until_ready(session_id)
        if found is not None:
            self._last = take_over(self._client, session_id, self._interrupted)
        self.id = session_id
        self._bootstrap(None if found is None else QUEUE_PATIENCE)
        if self._settings.keep:
            stay_alone(self._client, session_id, self._last)

    def _find(self, session_id: str) -> dict[str, Any] | None:
        """A living session of this id, or None; one that has ended is deleted.

        Raises SessionStartError for one that goes on stopping, StatementCancelled on an interrupt.
        """
        began = time.monotonic()
        for wait in intervals(2.0, first=0.2):
            found = self._client.get_session(session_id)
            if found is None:
                return None
            if found["Status"] in SESSION_ENDED:
                logger.info(f"Glue session {session_id} is {found['Status']}: making it anew")
                if self._client.delete_session(session_id):
                    return None
            elif found["Status"] != "STOPPING":
                self._check_compatible(session_id, found)
                logger.info(f"Using Glue session {session_id} ({found['Status']})")
                return found
            waited = time.monotonic() - began
            if waited > self._settings.provisioning_timeout:
                raise SessionStartError(
                    f"Glue session {session_id} is still {found['Status']} after {waited:.0f} s; look at it in "
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

    def _create(self, session_id: str) -> dict[str, Any] | None:
        """The session, where another process has made it; None where it is made now. Raises SessionStartError."""
        request = self.environment.create_request(session_id)
        with self._made.making(session_id):
            try:
                self._client.create_session(request)
            except GlueApiError as error:
                if error.code == "AlreadyExistsException":
                    # Either another process was faster, or a first answer of Glue got lost on the way.
                    if self._settings.keep:
                        self._made.forget(session_id)
                        return self._find(session_id)
                elif error.refused:
                    self._made.forget(session_id)
                    raise SessionStartError(error.msg) from error
                elif not self._is_there(session_id):
                    raise SessionStartError(error.msg) from error
        env = self.environment
        logger.info(
            f"Starting Glue session {session_id} "
            f"(Glue {env.glue_version}, {env.workers} x {env.worker_type})"
        )
        return None

    def _is_there(self, session_id: str) -> bool:
        """Whether a session was made by a CreateSession that nobody answered."""
        try:
            return self._client.get_session(session_id) is not None
        except GlueApiError:
            return False

    def _wait_until_ready(self, session_id: str) -> None:
        began = told = heard = time.monotonic()
        doing = None
        last_said = None
        for wait in self._client.pace.intervals(2.0):
            session = self._client.get_session(session_id)
            status = "deleted" if session is None else str(session["Status"])
            now = time.monotonic()
            if status == "READY":
                if session_id in self._made.ids:
                    logger.info(f"Glue session {session_id} ready after {now - began:.1f} s")
                self._tell(str((session or {}).get("Description") or ""))
                return
            if session is None or status in SESSION_ENDED | {"STOPPING"}:
                reason = why(session) if session else "it was deleted"
                raise SessionStartError(f"Glue session {session_id} did not start: {reason}")
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
            if self._client.pace.pause(wait, self._interrupted):
                raise StatementCancelled("interrupted while the session was starting")
        raise AssertionError("intervals never end")

    def _tell(self, description: str) -> None:
        """Logs what a session adds to its description: where the embedded endpoint differs from AWS."""
        own, _, note = description.partition(f"{DESCRIPTION}; ")
        if not own and note and note not in self._settings.told:
            self._settings.told.add(note)
            logger.warning(note)

    def _bootstrap(self, queue_patience: float | None) -> None:
        patience = self._settings.provisioning_timeout
        try:
            result = self._run_one(bootstrap_code(), patience, queue_patience)
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

    def _forget(self, *, ended: bool = False) -> None:
        if ended:
            self._made.forget(self.id)
        self.id = None

    def stop(self, *, force: bool = False, at_last: bool = False) -> bool:
        """Stops what this process made and is not to keep; with `force` the session whosever it is. Never raises.

        Returns whether none is left that it should stop: one that could not be stopped is tried again by the next call.
        `at_last`: there is none, so that a session is waited for that may yet come.
        """
        if self._settings.keep and not force:
            logger.debug(f"Keeping Glue session {self.id}")
            return True
        ended = self._made.stop(self.id if force else None, at_last=at_last)
        self._forget()
        return ended
