"""What sessions do with old data along with statements that run anyway: marking, looking, removing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Removals"]


class Removals:
    """Requests for `glue_session.cleanup`, taken along by the next statement; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[dict[str, Any]] = []

    def later(self, request: dict[str, Any]) -> None:
        """Has a request carried out with some later statement: it costs none of its own."""
        with self._lock:
            self._requests.append(request)

    def take(self, *, last: bool = False) -> list[dict[str, Any]]:
        """What goes along with a statement that is about to be sent; `last`: no other follows."""
        del last
        with self._lock:
            requests, self._requests = self._requests, []
            return requests

    def found(self, listings: Sequence[Mapping[str, Any]]) -> None:
        """Takes what a statement saw of the folders that it was to look at."""
