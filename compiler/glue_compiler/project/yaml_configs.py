"""Edits of configs in YAML: a line put into dbt_project.yml, a word put in place of another; all else stays as it is.

An edit is (start, end, text) in characters of the text. It is given back only where the edited text, read again,
says what the old one said and the change, and nothing else.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from glue_compiler.project.yaml_columns import YamlNotEdited

if TYPE_CHECKING:
    from collections.abc import Iterator

Edit = tuple[int, int, str]
"""The characters from the first number up to the second are replaced by the text."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_+]*")


def applied(text: str, edits: list[Edit]) -> str:
    """The text with edits that do not overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def project_config(text: str, kind: str, project: str, key: str, value: str) -> Edit:
    """The edit that puts `+key: value` under `kind` (models, seeds, snapshots) and the project's name.

    Raises YamlNotEdited where the file has the key there, or is written in a way that is not followed here.
    """
    root = _root(text)
    said = yaml.safe_load(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    line = f"+{key}: {value}"
    of_kind = _pair(root, kind)
    if of_kind is None:
        rows, place = [f"{kind}:", f"  {_name(project)}:", f"    {line}"], len(text)
        edit = _at_the_end(text, place, rows, newline)
    else:
        of_project = _pair(of_kind[1], project)
        if of_project is None:
            edit = _first_below(text, root, of_kind, [f"{_name(project)}:", f"  {line}"], newline)
        else:
            names = [f"+{key}", key]
            if any(_pair(of_project[1], name) for name in names):
                raise YamlNotEdited(f"it has {key} for {project} already")
            edit = _first_below(text, of_kind[1], of_project, [line], newline)
    wanted = copy.deepcopy(said)
    level = wanted.setdefault(kind, {}) if wanted.get(kind) is not None else {}
    wanted[kind] = level
    level[project] = {f"+{key}": value, **(level.get(project) or {})}
    _verify(applied(text, [edit]), wanted)
    return edit


def words_replaced(text: str, keys: tuple[str, ...], old: str, new: str) -> list[Edit]:
    """The edits that put `new` in place of `old`, wherever it is the value of one of the keys.

    Raises YamlNotEdited for a text that is not followed here.
    """
    edits = []
    for _, value in _pairs(_root(text), keys):
        if isinstance(value, yaml.ScalarNode) and value.value == old:
            start, end = value.start_mark.index, value.end_mark.index
            written = text[start:end]
            if written.count(old) != 1:
                raise YamlNotEdited(f"line {value.start_mark.line + 1} is not followed here")
            edits.append((start, end, written.replace(old, new)))
    if edits:
        _verify(applied(text, edits), _replaced(yaml.safe_load(text), keys, old, new))
    return edits


def _root(text: str) -> yaml.MappingNode:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise YamlNotEdited(f"it is not YAML: {error}") from None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise YamlNotEdited("it is no mapping in block style")
    return root


def _pair(node: yaml.Node, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((pair for pair in pairs if pair[0].value == key), None)


def _pairs(node: yaml.Node, keys: tuple[str, ...]) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode) and name.value in keys:
                yield name, value
            yield from _pairs(value, keys)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _pairs(item, keys)


def _first_below(
    text: str,
    parent: yaml.Node,
    pair: tuple[yaml.ScalarNode, yaml.Node],
    rows: list[str],
    newline: str,
) -> Edit:
    """Rows as the first ones of what is below a key, with the indentation of what is there."""
    key, value = pair
    if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
        first = value.value[0][0].start_mark
        start = first.index - first.column
        if text[start : first.index].strip():
            raise YamlNotEdited(f"line {first.line + 1} is not followed here")
        pad = " " * first.column
        return start, start, "".join(f"{pad}{row}{newline}" for row in rows)
    if isinstance(value, yaml.ScalarNode) and value.value in ("", "~", "null") and not value.value:
        pad = " " * (key.start_mark.column + _step(parent, key))
        end = text.find("\n", key.end_mark.index)
        lines = "".join(f"{newline}{pad}{row}" for row in rows)
        place = len(text) if end < 0 else end - (text[end - 1] == "\r")
        return place, place, lines
    raise YamlNotEdited(f"what is below `{key.value}` is not in block style")


def _step(parent: yaml.Node, key: yaml.ScalarNode) -> int:
    """How far the entries of other keys are indented; 2 where none tells."""
    for name, value in parent.value if isinstance(parent, yaml.MappingNode) else ():
        if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
            return max(1, int(value.value[0][0].start_mark.column - name.start_mark.column))
    return int(key.start_mark.column) or 2


def _at_the_end(text: str, place: int, rows: list[str], newline: str) -> Edit:
    end = len(text.rstrip())
    more = "" if place == end or not text[end:].strip(" \t") else newline
    return end, place, f"{newline}{newline}" + newline.join(rows) + (more or newline)


def _name(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _replaced(data: Any, keys: tuple[str, ...], old: str, new: str) -> Any:
    if isinstance(data, dict):
        return {
            key: new if key in keys and value == old else _replaced(value, keys, old, new)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_replaced(item, keys, old, new) for item in data]
    return data


def _verify(text: str, wanted: Any) -> None:
    """Raises YamlNotEdited where the edited text does not say what it is to say."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise YamlNotEdited(f"its layout is not followed here: {error}") from None
    if said != wanted:
        raise YamlNotEdited("its layout is not followed here")
