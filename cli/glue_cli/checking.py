"""Finds the files to check, checks them (in parallel, through a cache), and fixes them."""

from __future__ import annotations

import gc
import os
import signal
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.build import build_stamp
from glue_compiler.project.load import CACHE_FOLDER, STATE_FOLDER
from glue_compiler.project.settings import matches_path
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import import_analysis

from glue_cli.findings_cache import FindingsCache
from glue_cli.forked import pool_context
from glue_cli.report import FileReport, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.schemas.upstream import Used
    from glue_compiler.workspace import Workspace

    FindingsAndUse = tuple[tuple[Diagnostic, ...], Used]

# Below this many files that need analysis, starting processes costs more than it saves.
_PARALLEL_FROM = 24
# Small, so that no process has a long rest to do when the others have ended.
_CHUNK = 4
GARBAGE_THRESHOLDS = (2_000_000, 20, 20)
"""Nearly all that a check makes lives until its end: looking for garbage costs a tenth of it."""
_FINDINGS = "findings.json"
_SKIPPED_FOLDERS = frozenset(
    {CACHE_FOLDER, STATE_FOLDER, ".git", ".venv", "__pycache__", "dbt_packages", "target", "venv"}
)


class NothingToCheck(ValueError):
    """The paths hold no Python file; the message says what was looked at."""


def notes_of(workspace: Workspace) -> tuple[str, ...]:
    """What the user is to know about what could not be checked."""
    if workspace.root is None:
        return ("no dbt_project.yml found: refs, sources and columns are not checked",)
    return workspace.around.project_problems


def find_files(paths: Sequence[Path], workspace: Workspace) -> list[Path]:
    """The Python files in the paths, or in the project's model paths when none are given.

    What dbt ignores is passed over, and in folders what the settings exclude, too.

    Raises:
        NothingToCheck: when there are none, not even such that dbt ignores.
    """
    settings = workspace.settings
    places = list(paths)
    if not places:
        if workspace.root is None or workspace.project is None:
            raise NothingToCheck(
                notes_of(workspace)[0]
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
    return [path for path in found if not _is_ignored(path, workspace)]


def _python_files(folder: Path) -> Iterator[Path]:
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        for name in sorted(files):
            if name.endswith(".py"):
                yield Path(current, name)


def _is_ignored(path: Path, workspace: Workspace) -> bool:
    """Whether dbt passes over a file of the project."""
    project = workspace.project
    return project is not None and project.ignores(workspace.path_of(path))


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
    cache: bool = True,
    jobs: int | None = None,
    on_file: Callable[[], None] = lambda: None,
) -> Report:
    """Check files; `on_file` is called after each, for a progress bar.

    Raises:
        OSError: when a file cannot be read, or a process that checks some was ended from outside.
    """
    sources = {path: SourceText.from_bytes(path.read_bytes()) for path in files}
    names = {path: str(path.resolve()) for path in files}
    known_findings = _open_cache(workspace if cache else None)
    results: dict[Path, tuple[Diagnostic, ...]] = {}
    missing: list[Path] = []
    for path, source in sources.items():
        known = known_findings.get(names[path], source.hash, workspace.text_of)
        if known is None:
            missing.append(path)
        else:
            results[path] = known
            on_file()
    for path, (found, used) in _check_missing(workspace, missing, sources, jobs):
        results[path] = found
        findings = [item.to_dict() for item in found]
        known_findings.put(names[path], sources[path].hash, findings, used)
        on_file()
    known_findings.save()
    return Report(
        tuple(
            FileReport(shown(path), sources[path], results[path]) for path in files if results[path]
        ),
        len(files),
        notes_of(workspace),
    )


def remembers(root: Path | None) -> bool:
    """Whether there are findings of an earlier check of a project."""
    return root is not None and (root / CACHE_FOLDER / _FINDINGS).exists()


def _open_cache(workspace: Workspace | None) -> FindingsCache:
    """The findings of before; nothing is kept of files outside of projects."""
    if workspace is None or workspace.root is None:
        return FindingsCache.open(None, "")
    stamp = f"{build_stamp()}|{workspace.around.digest}"
    return FindingsCache.open(workspace.root / CACHE_FOLDER / _FINDINGS, stamp)


def _check_missing(
    workspace: Workspace,
    missing: list[Path],
    sources: dict[Path, SourceText],
    jobs: int | None,
) -> Iterator[tuple[Path, FindingsAndUse]]:
    jobs = jobs if jobs is not None else os.cpu_count() or 1
    context = None if jobs < 2 or len(missing) < _PARALLEL_FROM else pool_context()
    if context is None:
        for path in missing:
            yield path, _checked(workspace, path, sources[path])
        return
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

    # Here once, and not in every process; and no process looks for garbage among what it was born with.
    import_analysis()
    gc.freeze()
    with ProcessPoolExecutor(
        min(jobs, len(missing)),
        mp_context=context,
        initializer=_begin_work,
        initargs=(workspace,),
    ) as pool:
        pairs = [(path, sources[path].text) for path in missing]
        try:
            yield from zip(missing, pool.map(_check_text, pairs, chunksize=_CHUNK), strict=True)
        except BrokenExecutor as error:
            message = "a process that checked files was ended from outside; try --jobs 1"
            raise ChildProcessError(message) from error


_working_in: list[Workspace] = []
"""The workspace of a process of the pool."""


def _begin_work(workspace: Workspace) -> None:
    """Ctrl-C is for the first process, which ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    _working_in[:] = [workspace]


def _check_text(item: tuple[Path, str]) -> FindingsAndUse:
    path, text = item
    return _checked(_working_in[0], path, SourceText(text))


def _checked(workspace: Workspace, path: Path, source: SourceText) -> FindingsAndUse:
    found = workspace.checked(workspace.path_of(path), source)
    return found.diagnostics, found.used


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
    return workspace.findings(workspace.path_of(path), source)


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
