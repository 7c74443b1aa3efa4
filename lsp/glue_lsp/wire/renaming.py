"""Renames a model of a project: the file that gives it its name, all refs to it, its entry in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.session.project_names import named_in_project
from glue_lsp.text.positions import to_range, uri_of
from glue_lsp.wire.edits import document_edits

if TYPE_CHECKING:
    from glue_compiler.editor.navigation import Target
    from glue_compiler.project.context import Node
    from glue_compiler.text.source import SourceText, Span

    from glue_lsp.session.snapshot import Snapshot


class RenameRefused(ValueError):
    """The model cannot have the new name; the message says why."""


@dataclass(frozen=True, slots=True)
class Renamable:
    """A ref in the text and the model of this project that it names."""

    target: Target
    node: Node


def renamable(snapshot: Snapshot, offset: int) -> Renamable | None:
    """The model whose ref is at an offset, when its file gives it its name; else None."""
    from glue_compiler.editor.navigation import node_of, target_at
    from glue_compiler.editor.references import renamed_path

    if snapshot.whole is None or snapshot.project is None:
        return None
    source, facts = snapshot.whole
    target = target_at(facts, source, offset)
    node = None if target is None else node_of(snapshot.project, target)
    if target is None or node is None or node.package != snapshot.project.name:
        return None
    return Renamable(target, node) if renamed_path(node, "x") is not None else None


def rename_edit(snapshot: Snapshot, found: Renamable, new: str) -> types.WorkspaceEdit:
    """The edits of all files, and the renaming of the model's own.

    Raises:
        RenameRefused: for a name that is no name or taken, or a client that cannot rename files.
    """
    from glue_compiler.editor.references import NAME, name_in_yaml, renamed_path

    node, root, project = found.node, snapshot.root, snapshot.project
    path = renamed_path(node, new)
    assert path is not None  # noqa: S101 - renamable saw to it
    assert root is not None  # noqa: S101
    assert project is not None  # noqa: S101
    if NAME.fullmatch(new) is None:
        raise RenameRefused(f"`{new}` cannot be the name of a model: letters, digits and _ only")
    if new in project.node_names and new != node.name:
        raise RenameRefused(f"the project has a model, seed or snapshot called `{new}` already")
    client = snapshot.client
    if not (client.document_changes and client.rename_files):
        raise RenameRefused("this editor does not let a server rename files; use the command line")
    edits: dict[str, list[types.TextEdit]] = {}

    def add(path: str, text: SourceText, span: Span) -> None:
        uri = snapshot.open_project.uri_at(root / path)
        edits.setdefault(uri, []).append(
            types.TextEdit(to_range(text, span, snapshot.encoding), new)
        )

    for place in named_in_project(snapshot.open_project, found.target):
        add(place.path, place.source, place.span)
    if node.properties is not None:
        text = snapshot.open_project.text_of(node.properties.path)
        span = None if text is None else name_in_yaml(text, node.properties.line, node.name)
        if text is not None and span is not None:
            add(node.properties.path, text, span)
    moved = types.RenameFile(uri_of(root / node.path), uri_of(root / path))
    return types.WorkspaceEdit(document_changes=[*document_edits(snapshot, edits), moved])
