"""The sessions of an endpoint: each gets a worker process on the Spark that it asks for, and ends when its time is over."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import threading
import time
from typing import TYPE_CHECKING, Any

from glue_endpoint.errors import (
    AlreadyExistsException,
    EndpointStartError,
    EntityNotFoundException,
    IllegalSessionStateException,
    ResourceNumberLimitExceededException,
    ValidationException,
)
from glue_endpoint.fidelity import PLEASANT, Fidelity
from glue_endpoint.sessions import environment, packages
from glue_endpoint.sessions import statement as st
from glue_endpoint.sessions.arguments import EnvironmentUnavailable
from glue_endpoint.sessions.session import CANCEL_GRACE, PROVISIONING, TERMINAL, Session
from glue_endpoint.sessions.spark_setup import setup_for
from glue_endpoint.spark.sparks import Sparks
from glue_endpoint.spark.worker_process import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.sessions.engine import Engine, Engines

    Shapes = list[dict[str, Any]]

logger = logging.getLogger(__name__)

CODE_LIMIT = 68_000
"""Characters of a statement (botocore: RunStatement.Code)."""

_KEPT_ENDED = 200
"""Sessions that have ended and are still listed."""

ENDED_LIMIT = 32 * 2**20
"""Characters of code and output that all sessions keep that have ended; those that ended first make room."""

_CREATE_PATIENCE = 0.5
"""Seconds that `create` waits for READY: with a warm worker it is a matter of milliseconds."""

_HOST_PATIENCE = 120.0


class Sessions:
    """Glue's sessions on the engines of an endpoint, which start when they are wanted.

    `buckets` are where their files on S3 are, `clock` returns epoch seconds. Results have the shapes of
    botocore's Glue model; errors are GlueError.
    """

    def __init__(
        self,
        engines: Engines,
        buckets: Buckets,
        state_dir: Path,
        fidelity: Fidelity = PLEASANT,
        clock: Callable[[], float] = time.time,
        *,
        cancel_grace: float = CANCEL_GRACE,
    ) -> None:
        self._engines = engines
        self._buckets = buckets
        self._folder = state_dir / "sessions"
        self._fidelity = fidelity
        self._clock = clock
        self._cancel_grace = cancel_grace
        self._sparks = Sparks()
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._with_room: list[Session] = []
        self._closed = threading.Event()
        engines.on_end = self._engine_ended
        threading.Thread(target=self._look_after, name="session-timeouts", daemon=True).start()

    # -- sessions --------------------------------------------------------------------------------

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        """CreateSession: returns botocore's Session; it is PROVISIONING or already READY.

        Raises AlreadyExistsException, ResourceNumberLimitExceededException.
        """
        name = request["Id"]
        with self._lock:
            if name in self._sessions:
                raise AlreadyExistsException(f"Session {name} already exists")
            limit = self._fidelity.sessions
            if limit is not None and self._living() >= limit:
                raise ResourceNumberLimitExceededException(
                    f"The account has its limit of {limit:.0f} sessions that have not ended"
                )
            session = Session(
                request,
                self._folder / _folder_name(name),
                self._clock,
                fidelity=self._fidelity,
                cancel_grace=self._cancel_grace,
            )
            self._sessions[name] = session
            self._forget_oldest()
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
        return [session.shape() for session in self._all()]

    def stop(self, session_id: str) -> None:
        """StopSession. Raises IllegalSessionStateException if it has ended already."""
        self._find(session_id).stop()

    def delete(self, session_id: str) -> None:
        """DeleteSession: one that still lives is stopped first, or refused where stopping takes its time."""
        session = self._find(session_id)
        if session.status not in TERMINAL:
            if self._fidelity.stop is not None:
                raise IllegalSessionStateException(
                    f"Session {session_id} is in {session.status} status"
                )
            with contextlib.suppress(IllegalSessionStateException):
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
        if statement.state == st.RUNNING and session.engine is not None:
            groups = session.engine.groups
            statement.progress = groups.progress(statement.group, statement.progress)
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
            return self._living()

    def session(self, session_id: str) -> Session:
        """The session itself, for what the API does not show."""
        return self._find(session_id)

    def expire(self) -> None:
        """End the sessions whose time is over; called every second."""
        for session in self._all():
            session.expire()
        self._make_room()

    def close(self) -> None:
        """Stop all sessions; the engines are the caller's."""
        self._closed.set()
        for session in self._all():
            # One whose time is over in this moment ends without us.
            with contextlib.suppress(IllegalSessionStateException):
                session.stop(at_once=True)

    # -- inside ----------------------------------------------------------------------------------

    def _living(self) -> int:
        return sum(session.status not in TERMINAL for session in self._sessions.values())

    def _all(self) -> tuple[Session, ...]:
        with self._lock:
            return tuple(self._sessions.values())

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

    def _make_room(self) -> None:
        """Ended sessions together keep no more than ENDED_LIMIT: the newest of them what it can, then the older ones."""
        ended = [session for session in self._all() if session.status in TERMINAL]
        if ended == self._with_room:
            return
        left = ENDED_LIMIT
        for session in reversed(ended):
            session.make_room(left)
            left = max(0, left - session.size)
        self._with_room = ended

    def _provision(self, session: Session) -> None:
        """Find or start a worker and make it the session's."""
        given = session.request.get("DefaultArguments", {})
        begun = time.monotonic()
        worker = None
        try:
            setup, why = setup_for(session.request, self._buckets, self._sparks, session.report)
            session.engine = engine = self._engines.engine(setup)
            engine.begin()
            self._engines.remember(setup)
            python = packages.python_for(given, self._buckets, session.report, spark=setup.spark)
            path = environment.import_path(given, self._buckets)
            session.folder.mkdir(parents=True, exist_ok=True)
            engine.host.wait_started(_HOST_PATIENCE)
            worker = engine.take_worker(python)
            conf = self._conf(session, engine, why)
            notes = worker.claim(
                environment.arguments(session.id, given),
                session.folder,
                path,
                conf,
                as_aws=self._fidelity.of_sessions,
            )
        except Exception as error:  # noqa: BLE001  whatever it is, the session must not stay PROVISIONING
            if worker is not None:
                worker.kill()
            session.fail(_why(session, error))
            return
        for note in notes:
            logger.warning("session %s: --conf: %s", session.id, note)
        if self._fidelity.start is not None:
            self._closed.wait(self._fidelity.start - (time.monotonic() - begun))
        session.ready(worker)
        engine.warm_up()

    def _conf(self, session: Session, engine: Engine, why: str) -> dict[str, str]:
        conf = environment.spark_conf(session.request.get("DefaultArguments", {}))
        if self._fidelity.utc:
            conf.setdefault("spark.sql.session.timeZone", "UTC")
        glue_version = session.request.get("GlueVersion", "")
        note = environment.version_note(glue_version, engine.host.spark_version, why)
        if note:
            conf["spark.glue.endpoint.versionNote"] = note
        told = [each for each in (note, environment.python_note(glue_version)) if each]
        if told:
            text = ". ".join(told)
            logger.warning("session %s: %s", session.id, text)
            given = session.request.get("Description")
            session.request["Description"] = f"{given}; {text}" if given else text
        return conf

    def _look_after(self) -> None:
        while not self._closed.wait(1.0):
            self.expire()
            living = [session for session in self._all() if session.status not in TERMINAL]
            self._engines.end_unused([s.engine for s in living if s.engine is not None])

    def _engine_ended(self, engine: Engine, reason: str) -> None:
        for session in self._all():
            if session.engine is engine:
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
