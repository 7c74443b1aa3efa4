"""Finds the files to check, checks them (in parallel, through a cache), and fixes them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.build import build_stamp
from glue_compiler.project.load import (
    CACHE_FOLDER,
    STATE_FOLDER,
    ProjectError,
    find_project_root,
    load_project,
)
from glue_compiler.project.settings import Settings, matches_path
from glue_compiler.schemas.upstream import ProjectFiles
from glue_compiler.text.source import SourceText

from glue_cli.findings_cache import FindingsCache
from glue_cli.report import FileReport, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.schemas.upstream import Used

    Checked = tuple[tuple[Diagnostic, ...], Used]

# Below this many files that need analysis, starting processes costs more than it saves.
_PARALLEL_FROM = 24
_SKIPPED_FOLDERS = frozenset(
    {CACHE_FOLDER, STATE_FOLDER, ".git", ".venv", "__pycache__", "dbt_packages", "target", "venv"}
)


class NothingToCheck(ValueError):
    """The paths hold no Python file; the message says what was looked at."""


@dataclass(frozen=True)
class Workspace:
    """The project around the files (None outside of one), the settings, and what to tell the user."""

    root: Path | None
    project: ProjectContext | None
    settings: Settings
    notes: tuple[str, ...] = ()
    cache: bool = True

    @cached_property
    def files(self) -> ProjectFiles | None:
        """The other models of the project, whose columns count; None outside of a project."""
        if self.root is None or self.project is None:
            return None
        return ProjectFiles(self.root, self.settings.options)

    @staticmethod
    def open(start: Path, settings: Settings, *, cache: bool = True) -> Workspace:
        """The workspace of a file or folder; a project that cannot be read becomes a note."""
        root = find_project_root(start)
        if root is None:
            note = "no dbt_project.yml found: refs, sources and columns are not checked"
            return Workspace(None, None, settings, (note,), cache)
        try:
            project = load_project(root, cache=cache, schema_max_age=settings.schema_max_age)
        except ProjectError as error:
            return Workspace(root, None, settings, (f"project not read: {error}",), cache)
        notes = tuple(
            f"{path}: not read, so refs and sources are not judged: {problem}"
            for path, problem in project.unreadable
        )
        return Workspace(root, project, settings, notes, cache)

    def project_path(self, path: Path) -> str | None:
        """The path of a file as the project names it, None when it is outside."""
        if self.root is None:
            return None
        try:
            return path.resolve().relative_to(self.root).as_posix()
        except ValueError:
            return None

    def check(self, source: SourceText, path: Path | None) -> tuple[Diagnostic, ...]:
        """The findings of one text."""
        return self.checked(source, path)[0]

    def checked(self, source: SourceText, path: Path | None) -> tuple[tuple[Diagnostic, ...], Used]:
        """The findings of one text, and the texts of other models that they rest on."""
        from glue_compiler.analysis import analyze
        from glue_compiler.checks.check import check

        files = self.files
        name = None if path is None else self.project_path(path) or path.name
        if files is None:
            facts = analyze(source, self.settings.options)
            return check(facts, source, self.project, self.settings, path=name), ()
        upstream = files.upstream()
        facts = files.facts_of(source)
        found = check(facts, source, self.project, self.settings, path=name, upstream=upstream)
        return found, upstream.used


def find_files(paths: Sequence[Path], workspace: Workspace) -> list[Path]:
    """The Python files in the paths, or in the project's model paths when none are given.

    Raises:
        NothingToCheck: when there are none.
    """
    settings = workspace.settings
    places = list(paths)
    if not places:
        if workspace.root is None or workspace.project is None:
            raise NothingToCheck(
                workspace.notes[0]
                if workspace.root is not None
                else "there is no dbt_project.yml here or above; name the files or folders to check"
            )
        places = [workspace.root / folder for folder in workspace.project.model_paths]
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            for path in _python_files(place):
                if not any(matches_path(path.as_posix(), item) for item in settings.exclude):
                    found[path] = None
        elif place.exists():
            found[place] = None
        else:
            raise NothingToCheck(f"{place} does not exist")
    if not found:
        raise NothingToCheck(f"no .py files in {', '.join(str(place) for place in places)}")
    return list(found)


def _python_files(folder: Path) -> Iterator[Path]:
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        for name in sorted(files):
            if name.endswith(".py"):
                yield Path(current, name)


def shown(path: Path) -> str:
    """A path as it is printed: relative to the working folder when it is below it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def check_files(
    workspace: Workspace,
    files: Sequence[Path],
    *,
    jobs: int | None = None,
    on_file: Callable[[], None] = lambda: None,
) -> Report:
    """Check files; `on_file` is called after each, for a progress bar.

    Raises:
        OSError: when a file cannot be read.
    """
    sources = {path: SourceText.from_bytes(path.read_bytes()) for path in files}
    cache = _open_cache(workspace)
    text_of = workspace.files.text_of if workspace.files is not None else _no_text
    results: dict[Path, tuple[Diagnostic, ...]] = {}
    missing: list[Path] = []
    for path, source in sources.items():
        known = cache.get(str(path.resolve()), source.hash, text_of)
        if known is None:
            missing.append(path)
        else:
            results[path] = known
            on_file()
    for path, (found, used) in _check_missing(workspace, missing, sources, jobs):
        results[path] = found
        findings = [item.to_dict() for item in found]
        cache.put(str(path.resolve()), sources[path].hash, findings, used)
        on_file()
    cache.save()
    return Report(
        tuple(
            FileReport(shown(path), sources[path], results[path]) for path in files if results[path]
        ),
        len(files),
        workspace.notes,
    )


def _no_text(_path: str) -> SourceText | None:
    return None


def _open_cache(workspace: Workspace) -> FindingsCache:
    if workspace.root is None or not workspace.cache:
        return FindingsCache.open(None, "")
    digest = workspace.project.digest if workspace.project is not None else ""
    stamp = f"{build_stamp()}|{digest}|{workspace.settings!r}"
    return FindingsCache.open(workspace.root / CACHE_FOLDER / "findings.json", stamp)


def _check_missing(
    workspace: Workspace,
    missing: list[Path],
    sources: dict[Path, SourceText],
    jobs: int | None,
) -> Iterator[tuple[Path, Checked]]:
    jobs = jobs if jobs is not None else os.cpu_count() or 1
    if jobs < 2 or len(missing) < _PARALLEL_FROM:
        for path in missing:
            yield path, workspace.checked(sources[path], path)
        return
    from concurrent.futures import ProcessPoolExecutor

    task = partial(_check_text, workspace)
    size = max(1, min(32, len(missing) // (jobs * 4)))
    with ProcessPoolExecutor(min(jobs, len(missing))) as pool:
        pairs = [(path, sources[path].text) for path in missing]
        yield from zip(missing, pool.map(task, pairs, chunksize=size), strict=True)


def _check_text(workspace: Workspace, item: tuple[Path, str]) -> Checked:
    path, text = item
    return workspace.checked(SourceText(text), path)


@dataclass(frozen=True)
class FixedFile:
    """A file and its text after fixing; equal texts mean that nothing was to be done."""

    path: Path
    before: SourceText
    after: str
    applied: int
    remaining: tuple[Diagnostic, ...]

    @property
    def report(self) -> FileReport:
        """What is left to report after the fixes."""
        return FileReport(shown(self.path), SourceText(self.after), self.remaining)


def fix_file(workspace: Workspace, path: Path, source: SourceText, *, unsafe: bool) -> FixedFile:
    """Apply fixes to a text; nothing is written."""
    from glue_compiler.findings.fixes import fix_text

    fixed = fix_text(source.text, partial(_check_at, workspace, path), unsafe=unsafe)
    return FixedFile(path, source, fixed.text, len(fixed.applied), fixed.diagnostics)


def _check_at(workspace: Workspace, path: Path, source: SourceText) -> tuple[Diagnostic, ...]:
    return workspace.check(source, path)


def write_fixed(fixed: FixedFile) -> None:
    """Replace the file by its fixed text, in one step, keeping its permissions.

    Raises:
        OSError: when it cannot be written.
    """
    target = fixed.path.resolve()
    partial_path = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial_path.write_bytes(fixed.after.encode("utf-8", "surrogatepass"))
        partial_path.chmod(target.stat().st_mode)
        partial_path.replace(target)
    finally:
        partial_path.unlink(missing_ok=True)
