"""How long to wait between two looks at something that Glue is doing."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["intervals"]

FIRST = 0.015
FRACTION = 0.08
JITTER = 0.1


def intervals(
    longest: float, *, first: float = FIRST, clock: Callable[[], float] = time.monotonic
) -> Iterator[float]:
    """Seconds to wait before each next poll, from `first` up to `longest`.

    A wait is a fixed share of the time that has passed, so that the end of a short statement is seen
    within 100 ms and a long one costs few calls; jitter keeps threads from polling in step.
    """
    began = clock()
    while True:
        wait = min(longest, max(first, (clock() - began) * FRACTION))
        yield wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, hides nothing
