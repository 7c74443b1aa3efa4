"""How many calls of an operation are answered in a second, where the endpoint is to have a quota as an account has."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

from glue_endpoint.errors import ThrottlingException

if TYPE_CHECKING:
    from collections.abc import Callable

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
