"""Signals that end dbt: each ends it as Ctrl-C does, with its statements cancelled and its sessions stopped."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger

if TYPE_CHECKING:
    from collections.abc import Callable

    from dbt.adapters.glue.sessions.pool import SessionPool

__all__ = ["interrupt_on_signals"]

logger = AdapterLogger("Glue")

STOP_WITHIN = 5.0
"""Seconds that stopping the sessions takes at most once the user has interrupted twice."""

# SIGTERM: CI systems that cancel a job. SIGHUP: a terminal that was closed, a connection that broke; Windows has none.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


def interrupt_on_signals(pool: Callable[[], SessionPool | None]) -> Callable[[], None]:
    """Has signals raise KeyboardInterrupt, which dbt knows; returns what gives them back.

    Python's own reaction to SIGTERM and SIGHUP ends the process at once and leaves sessions behind that are billed. The
    first signal has the time that stopping takes. Another one has the sessions stopped within seconds; a second Ctrl-C
    interrupts dbt once more after that. A program around dbt that handles a signal itself, or runs dbt in a thread, is
    left alone, and so is a signal that is ignored (nohup).
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before = {
        getattr(signal, name): signal.getsignal(getattr(signal, name))
        for name in _NAMES
        if hasattr(signal, name)
    }
    ours = [
        number
        for number, handler in before.items()
        if handler in (signal.SIG_DFL, signal.default_int_handler)
    ]
    interrupted = hurried = False

    def on_signal(number: int, _frame: Any) -> None:
        nonlocal interrupted, hurried
        used = pool()
        if not interrupted and not (used is not None and used.interrupted):
            interrupted = True
            if number != signal.SIGINT:
                logger.info(
                    f"{signal.Signals(number).name}: cancelling the running statements and stopping the sessions"
                )
            raise KeyboardInterrupt
        interrupted = True
        if used is not None and not hurried:
            hurried = True
            # Waiting is for the user: whoever sends other signals, as CI systems do, ends dbt soon anyway.
            used.stop_now(STOP_WITHIN if number == signal.SIGINT else 0.0)
        if number == signal.SIGINT:
            raise KeyboardInterrupt

    def restore() -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in ours:
            if signal.getsignal(number) is on_signal:
                signal.signal(number, before[number])

    for number in ours:
        signal.signal(number, on_signal)
    return restore
