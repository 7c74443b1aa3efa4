"""Reads one file of a project into a small JSON record: what it defines and what it says of itself."""

from __future__ import annotations

import ast
import csv
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from glue_compiler.text.python_ast import parse_ast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Record = dict[str, Any]

_MOST_HEADER = 65_536
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_CONFIG = re.compile(r"\{\{-?\s*config\s*\((.*?)\)\s*-?\}\}", re.DOTALL)
_ARGUMENT = re.compile(r"\s*(\w+)\s*=(?!=)\s*(.*?)\s*\Z", re.DOTALL)
_SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)\s*-?%\}")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_UNKNOWN = "{{ }}"
_JINJA_NAMES = {"true": True, "false": False, "none": None}

WHOLE_DOCUMENTS = frozenset({"dbt_project.yml", "packages.yml", "dependencies.yml"})
"""Files whose record is `{"document": ...}`, the whole of their content."""


def read_record(path: Path) -> Record:
    """The record of a file by its suffix; `{"error": ...}` when it cannot be read.

    The text of the file is data: nothing in it is executed or rendered.
    """
    suffix = path.suffix
    try:
        if suffix == ".csv":
            return csv_record(path)
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        return {"error": error.strerror or str(error)}
    if suffix == ".sql":
        return sql_record(text)
    if suffix == ".py":
        return python_record(text)
    # late, because a warm cache needs no YAML parser at all
    from glue_compiler.project.yaml_records import UnreadableYaml, document, properties

    try:
        return document(text) if path.name in WHOLE_DOCUMENTS else properties(text)
    except UnreadableYaml as error:
        return {"error": str(error)}


def sql_record(text: str) -> Record:
    """The literal arguments of `{{ config(...) }}` and the names of `{% snapshot %}` blocks."""
    text = _COMMENT.sub("", text)
    config: dict[str, Any] = {}
    for block in _CONFIG.finditer(text):
        config.update(_jinja_arguments(block[1]))
    record: Record = {"config": config} if config else {}
    snapshots = _SNAPSHOT.findall(text)
    if snapshots:
        record["snapshot_names"] = snapshots
    return record


def _jinja_arguments(text: str) -> dict[str, Any]:
    """The keyword arguments of a call in Jinja; a value that is no literal reads as unknown."""
    found: dict[str, Any] = {}
    for part in _split_arguments(text):
        match = _ARGUMENT.match(part)
        if match is not None:
            found[match[1]] = _jinja_literal(match[2])
    return found


def _split_arguments(text: str) -> list[str]:
    """The parts between the commas that stand in no string or bracket."""
    parts, depth, start, index = [], 0, 0, 0
    while index < len(text):
        char = text[index]
        if char in "'\"":
            index = _string_end(text, index)
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
        index += 1
    return [*parts, text[start:]]


def _string_end(text: str, start: int) -> int:
    """The index of the quote that ends the string that begins at `start`."""
    index = start + 1
    while index < len(text) and text[index] != text[start]:
        index += 2 if text[index] == "\\" else 1
    return index


def _jinja_literal(text: str) -> Any:
    try:
        value = parse_ast(f"({text}\n)").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _UNKNOWN
    return _json_literal(_PythonNames().visit(value).value) if isinstance(value, ast.Expr) else None


class _PythonNames(ast.NodeTransformer):
    """`true`, `false` and `none`, which Jinja also writes in lower case."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(_JINJA_NAMES[node.id]) if node.id in _JINJA_NAMES else node


def python_record(text: str) -> Record:
    """The literal keyword arguments of every `<name>.config(...)` of a Python model.

    A file that does not parse, or is too deep to, defines a model all the same.
    """
    if ".config" not in text:
        return {}
    try:
        tree = parse_ast(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    config: dict[str, Any] = {}
    for node in _around(tree, _lines_of_config(text)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "config"
            and isinstance(node.func.value, ast.Name)
        ):
            for keyword in node.keywords:
                if keyword.arg is not None:
                    config[keyword.arg] = _json_literal(keyword.value)
    return {"config": config} if config else {}


def _lines_of_config(text: str) -> list[int]:
    """The lines that may hold the name `config`, which Python also reads in look-alike letters."""
    return [
        number
        for number, line in enumerate(_LINE_BREAK.split(text), 1)
        if "config" in line or not line.isascii()
    ]


def _around(tree: ast.Module, lines: list[int]) -> Iterator[ast.AST]:
    """The nodes in the order of `ast.walk`, without the statements that hold none of the lines."""
    level: list[ast.AST] = [tree]
    while level:
        below: list[ast.AST] = []
        for node in level:
            if isinstance(node, ast.stmt):
                decorators = getattr(node, "decorator_list", None)
                first = decorators[0].lineno if decorators else node.lineno
                index = bisect_left(lines, first)
                if index == len(lines) or lines[index] > (node.end_lineno or first):
                    continue
            yield node
            below += ast.iter_child_nodes(node)
        level = below


def _json_literal(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return _UNKNOWN
    return _as_json(value)


def _as_json(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    return _UNKNOWN


def csv_record(path: Path) -> Record:
    """The header of a seed: its columns when commas separate them, and the text itself."""
    text = ""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for line in file:
            text += line[:_MOST_HEADER]
            # A line break inside of quotes does not end the header.
            if text.count('"') % 2 == 0 or len(text) > _MOST_HEADER:
                break
    header = next(csv.reader(text.splitlines(keepends=True)), [])
    return {"columns": [name.strip() for name in header if name.strip()], "header": text}


def header_columns(record: Record, delimiter: object) -> list[str] | None:
    """The columns of a seed's record with another delimiter; None when nobody can tell them."""
    if delimiter == ",":
        columns: list[str] = record.get("columns", [])
        return columns or None
    text = record.get("header", "")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or not text:
        return None
    try:
        names = next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except (csv.Error, TypeError, ValueError):
        return None
    return [name.strip() for name in names if name.strip()] or None
