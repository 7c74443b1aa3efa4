"""A progress bar on standard error, drawn by the thread that works: processes may be begun beside it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAUSE = 0.1
"""Seconds between two pictures of the bar."""


@contextmanager
def progress_bar(title: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar that vanishes when it is done; call what it gives once per finished item."""
    with Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
    ) as progress:
        task = progress.add_task(title, total=total)
        drawn = 0.0

        def advance() -> None:
            nonlocal drawn
            progress.advance(task)
            now = time.monotonic()
            if now - drawn >= _PAUSE:
                drawn = now
                progress.refresh()

        yield advance
