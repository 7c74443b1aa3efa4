"""One session: its states, its worker, its statements in order, and how it ends."""

from __future__ import annotations

import logging
import re
import threading
import uuid
from collections import deque
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from glue_endpoint.errors import (
    EntityNotFoundException,
    IllegalSessionStateException,
    SessionBusyException,
)
from glue_endpoint.fidelity import PLEASANT, Fidelity
from glue_endpoint.sessions import statement as st
from glue_endpoint.sessions.statement import Statement
from glue_endpoint.spark.worker_process import WorkerError, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from glue_endpoint.sessions.engine import Engine
    from glue_endpoint.spark.worker_process import Result

logger = logging.getLogger(__name__)

PROVISIONING = "PROVISIONING"
READY = "READY"
FAILED = "FAILED"
TIMEOUT = "TIMEOUT"
STOPPING = "STOPPING"
STOPPED = "STOPPED"

_STOPPED = "The session was stopped"
TERMINAL = frozenset({FAILED, TIMEOUT, STOPPED})

WAITING_LIMIT = 1000
"""Statements that may wait in one session."""

KEPT_LIMIT = 256 * 2**20
"""Characters of code and output that a session keeps; the oldest statements make room."""

CANCEL_GRACE = 15.0
"""Seconds that a cancelled statement has before its worker is ended."""

DEFAULT_TIMEOUT_MINUTES = 2880
"""Glue's own default for Timeout, and IdleTimeout defaults to it (botocore's CreateSession)."""

# What a session says of the request that made it.
_ECHOED = (
    "Role",
    "Command",
    "DefaultArguments",
    "Connections",
    "MaxCapacity",
    "NumberOfWorkers",
    "WorkerType",
    "SecurityConfiguration",
    "GlueVersion",
    "Description",
    "SessionType",
)


class Session:
    """A session. All methods may be called from any thread. `clock` returns epoch seconds.

    `engine` is the Spark that it is to run on, once that is known: it looks after the tasks of every
    job group that was cancelled.
    """

    def __init__(
        self,
        request: dict[str, Any],
        folder: Path,
        clock: Callable[[], float],
        *,
        fidelity: Fidelity = PLEASANT,
        cancel_grace: float = CANCEL_GRACE,
    ) -> None:
        self._fidelity = fidelity
        self.id: str = request["Id"]
        self.request = request
        self.folder = folder
        self.status = PROVISIONING
        self.error_message: str | None = None
        self.progress: str | None = None
        self.engine: Engine | None = None
        self._clock = clock
        self._cancel_grace = cancel_grace
        self._created = clock()
        self._completed: float | None = None
        self._last_used = self._created
        self._changed = threading.Condition()
        self._worker: WorkerProcess | None = None
        self._statements: list[Statement] = []
        self._waiting: deque[Statement] = deque()
        self._running: Statement | None = None
        self._group = f"{re.sub(r'[^A-Za-z0-9-]', '-', self.id)[:40]}-{uuid.uuid4().hex[:12]}"

    # -- life ------------------------------------------------------------------------------------

    def ready(self, worker: WorkerProcess) -> None:
        """The worker is attached and claimed. A session that was stopped meanwhile ends it."""
        with self._changed:
            if self.status != PROVISIONING:
                worker.kill()
                return
            self._worker = worker
            worker.on_result = self._finished
            worker.on_end = self.fail
            self.status = READY
            self._last_used = self._clock()
            self._changed.notify_all()
        if not worker.alive:
            self.fail(f"The session's Python process ended; see {worker.log}")

    def report(self, progress: str) -> None:
        """What the session is doing before it is ready: for the log, and for GetSession's Description."""
        logger.info("session %s: %s", self.id, progress)
        with self._changed:
            self.progress = progress

    def fail(self, reason: str) -> None:
        """The worker, the JVM or the environment failed: the session and its statements end."""
        self._end(FAILED, reason)

    def stop(self, *, at_once: bool = False) -> None:
        """StopSession. Raises IllegalSessionStateException if it has ended already.

        And where the endpoint is to be as AWS may be: if it is not READY. `at_once`: whatever that says.
        """
        slowly = None if at_once else self._fidelity.stop
        with self._changed:
            if self.status in TERMINAL or (slowly is not None and self.status != READY):
                raise self._illegal()
            self.status = STOPPING
        if slowly:
            timer = threading.Timer(slowly, self._end, (STOPPED, _STOPPED))
            timer.daemon = True
            timer.start()
        else:
            self._end(STOPPED, _STOPPED)

    def expire(self) -> None:
        """End the session if its IdleTimeout or Timeout (minutes) has passed."""
        now = self._clock()
        timeout = self.request.get("Timeout") or DEFAULT_TIMEOUT_MINUTES
        idle = self.request.get("IdleTimeout") or timeout
        with self._changed:
            if self.status != READY:
                return
            if now - self._created >= timeout * 60:
                reason = f"The session's Timeout of {timeout} minutes has passed"
            elif self._running is None and now - self._last_used >= idle * 60:
                reason = f"The session was idle for its IdleTimeout of {idle} minutes"
            else:
                return
        self._end(TIMEOUT, reason)

    def _end(self, status: str, reason: str) -> None:
        with self._changed:
            if self.status in TERMINAL:
                return
            self.status = status
            self._completed = now = self._clock()
            if status != STOPPED:
                self.error_message = reason
                logger.warning("session %s: %s: %s", self.id, status, reason)
            running, self._running = self._running, None
            if running is not None:
                running.fail(reason, now)
            while self._waiting:
                self._waiting.popleft().cancel(now)
            worker, self._worker = self._worker, None
            self._changed.notify_all()
        if worker is not None:
            worker.kill()
        if running is not None:
            self._look_after_tasks(running.group)

    # -- statements ------------------------------------------------------------------------------

    def run(self, code: str) -> int:
        """Queue a statement; returns its id. Raises IllegalSessionStateException, SessionBusyException."""
        with self._changed:
            if self.status != READY:
                raise self._illegal()
            if self._fidelity.busy and self._running is not None:
                raise SessionBusyException(
                    f"Session {self.id} is busy processing statement {self._running.id}"
                )
            if len(self._waiting) >= WAITING_LIMIT:
                raise SessionBusyException(
                    f"Session {self.id} has {WAITING_LIMIT} statements waiting already"
                )
            number = len(self._statements)
            statement = Statement(number, code, f"{self._group}-{number}")
            self._statements.append(statement)
            self._waiting.append(statement)
            self._next()
            return number

    def statement(self, number: int) -> Statement:
        """A statement. Raises EntityNotFoundException."""
        with self._changed:
            if not 0 <= number < len(self._statements):
                raise EntityNotFoundException(f"Statement {number} of session {self.id} not found")
            return self._statements[number]

    def shapes(self) -> list[dict[str, Any]]:
        """All statements, oldest first, as botocore's Statement."""
        with self._changed:
            return [statement.shape() for statement in self._statements]

    def shape_of(self, number: int) -> dict[str, Any]:
        """One statement as botocore's Statement. Raises EntityNotFoundException."""
        with self._changed:
            return self.statement(number).shape()

    def cancel(self, number: int) -> None:
        """CancelStatement: a waiting one never runs, a running one is interrupted."""
        statement = self.statement(number)
        with self._changed:
            if statement.state == st.WAITING:
                self._waiting.remove(statement)
                statement.cancel(self._clock())
                self._changed.notify_all()
                return
            if statement.state != st.RUNNING or self._worker is None:
                return
            statement.state = st.CANCELLING
            worker = self._worker
        worker_log = worker.log
        threading.Thread(
            target=self._see_cancelled, args=(statement,), name="cancel", daemon=True
        ).start()
        try:
            worker.cancel(number)
        except WorkerError:
            logger.info("session %s ended while a statement was cancelled; %s", self.id, worker_log)

    def _see_cancelled(self, statement: Statement) -> None:
        """End the worker of a statement that does not let itself be cancelled."""
        with self._changed:
            ended = self._changed.wait_for(lambda: statement.state in st.FINAL, self._cancel_grace)
        if ended:
            self._look_after_tasks(statement.group)
            return
        self.fail(
            f"Statement {statement.id} could not be cancelled within {self._cancel_grace:.0f} "
            "seconds, so its Python process was ended, and the session with it"
        )

    def _look_after_tasks(self, group: str) -> None:
        if self.engine is not None:
            self.engine.groups.see_ended(group)

    def _next(self) -> None:
        """Give the worker the next statement; called with the lock held."""
        if self._running is not None or not self._waiting or self._worker is None:
            return
        statement = self._waiting.popleft()
        statement.start(self._clock())
        self._running = statement
        try:
            self._worker.run(statement.id, statement.code, statement.group)
        except WorkerError as error:
            reason = str(error)
            threading.Thread(target=self.fail, args=(reason,), daemon=True).start()

    def _finished(self, number: int, result: Result) -> None:
        with self._changed:
            statement = self._running
            if statement is None or statement.id != number:
                return
            limit = self._fidelity.output
            statement.finish(result, self._clock(), None if limit is None else int(limit))
            self._running = None
            self._last_used = self._clock()
            self.make_room(KEPT_LIMIT, statement)
            self._next()
            self._changed.notify_all()

    @property
    def size(self) -> int:
        """Characters of code and output that it keeps."""
        with self._changed:
            return sum(statement.size for statement in self._statements)

    def make_room(self, limit: int, spared: Statement | None = None) -> None:
        """Keep no more than so many characters of code and output: the oldest statements that have ended lose theirs."""
        with self._changed:
            kept = sum(statement.size for statement in self._statements)
            for statement in self._statements:
                if kept <= limit:
                    return
                if statement.state in st.FINAL and statement is not spared:
                    kept -= statement.size
                    statement.forget()
                    kept += statement.size

    # -- what others see -------------------------------------------------------------------------

    def wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until `condition()` holds, looked at after every change."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    @property
    def running(self) -> Statement | None:
        return self._running

    @property
    def worker_pid(self) -> int | None:
        """The process id of the session's Python, while it has one."""
        worker = self._worker
        return None if worker is None else worker.process.pid

    def shape(self) -> dict[str, Any]:
        """botocore's Session."""
        with self._changed:
            shown: dict[str, Any] = {
                "Id": self.id,
                "CreatedOn": _moment(self._created),
                "Status": self.status,
                "Progress": 0.0 if self.status == PROVISIONING else 1.0,
                **{key: self.request[key] for key in _ECHOED if key in self.request},
            }
            if self.status == PROVISIONING and self.progress is not None:
                shown["Description"] = self.progress[:2048]
            if self.request.get("IdleTimeout"):
                shown["IdleTimeout"] = self.request["IdleTimeout"]
            if self.error_message is not None:
                shown["ErrorMessage"] = self.error_message
            if self._completed is not None:
                shown["CompletedOn"] = _moment(self._completed)
                shown["ExecutionTime"] = round(self._completed - self._created, 3)
                shown["DPUSeconds"] = 0.0
            return shown

    def _illegal(self) -> IllegalSessionStateException:
        because = f": {self.error_message}" if self.error_message else ""
        return IllegalSessionStateException(
            f"Session {self.id} is in {self.status} status{because}"
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
