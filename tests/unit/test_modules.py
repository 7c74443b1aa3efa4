"""What every module of the product keeps to: its length, its first sentence, its name, and no private imports renamed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from glue_compiler.text.python_ast import parse_ast

ROOT = Path(__file__).parents[2]
WINGS = ("cli", "compiler", "dbt", "endpoint", "lsp", "session", "vscode-client/src")
MODULES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for wing in WINGS
    for path in sorted((ROOT / wing).rglob("*"))
    if path.suffix in (".py", ".ts") and "node_modules" not in path.parts
}
PYTHON = {name: text for name, text in MODULES.items() if name.endswith(".py")}

MOST_LINES = 400

NAMED_AFTER_NOTHING = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)")


def test_all_wings_are_looked_at() -> None:
    assert {name.partition("/")[0] for name in MODULES} >= {
        "cli",
        "compiler",
        "dbt",
        "endpoint",
        "lsp",
        "session",
    }
    assert any(name.endswith(".ts") for name in MODULES)


def test_modules_are_short() -> None:
    """Four hundred lines are what one can read at a time."""
    assert {name for name, text in MODULES.items() if text.count("\n") > MOST_LINES} == set()


def test_a_module_opens_with_a_sentence() -> None:
    def first_sentence(text: str) -> str:
        doc = ast.get_docstring(parse_ast(text)) or ""
        return " ".join(doc.split("\n\n")[0].split())

    found = {name: first_sentence(text) for name, text in PYTHON.items()}
    assert {
        name: doc for name, doc in found.items() if not doc.rstrip("`)").endswith((".", ":"))
    } == {}


def test_no_module_is_named_after_nothing() -> None:
    found = {name for name in MODULES if NAMED_AFTER_NOTHING.search(Path(name).stem.lower())}
    assert found - {name for name in found if "/awsglue_shim/" in name} == set()


def test_no_private_name_is_imported_as_a_public_one() -> None:
    found = {
        name
        for name, text in PYTHON.items()
        for node in ast.walk(parse_ast(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if alias.asname and alias.name.rpartition(".")[2].startswith("_")
        if not alias.asname.startswith("_")
    }
    assert found == set()
