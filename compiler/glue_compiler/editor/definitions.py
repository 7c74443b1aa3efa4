"""Where a column or a config gets what it is: the call that makes a column, the YAML that declares it or sets a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from glue_compiler.editor.navigation import inner_span
from glue_compiler.project.context import FileLine
from glue_compiler.project.yaml_records import UnreadableYaml, child, compose, items, line
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import Node
    from glue_compiler.text.source import SourceText

_NAMES_COLUMN = {"alias": 0, "name": 0, "withColumn": 0, "withColumnRenamed": 1}
"""Methods that give a column its name, and which argument is the name."""


def made_at(facts: ModelFacts, source: SourceText, name: str) -> Span | None:
    """Where a Python model names a column last: in an `alias`, `withColumn` or the like."""
    found: Span | None = None
    for use in facts.flow.members:
        place = _NAMES_COLUMN.get(use.member)
        if place is None or len(use.args) <= place:
            continue
        argument = use.args[place]
        span = inner_span(source, argument.value_span)
        if source.slice(span).lower() == name.lower() and (found is None or span > found):
            found = span
    return found


def made_in_sql(text: str, name: str) -> Span | None:
    """Where a SQL model names a column last: `... as name`, else the name as a word."""
    word = re.escape(name)
    for pattern in (rf"\bas\s+[`\"]?(?P<name>{word})\b", rf"(?<![\w.'\"])(?P<name>{word})\b"):
        matches = list(re.finditer(pattern, text, re.IGNORECASE))
        if matches:
            return Span(*matches[-1].span("name"))
    return None


def config_in_properties(text: str, node: Node, key: str) -> FileLine | None:
    """Where the entry of a node in its properties file sets a config."""
    if node.properties is None:
        return None
    tree = _tree(text)
    for kind in ("models", "seeds", "snapshots"):
        for item in items(child(tree, kind)):
            if line(item) == node.properties.line:
                found = _line_of(child(item, "config"), key)
                return None if found is None else FileLine(node.properties.path, found)
    return None


def config_in_project(text: str, node: Node, path: str, key: str) -> FileLine | None:
    """Where dbt_project.yml (at `path`) sets a config for a node: in its nearest folder."""
    tree = _tree(text)
    folders = node.path.split("/")[1:-1]
    level = child(child(tree, f"{node.kind}s"), node.package)
    found = _line_of(child(tree, f"{node.kind}s"), key)
    for name in (*folders, node.name, ""):
        own = _line_of(level, key)
        found = found if own is None else own
        level = child(level, name)
    return None if found is None else FileLine(path, found)


def _tree(text: str) -> yaml.Node | None:
    try:
        return compose(text)
    except UnreadableYaml:
        return None


def _line_of(mapping: yaml.Node | None, key: str) -> int | None:
    return next((line(item) for item in _keys(mapping, (key, f"+{key}"))), None)


def _keys(mapping: yaml.Node | None, names: tuple[str, ...]) -> Iterator[yaml.Node]:
    if isinstance(mapping, yaml.MappingNode):
        for item, _ in mapping.value:
            if isinstance(item, yaml.ScalarNode) and item.value in names:
                yield item
