"""Which known name was probably meant by a name that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `name`, None when none is like enough.

    Case and the separators `-`, `_` and ` ` do not count; ties go to the first in the alphabet.
    """
    wanted = _folded(name)
    best: tuple[float, str] | None = None
    for candidate in sorted(set(known)):
        folded = _folded(candidate)
        if folded == wanted:
            return candidate
        limit = max(1, max(len(folded), len(wanted)) // 3)
        if abs(len(folded) - len(wanted)) > limit:
            continue
        distance = edit_distance(wanted, folded, limit)
        if distance is not None and distance < len(wanted) and (best is None or distance < best[0]):
            best = (distance, candidate)
    return None if best is None else best[1]


def edit_distance(left: str, right: str, limit: int) -> int | None:
    """Insertions, deletions, replacements and swaps of neighbours; None above `limit`."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return None
        before, row = row, current
    return row[-1] if row[-1] <= limit else None


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")
