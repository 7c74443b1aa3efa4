"""Reads one file of a project into a small JSON record: what it defines and what it says of itself."""

from __future__ import annotations

import ast
import csv
import re
from typing import TYPE_CHECKING, Any

from glue_compiler.python_ast import parse_ast

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, Any]

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_CONFIG = re.compile(r"\{\{-?\s*config\s*\((.*?)\)\s*-?\}\}", re.DOTALL)
_PAIR = re.compile(
    r"""(?:^|[,(\s])(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|(true|false|True|False)\b|(\d+)\b|(\S))"""
)
_SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)\s*-?%\}")
_UNKNOWN = "{{ }}"

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
        for name, double, single, truth, number, _other in _PAIR.findall(block[1]):
            if truth:
                config[name] = truth.lower() == "true"
            elif number:
                config[name] = int(number)
            else:
                config[name] = double or single or (_UNKNOWN if _other else "")
    record: Record = {"config": config} if config else {}
    snapshots = _SNAPSHOT.findall(text)
    if snapshots:
        record["snapshot_names"] = snapshots
    return record


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
    for node in ast.walk(tree):
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
    """The header of a seed."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next(csv.reader(file), [])
    return {"columns": [name.strip() for name in header if name.strip()]}
