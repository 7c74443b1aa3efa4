"""The dbt projects that documents belong to: found by dbt_project.yml, read in the background."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from glue_compiler.project.surroundings import Surroundings, read_surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from glue_lsp.session.configuration import EditorSettings


def read_around(root: Path | None, editor: EditorSettings) -> Surroundings:
    """What is around the models of a project, with what the editor's user has set over it."""
    from glue_compiler.rules import rule_names

    return read_surroundings(root, rule_names(), editor.overrides)


class Root:
    """One project of the session (or, without a path, everything outside of projects)."""

    def __init__(
        self,
        path: Path | None,
        executor: Executor,
        editor: Callable[[], EditorSettings],
        on_change: Callable[[Root], None],
    ) -> None:
        self.path = path
        self.surroundings: Surroundings | None = None
        self._executor = executor
        self._editor = editor
        self._on_change = on_change
        self._task: asyncio.Task[None] | None = None
        self._stale = False

    def reload(self) -> None:
        """Read the project again, soon and once, however often this is called meanwhile."""
        self._stale = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._read())

    async def ready(self) -> Surroundings:
        """What is known, once it has been read for the first time."""
        if self.surroundings is None:
            if self._task is None:
                self.reload()
            assert self._task is not None  # noqa: S101 - reload made it
            await asyncio.shield(self._task)
        assert self.surroundings is not None  # noqa: S101 - the task ends with it set
        return self.surroundings

    async def settled(self) -> None:
        """Wait until nothing is left to read."""
        while self._task is not None and not self._task.done():
            await asyncio.shield(self._task)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while self._stale:
            self._stale = False
            before = self.surroundings
            found = await loop.run_in_executor(
                self._executor, read_around, self.path, self._editor()
            )
            self.surroundings = found
            if before is None or before.digest != found.digest or before.problems != found.problems:
                self._on_change(self)
