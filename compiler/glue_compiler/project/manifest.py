"""Adds what dbt itself resolved, from target/manifest.json, to the nodes whose files are older than it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.project.assemble import Assembly
    from glue_compiler.project.context import Node, SourceTable

# A manifest above this size would cost more to read than the whole check.
_MAX_BYTES = 64 * 1024 * 1024


def overlay_manifest(
    assembly: Assembly, path: Path, mtimes_ns: dict[str, int], project_mtime_ns: int
) -> bool:
    """Complete nodes and sources with dbt's resolved schema, alias, config and enabled state.

    A node is completed only when its file, its properties file and dbt_project.yml have not been
    changed since the manifest was written. Returns whether the manifest was used at all.
    """
    try:
        stat = path.stat()
        if stat.st_mtime_ns < project_mtime_ns or stat.st_size > _MAX_BYTES:
            return False
        manifest = json.loads(path.read_bytes())
        nodes = manifest["nodes"]
        sources = manifest["sources"]
        disabled = manifest.get("disabled") or {}
    except (OSError, ValueError, KeyError, TypeError):
        return False

    def fresh(*paths: str | None) -> bool:
        return all(mtimes_ns.get(name, 0) <= stat.st_mtime_ns for name in paths if name)

    by_key: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for entries in (((node,) for node in nodes.values()), disabled.values()):
        for group in entries:
            for node in group:
                if node.get("resource_type") in ("model", "seed", "snapshot"):
                    version = node.get("version")
                    by_key.setdefault(
                        (
                            node["package_name"],
                            node["name"],
                            None if version is None else str(version),
                        ),
                        node,
                    )
    for index, node in enumerate(assembly.nodes):
        known = by_key.get((node.package, node.name, node.version))
        properties = node.properties.path if node.properties else None
        if known is not None and fresh(node.path, properties):
            assembly.nodes[index] = _completed(node, known)
    by_source = {
        (source["package_name"], source["source_name"], source["name"]): source
        for source in sources.values()
    }
    for index, table in enumerate(assembly.sources):
        known = by_source.get((table.package, table.source, table.name))
        if known is not None and fresh(table.place.path if table.place else None):
            assembly.sources[index] = _completed_source(table, known)
    return True


def _completed(node: Node, known: dict[str, Any]) -> Node:
    config = known.get("config") or {}
    return replace(
        node,
        enabled=bool(config.get("enabled", True)),
        config={**config, **{key: value for key, value in node.config.items() if key == "enabled"}},
        database=known.get("database"),
        schema=known.get("schema"),
        alias=known.get("alias") or node.alias,
    )


def _completed_source(table: SourceTable, known: dict[str, Any]) -> SourceTable:
    return replace(
        table,
        enabled=bool((known.get("config") or {}).get("enabled", True)),
        database=known.get("database"),
        schema=known.get("schema") or table.schema,
        identifier=known.get("identifier") or table.identifier,
    )
