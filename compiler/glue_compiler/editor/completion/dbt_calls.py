"""What can be written in calls of the dbt object: models, sources, configs and their values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.editor.completion.frames import column_items
from glue_compiler.editor.completion.place import Item, Kind, Place
from glue_compiler.facts.schemas import Column
from glue_compiler.schemas.resolver import returned_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glue_compiler.text.cursor import Bracket
    from glue_compiler.text.source import Span

_COLUMN_CONFIGS = frozenset(
    {
        *("unique_key", "partition_by", "clustered_by", "merge_update_columns"),
        *("merge_exclude_columns", "event_time"),
    }
)


def dbt_text(place: Place, api: str, bracket: Bracket, *, direct: bool) -> Iterable[Item]:
    """What stands between the quotes of an argument of `dbt.ref`, `dbt.source` or `dbt.config`."""
    if api == "ref" and direct and bracket.keyword is None:
        return _refs(place, bracket)
    if api == "source" and direct and bracket.keyword is None:
        return _sources(place, bracket)
    if api in ("config.get", "config.meta_get") and direct and bracket.argument == 0:
        return _config_names(place, api)
    if api == "config" and bracket.keyword is not None:
        return _config_texts(place, bracket.keyword)
    return ()


def _refs(place: Place, bracket: Bracket) -> Iterator[Item]:
    project = place.project
    if project is None:
        return
    package = _first_argument(place, bracket) if bracket.argument == 1 else None
    if bracket.argument > 1 or (bracket.argument == 1 and package not in project.packages):
        return
    seen: set[str] = set()
    for node in project.nodes:
        if node.name in seen or node.enabled is False or package not in (None, node.package):
            continue
        seen.add(node.name)
        detail = node.kind if node.kind != "model" else f"{node.language} model"
        if node.package != project.name:
            detail += f", {node.package}"
        yield Item(node.name, "model", node.name, detail, ("ref", node.package, node.name))
    if bracket.argument == 0:
        for name in project.packages[1:]:
            yield Item(name, "package", name, "dbt package")


def _sources(place: Place, bracket: Bracket) -> Iterator[Item]:
    project = place.project
    if project is None:
        return
    if bracket.argument == 0:
        for name in project.source_names:
            count = len(project.source_tables(name))
            yield Item(name, "source", name, f"source of {count} table{'s' * (count != 1)}")
    elif bracket.argument == 1:
        source = _first_argument(place, bracket) or ""
        for name, table in sorted(project.source_tables(source).items()):
            if table.enabled is not False:
                yield Item(name, "table", name, f"table of {source}", ("source", source, name))


def _first_argument(place: Place, bracket: Bracket) -> str | None:
    match = re.match(r"""\s*(['"])([^'"\r\n]*)\1\s*,""", place.source.text[bracket.offset + 1 :])
    return None if match is None else match[2]


def _config_names(place: Place, api: str) -> Iterator[Item]:
    from glue_compiler.knowledge.config import config_keys

    if api == "config.meta_get":
        meta = _own_config(place).get("meta")
        for name in meta if isinstance(meta, dict) else ():
            yield Item(str(name), "config", str(name), "meta")
        return
    for name in _own_config(place):
        yield Item(name, "config", name, "set in this model", ("config", name))
    for key in config_keys().values():
        if key.effective:
            yield Item(key.name, "config", key.name, "", ("config", key.name))


def _own_config(place: Place) -> dict[str, object]:
    found: dict[str, object] = {}
    for use in place.good.uses("config") if place.good is not None else ():
        for argument in use.args:
            if argument.name is not None:
                found[argument.name] = argument.value
    return found


def _config_texts(place: Place, key: str) -> Iterator[Item]:
    """The values of a config that are strings."""
    from glue_compiler.knowledge.config import config_key

    if key in ("packages", "additional_libs"):
        yield from _packages(place)
        return
    if key in _COLUMN_CONFIGS:
        yield from _returned_columns(place)
        return
    known = config_key(key)
    if known is not None:
        for value in known.values:
            detail = "default" if value == known.default else ""
            yield Item(str(value), "value", str(value), detail, ("config", known.name))


def _packages(place: Place) -> Iterator[Item]:
    from glue_compiler.knowledge.packages import glue_runtime

    version = place.settings.glue_version
    for name, installed in sorted(glue_runtime(version).distributions.items()):
        detail = f"{installed}, preinstalled in Glue {version}"
        yield Item(name, "package", name, detail, ("package", name))


def _returned_columns(place: Place) -> Iterator[Item]:
    """The columns that the model returns."""
    if place.good is None:
        return
    schemas = place.schemas(place.good)
    found = returned_columns(place.good, schemas)
    columns = () if found is None else found.columns
    yield from column_items([Column(column.name, column.type) for column in columns], schemas)


def dbt_arguments(place: Place) -> Iterator[Item]:
    """What can begin an argument of a call of the dbt object."""
    brackets = place.cursor.brackets
    if not brackets or brackets[-1].callee is None or brackets[-1].opening != "(":
        return
    bracket = brackets[-1]
    api = place.dbt_api(place.text(bracket.callee))
    written = place.source.text[bracket.argument_start : place.cursor.word.start].strip()
    if api == "config" and bracket.keyword is None and not written:
        yield from _config_keys(place, bracket)
    elif api == "config" and bracket.keyword is not None and written.endswith("="):
        yield from _config_values(place, bracket.keyword)
    elif api in ("ref", "source", "config.get", "config.meta_get") and not written:
        for item in dbt_text(place, api, bracket, direct=True):
            yield Item(item.label, item.kind, f'"{item.text}"', item.detail, item.topic)
        if api == "ref" and bracket.argument:
            yield Item("v", "keyword", "v=", "the version of the model")
    elif api == "ref" and bracket.keyword in ("v", "version") and written.endswith("="):
        name = _first_argument(place, bracket)
        for version in place.project.versions_of(name) if place.project and name else ():
            text = version if version.isdigit() else f'"{version}"'
            yield Item(version, "version", text, f"version of {name}")


def _config_keys(place: Place, bracket: Bracket) -> Iterator[Item]:
    from glue_compiler.knowledge.config import config_keys

    text = place.source.text[bracket.offset : place.offset]
    used = set(re.findall(r"(\w+)\s*=", text))
    for key in config_keys().values():
        if key.effective and key.name not in used:
            yield Item(
                key.name, "config", f"{key.name}=", _type_of(key.schema), ("config", key.name)
            )


def _type_of(schema: dict[str, object]) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in _as_list(schema["enum"]))
    if "anyOf" in schema:
        parts = [_type_of(option) for option in _as_list(schema["anyOf"])]
        return " | ".join(part for part in dict.fromkeys(parts) if part)
    kinds = schema.get("type")
    return " | ".join(str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind)


def _as_list(value: object) -> list[dict[str, object]]:
    return list(value) if isinstance(value, list | tuple) else []


def _config_values(place: Place, key: str) -> Iterator[Item]:
    from glue_compiler.knowledge.config import config_key

    known = config_key(key)
    if known is not None and "boolean" in _type_of(known.schema):
        for value in ("True", "False"):
            yield Item(value, "value", value, "default" if str(known.default) == value else "")
    for item in _config_texts(place, key):
        text = f'"{item.text}"'
        if key == "packages":
            text = f"[{text}]"
        yield Item(item.label, item.kind, text, item.detail, item.topic)


def dbt_members_at(place: Place, receiver: Span) -> tuple[Item, ...] | None:
    """The members of the dbt object or a part of it; None when the receiver is something else."""
    from glue_compiler.knowledge.dbt_api import dbt_member, dbt_members

    prefix = place.dbt_api(place.text(receiver))
    if prefix is None or (prefix and dbt_member(prefix) is None):
        return None
    found = []
    for member in dbt_members(prefix):
        name = member.path.rpartition(".")[2]
        kind: Kind = "method" if member.kind == "method" else "property"
        found.append(Item(name, kind, name, member.signature, ("dbt", member.path)))
    return tuple(found)
