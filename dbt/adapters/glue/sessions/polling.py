"""How often Glue is asked how things stand: soon after a statement began, then less; by all threads together."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Pace", "intervals"]

FIRST = 0.015
FRACTION = 0.08
JITTER = 0.1

FIRST_FAR = 0.25
FRACTION_FAR = 0.12
"""The same where each look is a call over the network, of which an account has so many a second."""

LOOKS = 10.0
"""Looks a second of all threads, at most. AWS publishes no rate for GetStatement: fewer where it throttles."""
LEAST = 0.5
RECOVERY = 0.2
"""Looks a second that come back each second without a throttled call."""


def intervals(
    longest: float,
    *,
    first: float = FIRST,
    fraction: float = FRACTION,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[float]:
    """Seconds to wait before each next poll, from `first` up to `longest`.

    A wait is a fixed share of the time that has passed, so that the end of a short statement is seen
    soon and a long one costs few calls; jitter keeps threads from polling in step.
    """
    began = clock()
    while True:
        wait = min(longest, max(first, (clock() - began) * fraction))
        yield wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, hides nothing


class Pace:
    """The looks that a process has a second, over all threads and sessions; `near`: as many as they like, at first.

    A throttled call halves it, once a second at most; time without one brings it back.
    """

    def __init__(self, *, near: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._first, self._fraction = (FIRST, FRACTION) if near else (FIRST_FAR, FRACTION_FAR)
        self._limited = not near
        self._rate = LOOKS
        self._clock = clock
        self._lock = threading.Lock()
        self._next = self._changed = clock()
        self._throttled = self._looked = float("-inf")

    @property
    def rate(self) -> float:
        """Looks a second, now."""
        return self._rate if self._limited else float("inf")

    def intervals(self, longest: float) -> Iterator[float]:
        """Seconds between the looks at one statement."""
        return intervals(longest, first=self._first, fraction=self._fraction, clock=self._clock)

    def pause(self, seconds: float, interrupted: threading.Event) -> bool:
        """Waits, and then for this thread's turn to look. Whether it was interrupted."""
        if interrupted.wait(seconds):
            return True
        delay = self.turn()
        while delay <= 0 or not interrupted.wait(delay):
            delay = self._behind_the_last()
            if delay <= 0:
                return False
        return True

    def throttled(self) -> None:
        """AWS has refused a call of this process because there were too many."""
        with self._lock:
            now = self._clock()
            self._recover(now)
            if self._limited and now - self._throttled < 1.0:
                return
            self._limited = True
            self._throttled = now
            self._rate = max(LEAST, self._rate / 2)
            self._next = max(self._next, now + 1 / self._rate)

    def turn(self) -> float:
        """Seconds until the next call that has not its time yet may be made: that time is taken."""
        with self._lock:
            if not self._limited:
                return 0.0
            now = self._clock()
            self._recover(now)
            turn = max(now, self._next)
            self._next = turn + 1 / self._rate
            return turn - now

    def _behind_the_last(self) -> float:
        """Seconds until a look may follow the last one that was made; 0: it is made now.

        Turns that passed while the machine stood still would all come at once.
        """
        with self._lock:
            now = self._clock()
            delay = self._looked + 1 / self._rate - now
            if self._limited and delay > 0:
                return delay
            self._looked = now
            return 0.0

    def _recover(self, now: float) -> None:
        self._rate = min(LOOKS, self._rate + (now - self._changed) * RECOVERY)
        self._changed = now
