"""What a Python model of dbt-glue's has from dbt-glue alone: names that it imports into every model, its word `python_model`."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.frames import api
from glue_compiler.text.python_ast import parse_ast

from dbt.adapters.glue.migration.findings import CHANGE, ERROR, Finding, Fix
from dbt.adapters.glue.migration.nodes import PYTHON_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.text.source import SourceText
    from glue_compiler.workspace import Workspace

__all__ = ["python_findings", "python_model_fix"]

_SPARK = "3.5"
_UNDEFINED = "GLU501"
_CALLED_MAIN = "main"


def python_findings(
    workspace: Workspace, path: str, source: SourceText, *, own: bool = True
) -> Iterator[Finding]:
    """Findings in a Python model: names of dbt-glue's, and every error that a check finds, with which it is not built."""
    text = source.text
    facts = workspace.facts(source)
    functions = frozenset(api("spark.functions", _SPARK).names())
    missing = {name.name: name for name in facts.undefined_names if name.name in functions}
    if missing:
        names = sorted(missing)
        first = min(source.line_column(item.span.start)[0] for item in missing.values())
        yield Finding(
            ERROR, path, "names",
            f"{', '.join(names)}: dbt-glue imports all of pyspark.sql.functions into a model, here nothing is",
            f"from pyspark.sql.functions import {', '.join(names)}",
            line=first,
            fix=_import_fix(path, text, names) if own else None,
        )  # fmt: skip
    tree = _parsed(text)
    if tree is not None:
        yield from _shadowed(path, tree, functions)
        if not _defines(tree, "model") and _defines(tree, _CALLED_MAIN):
            yield Finding(
                ERROR, path, "main", "dbt-glue also takes a function called main; here it is called model",
                "rename it",
            )  # fmt: skip
    for found in workspace.findings(path, source):
        if found.severity is not Severity.ERROR:
            continue
        if found.code == _UNDEFINED and text[found.span.start : found.span.end] in missing:
            continue
        line, _ = source.line_column(found.span.start)
        yield Finding(ERROR, path, found.code, found.message, found.help or "", line=line)


def _parsed(text: str) -> ast.Module | None:
    try:
        return parse_ast(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _lines(text: str) -> list[str]:
    """Python's lines, with their ends."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text)


def _defines(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name
        for node in tree.body
    )


def _shadowed(path: str, tree: ast.Module, functions: frozenset[str]) -> Iterator[Finding]:
    """Python's own functions that a model calls, and that are Spark's of the same name where dbt-glue runs it."""
    bound = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in node.names
    }
    bound |= {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    bound |= {
        node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    if "*" in bound:
        return
    lines: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name in functions and hasattr(builtins, name) and name not in bound:
                lines.setdefault(name, node.lineno)
    for name, line in sorted(lines.items(), key=lambda item: (item[1], item[0])):
        yield Finding(
            CHANGE, path, "names",
            f"{name}(…) is Spark's function in dbt-glue, which imports all of them into a model; here it is Python's own",
            f"where Spark's is meant: from pyspark.sql import functions as F, and F.{name}(…)",
            line=line,
        )  # fmt: skip


def _import_fix(path: str, text: str, names: list[str]) -> Fix | None:
    """The import that makes the names what they were; after a docstring and imports of `__future__`.

    None of the names was defined, so that nothing else can change its meaning.
    """
    tree = _parsed(text)
    if tree is None or text.startswith("\ufeff"):
        return None
    before = 0
    for position, node in enumerate(tree.body):
        is_docstring = (
            position == 0
            and isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_docstring or is_future):
            break
        before = node.end_lineno or 0
    lines = _lines(text)
    if any(line[-1:] not in "\r\n" for line in lines[:before]):
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    place = sum(map(len, lines[:before]))
    if not before:  # after comments at the top, such as one of the encoding
        while text[place : place + 1] == "#":
            place = text.find("\n", place) + 1
            if place == 0:
                return None
    added = f"from pyspark.sql.functions import {', '.join(names)}{newline}"
    following = text[place:].lstrip("\r\n")
    if following and not following.startswith(("import ", "from ")):
        added += newline * 2
    return Fix(f"import {', '.join(names)}", path, ((place, place, added),))


def python_model_fix(path: str, text: str) -> Fix | None:
    """`python_model` -> `table` in the one `dbt.config(materialized=…)` of a model; None where that is not plain."""
    tree = _parsed(text)
    if tree is None:
        return None
    words = [
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "config"
        for keyword in node.keywords
        if keyword.arg == "materialized"
    ]
    if len(words) != 1:
        return None
    word = words[0]
    if not (isinstance(word, ast.Constant) and word.value == PYTHON_MODEL):
        return None
    lines = _lines(text)
    line = lines[word.lineno - 1]
    start = sum(map(len, lines[: word.lineno - 1])) + len(line.encode()[: word.col_offset].decode())
    written = text[start:].split(PYTHON_MODEL, 1)[0]
    if written not in ("'", '"') or word.lineno != word.end_lineno:
        return None
    edit = (start + 1, start + 1 + len(PYTHON_MODEL), "table")
    return Fix("python_model -> table", path, (edit,))
