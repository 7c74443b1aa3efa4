"""Moves spans from one version of a text to the next, around the part in which the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.text.source import SourceText


class Shift:
    """The difference of two texts as one changed range; what lies outside of it moves with it."""

    __slots__ = ("_changed_lines", "_new_end", "_old_end", "_start")

    def __init__(self, old: SourceText, new: SourceText) -> None:
        start = common_prefix(old.text, new.text)
        tail = common_suffix(old.text[start:], new.text[start:])
        self._start = start
        self._old_end = len(old) - tail
        self._new_end = len(new) - tail
        first = old.line_span(old.line_of(start)).start
        last = old.line_span(old.line_of(self._old_end)).end
        self._changed_lines = Span(first, last)

    def to_new(self, span: Span) -> Span | None:
        """Where a span of the old text is now; None when it touches a line that was changed."""
        lines = self._changed_lines
        if span.end < lines.start:
            return span
        if span.start > lines.end:
            delta = self._new_end - self._old_end
            return Span(span.start + delta, span.end + delta)
        return None

    def moved(self, offset: int) -> int:
        """The offset in the new text that stands for one of the old; the changed range collapses."""
        if offset <= self._start:
            return offset
        if offset >= self._old_end:
            return offset - self._old_end + self._new_end
        return self._start

    def untouched(self, offset: int) -> bool:
        """Whether an offset of the new text is on a line that is as it was."""
        old = self.to_old(offset)
        return self.to_new(Span(old, old)) == Span(offset, offset)

    def to_old(self, offset: int) -> int:
        """The offset in the old text that stands for one of the new; the changed range collapses."""
        if offset <= self._start:
            return offset
        if offset >= self._new_end:
            return offset - self._new_end + self._old_end
        return self._start


def common_prefix(one: str, other: str) -> int:
    """How many code points two texts have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_suffix(one: str, other: str) -> int:
    """How many code points two texts have in common at their end."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
