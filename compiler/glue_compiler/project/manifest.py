"""Adds what dbt itself resolved, from target/manifest.json, to the nodes whose files are older than it.

Read are the manifests of dbt 1 (schema versions 10 to 12) and of dbt 2, which writes 12 and wrote 20 before. dbt 2 leaves
members out or writes null where dbt 1 has a value, and has no database as an empty text. Of other versions, and of a
manifest with parts of another shape, what is recognised is used, and a note says so.
`tests/unit/compiler/test_manifest.py` says where the shapes are from.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from glue_compiler.project.assemble import Assembly
    from glue_compiler.project.context import Node, SourceTable

# A manifest above this size would cost more to read than the whole check.
_MAX_BYTES = 64 * 1024 * 1024
_OF_DBT_2 = 20
_KNOWN = frozenset((10, 11, 12, _OF_DBT_2))
_KINDS = ("model", "seed", "snapshot")  # no set: whatever stands there is looked for
_VERSION = re.compile(r"/manifest/v(\d{1,6})(?:\.json)?$")


class Overlay(NamedTuple):
    """Whether the manifest was used at all, and what people are to know of its reading."""

    used: bool
    notes: tuple[str, ...] = ()


class _Read(NamedTuple):
    """What is recognised of a manifest: nodes and disabled ones, and sources, each with a package and a name.

    `whole`: a node has all of its configs there. dbt 2 knows those of its own adapters only, of which Glue is none.
    """

    nodes: dict[tuple[str, str, str | None], dict[str, Any]]
    sources: dict[tuple[str, str, str], dict[str, Any]]
    whole: bool
    notes: tuple[str, ...]


class _NoManifest(ValueError):
    """What is wrong with it, as the end of a sentence that begins with its path."""


def overlay_manifest(
    assembly: Assembly, path: Path, mtimes_ns: dict[str, int], project_mtime_ns: int
) -> Overlay:
    """Complete nodes and sources with dbt's resolved schema, alias, config and enabled state.

    A node is completed only when its file, its properties file and dbt_project.yml have not been
    changed since the manifest was written. Nothing is raised.
    """
    try:
        stat = path.stat()
        if stat.st_mtime_ns < project_mtime_ns or stat.st_size > _MAX_BYTES:
            return Overlay(False)
        found = _read(path.read_bytes())
    except OSError:
        return Overlay(False)
    except _NoManifest as problem:
        said = f"{path}: {problem}; what dbt resolved is not used. Next: run `dbt parse`"
        return Overlay(False, (said,))

    def fresh(*paths: str | None) -> bool:
        return all(mtimes_ns.get(name, 0) <= stat.st_mtime_ns for name in paths if name)

    for index, node in enumerate(assembly.nodes):
        known = found.nodes.get((node.package, node.name, node.version))
        properties = node.properties.path if node.properties else None
        if known is not None and fresh(node.path, properties):
            assembly.nodes[index] = _completed(node, known, whole=found.whole)
    for index, table in enumerate(assembly.sources):
        known = found.sources.get((table.package, table.source, table.name))
        if known is not None and fresh(table.place.path if table.place else None):
            assembly.sources[index] = _completed_source(table, known)
    return Overlay(True, tuple(f"{path}: {note}" for note in found.notes))


def _read(data: bytes) -> _Read:
    """Raises _NoManifest."""
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _NoManifest(f"it is not JSON ({error})") from None
    if not isinstance(manifest, dict) or "nodes" not in manifest:
        raise _NoManifest("it is no manifest of dbt: it has no `nodes`")
    nodes, sources = _mapping(manifest, "nodes"), _mapping(manifest, "sources")
    by_key: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    unnamed = 0
    for node in (*nodes.values(), *_each_of(_mapping(manifest, "disabled"))):
        if not isinstance(node, dict):
            unnamed += 1
        elif node.get("resource_type") in _KINDS:
            names = _texts(node, "package_name", "name")
            version = node.get("version")
            if names is None:
                unnamed += 1
            else:
                by_key.setdefault((*names, None if version is None else str(version)), node)
    by_source: dict[tuple[str, str, str], dict[str, Any]] = {}
    for source in sources.values():
        package = _texts(source, "package_name", "source_name")
        table = _texts(source, "name")
        if package is None or table is None:
            unnamed += 1
        else:
            by_source[(*package, *table)] = source
    said = manifest.get("metadata")
    metadata = said if isinstance(said, dict) else {}
    writer, schema = (
        _text(metadata.get(key)) or "" for key in ("dbt_version", "dbt_schema_version")
    )
    found = _VERSION.search(schema)
    version = None if found is None else int(found[1])
    whole = writer.startswith("1.") or (not writer and version != _OF_DBT_2)
    return _Read(by_key, by_source, whole, tuple(_notes(writer, version, unnamed)))


def _mapping(manifest: dict[str, Any], key: str) -> dict[str, Any]:
    """A part of the manifest, which may be missing or null. Raises _NoManifest."""
    part = manifest.get(key)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise _NoManifest(f"it is no manifest of dbt: `{key}` is no mapping")
    return part


def _each_of(disabled: dict[str, Any]) -> Iterator[Any]:
    """Several nodes can have one name where all but one are disabled."""
    for group in disabled.values():
        yield from group if isinstance(group, list) else [group]


def _texts(entry: object, first: str, *more: str) -> tuple[Any, ...] | None:
    """The members of an entry, all of which are texts; None where one is not."""
    values = tuple(entry.get(key) if isinstance(entry, dict) else None for key in (first, *more))
    return values if all(isinstance(value, str) and value for value in values) else None


def _notes(writer: str, version: int | None, unnamed: int) -> Iterator[str]:
    if version is not None and version not in _KNOWN:
        by = f" of dbt {writer}" if writer else ""
        yield (
            f"the manifest{by} has the schema version {version}, which is not known (10 to 12 and {_OF_DBT_2} are); what "
            "is recognised in it is used. Next: look for a newer dbt-glue-python"
        )
    if unnamed:
        yield f"{unnamed} of its entries have no name or package and are left out. Next: run `dbt parse`"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _config(known: dict[str, Any]) -> dict[str, Any]:
    config = known.get("config")
    return config if isinstance(config, dict) else {}


def _completed(node: Node, known: dict[str, Any], *, whole: bool) -> Node:
    config = _config(known)
    enabled = config.get("enabled") is not False
    if not whole:
        said = {key: value for key, value in config.items() if value is not None}
        config = {**node.config, **said}
    return replace(
        node,
        enabled=enabled,
        config={**config, **{key: value for key, value in node.config.items() if key == "enabled"}},
        database=_text(known.get("database")),
        schema=_text(known.get("schema")),
        alias=_text(known.get("alias")) or node.alias,
    )


def _completed_source(table: SourceTable, known: dict[str, Any]) -> SourceTable:
    return replace(
        table,
        enabled=_config(known).get("enabled") is not False,
        database=_text(known.get("database")),
        schema=_text(known.get("schema")) or table.schema,
        identifier=_text(known.get("identifier")) or table.identifier,
    )
