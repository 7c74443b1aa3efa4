"""`textDocument/references`: where else the project names this model or source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.session.project_names import named_in_project
from glue_lsp.text.positions import to_range, uri_of
from glue_lsp.wire.locations import relation_locations

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.TEXT_DOCUMENT_REFERENCES


def handle(ls: Connection, params: types.ReferenceParams) -> list[types.Location] | None:
    """All refs to a model in Python and SQL, all uses of a source, all uses of a column in the file."""
    from glue_compiler.editor.navigation import same_places, target_at

    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.whole is None:
        return None
    source, facts = snapshot.whole
    target = target_at(facts, source, snapshot.offset(params.position))
    if target is None:
        return None
    found: list[types.Location] = []
    if params.context.include_declaration:
        found += relation_locations(snapshot, target)
    if target.kind in ("ref", "source") and snapshot.root is not None:
        for place in named_in_project(snapshot.open_project, target):
            where = to_range(place.source, place.span, snapshot.encoding)
            found.append(types.Location(uri_of(snapshot.root / place.path), where))
    else:
        for span in same_places(facts, source, target, snapshot.schemas(facts)):
            found.append(types.Location(snapshot.document.uri, snapshot.range(span)))
    return found or None
