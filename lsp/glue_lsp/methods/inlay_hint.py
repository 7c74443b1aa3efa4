"""`textDocument/inlayHint`: kinds and columns of frames, between the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.wire.hints import to_inlay_hint

if TYPE_CHECKING:
    from glue_compiler.plan.planner import Plan
    from glue_compiler.text.source import SourceText

    from glue_lsp.client.connection import Connection
    from glue_lsp.session.snapshot import Snapshot

METHOD = types.TEXT_DOCUMENT_INLAY_HINT


def handle(ls: Connection, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    """The hints in a range; while the text is broken, null, so that the client keeps its own."""
    from glue_compiler.editor.hints import inlay_hints, plan_hints
    from glue_compiler.editor.hover import frame_text

    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.whole is None:
        return None
    if not ls.session.editor_of(snapshot.root).inlay_hints:
        return None
    source, facts = snapshot.whole
    schemas = snapshot.schemas(facts)
    wanted = snapshot.span(params.range)
    found = [*inlay_hints(facts, schemas), *plan_hints(_plan(snapshot, source))]
    return [
        to_inlay_hint(item, item.text or frame_text(facts, item.frames, schemas), snapshot)
        for item in sorted(found, key=lambda item: item.offset)
        if wanted.contains(item.offset)
    ]


def _plan(snapshot: Snapshot, source: SourceText) -> Plan:
    """The plan of a run that builds the table anew; an empty one where a config means nothing."""
    from glue_compiler.plan.planner import Plan

    try:
        return snapshot.workspace.planned(snapshot.path, source)
    except ValueError:
        return Plan(source.text, source.text)
