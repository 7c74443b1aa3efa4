"""Adds columns and types to a model's entry in a YAML properties file, and leaves every other character as it is.

The text is edited at the places that PyYAML's nodes name; it is never printed anew, so that comments,
quotes, order and indentation stay.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_TYPE = re.compile(r"[a-z_][a-z0-9_]*(?:\([0-9, ]+\))?")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class YamlNotEdited(ValueError):
    """The file cannot be edited; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """The new text, and the names of the columns that were added and of those that got a type."""

    text: str
    added: tuple[str, ...]
    typed: tuple[str, ...]


def with_columns(text: str, model: str, columns: Sequence[tuple[str, str]]) -> Written:
    """The text of a properties file in which the model declares all `columns` (name, type).

    What is declared stays as it is, whatever its type. A model without an entry gets one. Raises
    YamlNotEdited for a text that is no properties file, or whose entry is written in a way that is
    not followed here.
    """
    edits: list[tuple[int, str]] = []
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise YamlNotEdited(f"it is not YAML: {error}") from None
    if root is not None and not isinstance(root, yaml.MappingNode):
        raise YamlNotEdited("it is no mapping with `models:` in it")
    models = None if root is None else _value(root, "models")
    entry = _entry(models, model)
    if entry is None:
        edits.append(_new_entry(text, models, model, columns, root is not None))
        added = [name for name, _ in columns]
        typed: list[str] = []
    else:
        added, typed = _complete(text, entry, columns, edits)
    made = text
    for index, insertion in sorted(edits, reverse=True):
        made = made[:index] + insertion.replace("\n", newline) + made[index:]
    _verify(made, model, columns)
    return Written(made, tuple(added), tuple(typed))


def _complete(
    text: str,
    entry: yaml.MappingNode,
    columns: Sequence[tuple[str, str]],
    edits: list[tuple[int, str]],
) -> tuple[list[str], list[str]]:
    """Adds to `edits` what an entry lacks; returns the names that are added, and those that get a type."""
    declared = _value(entry, "columns")
    known: dict[str, yaml.MappingNode] = {}
    if isinstance(declared, yaml.SequenceNode):
        for item in declared.value:
            said = _value(item, "name") if isinstance(item, yaml.MappingNode) else None
            if isinstance(said, yaml.ScalarNode):
                known[said.value.lower()] = item
    missing = [column for column in columns if column[0].lower() not in known]
    typed = []
    for name, kind in columns:
        item = known.get(name.lower())
        if item is not None and _value(item, "data_type") is None:
            edits.append(_type_edit(text, item, kind))
            typed.append(name)
    if missing:
        edits.append(_columns_edit(text, entry, declared, missing))
    return [name for name, _ in missing], typed


def _type_edit(text: str, item: yaml.MappingNode, kind: str) -> tuple[int, str]:
    if item.flow_style:
        return _before_closing(text, item), f", data_type: {_type(kind, flow=True)}"
    name = next(pair for pair in item.value if pair[0].value == "name")
    column = " " * name[0].start_mark.column
    return _line_end(text, _end(name[1])), f"\n{column}data_type: {_type(kind)}"


def _columns_edit(
    text: str,
    entry: yaml.MappingNode,
    declared: yaml.Node | None,
    missing: Sequence[tuple[str, str]],
) -> tuple[int, str]:
    if isinstance(declared, yaml.SequenceNode) and declared.flow_style:
        comma = ", " if declared.value else ""
        rows = ", ".join(_flow_column(*column) for column in missing)
        return _before_closing(text, declared), f"{comma}{rows}"
    if isinstance(declared, yaml.SequenceNode):
        dash = text.rfind("-", 0, declared.value[-1].start_mark.index)
        indent = dash - (text.rfind("\n", 0, dash) + 1)
        flow = all(getattr(item, "flow_style", False) for item in declared.value)
        return _line_end(text, _end(declared)), _rows(missing, indent, flow=flow)
    if entry.flow_style:
        rows = ", ".join(_flow_column(*column) for column in missing)
        if declared is not None:
            raise YamlNotEdited("its `columns` are no list")
        return _before_closing(text, entry), f", columns: [{rows}]"
    keys = entry.value[0][0].start_mark.column
    if declared is None:
        rows = _rows(missing, keys + 2)
        return _line_end(text, _end(entry)), f"\n{' ' * keys}columns:{rows}"
    if not (isinstance(declared, yaml.ScalarNode) and declared.value in ("", "~", "null")):
        raise YamlNotEdited("its `columns` are no list")
    if declared.value:
        raise YamlNotEdited("its `columns` are null; write `columns: []`")
    key = next(pair[0] for pair in entry.value if pair[0].value == "columns")
    return _line_end(text, key.end_mark.index), _rows(missing, keys + 2)


def _new_entry(
    text: str,
    models: yaml.Node | None,
    model: str,
    columns: Sequence[tuple[str, str]],
    has_content: bool,
) -> tuple[int, str]:
    def entry(indent: int) -> str:
        inner = " " * (indent + 2)
        return (
            f"\n{' ' * indent}- name: {_name(model)}\n{inner}columns:{_rows(columns, indent + 4)}"
        )

    if isinstance(models, yaml.SequenceNode) and models.value and not models.flow_style:
        dash = text.rfind("-", 0, models.value[-1].start_mark.index)
        return _line_end(text, _end(models)), entry(dash - (text.rfind("\n", 0, dash) + 1))
    if models is not None:
        raise YamlNotEdited(
            "its `models` are no list in block style; write the first entry by hand"
        )
    end = len(text.rstrip())
    blank = "\n\n" if has_content else "\n" if text[:end] else ""
    trailing = "" if text[end:].strip(" \t") else "\n"
    return end, f"{blank}models:{entry(2)}{trailing}"


def _rows(columns: Sequence[tuple[str, str]], indent: int, *, flow: bool = False) -> str:
    pad = " " * indent
    if flow:
        return "".join(f"\n{pad}- {_flow_column(name, kind)}" for name, kind in columns)
    return "".join(
        f"\n{pad}- name: {_name(name)}\n{pad}  data_type: {_type(kind)}" for name, kind in columns
    )


def _flow_column(name: str, kind: str) -> str:
    return f"{{name: {_name(name)}, data_type: {_type(kind, flow=True)}}}"


def _name(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text)


def _type(text: str, *, flow: bool = False) -> str:
    plain = _PLAIN_TYPE.fullmatch(text) and not (flow and "," in text)
    return text if plain else json.dumps(text)


def _value(node: yaml.Node, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _entry(models: yaml.Node | None, model: str) -> yaml.MappingNode | None:
    for item in models.value if isinstance(models, yaml.SequenceNode) else ():
        name = _value(item, "name")
        if isinstance(name, yaml.ScalarNode) and name.value == model:
            return item  # type: ignore[no-any-return]
    return None


def _end(node: yaml.Node) -> int:
    """Where the last character of a node is; the mark of a block collection is that of what follows it."""
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)


def _line_end(text: str, index: int) -> int:
    """The end of the line that holds the character before `index`, with its comment."""
    if index and text[index - 1] == "\n":
        index -= 1
    end = text.find("\n", index)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _before_closing(text: str, node: yaml.Node) -> int:
    """The place before the bracket that closes a flow collection, and before the white space before it."""
    index = int(node.end_mark.index) - 1
    return len(text[:index].rstrip())


def _verify(text: str, model: str, columns: Sequence[tuple[str, str]]) -> None:
    """Raises YamlNotEdited where the new text does not say what it was meant to."""
    try:
        entries: Any = (yaml.safe_load(text) or {}).get("models") or ()
    except (yaml.YAMLError, AttributeError) as error:
        raise YamlNotEdited(f"its layout is not followed here: {error}") from None
    declared = dict(_declared(entries, model))
    for name, _ in columns:
        if not declared.get(name.lower()):
            raise YamlNotEdited(
                f"its layout is not followed here: column {name} has no place in it"
            )


def _declared(entries: Any, model: str) -> Iterator[tuple[str, Any]]:
    for entry in entries:
        if isinstance(entry, dict) and entry.get("name") == model:
            for column in entry.get("columns") or ():
                yield str(column["name"]).lower(), column.get("data_type")
