"""One workspace, one answer: no client composes an analysis, a check, a plan or a program of its own."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from glue_compiler.text.python_ast import parse_ast

ROOT = Path(__file__).parents[2]
WORKSPACE = "compiler/glue_compiler/workspace.py"
PROGRAMS = "compiler/glue_compiler/plan/programs.py"
LIVE = "compiler/glue_compiler/incremental/live.py"
SURROUNDINGS = "compiler/glue_compiler/project/surroundings.py"
SETTINGS = "compiler/glue_compiler/project/settings.py"
PROFILES = "compiler/glue_compiler/project/profiles.py"

HOMES = {
    # What is called -> who may call it.
    "glue_compiler.checks.check.check": {WORKSPACE},
    "glue_compiler.checks.session.check_session": {WORKSPACE},
    "glue_compiler.plan.planner.plan": {PROGRAMS},
    "glue_compiler.plan.planner.RunContext": {PROGRAMS},
    "glue_compiler.plan.preview.expected_run": {WORKSPACE},
    "glue_compiler.plan.programs.planned_program": {WORKSPACE},
    "glue_compiler.project.load.load_project": {SURROUNDINGS},
    "glue_compiler.project.profiles.read_target": {SURROUNDINGS},
    "glue_compiler.project.settings.find_settings_file": {SURROUNDINGS, SETTINGS},
    "glue_compiler.project.settings.load_settings": {SURROUNDINGS, SETTINGS},
}


@cache
def product() -> tuple[tuple[str, ast.Module], ...]:
    folders = ("cli", "compiler", "dbt", "endpoint", "lsp", "session")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(
        (path.relative_to(ROOT).as_posix(), parse_ast(path.read_text(encoding="utf-8")))
        for path in files
    )


def imported(tree: ast.Module) -> set[str]:
    """The full names that a module imports from others, at whatever place, but not for types alone."""
    names: set[str] = set()
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            stack.extend(node.orelse)
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        stack.extend(ast.iter_child_nodes(node))
    return names


@pytest.mark.parametrize("name", sorted(HOMES))
def test_only_the_workspace_composes(name: str) -> None:
    users = {path for path, tree in product() if name in imported(tree)}
    assert users <= HOMES[name], f"ask glue_compiler.workspace instead of {name}"


def test_the_profile_of_a_project_has_one_reader() -> None:
    readers = {
        path
        for path, tree in product()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "profiles.yml"
    }
    assert readers == {PROFILES}


def test_clients_analyse_through_the_workspace() -> None:
    """Whoever analyses by itself has to say why: the language server remembers versions, which are analysed live."""
    allowed = {"compiler/glue_compiler/__init__.py", WORKSPACE, LIVE}
    allowed |= {
        path for path, _ in product() if path.startswith("lsp/glue_lsp/") and "analys" in path
    }
    users = {
        path
        for path, tree in product()
        if imported(tree) & {"glue_compiler.analysis.analyze", "glue_compiler.analyze"}
    }
    assert users <= allowed
