"""Who the adapter may know: the contracts that import-linter cannot read."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from glue_compiler.text.python_ast import parse_ast

import dbt.adapters.glue

if TYPE_CHECKING:
    from collections.abc import Iterator

ADAPTER = Path(str(dbt.adapters.glue.__file__)).parent
NAME = "dbt.adapters.glue"
COMPILES = {"compiled.py": ("dbt.compilation",), "project_catalogs.py": ("dbt.config",)}


def imports(text: str, package: str = NAME) -> set[str]:
    """The full names of all modules that a text imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(parse_ast(text)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: 1 - node.level or None]) if node.level else ""
            module = ".".join(part for part in (above, node.module) if part)
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def broken(folder: Path, forbidden: tuple[str, ...], allowed: tuple[str, ...]) -> Iterator[str]:
    for file in [folder] if folder.is_file() else sorted(folder.rglob("*.py")):
        for name in sorted(imports(file.read_text(encoding="utf-8"))):
            inside = f"{name}."
            if inside.startswith(tuple(f"{module}." for module in forbidden)) and not (
                inside.startswith(tuple(f"{module}." for module in allowed))
            ):
                yield f"{file.relative_to(ADAPTER)} imports {name}"


def test_every_form_of_import_is_seen() -> None:
    text = "import a.b\nfrom c import d\ndef f():\n    from . import e\n    from .g import h\n"
    assert imports(text, "p.q") == {"a.b", "c.d", "p.q.e", "p.q.g.h"}
    found = imports((ADAPTER / "adapter_parts.py").read_text(encoding="utf-8"))
    assert "dbt.adapters.sql.impl.SQLAdapter" in found


@pytest.mark.parametrize(
    ("folder", "forbidden", "allowed"),
    [
        (ADAPTER, ("glue_cli", "glue_lsp"), ()),
        # dbt-core is the adapter's caller and no part of what it needs (dbt-adapters, dbt-common are);
        # only `validation` is a program that runs dbt itself. What an ephemeral model's SQL is, the caller alone can tell.
        *(
            (part, ("dbt",), ("dbt.adapters", "dbt.include", *COMPILES.get(part.name, ())))
            for part in [
                *ADAPTER.glob("*.py"),
                *(ADAPTER / "python_models").glob("*.py"),
                ADAPTER / "sessions",
            ]
        ),
    ],
)
def test_contracts(folder: Path, forbidden: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    assert list(broken(folder, forbidden, allowed)) == []


def test_only_the_module_of_clients_starts_an_endpoint() -> None:
    """To all else, *local* is another URL; what is beside its Sparks is asked of it without starting one."""
    importers = {
        file.relative_to(ADAPTER).as_posix()
        for file in ADAPTER.rglob("*.py")
        if any(
            name.startswith("glue_endpoint.") for name in imports(file.read_text(encoding="utf-8"))
        )
    }
    assert importers == {"aws.py", "sessions/packages.py"}
