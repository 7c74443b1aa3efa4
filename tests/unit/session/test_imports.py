"""What runs in a session needs nothing but PySpark, what comes with it, and the standard library."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import glue_session
import pytest
from glue_compiler.text.python_ast import parse_ast

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED = {"glue_session", "numpy", "pandas", "py4j", "pyarrow", "pyspark"}
MODULES = sorted(Path(str(glue_session.__file__)).parent.rglob("*.py"))


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(module, name) of every import, wherever it is; the name is empty for `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (
                ("." * node.level + (node.module or ""), alias.name) for alias in node.names
            )


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_a_session_has_what_is_imported(file: Path) -> None:
    found = set(imports(parse_ast(file.read_text(encoding="utf-8"))))
    strangers = {
        module
        for module, _ in found
        if module.partition(".")[0] not in ALLOWED | sys.stdlib_module_names
    }
    assert strangers == set()
    own = {name for module, name in found if module.partition(".")[0] == "glue_session"}
    assert not {name for name in own if name.startswith("_")}


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_glues_oldest_python_reads_it(file: Path) -> None:
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 10))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_siblings_are_imported_by_their_own_names(file: Path) -> None:
    tree = parse_ast(file.read_text(encoding="utf-8"))
    aliases = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("glue_session")
        for alias in node.names
        if alias.asname
    ]
    assert aliases == []
