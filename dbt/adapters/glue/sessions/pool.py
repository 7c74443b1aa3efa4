"""The sessions of this process: as many as threads that work at once, none left behind."""

from __future__ import annotations

import atexit
import contextvars
import threading
import time
import uuid
import weakref
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.program.transport import (
    PAGE_BYTES,
    call_statements,
    new_nonce,
    parse_output,
    sql_request,
)

from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.removals import Removals
from dbt.adapters.glue.sessions.runs import Run
from dbt.adapters.glue.sessions.session import LONGEST_POLL, Session, SessionSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.sessions.client import GlueClient

__all__ = ["SessionPool"]

logger = AdapterLogger("Glue")

DEFAULT_NAME = "dbt-glue"

_pools: weakref.WeakSet[SessionPool] = weakref.WeakSet()


class SessionPool:
    """Leases sessions: one for each thread and environment that is at work, whatever its language.

    A session that is given back serves the next lease of the same environment, so that there are
    never more sessions than threads working at once; a thread gets back the one it had, where it can.
    """

    def __init__(
        self,
        client: GlueClient,
        credentials: GlueCredentials,
        removals: Removals | None = None,
        run: Run | None = None,
    ) -> None:
        self.removals = removals or Removals()
        """What statements take along of old data."""
        self._run = run or Run(keeps_sessions=credentials.glue_session_reuse)
        self.page_bytes = PAGE_BYTES
        """Characters that a page of a result prints."""
        self._client = client
        self._credentials = credentials
        self._lock = threading.Lock()
        self._idle: list[tuple[int, Session]] = []
        self._leased: list[Session] = []
        self._slots: dict[str, int] = {}
        self._interrupted = False
        self._settings = SessionSettings(
            provisioning_timeout=float(credentials.session_provisioning_timeout_in_seconds),
            statement_timeout=credentials.statement_timeout_in_seconds,
            longest_poll=credentials.statement_poll_interval or LONGEST_POLL,
            keep=credentials.glue_session_reuse,
            word=lambda: self._run.word,
        )
        _pools.add(self)

    def lease(self, environment: Environment) -> Session:
        """A session for the calling thread alone, until it is given back. Nothing is started yet."""
        thread = threading.get_ident()
        with self._lock:
            fitting = [
                item
                for item in self._idle
                if item[1].environment.fingerprint == environment.fingerprint
            ]
            if fitting:
                chosen = next((item for item in fitting if item[0] == thread), fitting[0])
                self._idle.remove(chosen)
                session = chosen[1]
            else:
                session = self._new_session(environment)
            self._leased.append(session)
            if self._interrupted:
                session.interrupt()
            return session

    def give_back(self, session: Session) -> None:
        """Ends a lease; with `enable_session_per_model` it ends the session too."""
        with self._lock:
            if session not in self._leased:
                return
            alone = self._credentials.enable_session_per_model
            if not alone:
                self._leased.remove(session)
                self._idle.append((threading.get_ident(), session))
        if alone:
            self._remove_now(session)
            if session.stop():  # else it is tried again at the end
                self._drop(session)

    @property
    def interrupted(self) -> bool:
        """Whether an interruption is being dealt with: no statement begins any more."""
        return self._interrupted

    def interrupt(self) -> None:
        """Lets no statement begin any more, and cancels every running one, all at once."""
        self._interrupted = True
        self._client.patience.interrupt()
        sessions = self._sessions()
        for session in sessions:
            session.refuse()
        _all_at_once(lambda session: session.cancel(), sessions)

    def stop_all(self) -> None:
        """Stops the sessions that this process made, cancelling what still runs in them, all at once.

        One that could not be stopped is tried again by the next call.
        """
        with self._lock:
            ready = [session for _, session in self._idle if session.id is not None]
        if ready:
            self._remove_now(ready[0])
        _all_at_once(self._end, self._sessions())
        with self._lock:
            self._slots.clear()
            self._interrupted = False
        self._run.end()
        self._client.patience.calm()

    def stop_now(self, seconds: float) -> None:
        """Has all sessions stopped, waiting no longer than that; also from a signal handler: it takes no lock."""
        self._interrupted = True
        self._client.patience.hurry()
        deadline = time.monotonic() + seconds
        threads = [_in_thread(self._stop, session) for session in self._sessions()]
        for thread in threads:
            if thread is not None:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _end(self, session: Session) -> None:
        session.cancel()
        if self._stop(session):
            self._drop(session)

    def _stop(self, session: Session) -> bool:
        return session.stop(at_last=True)

    def _drop(self, session: Session) -> None:
        with self._lock:
            if session in self._leased:
                self._leased.remove(session)
            self._idle = [item for item in self._idle if item[1] is not session]

    def _sessions(self) -> list[Session]:
        return [*self._leased, *(session for _, session in [*self._idle])]

    def _remove_now(self, session: Session) -> None:
        """What no statement has taken along goes with a last one; what that one finds goes with one more."""
        for _ in range(2):
            if self._interrupted or session.id is None:
                return
            requests = self.removals.take(last=True)
            if not requests:
                return
            nonce = new_nonce()
            request = {**sql_request("select 1", fetch=False), "remove": requests}
            try:
                result = session.run(call_statements("sql", request, nonce), renew=False)
                framed, _ = parse_output(result.text, nonce)
            except (DbtRuntimeError, ValueError) as error:
                logger.debug(f"old data stays until the next run: {error}")
                return
            answer = dict(framed or {})
            for warning in answer.get("warnings", ()):
                logger.warning(warning)
            self.removals.found(answer.get("old_data") or ())

    def _new_session(self, environment: Environment) -> Session:
        """A session with a number of its own; the lock is held."""
        slot = self._next_slot(environment)

        def name(another: bool) -> str:
            nonlocal slot
            if another:
                with self._lock:
                    slot = self._next_slot(environment)
            return self._name(environment, slot)

        return Session(self._client, environment, name, self._settings)

    def _next_slot(self, environment: Environment) -> int:
        slot = self._slots.get(environment.fingerprint, 0)
        self._slots[environment.fingerprint] = slot + 1
        return slot

    def _name(self, environment: Environment, slot: int) -> str:
        """The id of a session: fixed where it is to be found again, else unlike any other."""
        base = environment.group or self._credentials.glue_session_id or DEFAULT_NAME
        if not self._settings.keep:
            # By its word it is known, from elsewhere, whether this run is still at work.
            return f"{base}-{environment.fingerprint}-{self._run.word}{uuid.uuid4().hex[:12]}"
        own = Environment.of(self._credentials).fingerprint == environment.fingerprint
        name = base if own else f"{base}-{environment.fingerprint}"
        return name if slot == 0 else f"{name}__{slot + 1}"


def _all_at_once(function: Callable[[Session], Any], sessions: list[Session]) -> None:
    started = [(session, _in_thread(function, session)) for session in sessions]
    for session, thread in started:
        if thread is None:
            function(session)
        else:
            while thread.is_alive():
                thread.join(1.0)  # Ctrl-C has its turn in between


def _in_thread(function: Callable[..., Any], *arguments: Any) -> threading.Thread | None:
    """Runs a function beside the caller; None where no thread begins any more, as Python ends."""
    # dbt's logging asks for the context of the command.
    context = contextvars.copy_context()
    thread = threading.Thread(
        target=lambda: context.run(function, *arguments), name="stop-session", daemon=True
    )
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


@atexit.register
def _stop_everything() -> None:
    for pool in list(_pools):
        pool.stop_all()
