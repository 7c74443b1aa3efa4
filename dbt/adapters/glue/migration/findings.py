"""What a report about a project of dbt-glue's is made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["CHANGE", "ERROR", "NOTE", "PROJECT", "WARNING", "Finding", "Fix", "Unseen"]

ERROR = "error"
"""With it this adapter builds nothing of the model, or nothing at all."""
CHANGE = "change"
"""It means something else here, or acts where it did not: somebody has to have seen it."""
WARNING = "warning"
"""It is taken and changes nothing, or has another name, which a run tells too."""
NOTE = "note"
"""Nothing to do."""

PROJECT = "dbt_project.yml"


@dataclass(frozen=True)
class Fix:
    """An edit of one file of the project: replacements (start, end, text) by characters of the text as it is."""

    title: str
    path: str
    edits: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Finding:
    """One thing to know: `where` is a file of the project, `profiles.yml`, a table, or the installation.

    `about` is what it is about in a word or two (a config, a field, `strategy`), `said` a sentence, and `next` what
    to do, if anything.
    """

    level: str
    where: str
    about: str
    said: str
    next: str = ""
    line: int | None = None
    fix: Fix | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Unseen:
    """Something that the report does not know: what, why, and how it would."""

    what: str
    why: str
    next: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
