"""Builds the ProjectContext of a dbt project from its files, and from dbt's manifest where it is fresh."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from glue_compiler.project.assemble import Assembly, assemble_package
from glue_compiler.project.context import ProjectContext
from glue_compiler.project.ignored import ignore_lines
from glue_compiler.project.manifest import overlay_manifest
from glue_compiler.project.project_file import ProjectSettings
from glue_compiler.project.schemas import MAX_AGE, SchemaCache, with_real_schemas
from glue_compiler.project.tree import ProjectFile, RecordCache, read_files
from glue_compiler.project.variables import dbt_variable

if TYPE_CHECKING:
    from pathlib import Path

CACHE_FOLDER = ".dbt_glue_cache"
STATE_FOLDER = ".dbt-glue"
"""Where the embedded endpoint of a project keeps its warehouse, in the project's folder."""
_PROJECT_FILE = "dbt_project.yml"


class ProjectError(ValueError):
    """The project cannot be read; the message names the file."""


def find_project_root(start: Path) -> Path | None:
    """The nearest folder, from `start` (a file or folder) upward, that holds dbt_project.yml."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / _PROJECT_FILE).is_file():
            return folder
    return None


def read_project_settings(root: Path, records: RecordCache | None = None) -> ProjectSettings:
    """What dbt_project.yml says, and .dbtignore beside it.

    Raises:
        ProjectError: when it is missing or is not YAML.
    """
    path = root / _PROJECT_FILE
    record = _document(path, records or RecordCache(None))
    if record is None:
        raise ProjectError(f"{path}: there is no such file")
    if "error" in record:
        raise ProjectError(f"{path}: {record['error']}")
    data = record["document"]
    if not isinstance(data, dict):
        raise ProjectError(f"{path}: it must be a mapping with at least a name")

    def paths(key: str, old_key: str, default: str) -> tuple[str, ...]:
        value = data.get(key, data.get(old_key, [default]))
        values = value if isinstance(value, list) else [value]
        return tuple(str(item).rstrip("/") for item in values)

    def text(key: str, default: str) -> str:
        value = data.get(key)
        return value if isinstance(value, str) and "{{" not in value else default

    return ProjectSettings(
        name=text("name", root.name),
        model_paths=paths("model-paths", "source-paths", "models"),
        seed_paths=paths("seed-paths", "data-paths", "seeds"),
        snapshot_paths=paths("snapshot-paths", "snapshot-paths", "snapshots"),
        target_path=dbt_variable("TARGET_PATH") or text("target-path", "target"),
        packages_path=text("packages-install-path", "dbt_packages"),
        resource_configs={
            key: data[key]
            for key in ("models", "seeds", "snapshots")
            if isinstance(data.get(key), dict)
        },
        other_paths=(
            *paths("analysis-paths", "analysis-paths", "analyses"),
            *paths("macro-paths", "macro-paths", "macros"),
            *paths("test-paths", "test-paths", "tests"),
        ),
        variables=_variables(data.get("vars"), text("name", root.name)),
        ignored=ignore_lines(root),
    )


def _variables(said: object, name: str) -> dict[str, Any]:
    every = said if isinstance(said, dict) else {}
    own = every.get(name)
    return {**every, **(own if isinstance(own, dict) else {})}


def load_project(
    root: Path, *, cache: bool = True, schema_max_age: float = MAX_AGE.total_seconds() / 3600
) -> ProjectContext:
    """The context of the project in `root`; reads changed files only when `cache` is on.

    With the cache come the real schemas that a session or the Data Catalog gave; those older than
    `schema_max_age` hours are stale. Files that cannot be read are listed in `unreadable`, never raised.

    Raises:
        ProjectError: when dbt_project.yml itself cannot be read.
    """
    root = root.resolve()
    records = RecordCache.open(root / CACHE_FOLDER / "project.json" if cache else None)
    settings = read_project_settings(root, records)
    files = read_files(root, root, settings.resource_paths, records, settings.ignored)
    assembly = Assembly()
    assemble_package(assembly, settings, files)
    packages, packages_complete = _packages(root, settings, assembly, records)
    records.save()
    newest_setting = _mtime_ns(root / _PROJECT_FILE)
    manifest = root / settings.target_path / "manifest.json"
    overlaid = overlay_manifest(
        assembly,
        manifest,
        {file.path: file.mtime_ns for file in files},
        newest_setting,
    )
    nodes_complete = packages_complete and not assembly.nodes_unsure
    context = ProjectContext(
        root=str(root),
        name=settings.name,
        nodes=tuple(assembly.nodes),
        sources=tuple(assembly.sources),
        packages=(settings.name, *packages),
        model_paths=settings.model_paths,
        ignored=settings.ignored,
        variables=settings.variables,
        nodes_complete=nodes_complete,
        sources_complete=packages_complete and not assembly.unreadable,
        packages_complete=packages_complete,
        local_modules=_local_modules(files),
        unreadable=tuple(assembly.unreadable),
        from_manifest=overlaid.used,
        notes=overlaid.notes,
        digest=_digest(settings, records, _mtime_ns(manifest) if overlaid.used else 0),
    )
    if not cache:
        return context
    store = SchemaCache(root / CACHE_FOLDER).load()
    mtimes = {file.path: file.mtime_ns for file in files}
    return with_real_schemas(context, store, mtimes, max_age=timedelta(hours=schema_max_age))


def _packages(
    root: Path, settings: ProjectSettings, assembly: Assembly, records: RecordCache
) -> tuple[list[str], bool]:
    """Read the installed packages; returns their names and whether all that are wanted are there."""
    names: list[str] = []
    folder = root / settings.packages_path
    try:
        installed = sorted(entry for entry in folder.iterdir() if entry.is_dir())
    except OSError:
        installed = []
    for package_root in installed:
        try:
            package = read_project_settings(package_root, records)
        except ProjectError:
            continue
        names.append(package.name)
        paths, ignored = package.resource_paths, package.ignored
        files = read_files(package_root, root, paths, records, ignored)
        assemble_package(assembly, package, files)
    wanted, others = _wanted_packages(root, records)
    return names, len(names) >= wanted and not others


def _wanted_packages(root: Path, records: RecordCache) -> tuple[int, bool]:
    """How many packages are asked for, and whether there are projects that are not installed."""
    wanted, others = 0, False
    for name in ("packages.yml", "dependencies.yml"):
        record = _document(root / name, records)
        if record is None:
            continue
        if "error" in record:
            return 0, True
        data = record["document"]
        if isinstance(data, dict):
            packages = data.get("packages")
            wanted += len(packages) if isinstance(packages, list) else 0
            others = others or bool(data.get("projects"))
    return wanted, others


def _document(path: Path, records: RecordCache) -> dict[str, Any] | None:
    """The record of a whole YAML file, None when there is no such file."""
    try:
        return records.record(str(path), path.stat())
    except OSError:
        return None


def _local_modules(files: list[ProjectFile]) -> tuple[str, ...]:
    """The names under which the Python files of the project could be imported."""
    names = {file.stem for file in files if file.suffix == ".py"}
    names.update(folder for file in files if file.suffix == ".py" for folder in file.folders)
    return tuple(sorted(names - {"__init__"}))


def _digest(settings: ProjectSettings, records: RecordCache, manifest_mtime_ns: int) -> str:
    """A digest of all that the files say of themselves."""
    said = sorted(
        ((path, entry[2]) for path, entry in records.used.items()), key=lambda pair: pair[0]
    )
    text = json.dumps([asdict(settings), manifest_mtime_ns, said], default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _mtime_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
