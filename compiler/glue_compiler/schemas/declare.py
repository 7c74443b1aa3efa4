"""Writes columns into the YAML of a model, as text edits that leave comments and layout alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import yaml

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.project.yaml_records import UnreadableYaml, child, compose, items, line
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.project.context import RelationColumn
    from glue_compiler.text.source import SourceText

_PLAIN = re.compile(r"[A-Za-z_][\w.]*(\(\d+(,\s*\d+)?\))?")


def declare_columns(
    text: SourceText, entry_line: int, columns: Sequence[RelationColumn]
) -> Edit | None:
    """The edit that adds columns to the entry that begins on a line (1-based) of a properties file.

    None when the entry is not found there, or has a form that cannot be added to safely.
    """
    try:
        tree = compose(text.text)
    except UnreadableYaml:
        return None
    entry = next(
        (
            item
            for kind in ("models", "seeds", "snapshots")
            for item in items(child(tree, kind))
            if line(item) == entry_line
        ),
        None,
    )
    if entry is None or entry.flow_style or not columns or text.text.startswith("\ufeff"):
        return None
    found = child(entry, "columns")
    if found is None:
        indent = " " * entry.start_mark.column
        lines = [f"{indent}columns:", *_rows(columns, indent + "  ")]
        return _after(text, entry, lines)
    if not isinstance(found, yaml.SequenceNode) or not found.value:
        return None
    if found.flow_style:
        rows = "".join(f", {{{_flow(column)}}}" for column in columns)
        # Before the closing bracket, whatever white space stands there.
        last = found.value[-1].end_mark.index
        return Edit(Span(last, last), rows)
    indent = text.text[: found.start_mark.index].rpartition("\n")[2]
    if indent.strip():
        return None
    return _after(text, found, _rows(columns, indent))


def _after(text: SourceText, node: yaml.Node, lines: list[str]) -> Edit:
    """Insert lines after the last line of a block, before blank lines and comments that follow it."""
    end = text.text[: node.end_mark.index]
    while True:
        kept = end.rstrip()
        head, _, last = kept.rpartition("\n")
        if not last.lstrip().startswith("#"):
            break
        end = head
    rest = text.line_span(text.line_of(len(kept)))
    newline = "\r\n" if "\r\n" in text.text else "\n"
    stop = rest.end
    while stop > rest.start and text.text[stop - 1] in "\r\n":
        stop -= 1
    return Edit(Span(stop, stop), "".join(newline + row for row in lines))


def _rows(columns: Sequence[RelationColumn], indent: str) -> list[str]:
    rows = []
    for column in columns:
        rows.append(f"{indent}- name: {_scalar(column.name)}")
        if column.type:
            rows.append(f"{indent}  data_type: {_scalar(column.type)}")
    return rows


def _flow(column: RelationColumn) -> str:
    kind = f", data_type: {json.dumps(column.type)}" if column.type else ""
    return f"name: {_scalar(column.name)}{kind}"


def _scalar(text: str) -> str:
    """A string as YAML reads it back: plain where that is the same, else quoted."""
    if _PLAIN.fullmatch(text) and yaml.safe_load(text) == text:
        return text
    return json.dumps(text, ensure_ascii=False)
