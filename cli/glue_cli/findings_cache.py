"""Keeps the findings of files that did not change, by content, settings, project and build of the tool."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Diagnostic
from glue_compiler.project.tree import make_cache_folder
from glue_compiler.schemas.upstream import still_holds

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.schemas.upstream import TextOf, Used

_FORMAT = 2


@dataclass
class FindingsCache:
    """Findings by path and content hash; `stamp` names everything else that they depend on.

    The file is a hint: when it cannot be read or written, everything is checked again.
    """

    path: Path | None
    stamp: str
    entries: dict[str, list[Any]] = field(default_factory=dict)
    fresh: dict[str, list[Any]] = field(default_factory=dict)

    @staticmethod
    def open(path: Path | None, stamp: str) -> FindingsCache:
        """The stored findings when they were made with the same stamp, else none."""
        cache = FindingsCache(path, f"{_FORMAT}:{stamp}")
        if path is None:
            return cache
        try:
            data = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return cache
        if isinstance(data, dict) and data.get("stamp") == cache.stamp:
            cache.entries = data.get("files", {})
        return cache

    def get(self, path: str, content_hash: str, text_of: TextOf) -> tuple[Diagnostic, ...] | None:
        """The findings of a file with this content, None when it must be checked.

        `text_of` gives the texts of the other models that the findings may rest on.
        """
        entry = self.entries.get(path)
        if entry is None or entry[0] != content_hash or not still_holds(entry[2], text_of):
            return None
        return tuple(Diagnostic.from_dict(item) for item in entry[1])

    def put(
        self, path: str, content_hash: str, findings: list[dict[str, Any]], used: Used = ()
    ) -> None:
        """Keep the findings of a file, and what else they rest on."""
        self.fresh[path] = [content_hash, findings, used]

    def save(self) -> None:
        """Write what is new; findings of files that were not checked this time stay."""
        if self.path is None or not self.fresh:
            return
        files = {path: entry for path, entry in self.entries.items() if path not in self.fresh}
        files.update(self.fresh)
        try:
            make_cache_folder(self.path.parent)
            partial = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            partial.write_text(
                json.dumps({"stamp": self.stamp, "files": files}, separators=(",", ":")),
                encoding="utf-8",
            )
            partial.replace(self.path)
        except OSError:
            return
