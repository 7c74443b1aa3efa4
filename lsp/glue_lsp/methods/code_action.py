"""`textDocument/codeAction`: repair a finding, repair all, silence a rule on a line, explain a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from glue_lsp.declaring import declaration
from glue_lsp.diagnostics import SOURCE, edits_of, fix_data, rule_url
from glue_lsp.edits import workspace_edit
from glue_lsp.methods.execute_command import EXPLAIN
from glue_lsp.positions import to_text_edits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_lsp.server import GlueServer
    from glue_lsp.views import View

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


def handle(ls: GlueServer, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """The actions for the findings in the range that the client asks about."""
    view = ls.session.view(params.text_document.uri)
    if view is None:
        return None
    only = params.context.only
    actions: list[types.CodeAction] = []
    if _wanted(only, types.CodeActionKind.QuickFix):
        ours = [item for item in params.context.diagnostics if item.source == SOURCE]
        for item in ours:
            actions += _fixes(ls, view, item)
        for item in ours:
            actions += _silence(ls, view, item)
        actions += _explanations(ours)
    actions += _declare(ls, view, params)
    if _wanted(only, FIX_ALL) and any(item.safe_fix for item in view.diagnostics):
        actions.append(_fix_all(ls, view))
    return actions or None


def _wanted(only: Any, kind: str) -> bool:
    return only is None or any(kind == item or kind.startswith(f"{item}.") for item in only)


def _fixes(ls: GlueServer, view: View, item: types.Diagnostic) -> Iterator[types.CodeAction]:
    for fix in _fix_data(view, item):
        yield types.CodeAction(
            f"{fix['title']} ({item.code})",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item],
            is_preferred=fix["safe"] or None,
            edit=_edit(ls, view, edits_of(fix["edits"])),
        )


def _fix_data(view: View, item: types.Diagnostic) -> list[dict[str, Any]]:
    """The fixes that the diagnostic carries, if they are for this very text.

    A client that drops `data`, or that asks with a diagnostic of an older text, gets those of the
    same finding in the present text.
    """
    data: Any = item.data
    if isinstance(data, dict) and data.get("hash") == view.source.hash:
        fixes: list[dict[str, Any]] = data["fixes"]
        return fixes
    for found in view.diagnostics:
        if found.code == item.code and view.range(found.span) == item.range:
            return [fix_data(fix, view.source, view.encoding) for fix in found.fixes]
    return []


def _silence(ls: GlueServer, view: View, item: types.Diagnostic) -> Iterator[types.CodeAction]:
    from glue_compiler.checks.silence import silence

    if view.broken or not isinstance(item.code, str):
        return
    fix = silence(view.source, view.facts, item.code, view.span(item.range))
    if fix is not None:
        edits = to_text_edits(view.source, fix.edits, view.encoding)
        yield types.CodeAction(
            fix.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item],
            edit=_edit(ls, view, edits),
        )


def _declare(
    ls: GlueServer, view: View, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    """Declare the returned columns: the repair of a finding, or a choice at any `return`."""
    findings = [item for item in params.context.diagnostics if item.code == _DECLARED_COLUMNS]
    kind = types.CodeActionKind.QuickFix if findings else types.CodeActionKind.RefactorRewrite
    asked = view.span(params.range)
    here = any(item.span.contains(asked.start) for item in view.facts.flow.returns)
    if (findings or here) and _wanted(params.context.only, kind):
        found = declaration(ls.session, view)
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


def _fix_all(ls: GlueServer, view: View) -> types.CodeAction:
    action = types.CodeAction("Fix all that dbt-glue can fix safely", kind=FIX_ALL)
    if ls.session.client.resolve_code_action_edit and ls.session.client.code_action_data:
        action.data = {"uri": view.document.uri}
    else:
        action.edit = fix_all_edit(ls, view)
    return action


def fix_all_edit(ls: GlueServer, view: View) -> types.WorkspaceEdit | None:
    """The edit that applies all safe fixes; None when there is nothing to apply."""
    from glue_compiler.findings.diagnostics import Edit
    from glue_compiler.findings.fixes import fix_text
    from glue_compiler.text.shift import common_prefix, common_suffix
    from glue_compiler.text.source import Span

    before = view.source.text
    after = fix_text(
        before,
        lambda source: ls.session.analyses.of(source, view.path, view.workspace).diagnostics,
    ).text
    if after == before:
        return None
    start = common_prefix(before, after)
    tail = common_suffix(before[start:], after[start:])
    edit = Edit(Span(start, len(before) - tail), after[start : len(after) - tail])
    return _edit(ls, view, to_text_edits(view.source, (edit,), view.encoding))


def _edit(ls: GlueServer, view: View, edits: list[types.TextEdit]) -> types.WorkspaceEdit:
    return workspace_edit(ls.session, {view.document.uri: edits})
