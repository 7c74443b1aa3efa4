"""How busy an endpoint is."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Activity:
    """When the last request came and how many are being answered; for the idle stop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._last = time.monotonic()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Counts a request while it is being answered."""
        with self._lock:
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                self._last = time.monotonic()

    def touch(self) -> None:
        """Counts as a request."""
        with self._lock:
            self._last = time.monotonic()

    def idle_seconds(self) -> float:
        """Seconds since the last request was answered; 0 while one is being answered."""
        with self._lock:
            return 0.0 if self._running else time.monotonic() - self._last
