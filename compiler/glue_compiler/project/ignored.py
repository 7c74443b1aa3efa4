"""The files of a project that dbt does not read: those that .dbtignore names, as .gitignore would."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pathspec import PathSpec

if TYPE_CHECKING:
    from pathlib import Path

DBT_IGNORE = ".dbtignore"


def ignore_lines(root: Path) -> tuple[str, ...]:
    """The lines of a project's .dbtignore; none where there is no such file, or it cannot be read."""
    try:
        text = (root / DBT_IGNORE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(text.splitlines())


def is_ignored(path: str, lines: tuple[str, ...]) -> bool:
    """Whether dbt passes over a file; `path` is relative to the project, with forward slashes."""
    return bool(lines) and _patterns(lines).match_file(path)


@lru_cache(maxsize=64)
def _patterns(lines: tuple[str, ...]) -> PathSpec:
    try:
        return PathSpec.from_lines("gitwildmatch", lines)
    except ValueError:  # dbt stops at a pattern that is none, and says so
        return PathSpec(())
