"""How many calls of an operation are answered in a second, where the endpoint is to have a quota as an account has."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

from glue_endpoint.errors import ThrottlingException

if TYPE_CHECKING:
    from collections.abc import Callable

_WAITS = tuple(0.5 * 2**attempt for attempt in range(5))
"""Seconds at most, half of them at least, until AWS's SDK for Java calls again that was throttled; AWS's client for Hive has it
do so five times (`aws.glue.max-error-retries`)."""

SESSION = "session"
"""The caller of what a session's Spark asks for, by whatever way."""

asking: ContextVar[str] = ContextVar("caller", default=SESSION)
"""Who makes the call that is being answered: the first word of a client's User-Agent."""


def caller_of(user_agent: str) -> str:
    """Who a User-Agent is of: a session's Spark, which calls by AWS's SDK for Java, or a program of that name."""
    name = user_agent.split("/", 1)[0].lower()
    return SESSION if name.startswith("aws-sdk-java") else name


class Quotas:
    """A bucket of calls for each operation, which fills up at `rate` a second and holds as many as come in one."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, operation: str) -> None:
        """Counts a call. Raises ThrottlingException, as AWS words it, where there are too many."""
        with self._lock:
            now = self._clock()
            left, before = self._left.get(operation, (self._rate, now))
            left = min(self._rate, left + (now - before) * self._rate)
            if left < 1:
                raise ThrottlingException("Rate exceeded")
            self._left[operation] = (left - 1, now)

    def take_patiently(self, operation: str, wait: Callable[[float], None] = time.sleep) -> None:
        """Counts a call of Spark's, which comes again by itself as AWS's client for Hive has it come.

        Raises ThrottlingException when it has come for the last time.
        """
        for longest in _WAITS:
            with contextlib.suppress(ThrottlingException):
                self.take(operation)
                return
            wait(random.uniform(longest / 2, longest))  # noqa: S311 - no secret
        self.take(operation)
