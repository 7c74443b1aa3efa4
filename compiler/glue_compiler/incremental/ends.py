"""What two sequences have in common at their ends: an edit is what lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

A = TypeVar("A")
B = TypeVar("B")


def common_ends(
    old: Sequence[A], new: Sequence[B], same: Callable[[A, B], bool]
) -> tuple[int, int]:
    """How many items are the same at the beginning, and how many of the others at the end."""
    most = min(len(old), len(new))
    front = 0
    while front < most and same(old[front], new[front]):
        front += 1
    back = 0
    while back < most - front and same(old[-1 - back], new[-1 - back]):
        back += 1
    return front, back
