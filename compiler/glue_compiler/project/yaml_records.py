"""Reads a properties file (models, sources, seeds, snapshots) with line numbers, leaving Jinja as it is."""

from __future__ import annotations

from typing import Any

import yaml

Record = dict[str, Any]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SAFE = yaml.SafeLoader("")
_JINJA = "{{ }}"


class UnreadableYaml(ValueError):
    """The text is not YAML; the message says where."""


def compose(text: str) -> yaml.Node | None:
    """The tree of a document with its positions.

    Raises:
        UnreadableYaml: when it is not YAML, for instance because of Jinja blocks.
    """
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f"line {mark.line + 1}: "
        raise UnreadableYaml(f"{where}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise UnreadableYaml(" ".join(str(error).split())) from None
    return node


def plain(node: yaml.Node | None) -> Any:
    """The value of a tree: dict, list, str, int, float, bool or None.

    An unquoted `{{ ... }}` is a mapping to YAML; it becomes a string with braces. Dates stay text.
    """
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                return _JINJA
            if key.value == "<<":
                merged = plain(value)
                for base in merged if isinstance(merged, list) else [merged]:
                    if isinstance(base, dict):
                        result = {**base, **result}
                continue
            result[key.value] = plain(value)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    return None


def _scalar(node: yaml.ScalarNode) -> Any:
    kind = node.tag.rpartition(":")[2]
    if kind in ("int", "float", "bool", "null"):
        try:
            return _SAFE.construct_object(node)
        except (ValueError, yaml.YAMLError):
            return node.value
    return node.value


def items(node: yaml.Node | None) -> list[yaml.MappingNode]:
    """The mappings of a sequence, none when it is something else."""
    if not isinstance(node, yaml.SequenceNode):
        return []
    return [item for item in node.value if isinstance(item, yaml.MappingNode)]


def child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """The value of a key of a mapping, None when it has none."""
    if not isinstance(node, yaml.MappingNode):
        return None
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value == name:
            found: yaml.Node = value
            return found
    return None


def line(node: yaml.Node) -> int:
    """The line, from 1, where a tree begins."""
    return int(node.start_mark.line) + 1


def document(text: str) -> Record:
    """The whole content of a file, as `{"document": value}`.

    Raises:
        UnreadableYaml: see `compose`.
    """
    return {"document": plain(compose(text))}


def properties(text: str) -> Record:
    """What a properties file declares: lists of models, seeds, snapshots and sources as records.

    Raises:
        UnreadableYaml: see `compose`.
    """
    tree = compose(text)
    record: Record = {}
    for kind in ("models", "seeds", "snapshots"):
        entries = [
            entry for item in items(child(tree, kind)) if (entry := _node_record(item)) is not None
        ]
        if entries:
            record[kind] = entries
    sources = [entry for item in items(child(tree, "sources")) if (entry := _source_record(item))]
    if sources:
        record["sources"] = sources
    return record


def _text(node: yaml.Node | None, name: str) -> str | None:
    value = child(node, name)
    return value.value if isinstance(value, yaml.ScalarNode) else None


def _mapping(node: yaml.Node | None, name: str) -> dict[str, Any]:
    value = plain(child(node, name))
    return value if isinstance(value, dict) else {}


def _columns(node: yaml.Node | None) -> list[list[Any]]:
    """`[name, type, line, description]` per column."""
    return [
        [name, _text(item, "data_type"), line(item), _text(item, "description")]
        for item in items(child(node, "columns"))
        if (name := _text(item, "name")) is not None
    ]


def _node_record(item: yaml.MappingNode) -> Record | None:
    name = _text(item, "name")
    if name is None:
        return None
    record: Record = {
        "name": name,
        "line": line(item),
        "config": _mapping(item, "config"),
        "columns": _columns(item),
    }
    for key in ("description", "latest_version"):
        if (value := _text(item, key)) is not None:
            record[key] = value
    if (relation := child(item, "relation")) is not None:
        record["relation"] = plain(relation)
    versions = [
        {
            "v": _text(version, "v"),
            "defined_in": _text(version, "defined_in"),
            "line": line(version),
            "config": _mapping(version, "config"),
            "columns": _version_columns(version, record["columns"]),
        }
        for version in items(child(item, "versions"))
    ]
    if versions:
        record["versions"] = versions
    return record


def _version_columns(version: yaml.MappingNode, base: list[list[Any]]) -> list[list[Any]]:
    """The columns of a version: its own list, where `include: all` stands for the model's."""
    if not isinstance(child(version, "columns"), yaml.SequenceNode):
        return base
    own = _columns(version)
    for item in items(child(version, "columns")):
        include = plain(child(item, "include"))
        if include is None:
            continue
        exclude = plain(child(item, "exclude")) or []
        names = None if include in ("all", "*") else include
        own = [
            column
            for column in base
            if (names is None or column[0] in names) and column[0] not in exclude
        ] + own
    return own


def _source_record(item: yaml.MappingNode) -> Record | None:
    name = _text(item, "name")
    if name is None:
        return None
    tables = []
    for table in items(child(item, "tables")):
        table_name = _text(table, "name")
        if table_name is None:
            continue
        tables.append(
            {
                "name": table_name,
                "line": line(table),
                "identifier": _text(table, "identifier"),
                "description": _text(table, "description"),
                "enabled": _mapping(table, "config").get("enabled"),
                "columns": _columns(table),
            }
        )
    return {
        "name": name,
        "line": line(item),
        "schema": _text(item, "schema") or name,
        "database": _text(item, "database"),
        "enabled": _mapping(item, "config").get("enabled", plain(child(item, "enabled"))),
        "tables": tables,
    }
