"""The edits of a report, shown as a diff and written whole or not at all."""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Edited:
    """A file of the project with all of its edits: its text before and after, and what was done."""

    file: Path
    path: str
    before: str
    after: str
    titles: tuple[str, ...]

    def diff(self) -> list[str]:
        """The lines of a unified diff."""
        return list(
            difflib.unified_diff(
                self.before.splitlines(),
                self.after.splitlines(),
                f"a/{self.path}",
                f"b/{self.path}",
                lineterm="",
                n=2,
            )
        )

    def write(self) -> None:
        """Puts the new text in the place of the old one, in one step, with the file's own permissions.

        Raises OSError, also where the file has changed since it was read.
        """
        if self.file.read_bytes().decode("utf-8") != self.before:
            raise OSError(f"{self.path} has changed since it was read")
        target = self.file.resolve()  # a link stays one
        number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        partial = Path(name)
        try:
            with os.fdopen(number, "wb") as out:
                out.write(self.after.encode("utf-8"))
            partial.chmod(target.stat().st_mode & 0o7777)
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def edited_files(root: Path, findings: Iterable[Mapping[str, Any]]) -> list[Edited]:
    """The files that the findings' fixes change, each once, in order of their names. Raises OSError."""
    by_path: dict[str, dict[tuple[int, int, str], str]] = {}
    for finding in findings:
        fix = finding.get("fix")
        if fix:
            edits = by_path.setdefault(fix["path"], {})
            for start, end, text in fix["edits"]:
                edits.setdefault((start, end, text), fix["title"])
    found = []
    for path, edits in sorted(by_path.items()):
        file = root / path
        before = after = file.read_bytes().decode("utf-8")
        for start, end, text in sorted(edits, reverse=True):
            after = after[:start] + text + after[end:]
        found.append(Edited(file, path, before, after, tuple(dict.fromkeys(edits.values()))))
    return found
