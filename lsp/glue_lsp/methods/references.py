"""`textDocument/references`: where else the project names this model or source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.methods.definition import definitions
from glue_lsp.session.project_names import named_in_project
from glue_lsp.text.positions import to_range, uri_of

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_REFERENCES


def handle(ls: GlueServer, params: types.ReferenceParams) -> list[types.Location] | None:
    """All refs to a model in Python and SQL, all uses of a source, all uses of a column in the file."""
    from glue_compiler.editor.navigation import same_places, target_at

    view = ls.session.view(params.text_document.uri)
    if view is None or view.whole is None:
        return None
    source, facts = view.whole
    target = target_at(facts, source, view.offset(params.position))
    if target is None:
        return None
    found: list[types.Location] = []
    if params.context.include_declaration:
        found += definitions(view, target)
    if target.kind in ("ref", "source") and view.surroundings.root is not None:
        for place in named_in_project(ls.session, view.surroundings, target):
            where = to_range(place.source, place.span, view.encoding)
            found.append(types.Location(uri_of(view.surroundings.root / place.path), where))
    else:
        for span in same_places(facts, source, target, view.schemas(facts)):
            found.append(types.Location(view.document.uri, view.range(span)))
    return found or None
