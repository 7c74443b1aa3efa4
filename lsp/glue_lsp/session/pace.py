"""How long to wait after an edit before its text is analysed: not at all, where that is quick."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_lsp.text.documents import Document

T = TypeVar("T")

_QUICK = 0.12
"""An analysis that takes longer, in seconds, waits until the typing pauses."""
_PAUSE = 0.1


class Pace:
    """What the analyses of documents cost the last time."""

    def __init__(self) -> None:
        self._cost: dict[str, float] = {}

    def pause_of(self, document: Document | None) -> float:
        """How long to wait after an edit of a document, in seconds."""
        if document is None:
            return 0.0
        return _PAUSE if self._cost.get(document.uri, 0.0) > _QUICK else 0.0

    def measure(self, uri: str, analyse: Callable[[], T]) -> T:
        """The result of an analysis of a document, whose cost is remembered."""
        started = time.thread_time()
        result = analyse()
        self._cost[uri] = time.thread_time() - started
        return result

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._cost.pop(uri, None)
