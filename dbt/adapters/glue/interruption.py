"""Signals that end dbt: each ends it as Ctrl-C does, with its statements cancelled and its sessions stopped."""

from __future__ import annotations

import signal
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from dbt.adapters.events.logging import AdapterLogger

if TYPE_CHECKING:
    from dbt.adapters.glue.sessions.pool import SessionPool

__all__ = ["SIGNALS", "HasSessions"]

logger = AdapterLogger("Glue")

STOP_WITHIN = 5.0
"""Seconds that stopping the sessions takes at most once the user has interrupted twice."""

# SIGTERM: CI systems that cancel a job. SIGHUP: a terminal that was closed, a connection that broke; Windows has none.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class HasSessions(Protocol):
    """Whose sessions are to be stopped."""

    @property
    def used_pool(self) -> SessionPool | None:
        """The sessions, where there may be some."""


class _Signals:
    """The handlers of this process: they raise KeyboardInterrupt, which dbt knows, and know whose sessions there are now.

    Python's own reaction to SIGTERM and SIGHUP ends the process at once and leaves sessions behind that are billed. The
    first signal has the time that stopping takes. Another one has the sessions stopped within seconds; a second Ctrl-C
    interrupts dbt once more after that. A program around dbt that handles a signal itself, or runs dbt in a thread, is
    left alone, and so is a signal that is ignored (nohup).
    """

    def __init__(self) -> None:
        self._owners: weakref.WeakSet[Any] = weakref.WeakSet()
        self._before: dict[int, Any] = {}
        self._interrupted = self._hurried = False

    def watch(self, owner: HasSessions) -> None:
        """Handle signals until the owner leaves. Nothing happens where it has not left yet, and in other threads than the main one."""
        if threading.current_thread() is not threading.main_thread() or owner in self._owners:
            return
        self._owners.add(owner)
        self._interrupted = self._hurried = False
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is None:
                continue
            handler = signal.getsignal(number)
            if handler in (signal.SIG_DFL, signal.default_int_handler):
                self._before[number] = handler
                signal.signal(number, self._on_signal)

    def hurry(self, owner: HasSessions) -> None:
        """The owner's sessions are being stopped: from here on the first signal counts as a second one."""
        self._interrupted = self._interrupted or owner in self._owners

    def leave(self, owner: HasSessions) -> None:
        """An owner has no sessions any more; after the last one, signals are given back."""
        if owner not in self._owners:
            return
        self._owners.discard(owner)
        self._interrupted = self._hurried = False
        if self._owners or threading.current_thread() is not threading.main_thread():
            return
        for number in [*self._before]:
            self._give_back(number)

    def _give_back(self, number: int) -> None:
        before = self._before.pop(number)
        if signal.getsignal(number) == self._on_signal:
            signal.signal(number, before)

    def _on_signal(self, number: int, _frame: Any) -> None:
        owners = list(self._owners)
        if not owners:  # left by another thread, which cannot give signals back
            self._give_back(number)
            signal.raise_signal(number)
            return
        pools = [pool for owner in owners if (pool := owner.used_pool) is not None]
        if not self._interrupted and not any(pool.interrupted for pool in pools):
            self._interrupted = True
            if number != signal.SIGINT:
                logger.info(
                    f"{signal.Signals(number).name}: cancelling the running statements and stopping the sessions"
                )
            raise KeyboardInterrupt
        self._interrupted = True
        if pools and not self._hurried:
            self._hurried = True
            # Waiting is for the user: whoever sends other signals, as CI systems do, ends dbt soon anyway.
            until = time.monotonic() + (STOP_WITHIN if number == signal.SIGINT else 0.0)
            for pool in pools:
                pool.stop_now(max(0.0, until - time.monotonic()))
        if number == signal.SIGINT:
            raise KeyboardInterrupt


SIGNALS = _Signals()
