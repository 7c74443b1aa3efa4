"""A first session that starts while dbt still reads the project: for the embedded endpoint, where it costs nothing."""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.sessions.environment import Environment
    from dbt.adapters.glue.sessions.pool import SessionPool
    from dbt.adapters.glue.sessions.session import Session

__all__ = ["RUNS_STATEMENTS", "EarlySession"]

logger = AdapterLogger("Glue")

RUNS_STATEMENTS = frozenset({"build", "retry", "run", "seed", "show", "snapshot", "test"})
"""Commands of dbt that surely run a statement, if they find anything to do."""


class EarlySession:
    """Makes a session ready in the background, for the first statement of the profile's own environment.

    `pool` may take its time: it starts the endpoint where none runs. What goes wrong is only logged;
    the statement that needs the session meets it again and tells.
    """

    def __init__(
        self, pool: Callable[[], SessionPool], environment: Callable[[], Environment]
    ) -> None:
        self._pool = pool
        self._environment = environment
        self._over = threading.Event()
        self._session: Session | None = None
        # dbt's logging asks for the context of the command.
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=lambda: context.run(self._open), name="early-session", daemon=True
        )
        self._thread.start()

    def _open(self) -> None:
        try:
            self._session = self._pool().reserve(self._environment())
            if self._session is not None and not self._over.is_set():
                self._session.prepare()
        except DbtRuntimeError as error:
            logger.debug(f"no session was opened early: {error.msg}")

    def end(self) -> None:
        """Gives up a session that is not ready yet; afterwards the pool has all there is to stop."""
        self._over.set()
        if self._session is not None and self._thread.is_alive():
            self._session.interrupt()
        self._thread.join()
