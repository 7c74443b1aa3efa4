"""Checks the models of a project that are not open, in a process of its own, and remembers the results."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_lsp.work.child import Child, ChildFailed
from glue_lsp.work.project_worker import overrides_as_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.surroundings import Overrides, Surroundings

Progress = Callable[[int, int], None]
Stamp = tuple[int, int, str]
"""When a file was written, how long it is, and the digest of what is around it."""

_LOG = logging.getLogger(__name__)
_SKIPPED = frozenset({"__pycache__", "dbt_packages", "node_modules", "target"})


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What was found in one file; `stamp` tells of which text and in which surroundings."""

    stamp: Stamp
    hash: str | None
    diagnostics: tuple[Diagnostic, ...]


class ProjectCheck:
    """The findings in the files of the session's projects, renewed on request."""

    def __init__(self) -> None:
        self._known: dict[Path, FileFindings] = {}
        self._lock = asyncio.Lock()
        self._child = Child("glue_lsp.work.project_worker", "the process that checks projects")

    async def findings(
        self,
        surroundings: Surroundings,
        overrides: Overrides,
        on_progress: Progress | None = None,
    ) -> dict[Path, FileFindings]:
        """The findings in every model file of a project, by path; unchanged files are not read.

        `overrides` are the editor's, `on_progress` is told how many files of how many are done.
        """
        async with self._lock:
            found: dict[Path, FileFindings] = {}
            wanted: dict[Path, Stamp] = {}
            for path, stat in model_files(surroundings):
                stamp = (stat.st_mtime_ns, stat.st_size, surroundings.digest)
                known = self._known.get(path)
                if known is not None and known.stamp == stamp:
                    found[path] = known
                else:
                    wanted[path] = stamp
            if wanted:
                found.update(await self._check(surroundings, overrides, wanted, on_progress))
            self._known.update(found)
            return found

    def close(self) -> None:
        """End the process."""
        self._child.close()

    async def settled(self) -> None:
        """Wait until no process is being started."""
        await self._child.settled()

    async def _check(
        self,
        surroundings: Surroundings,
        overrides: Overrides,
        wanted: dict[Path, Stamp],
        on_progress: Progress | None,
    ) -> dict[Path, FileFindings]:
        """The findings in files; in some of them only, when the process ends early."""
        from glue_compiler.findings.diagnostics import Diagnostic

        root = surroundings.root
        assert root is not None  # noqa: S101 - model_files found files below it
        names = {path.relative_to(root).as_posix(): path for path in wanted}
        found: dict[Path, FileFindings] = {}

        def take(event: dict[str, Any]) -> None:
            path = names[event["file"]]
            diagnostics = tuple(Diagnostic.from_dict(item) for item in event["diagnostics"])
            found[path] = FileFindings(wanted[path], event["hash"], diagnostics)
            if on_progress is not None:
                on_progress(len(found), len(wanted))

        request = {"op": "check", "root": str(root), "files": list(names)}
        try:
            await self._child.ask({**request, "overrides": overrides_as_json(overrides)}, take)
        except (OSError, ChildFailed) as error:
            _LOG.warning("%s", error)
        return found


def model_files(surroundings: Surroundings) -> Iterator[tuple[Path, os.stat_result]]:
    """The Python models of a project."""
    if surroundings.root is None or surroundings.project is None:
        return
    for folder in surroundings.project.model_paths:
        for current, folders, files in os.walk(surroundings.root / folder):
            folders[:] = sorted(
                name for name in folders if name not in _SKIPPED and not name.startswith(".")
            )
            for name in sorted(files):
                path = Path(current, name)
                if surroundings.is_model(path):
                    try:
                        yield path, path.stat()
                    except OSError:
                        continue
