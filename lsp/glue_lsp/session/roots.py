"""The dbt projects that documents belong to: found by dbt_project.yml, read in the background."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from glue_compiler.project.settings import (
    Settings,
    SettingsError,
    find_settings_file,
    load_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from glue_compiler.project.context import ProjectContext

    from glue_lsp.session.configuration import EditorSettings


@dataclass(frozen=True)
class Surroundings:
    """What is known around a model: the project (None outside of one), the settings, problems.

    `digest` changes whenever a check of an unchanged text may give another result.
    """

    root: Path | None
    project: ProjectContext | None
    settings: Settings
    problems: tuple[str, ...] = ()
    digest: str = field(default="", compare=False)

    def relative(self, path: Path) -> str | None:
        """A path as the project names it, with forward slashes; None outside of the project."""
        if self.root is None:
            return None
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return None

    def is_model(self, path: Path) -> bool:
        """Whether the file is one of the project's own Python models, by its place."""
        relative = self.relative(path)
        if relative is None or path.suffix != ".py":
            return False
        folders = ("models",) if self.project is None else self.project.model_paths
        return any(relative.startswith(f"{folder.strip('./')}/") for folder in folders)


def read_surroundings(root: Path | None, editor: EditorSettings) -> Surroundings:
    """Read the project in `root` and the settings around it; what cannot be read is a problem.

    The Glue version is that of the editor, else of the settings file, else of dbt's profile.
    """
    from glue_compiler.project.load import ProjectError, load_project
    from glue_compiler.project.profiles import profile_glue_version

    problems: list[str] = []
    settings = Settings()
    project = None
    if root is not None:
        try:
            version = profile_glue_version(root) or settings.glue_version
            settings = replace(settings, glue_version=version)
            found = find_settings_file(root)
            settings = load_settings(found, version) if found is not None else settings
        except SettingsError as error:
            problems.append(str(error))
    try:
        settings = editor.over(settings)
    except SettingsError as error:
        problems.append(str(error))
    if root is not None:
        try:
            project = load_project(root, schema_max_age=settings.schema_max_age)
        except ProjectError as error:
            problems.append(str(error))
        if project is not None:
            problems += [f"{root / path}: {problem}" for path, problem in project.unreadable]
    known = f"{root}|{project.digest if project is not None else ''}|{settings!r}"
    digest = hashlib.blake2b(known.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return Surroundings(root, project, settings, tuple(problems), digest)


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
                self._executor, read_surroundings, self.path, self._editor()
            )
            self.surroundings = found
            if before is None or before.digest != found.digest or before.problems != found.problems:
                self._on_change(self)
