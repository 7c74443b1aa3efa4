"""SIGTERM, by which CI systems cancel a job, ends dbt as Ctrl-C does: statements cancelled, sessions stopped."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.sessions.pool import SessionPool

__all__ = ["interrupt_on_sigterm"]

logger = AdapterLogger("Glue")


def interrupt_on_sigterm(pool: Callable[[], SessionPool | None]) -> Callable[[], None]:
    """Has SIGTERM raise KeyboardInterrupt, which dbt knows; returns what gives the signal back.

    Python's own reaction ends the process at once and leaves sessions behind that are billed. A
    program around dbt that handles the signal itself, or runs dbt in a thread, is left alone.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        return lambda: None

    told = False

    def on_sigterm(_number: int, _frame: Any) -> None:
        nonlocal told
        used = pool()
        # CI systems send more than one signal: the first must have the time to stop the sessions.
        if told or (used is not None and used.interrupted):
            return
        told = True
        logger.info("SIGTERM: cancelling the running statements and stopping the sessions")
        raise KeyboardInterrupt

    def restore() -> None:
        if signal.getsignal(signal.SIGTERM) is on_sigterm and (
            threading.current_thread() is threading.main_thread()
        ):
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, on_sigterm)
    return restore
