"""The sessions of an endpoint: each gets a worker process, and ends when its time is over."""

from __future__ import annotations

import hashlib
import logging
import re
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from glue_endpoint.errors import (
    AlreadyExistsException,
    EndpointStartError,
    EntityNotFoundException,
    ValidationException,
)
from glue_endpoint.sessions import environment, packages
from glue_endpoint.sessions import statement as st
from glue_endpoint.sessions.arguments import EnvironmentUnavailable
from glue_endpoint.sessions.progress import STUCK_AFTER, JobGroups
from glue_endpoint.sessions.session import CANCEL_GRACE, PROVISIONING, TERMINAL, Session
from glue_endpoint.spark.forks import ForkServer
from glue_endpoint.spark.worker_process import WorkerError, WorkerProcess, worker_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from glue_endpoint.spark.host import SparkHost

    Shapes = list[dict[str, Any]]

logger = logging.getLogger(__name__)

CODE_LIMIT = 68_000
"""Characters of a statement (botocore: RunStatement.Code)."""

_KEPT_ENDED = 200
"""Sessions that have ended and are still listed."""

_CREATE_PATIENCE = 0.5
"""Seconds that `create` waits for READY: with a warm worker it is a matter of milliseconds."""

_HOST_PATIENCE = 120.0


class Sessions:
    """Glue's sessions on one Spark host.

    `wake` starts the host when the first session is wanted; without it, the host is started, or
    starting, already, and the first session will find a worker that waits for it. `clock` returns
    epoch seconds; `environment_variables` are added to every worker's environment (None: taken out).
    Results have the shapes of botocore's Glue model; errors are GlueError.
    """

    def __init__(
        self,
        host: SparkHost,
        state_dir: Path,
        clock: Callable[[], float] = time.time,
        *,
        wake: Callable[[], None] | None = None,
        environment_variables: Mapping[str, str | None] | None = None,
        cancel_grace: float = CANCEL_GRACE,
        stuck_after: float = STUCK_AFTER,
    ) -> None:
        self._host = host
        self._folder = state_dir / "sessions"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._environment = worker_environment(environment_variables or {})
        self._fork_server: ForkServer | None = None
        self._forking = threading.Lock()
        self._cancel_grace = cancel_grace
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._warm: WorkerProcess | None = None
        self._warming = threading.Lock()
        self._closed = threading.Event()
        self._groups = JobGroups(host, stuck_after)
        host.on_exit(self._host_ended)
        self._spare: WorkerProcess | None = None
        self._awake = threading.Lock()
        self._wake = wake
        if wake is None:
            self._begin()
        threading.Thread(target=self._look_after, name="session-timeouts", daemon=True).start()

    # -- sessions --------------------------------------------------------------------------------

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        """CreateSession: returns botocore's Session; it is PROVISIONING or already READY.

        Raises AlreadyExistsException.
        """
        name = request["Id"]
        with self._lock:
            if name in self._sessions:
                raise AlreadyExistsException(f"Session {name} already exists")
            session = Session(
                request,
                self._folder / _folder_name(name),
                self._clock,
                cancel_grace=self._cancel_grace,
                on_cancelled=self._groups.see_ended,
            )
            self._sessions[name] = session
            self._forget_oldest()
        self._begin()
        threading.Thread(
            target=self._provision, args=(session,), name=f"provision-{name}", daemon=True
        ).start()
        session.wait(lambda: session.status != PROVISIONING, _CREATE_PATIENCE)
        return session.shape()

    def get(self, session_id: str) -> dict[str, Any]:
        """GetSession."""
        return self._find(session_id).shape()

    def list(self) -> Shapes:
        """ListSessions: oldest first, those that have ended included."""
        with self._lock:
            sessions = [*self._sessions.values()]
        return [session.shape() for session in sessions]

    def stop(self, session_id: str) -> None:
        """StopSession. Raises IllegalSessionStateException if it has ended already."""
        self._find(session_id).stop()

    def delete(self, session_id: str) -> None:
        """DeleteSession: one that still lives is stopped first."""
        session = self._find(session_id)
        if session.status not in TERMINAL:
            session.stop()
        with self._lock:
            self._sessions.pop(session_id, None)

    # -- statements ------------------------------------------------------------------------------

    def run_statement(self, session_id: str, code: str) -> int:
        """RunStatement: returns the statement's id."""
        if len(code) > CODE_LIMIT:
            raise ValidationException(
                f"1 validation error detected: Value at 'code' failed to satisfy constraint: "
                f"Member must have length less than or equal to {CODE_LIMIT} (it has {len(code)})"
            )
        return self._find(session_id).run(code)

    def get_statement(self, session_id: str, statement_id: int) -> dict[str, Any]:
        """GetStatement; also of a session that has ended."""
        session = self._find(session_id)
        statement = session.statement(statement_id)
        if statement.state == st.RUNNING:
            statement.progress = self._groups.progress(statement.group, statement.progress)
        return session.shape_of(statement_id)

    def list_statements(self, session_id: str) -> Shapes:
        """ListStatements: oldest first."""
        return self._find(session_id).shapes()

    def cancel_statement(self, session_id: str, statement_id: int) -> None:
        """CancelStatement; of one that has ended, nothing happens."""
        self._find(session_id).cancel(statement_id)

    # -- upkeep ----------------------------------------------------------------------------------

    @property
    def active(self) -> int:
        """How many sessions have not ended: an endpoint with none may stop."""
        with self._lock:
            return sum(session.status not in TERMINAL for session in self._sessions.values())

    @property
    def warm(self) -> bool:
        """Whether a worker waits for the next session."""
        worker = self._warm
        return worker is not None and worker.alive

    def session(self, session_id: str) -> Session:
        """The session itself, for what the API does not show."""
        return self._find(session_id)

    def expire(self) -> None:
        """End the sessions whose time is over; called every second."""
        with self._lock:
            sessions = [*self._sessions.values()]
        for session in sessions:
            session.expire()

    def close(self) -> None:
        """Stop all sessions and workers; the host is the caller's."""
        self._closed.set()
        with self._lock:
            sessions = [*self._sessions.values()]
        for session in sessions:
            if session.status not in TERMINAL:
                session.stop()
        with self._warming:
            for worker in (self._spare, self._warm):
                if worker is not None:
                    worker.kill()
            self._spare = self._warm = None
        with self._forking:
            if self._fork_server is not None:
                self._fork_server.close()

    # -- inside ----------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Once: has Spark started, and a worker beside it."""
        if not self._awake.acquire(blocking=False):
            return
        if self._wake is not None:
            self._wake()
        self._spare = self._start_worker(sys.executable)
        threading.Thread(target=self._warm_up, name="warm-worker", daemon=True).start()

    def _find(self, session_id: str) -> Session:
        with self._lock:
            session = self._sessions.get(session_id)
        if session is None:
            raise EntityNotFoundException(f"Session {session_id} not found")
        return session

    def _forget_oldest(self) -> None:
        ended = [name for name, session in self._sessions.items() if session.status in TERMINAL]
        for name in ended[: max(0, len(ended) - _KEPT_ENDED)]:
            del self._sessions[name]

    def _provision(self, session: Session) -> None:
        """Find or start a worker and make it the session's."""
        given = session.request.get("DefaultArguments", {})
        worker = None
        try:
            python = packages.python_for(given, self._host.buckets, session.report)
            path = environment.import_path(given, self._host.buckets)
            session.folder.mkdir(parents=True, exist_ok=True)
            self._host.wait_started(_HOST_PATIENCE)
            worker = self._take_worker(python)
            notes = worker.claim(
                environment.arguments(session.id, given), session.folder, path, self._conf(session)
            )
        except Exception as error:  # noqa: BLE001  whatever it is, the session must not stay PROVISIONING
            if worker is not None:
                worker.kill()
            session.fail(_why(session, error))
            return
        for note in notes:
            logger.warning("session %s: --conf: %s", session.id, note)
        session.ready(worker)
        self._warm_up()

    def _conf(self, session: Session) -> dict[str, str]:
        conf = environment.spark_conf(session.request.get("DefaultArguments", {}))
        note = environment.version_note(
            session.request.get("GlueVersion", ""), self._host.spark_version
        )
        if note:
            logger.warning("session %s: %s", session.id, note)
            given = session.request.get("Description")
            session.request["Description"] = f"{given}; {note}" if given else note
            conf["spark.glue.endpoint.versionNote"] = note
        return conf

    def _start_worker(self, python: str) -> WorkerProcess:
        """A process that can be attached: forked if its Python is ours, which costs no import. Raises WorkerError."""
        log = self._folder / "workers.log"
        server = self._usable_fork_server(log) if python == sys.executable else None
        return WorkerProcess(python, log, self._environment, server)

    def _usable_fork_server(self, log: Path) -> ForkServer | None:
        """The fork server, a new one if it has ended; None where there can be none."""
        with self._forking:
            if self._fork_server is not None and self._fork_server.alive:
                return self._fork_server
            self._fork_server = None
            if ForkServer.usable() and not self._closed.is_set():
                try:
                    self._fork_server = ForkServer(log, self._environment)
                except OSError as error:
                    logger.warning(
                        "no fork server, so that each session imports PySpark: %s", error
                    )
            return self._fork_server

    def _take_worker(self, python: str) -> WorkerProcess:
        """The warm worker if it fits, else a new one. Raises WorkerError."""
        if python == sys.executable:
            with self._warming:
                worker, self._warm = self._warm, None
            if worker is not None and worker.alive:
                return worker
        worker = self._start_worker(python)
        try:
            worker.attach(self._host)
        except WorkerError:
            worker.kill()
            raise
        return worker

    def _warm_up(self) -> None:
        """Have one worker attached and waiting for the next session."""
        try:
            self._host.wait_started(_HOST_PATIENCE)
            with self._warming:
                if self._closed.is_set() or (self._warm is not None and self._warm.alive):
                    return
                worker, self._spare = self._spare or self._start_worker(sys.executable), None
                worker.attach(self._host)
                self._warm = worker
        except (EndpointStartError, WorkerError) as error:
            if not self._closed.is_set():
                logger.warning("no worker could be kept warm: %s", error)

    def _look_after(self) -> None:
        while not self._closed.wait(1.0):
            self.expire()

    def _host_ended(self, reason: str) -> None:
        with self._lock:
            sessions = [*self._sessions.values()]
        for session in sessions:
            session.fail(reason)


def _why(session: Session, error: Exception) -> str:
    """Why a session did not start, for its ErrorMessage; what nobody expected is in the log too."""
    if isinstance(error, EnvironmentUnavailable | EndpointStartError | WorkerError):
        return str(error)
    if isinstance(error, OSError):
        return f"{session.folder}: {error.strerror or error}"
    logger.error("session %s could not be provisioned", session.id, exc_info=error)
    return f"The session could not be provisioned: {type(error).__name__}: {error}"


def _folder_name(session_id: str) -> str:
    """A file name for any session id: readable, unique, harmless."""
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", session_id)[:60]
    return f"{readable}-{hashlib.sha256(session_id.encode()).hexdigest()[:8]}"
