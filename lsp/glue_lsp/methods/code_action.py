"""`textDocument/codeAction`: repair a finding, repair all, silence a rule on a line, explain a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from glue_lsp.methods.execute_command import EXPLAIN
from glue_lsp.text.positions import to_text_edits
from glue_lsp.wire.declaring import declaration
from glue_lsp.wire.diagnostics import SOURCE, edits_of, fix_data, rule_url
from glue_lsp.wire.edits import workspace_edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_lsp.client.connection import Connection
    from glue_lsp.session.snapshot import Snapshot

METHOD = types.TEXT_DOCUMENT_CODE_ACTION
_DECLARED_COLUMNS = "GLU607"
FIX_ALL = "source.fixAll.dbtGlue"
OPTIONS = types.CodeActionOptions(
    code_action_kinds=[
        types.CodeActionKind.QuickFix,
        types.CodeActionKind.RefactorRewrite,
        FIX_ALL,
    ],
    resolve_provider=True,
)


def handle(ls: Connection, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """The actions for the findings in the range that the client asks about."""
    snapshot = ls.session.snapshot(params.text_document.uri)
    if snapshot is None:
        return None
    only = params.context.only
    actions: list[types.CodeAction] = []
    if _asks_for(only, types.CodeActionKind.QuickFix):
        ours = [item for item in params.context.diagnostics if item.source == SOURCE]
        for item in ours:
            actions += _fixes(snapshot, item)
        for item in ours:
            actions += _silence(snapshot, item)
        actions += _explanations(ours)
    actions += _declare(snapshot, params)
    if _asks_for(only, FIX_ALL) and any(item.safe_fix for item in snapshot.diagnostics):
        actions.append(_fix_all(snapshot))
    return actions or None


def _asks_for(only: Any, kind: str) -> bool:
    return only is None or any(kind == item or kind.startswith(f"{item}.") for item in only)


def _fixes(snapshot: Snapshot, item: types.Diagnostic) -> Iterator[types.CodeAction]:
    for fix in _fix_data(snapshot, item):
        yield types.CodeAction(
            f"{fix['title']} ({item.code})",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item],
            is_preferred=fix["safe"] or None,
            edit=_edit(snapshot, edits_of(fix["edits"])),
        )


def _fix_data(snapshot: Snapshot, item: types.Diagnostic) -> list[dict[str, Any]]:
    """The fixes that the diagnostic carries, if they are for this very text.

    A client that drops `data`, or that asks with a diagnostic of an older text, gets those of the
    same finding in the present text.
    """
    data: Any = item.data
    if isinstance(data, dict) and data.get("hash") == snapshot.source.hash:
        fixes: list[dict[str, Any]] = data["fixes"]
        return fixes
    for found in snapshot.diagnostics:
        if found.code == item.code and snapshot.range(found.span) == item.range:
            return [fix_data(fix, snapshot.client_text) for fix in found.fixes]
    return []


def _silence(snapshot: Snapshot, item: types.Diagnostic) -> Iterator[types.CodeAction]:
    from glue_compiler.checks.silence import silence

    if snapshot.broken or not isinstance(item.code, str):
        return
    fix = silence(snapshot.source, snapshot.facts, item.code, snapshot.span(item.range))
    if fix is not None:
        edits = to_text_edits(snapshot.source, fix.edits, snapshot.encoding)
        yield types.CodeAction(
            fix.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item],
            edit=_edit(snapshot, edits),
        )


def _declare(snapshot: Snapshot, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    """Declare the returned columns: the repair of a finding, or a choice at any `return`."""
    findings = [item for item in params.context.diagnostics if item.code == _DECLARED_COLUMNS]
    kind = types.CodeActionKind.QuickFix if findings else types.CodeActionKind.RefactorRewrite
    asked = snapshot.span(params.range)
    here = any(item.span.contains(asked.start) for item in snapshot.facts.flow.returns)
    if (findings or here) and _asks_for(params.context.only, kind):
        found = declaration(snapshot)
        if found is not None:
            yield types.CodeAction(
                found.title, kind=kind, diagnostics=findings or None, edit=found.edit
            )


def _explanations(items: list[types.Diagnostic]) -> Iterator[types.CodeAction]:
    for code in dict.fromkeys(str(item.code) for item in items):
        title = f"Explain {code}"
        yield types.CodeAction(
            title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item for item in items if item.code == code],
            command=types.Command(title, EXPLAIN, arguments=[code, rule_url(code)]),
        )


def _fix_all(snapshot: Snapshot) -> types.CodeAction:
    action = types.CodeAction("Fix all that dbt-glue can fix safely", kind=FIX_ALL)
    if snapshot.client.resolve_code_action_edit and snapshot.client.code_action_data:
        action.data = {"uri": snapshot.document.uri}
    else:
        action.edit = fix_all_edit(snapshot)
    return action


def fix_all_edit(snapshot: Snapshot) -> types.WorkspaceEdit | None:
    """The edit that applies all safe fixes; None when there is nothing to apply."""
    from glue_compiler.findings.diagnostics import Edit
    from glue_compiler.findings.fixes import fix_text
    from glue_compiler.text.shift import common_prefix, common_suffix
    from glue_compiler.text.source import Span

    before = snapshot.source.text
    after = fix_text(
        before,
        lambda source: snapshot.open_project.checked(snapshot.path, source).diagnostics,
    ).text
    if after == before:
        return None
    start = common_prefix(before, after)
    tail = common_suffix(before[start:], after[start:])
    edit = Edit(Span(start, len(before) - tail), after[start : len(after) - tail])
    return _edit(snapshot, to_text_edits(snapshot.source, (edit,), snapshot.encoding))


def _edit(snapshot: Snapshot, edits: list[types.TextEdit]) -> types.WorkspaceEdit:
    return workspace_edit(snapshot, {snapshot.document.uri: edits})
