"""What a model prints and warns while it runs, kept in bounds and handed back with its result."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD_CHARS = 60_000
_TAIL_CHARS = 60_000


class CapturedOutput(io.TextIOBase):
    """A text stream that keeps the beginning and the end of what is written, however much it is."""

    def __init__(self) -> None:
        super().__init__()
        self._head: list[str] = []
        self._head_chars = 0
        self._tail: deque[str] = deque()
        self._tail_chars = 0
        self._dropped = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = _HEAD_CHARS - self._head_chars
        if room > 0:
            self._head.append(text[:room])
            self._head_chars += len(self._head[-1])
        rest = text[max(room, 0) :]
        if rest:
            self._tail.append(rest[-_TAIL_CHARS:])
            self._tail_chars += len(self._tail[-1])
            self._dropped += len(rest) - len(self._tail[-1])
            while self._tail_chars - len(self._tail[0]) >= _TAIL_CHARS:
                gone = self._tail.popleft()
                self._tail_chars -= len(gone)
                self._dropped += len(gone)
        return len(text)

    def text(self) -> str:
        """All that was written, with a line in place of what was too much."""
        gap = (
            f"\n... {self._dropped:,} characters of output left out ...\n" if self._dropped else ""
        )
        return "".join(self._head) + gap + "".join(self._tail)


@contextlib.contextmanager
def capture_output(filename: str, notes: list[str]) -> Iterator[CapturedOutput]:
    """Sends stdout and stderr of the block to a CapturedOutput; adds the warnings of `filename` to `notes`.

    Warnings that libraries raise about themselves are not the author's to act on, and are left out.
    """
    output = CapturedOutput()
    with (
        warnings.catch_warnings(record=True) as raised,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        warnings.simplefilter("default")
        try:
            yield output
        finally:
            seen = set()
            for warning in raised:
                line = f"{filename}:{warning.lineno} {warning.category.__name__}: {warning.message}"
                if warning.filename == filename and line not in seen:
                    seen.add(line)
                    notes.append(line)
