"""The action that declares the columns a model returns in the YAML of its project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_lsp.text.positions import to_text_edits
from glue_lsp.wire.edits import workspace_edit

if TYPE_CHECKING:
    from lsprotocol import types

    from glue_lsp.session.snapshot import Snapshot

_NAMED = 3
_DECLARED = ("contract", "yaml")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What would be declared, in words, and the edit that does it."""

    title: str
    edit: types.WorkspaceEdit


def declaration(snapshot: Snapshot) -> Declaration | None:
    """The declaration of the columns that the model returns and its entry in YAML lacks.

    None when there are none, when they are not all known, or when it has no entry to add them to.
    """
    from glue_compiler.schemas.declare import declare_columns
    from glue_compiler.schemas.resolver import returned_columns

    root, node = snapshot.root, snapshot.node
    if root is None or node is None or node.properties is None or snapshot.broken:
        return None
    returned = returned_columns(snapshot.facts, snapshot.schemas(snapshot.facts))
    if returned is None or not returned.complete:
        return None
    declared = {item.name.lower() for item in node.columns if item.provenance in _DECLARED}
    missing = [item for item in returned.columns if item.name.lower() not in declared]
    text = snapshot.open_project.text_of(node.properties.path)
    edit = None if text is None else declare_columns(text, node.properties.line, missing)
    if text is None or edit is None:
        return None
    names = ", ".join(f"`{item.name}`" for item in missing[:_NAMED])
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    uri = snapshot.open_project.uri_at(root / node.properties.path)
    edits = {uri: to_text_edits(text, (edit,), snapshot.encoding)}
    title = f"Declare {names}{more} in {node.properties.path}"
    return Declaration(title, workspace_edit(snapshot, edits))
