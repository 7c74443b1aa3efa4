"""Runs validations in a session of the project's profile: started when needed, cancelled, restarted when it dies."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.answers import framed_answer
from dbt.adapters.glue.cursor import GlueHandle
from dbt.adapters.glue.errors import SessionLost, StatementCancelled
from dbt.adapters.glue.sessions.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbt.adapters.glue.impl import GlueAdapter
    from dbt.adapters.glue.sessions.session import Session

__all__ = ["Cancelled", "ValidationSession"]

CANCEL_AGAIN = 0.25
"""Seconds between two tries to cancel: a statement can only be cancelled once Glue has taken it."""
CANCEL_PATIENCE = 20.0
"""Seconds after which the session of a statement that does not react to its cancelling is stopped."""

# https://aws.amazon.com/glue/pricing/: a DPU is 4 vCPU and 16 GB. Memory-optimised R types have as many M-DPU, of 32 GB.
_DPU = {
    "Standard": 1.0, "G.025X": 0.25, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0,
    "G.12X": 12.0, "G.16X": 16.0, "R.1X": 1.0, "R.2X": 2.0, "R.4X": 4.0, "R.8X": 8.0, "Z.2X": 2.0,
}  # fmt: skip


class Cancelled(Exception):
    """The job was cancelled."""


class ValidationSession:
    """The session of one project's validations. `tell(state, detail)` hears what becomes of it."""

    def __init__(
        self, adapter: Callable[[], GlueAdapter], tell: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self._adapter = adapter
        self._tell = tell
        self._handle: GlueHandle | None = None
        self._current: Session | None = None

    def detail(self, environment: Environment | None = None) -> dict[str, Any]:
        """Where the session is and what it is made of, so that its cost can be seen."""
        credentials = self._adapter().credentials
        environment = environment or Environment.of(credentials)
        local = credentials.is_local
        shown: dict[str, Any] = {
            "endpoint": "local" if local else credentials.endpoint_url or "aws",
            "region": credentials.region,
            "glueVersion": environment.glue_version,
            "idleTimeoutMinutes": environment.idle_timeout,
        }
        if not local:
            dpu = _DPU.get(environment.worker_type, 1.0) * environment.workers
            unit = "M-DPU" if environment.worker_type.startswith("R.") else "DPU"
            shown.update(
                workers=environment.workers,
                workerType=environment.worker_type,
                dpu=dpu,
                cost=f"{dpu:g} {unit}, billed by the second while the session lives",
            )
        return shown

    def start(self, environment: Environment, cancel: threading.Event) -> Session:
        """A session that is ready. Raises Cancelled, and the adapter's errors when it cannot start."""
        if self._handle is None:
            adapter = self._adapter()
            self._handle = GlueHandle(
                adapter.connections.pool,
                Environment.of(adapter.credentials),
                adapter.credentials.schema,
            )
        session = self._handle.session(environment)
        self._current = session
        if cancel.is_set():
            raise Cancelled
        if session.id is None:
            detail = self.detail(environment)
            self._tell("starting", detail)
            try:
                session.run(("None",))
            except StatementCancelled as error:
                self._tell("stopped", detail)
                raise Cancelled from error
            except DbtRuntimeError as error:
                self._tell("failed", {**detail, "message": error.msg})
                self.drop()
                raise
            self._tell("ready", {**detail, "id": session.id})
        return session

    def ask(
        self,
        statements: Sequence[str],
        nonce: str,
        environment: Environment,
        cancel: threading.Event,
        progress: Callable[[str], None],
    ) -> dict[str, Any]:
        """The framed answer to statements that change nothing, which may run again after a session was lost.

        Raises Cancelled, DbtRuntimeError.
        """
        for attempt in (1, 2):
            session = self.start(environment, cancel)
            detail = {**self.detail(environment), "id": session.id}
            self._tell("busy", detail)
            done = threading.Event()
            canceller = threading.Thread(
                target=_cancel_when, args=(cancel, done, session), daemon=True
            )
            canceller.start()
            try:
                result = session.run(statements)
            except StatementCancelled as error:
                self._tell("ready", detail)
                raise Cancelled from error
            except SessionLost as error:
                self._tell("failed", {**detail, "message": error.msg})
                self.drop()
                if cancel.is_set():
                    raise Cancelled from error
                if attempt == 2:
                    raise
                progress("The session ended while it was at work; starting another one")
                continue
            finally:
                done.set()
            self._tell("ready", detail)
            if cancel.is_set():
                raise Cancelled
            return framed_answer(result, nonce)
        raise AssertionError("the second attempt returns or raises")

    def interrupt(self) -> None:
        """Ends what runs or is starting, from any thread; the session is of no use then but to be stopped."""
        if self._current is not None:
            self._current.interrupt()

    @property
    def used(self) -> bool:
        """Whether a session was asked for since the last stop."""
        return self._handle is not None

    @property
    def alive(self) -> bool:
        """Whether there is a session, as far as is known here."""
        return self._current is not None and self._current.id is not None

    def drop(self) -> None:
        """Forgets the session, so that the next job has another one."""
        if self._handle is not None:
            self._handle.close()
        self._handle = None
        self._current = None

    def stop(self, why: str) -> None:
        """Stops the sessions that were started here; the pool can start others."""
        alive = self.alive
        self.drop()
        self._adapter().connections.pool.stop_all()
        if alive:
            self._tell("stopped", {**self.detail(), "message": why})


def _cancel_when(cancel: threading.Event, done: threading.Event, session: Session) -> None:
    while not done.is_set():
        # Once only: a second interruption would strike the session while it tidies up after the first.
        if cancel.wait(CANCEL_AGAIN) and session.running:
            session.cancel()
            if not done.wait(CANCEL_PATIENCE):
                session.give_up()
            return
        if cancel.is_set():
            done.wait(CANCEL_AGAIN)
