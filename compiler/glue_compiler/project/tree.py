"""Finds the files of a dbt project and reads them, through a cache, into records."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glue_compiler.build import build_stamp
from glue_compiler.project.file_records import Record, read_record
from glue_compiler.project.ignored import is_ignored

_CACHE_FORMAT = 2
_RESOURCE_SUFFIXES = frozenset({".sql", ".py", ".csv", ".yml", ".yaml"})


@dataclass
class RecordCache:
    """Records by absolute path, valid while size and modification time stay the same.

    The file is a hint and never an authority: when it cannot be read or written, everything is
    read again. Set `path` to None to keep it in memory only.
    """

    path: Path | None
    entries: dict[str, list[Any]] = field(default_factory=dict)
    used: dict[str, list[Any]] = field(default_factory=dict)
    changed: bool = False

    @staticmethod
    def open(path: Path | None) -> RecordCache:
        """The cache that was stored at `path`, or an empty one."""
        if path is None:
            return RecordCache(None)
        try:
            stored = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return RecordCache(path)
        if not isinstance(stored, dict) or stored.get("stamp") != _stamp():
            return RecordCache(path)
        return RecordCache(path, stored.get("files", {}))

    def record(self, path: str, stat: os.stat_result) -> Record:
        """What the file says, from the cache when it has not changed."""
        entry = self.used.get(path) or self.entries.get(path)
        if entry is None or entry[0] != stat.st_mtime_ns or entry[1] != stat.st_size:
            entry = [stat.st_mtime_ns, stat.st_size, read_record(Path(path))]
            self.changed = True
        self.used[path] = entry
        record: Record = entry[2]
        return record

    def save(self) -> None:
        """Store the records that were used, if any of them is new."""
        if self.path is None or not (self.changed or self.used.keys() != self.entries.keys()):
            return
        try:
            make_cache_folder(self.path.parent)
            partial = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            text = json.dumps({"stamp": _stamp(), "files": self.used}, separators=(",", ":"))
            partial.write_text(text, encoding="utf-8")
            partial.replace(self.path)
        except OSError:
            return
        self.entries, self.changed = dict(self.used), False


def make_cache_folder(folder: Path) -> None:
    """Create a cache folder that version control does not see.

    Raises:
        OSError: when the folder cannot be written.
    """
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    (folder / "CACHEDIR.TAG").write_text(
        "Signature: 8a477f597d28d172789f06886806bc55\n", encoding="utf-8"
    )


def _stamp() -> str:
    return f"{_CACHE_FORMAT}:{build_stamp()}"


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file of the project: `path` is relative to the root, `folders` to its resource path."""

    path: str
    absolute: str
    stem: str
    suffix: str
    folders: tuple[str, ...]
    mtime_ns: int
    record: Record


def read_files(
    root: Path,
    prefix: Path,
    resource_paths: tuple[str, ...],
    cache: RecordCache,
    ignored: tuple[str, ...] = (),
) -> list[ProjectFile]:
    """All resource files below `root / resource_path` that dbt reads, in order of their path.

    `prefix` is the project that paths are relative to (it differs from `root` for a package), `ignored` the lines
    of .dbtignore in `root`.
    """
    found: list[ProjectFile] = []
    for resource_path in dict.fromkeys(resource_paths):
        top = os.path.join(root, resource_path)  # noqa: PTH118 - strings are faster for 1000s of files
        stack: list[tuple[str, tuple[str, ...]]] = [(top, ())]
        while stack:
            folder, folders = stack.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                if entry.is_dir():
                    if not entry.name.startswith((".", "__pycache__")):
                        stack.append((entry.path, (*folders, entry.name)))
                    continue
                stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122 - as above
                if suffix not in _RESOURCE_SUFFIXES:
                    continue
                if ignored and is_ignored(_relative(entry.path, root), ignored):
                    continue
                try:
                    stat = entry.stat()
                except OSError:
                    continue
                found.append(
                    ProjectFile(
                        path=_relative(entry.path, prefix),
                        absolute=entry.path,
                        stem=stem,
                        suffix=suffix,
                        folders=folders,
                        mtime_ns=stat.st_mtime_ns,
                        record=cache.record(entry.path, stat),
                    )
                )
    found.sort(key=lambda file: file.path)
    return found


def _relative(path: str, folder: Path) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")
