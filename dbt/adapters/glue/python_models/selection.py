"""Which Python models of a dbt command are looked at before its first session, and before dbt's parser."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import click
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText

from dbt.adapters.glue.python_models.model_file import ModelFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from dbt.adapters.glue.python_models.project import RunningProject

__all__ = ["has_python_models", "is_about_to_parse", "selected_files", "suspect_files"]


def has_python_models(nodes: Iterable[Any]) -> bool:
    """Whether any of dbt's nodes is a Python model."""
    return any(_is_python_model(node) for node in nodes)


def selected_files(
    project: RunningProject, nodes: Iterable[Any], selected: Collection[str], manifest: Any
) -> list[ModelFile]:
    """The files of the Python models among `nodes` that a command selected, in the order of their paths.

    `selected` are unique ids. A selected test counts for the models that it tests, which `manifest` tells.
    """
    wanted = {*selected, *_tested_by(manifest, selected)}
    models = [node for node in nodes if _is_python_model(node) and node.unique_id in wanted]
    return [
        ModelFile.of(
            {"original_file_path": node.original_file_path, "raw_code": node.raw_code},
            project.root,
            own=project.owns(node.package_name),
        )
        for node in sorted(models, key=lambda node: str(node.original_file_path))
    ]


def is_about_to_parse() -> bool:
    """Whether the running dbt command has yet to parse the project.

    A command of dbt-core holds its manifest in click's context: `dbtRunner(manifest=...)` puts one
    there, and where there is none, dbt parses the project (dbt/cli/requires.py, `setup_manifest`).
    With a manifest from elsewhere, files are not looked at.
    """
    context = click.get_current_context(silent=True)
    held = None if context is None else context.obj
    return isinstance(held, dict) and "runtime_config" in held and held.get("manifest") is None


def suspect_files(project: RunningProject) -> list[ModelFile]:
    """The Python models that dbt's parser may refuse: those that do not compile, or refer by a name that no file has.

    With a .dbtignore, which models there are is for dbt alone to say: then there are none.
    """
    root = project.root
    if (root / ".dbtignore").exists():
        return []
    python = sorted(file for path in project.model_folders for file in (root / path).rglob("*.py"))
    if not python:
        return []
    folders = (*project.model_folders, *project.data_folders)
    known = {file.stem for path in folders for file in (root / path).rglob("*")}
    suspects = []
    for file in python:
        try:
            text = file.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue  # dbt says what is wrong with it
        if not _is_plain(text, known):
            suspects.append(ModelFile(file.relative_to(root).as_posix(), SourceText(text)))
    return suspects


def _is_plain(text: str, known: set[str]) -> bool:
    """Whether a text compiles and each literal `....ref("name")` in it may be one of `known`."""
    try:
        tree = parse_ast(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "ref"
            and call.args
            and isinstance(call.args[-1], ast.Constant)
            and call.args[-1].value not in known
        ):
            return False
    return True


def _is_python_model(node: Any) -> bool:
    return (
        getattr(node, "language", None) == "python"
        and str(getattr(node, "resource_type", "")) == "model"
    )


def _tested_by(manifest: Any, selected: Iterable[str]) -> Iterator[str]:
    """The nodes that the selected tests depend on."""
    nodes: Mapping[str, Any] = getattr(manifest, "nodes", None) or {}
    for name in selected:
        if name.startswith("test.") and name in nodes:
            yield from nodes[name].depends_on.nodes
