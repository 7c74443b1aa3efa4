"""Puts the records of a package's files together into nodes and sources, by dbt's precedence of configs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glue_compiler.project.context import (
    FileLine,
    Node,
    Provenance,
    RelationColumn,
    SourceTable,
    is_jinja,
)
from glue_compiler.project.file_records import header_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.project.file_records import Record
    from glue_compiler.project.project_file import ProjectSettings
    from glue_compiler.project.tree import ProjectFile


@dataclass
class Assembly:
    """The nodes and sources found so far, and the files that could not be read."""

    nodes: list[Node] = field(default_factory=list)
    sources: list[SourceTable] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    nodes_unsure: bool = False


@dataclass(frozen=True, slots=True)
class _Properties:
    """The YAML entry of a node, and which version of it a file holds."""

    entry: Record
    path: str
    version: Record | None = None


def assemble_package(
    assembly: Assembly, settings: ProjectSettings, files: list[ProjectFile]
) -> None:
    """Add the nodes and sources of one package."""
    properties = _properties_by_name(assembly, files)
    for file in files:
        if file.suffix in (".sql", ".py", ".csv"):
            _add_file_nodes(assembly, settings, file, properties)
    _add_yaml_snapshots(assembly, settings, files)
    for file in files:
        for source in file.record.get("sources", ()):
            _add_source(assembly, settings.name, file.path, source)


def _properties_by_name(
    assembly: Assembly, files: Iterable[ProjectFile]
) -> dict[tuple[str, str], _Properties]:
    """YAML entries by `(kind, file stem)`; the files of a versioned model are named by version."""
    found: dict[tuple[str, str], _Properties] = {}
    for file in files:
        if "error" in file.record:
            assembly.unreadable.append((file.path, file.record["error"]))
            # versions live in YAML, so without it a ref to one cannot be judged
            assembly.nodes_unsure = assembly.nodes_unsure or file.suffix in (".yml", ".yaml")
        for kind in ("models", "seeds", "snapshots"):
            for entry in file.record.get(kind, ()):
                base = _Properties(entry, file.path)
                for version in entry.get("versions", ()):
                    stem = version["defined_in"] or f"{entry['name']}_v{version['v']}"
                    found[kind, stem] = _Properties(entry, file.path, version)
                if not entry.get("versions"):
                    found[kind, entry["name"]] = base
    return found


def _add_file_nodes(
    assembly: Assembly,
    settings: ProjectSettings,
    file: ProjectFile,
    properties: dict[tuple[str, str], _Properties],
) -> None:
    resource = _resource(settings, file)
    if file.suffix == ".csv":
        if resource == "seeds":
            _add_node(assembly, settings, file, "seeds", file.stem, properties)
    elif file.suffix == ".sql" and file.record.get("snapshot_names"):
        for name in file.record["snapshot_names"]:
            _add_node(assembly, settings, file, "snapshots", name, properties)
    elif resource == "models":
        _add_node(assembly, settings, file, "models", file.stem, properties)


def _resource(settings: ProjectSettings, file: ProjectFile) -> str:
    path = file.path
    for kind, folders in (
        ("models", settings.model_paths),
        ("seeds", settings.seed_paths),
        ("snapshots", settings.snapshot_paths),
    ):
        if any(f"/{folder}/" in f"/{path}" for folder in folders):
            return kind
    return "models"


def _add_node(
    assembly: Assembly,
    settings: ProjectSettings,
    file: ProjectFile,
    resource: str,
    name: str,
    properties: dict[tuple[str, str], _Properties],
) -> None:
    known = properties.get((resource, name))
    entry = known.entry if known else {}
    version = known.version if known else None
    folder_config = _folder_config(
        settings.resource_configs.get(resource), settings.name, file.folders, file.stem
    )
    yaml_config = dict(entry.get("config", {}))
    if version is not None:
        yaml_config.update(version["config"])
    config = {**folder_config, **yaml_config, **file.record.get("config", {})}
    if file.suffix == ".py" and "materialized" in folder_config:
        # dbt patches `materialized: table` over what dbt_project.yml says of a .py model
        own = {**yaml_config, **file.record.get("config", {})}
        config["materialized"] = own.get("materialized", "table")
    contract = _is_enforced(config.get("contract"))
    columns = _columns(
        (version or entry).get("columns", ()),
        known.path if known else "",
        "contract" if contract else "yaml",
    )
    complete = contract
    if file.suffix == ".csv":
        names = header_columns(file.record, config.get("delimiter", ","))
        columns = _seed_columns(file, columns, config, names)
        complete = names is not None
    latest = entry.get("latest_version")
    assembly.nodes.append(
        Node(
            kind="seed"
            if file.suffix == ".csv"
            else "model"
            if resource == "models"
            else "snapshot",
            name=entry.get("name", name),
            package=settings.name,
            path=file.path,
            language={".py": "python", ".csv": "csv"}.get(file.suffix, "sql"),  # type: ignore[arg-type]
            version=None if version is None else str(version["v"]),
            is_latest=version is None or str(version["v"]) == _latest(entry, latest),
            enabled=_enabled(config.get("enabled")),
            config=config,
            folder_config=folder_config,
            yaml_config=yaml_config,
            columns=columns,
            contract=contract,
            columns_complete=complete,
            description=entry.get("description"),
            properties=FileLine(known.path, (version or entry)["line"]) if known else None,
            alias=_literal(config.get("alias")),
        )
    )


def _latest(entry: Record, declared: str | None) -> str:
    if declared is not None:
        return str(declared)
    return max((str(version["v"]) for version in entry.get("versions", ())), key=_version_key)


def _version_key(version: str) -> tuple[int, float, str]:
    """Numbers by value, after any text: as `UnparsedVersion` compares."""
    try:
        return (1, float(version), "")
    except ValueError:
        return (0, 0.0, version)


def _folder_config(tree: Any, package: str, folders: tuple[str, ...], stem: str) -> dict[str, Any]:
    """The configs of dbt_project.yml for a node, the deeper folder winning."""
    config: dict[str, Any] = {}
    level = tree
    for part in (None, package, *folders, stem):
        if part is not None:
            level = level.get(part) if isinstance(level, dict) else None
        if not isinstance(level, dict):
            break
        for key, value in level.items():
            if key.startswith("+"):
                config[key[1:]] = value
            elif not isinstance(value, dict):
                config[key] = value
    return config


def _columns(
    rows: Iterable[list[Any]], path: str, provenance: Provenance
) -> tuple[RelationColumn, ...]:
    return tuple(
        RelationColumn(name, kind, provenance, FileLine(path, line), description)
        for name, kind, line, description in rows
    )


def _seed_columns(
    file: ProjectFile,
    declared: tuple[RelationColumn, ...],
    config: dict[str, Any],
    names: list[str] | None,
) -> tuple[RelationColumn, ...]:
    """The columns of the header; where it cannot be read, those that YAML names."""
    if names is None:
        return declared
    types = config.get("column_types")
    types = types if isinstance(types, dict) else {}
    described = {column.name.lower(): column for column in declared}
    columns = []
    for name in names:
        known = described.get(name.lower())
        columns.append(
            RelationColumn(
                name,
                types.get(name) or (known.type if known else None),
                "seed",
                FileLine(file.path, 1),
                known.description if known else None,
            )
        )
    return tuple(columns)


def _add_yaml_snapshots(
    assembly: Assembly, settings: ProjectSettings, files: Iterable[ProjectFile]
) -> None:
    """Snapshots that are declared in YAML alone, by their `relation`."""
    named = {node.name for node in assembly.nodes if node.kind == "snapshot"}
    for file in files:
        for entry in file.record.get("snapshots", ()):
            if "relation" not in entry or entry["name"] in named:
                continue
            assembly.nodes.append(
                Node(
                    kind="snapshot",
                    name=entry["name"],
                    package=settings.name,
                    path=file.path,
                    language="yaml",
                    enabled=_enabled(entry["config"].get("enabled")),
                    config=entry["config"],
                    columns=_columns(entry["columns"], file.path, "yaml"),
                    properties=FileLine(file.path, entry["line"]),
                    alias=_literal(entry["config"].get("alias")),
                )
            )


def _add_source(assembly: Assembly, package: str, path: str, source: Record) -> None:
    for table in source["tables"]:
        enabled = table["enabled"] if table["enabled"] is not None else source["enabled"]
        assembly.sources.append(
            SourceTable(
                source=source["name"],
                name=table["name"],
                package=package,
                place=FileLine(path, table["line"]),
                schema=_literal(source["schema"]),
                database=_literal(source["database"]),
                identifier=_literal(table["identifier"]),
                enabled=_enabled(enabled),
                columns=_columns(table["columns"], path, "yaml"),
                description=table["description"],
            )
        )


def _is_enforced(contract: Any) -> bool:
    return isinstance(contract, dict) and contract.get("enforced") is True


def _enabled(value: Any) -> bool | None:
    """True unless switched off; None when only Jinja can tell."""
    if value is None:
        return True
    return None if is_jinja(value) or not isinstance(value, bool) else value


def _literal(value: Any) -> str | None:
    return value if isinstance(value, str) and not is_jinja(value) else None
