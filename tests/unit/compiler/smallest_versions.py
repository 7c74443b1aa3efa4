"""What to say of a text whose live analysis differs from a fresh one: the fewest and shortest versions that show it."""

from __future__ import annotations

import difflib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from tests.unit.compiler.edited_text import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.compiler.live_equality import Comparison, Difference, Editing

T = TypeVar("T")


def report(editing: Editing, comparison: Comparison, seconds: float = 30.0) -> str | None:
    """The editing, the first difference and, found in some seconds, the smallest versions; None when nothing differs."""
    versions = editing.versions
    found = comparison.difference(versions)
    if found is None:
        return None
    every = replace(comparison, most=len(versions))
    fewest = smallest(versions[: found.version + 1], every, seconds)
    least = every.difference(fewest) or found
    return "\n".join(
        [
            described(editing, found),
            f"smallest: version {least.version} of {len(fewest)}: {least.path}",
            f"    live:  {least.live}",
            f"    fresh: {least.fresh}",
            *_last_change(fewest, least.version),
            "versions = [",
            *(_literal(text) for text in fewest),
            "]",
        ]
    )


def described(editing: Editing, found: Difference) -> str:
    """The editing as it was made, and what differs."""
    versions = editing.versions
    return "\n".join(
        [
            f"-- {editing.name}",
            f"options: {editing.options}, in a project: {editing.in_project}",
            "edits:",
            *(f"    {edit}" for edit in editing.edits),
            f"version {found.version} of {len(versions)}: {found.path}",
            f"    live:  {found.live}",
            f"    fresh: {found.fresh}",
            *_last_change(versions, found.version),
        ]
    )


def smallest(versions: list[str], comparison: Comparison, seconds: float) -> list[str]:
    """Fewer and shorter versions that still show a difference; greedy, and no longer than some seconds."""
    until = time.monotonic() + seconds

    def fails(candidate: list[str]) -> bool:
        return time.monotonic() < until and comparison.difference(candidate) is not None

    former: list[str] = []
    while former != versions:
        former = versions
        versions = _without_parts(versions, fails)
        versions = _without_lines(versions, fails)
    return versions


def _without_parts(items: list[T], holds: Callable[[list[T]], bool]) -> list[T]:
    """As few of the items as hold, dropped by halves, quarters and so on; one at least."""
    size = max(len(items) // 2, 1)
    while True:
        start = 0
        while start < len(items):
            fewer = items[:start] + items[start + size :]
            if fewer and holds(fewer):
                items = fewer
            else:
                start += size
        if size == 1:
            return items
        size = max(size // 2, 1)


def _without_lines(versions: list[str], fails: Callable[[list[str]], bool]) -> list[str]:
    """The versions with only those lines, by their text, that the difference needs."""
    texts = [lines_of(text) for text in versions]

    def with_only(kept: list[str]) -> list[str]:
        return ["".join(line for line in lines if line in kept) for lines in texts]

    kinds = list(dict.fromkeys(line for lines in texts for line in lines))
    return with_only(_without_parts(kinds, lambda kept: fails(with_only(kept))))


def _last_change(versions: list[str], number: int) -> list[str]:
    former = versions[number - 1] if number else ""
    changed = difflib.unified_diff(lines_of(former), lines_of(versions[number]), "before", "after")
    return ["the last change:", *(f"    {line!r}" for line in changed)]


def _literal(text: str) -> str:
    """A text as Python source, a line of it on a line."""
    lines = lines_of(text)
    if len(lines) < 2:
        return f"    {text!r},"
    return "\n".join(["    (", *(f"        {line!r}" for line in lines), "    ),"])
