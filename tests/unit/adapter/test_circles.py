"""The adapter's modules know each other in one direction, those included that only a type checker imports."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.text.python_ast import parse_ast

import dbt.adapters.glue

if TYPE_CHECKING:
    from collections.abc import Iterator

ADAPTER = Path(str(dbt.adapters.glue.__file__)).parent
NAME = "dbt.adapters.glue"


def modules() -> dict[str, Path]:
    """The adapter's own modules by their names; `__init__` says what is in a folder and is none itself."""
    files = [file.relative_to(ADAPTER) for file in ADAPTER.rglob("*.py") if file.stem != "__init__"]
    return {".".join((NAME, *file.with_suffix("").parts)): ADAPTER / file for file in files}


def known_by(file: Path, names: set[str]) -> Iterator[str]:
    """Which of the modules a file imports, in any place and form."""
    for node in ast.walk(parse_ast(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from names & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from names & {node.module, *(f"{node.module}.{a.name}" for a in node.names)}


def test_no_circle_even_of_types() -> None:
    found = modules()
    graph = {name: set(known_by(file, set(found))) for name, file in found.items()}
    assert f"{NAME}.python_models.models" in graph[f"{NAME}.adapter_parts"]
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle
