"""Checks the models of a project that are not open, in a process of its own, and remembers the results."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.surroundings import Surroundings

Progress = Callable[[int, int], None]

_LOG = logging.getLogger(__name__)
_LINE_LIMIT = 16 * 1024 * 1024
_SKIPPED = frozenset({"__pycache__", "dbt_packages", "node_modules", "target"})


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What was found in one file; `stamp` tells of which text and in which surroundings."""

    stamp: tuple[int, int, str]
    hash: str | None
    diagnostics: tuple[Diagnostic, ...]


class ProjectCheck:
    """The findings in the files of the session's projects, renewed on request."""

    def __init__(self) -> None:
        self._known: dict[Path, FileFindings] = {}
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def findings(
        self,
        surroundings: Surroundings,
        editor: dict[str, Any],
        on_progress: Progress | None = None,
    ) -> dict[Path, FileFindings]:
        """The findings in every model file of a project, by path; unchanged files are not read.

        `on_progress` is told how many files of how many are done.
        """
        async with self._lock:
            found: dict[Path, FileFindings] = {}
            wanted: dict[Path, tuple[int, int, str]] = {}
            for path, stat in model_files(surroundings):
                stamp = (stat.st_mtime_ns, stat.st_size, surroundings.digest)
                known = self._known.get(path)
                if known is not None and known.stamp == stamp:
                    found[path] = known
                else:
                    wanted[path] = stamp
            if wanted:
                found.update(await self._check(surroundings, editor, wanted, on_progress))
            self._known.update(found)
            return found

    def close(self) -> None:
        """Stop the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _check(
        self,
        surroundings: Surroundings,
        editor: dict[str, Any],
        wanted: dict[Path, tuple[int, int, str]],
        on_progress: Progress | None,
    ) -> dict[Path, FileFindings]:
        from glue_compiler.findings.diagnostics import Diagnostic

        root = surroundings.root
        assert root is not None  # noqa: S101 - model_files found files below it
        names = {path.relative_to(root).as_posix(): path for path in wanted}
        request = {"root": str(root), "editor": editor, "files": list(names)}
        found: dict[Path, FileFindings] = {}
        async for answer in self._ask(request):
            path = names[answer["file"]]
            diagnostics = tuple(Diagnostic.from_dict(item) for item in answer["diagnostics"])
            found[path] = FileFindings(wanted[path], answer["hash"], diagnostics)
            if on_progress is not None:
                on_progress(len(found), len(wanted))
        return found

    async def _ask(self, request: dict[str, Any]) -> Any:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - started with pipes
        assert process.stdout is not None  # noqa: S101
        done = False
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            while line := await process.stdout.readline():
                answer = json.loads(line)
                if answer.get("done"):
                    done = True
                    return
                yield answer
            _LOG.warning("the project check ended early with %s", await process.wait())
        finally:
            if not done:
                # What is left in the pipe would be taken for the answers to the next request.
                self.close()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "glue_lsp.project_worker"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LINE_LIMIT,
            )
        return self._process


def model_files(surroundings: Surroundings) -> Iterator[tuple[Path, os.stat_result]]:
    """The Python files in the model folders of a project."""
    if surroundings.root is None or surroundings.project is None:
        return
    for folder in surroundings.project.model_paths:
        for current, folders, files in os.walk(surroundings.root / folder):
            folders[:] = sorted(
                name for name in folders if name not in _SKIPPED and not name.startswith(".")
            )
            for name in sorted(files):
                if name.endswith(".py"):
                    path = Path(current, name)
                    try:
                        yield path, path.stat()
                    except OSError:
                        continue
