"""Searches the files of a project for the names of models and sources."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.editor.navigation import Target
    from glue_compiler.editor.references import Named
    from glue_compiler.text.source import SourceText, Span

    from glue_lsp.session.open_project import OpenProject

_SUFFIXES = (".py", ".sql", ".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class NamedAt:
    """A place where something is named: a file of the project, its text, and the span in it."""

    path: str
    source: SourceText
    span: Span


def named_in_project(open_project: OpenProject, target: Target) -> Iterator[NamedAt]:
    """The places in the project's models, tests, macros, analyses and YAML that name a model or a source table."""
    from glue_compiler.editor.navigation import node_of
    from glue_compiler.editor.references import named

    project = open_project.workspace.project
    if project is None:
        return
    node = node_of(project, target)
    wanted = None if node is None else named(project, node)
    if target.kind == "ref" and wanted is None:
        return
    for path in _paths(open_project):
        source = open_project.text_of(path)
        if source is None or target.names[1] not in source.text:
            continue
        for span in _spans(open_project, path, source, target, wanted):
            yield NamedAt(path, source, span)


def _spans(
    open_project: OpenProject,
    path: str,
    source: SourceText,
    target: Target,
    wanted: Named | None,
) -> list[Span]:
    from glue_compiler.editor import references

    pair = (target.names[0], target.names[1])
    if path.endswith(".py"):
        root = open_project.workspace.root
        if root is None or not open_project.surroundings.is_model(root / path):
            return []
        facts = open_project.workspace.facts(source)
        if wanted is None:
            return references.sources_in_python(facts, source, pair)
        return references.refs_in_python(facts, source, wanted)
    if wanted is None:
        return references.sources_in_sql(source.text, pair)
    spans = references.refs_in_sql(source.text, wanted)
    if path.endswith((".yml", ".yaml")) and wanted.bare:
        spans += references.unit_tests_in_yaml(source.text, wanted.name)
    return sorted(spans)


def _paths(open_project: OpenProject) -> Iterator[str]:
    """The files of the project that can name things, and the open ones that are not saved yet."""
    from glue_compiler.project.load import ProjectError, read_project_settings

    surroundings = open_project.surroundings
    root = surroundings.root
    if root is None:
        return
    try:
        settings = read_project_settings(root)
    except ProjectError:
        return
    found: dict[str, None] = {}
    for folder in (*settings.resource_paths, *settings.other_paths):
        for current, folders, files in os.walk(root / folder):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            for name in sorted(files):
                if name.endswith(_SUFFIXES):
                    relative = surroundings.relative(Path(current, name))
                    if relative is not None:
                        found[relative] = None
    for document in open_project.documents:
        if document.path is not None and surroundings.is_model(document.path):
            found[surroundings.relative(document.path) or ""] = None
    yield from found
