"""`df.count() == 0`, `df.count() > 0`, `not df.count()` become `df.isEmpty()`, which stops at the first row."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.first_rows import (
    asked_of_the_session,
    counts_of_rows,
    is_number,
    is_test,
    tests_zero,
)
from glue_compiler.rewrites.hazards import cached, hazard
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import Action
    from glue_compiler.rewrites.model import Model

NAME = "emptiness"
_SAVES = "stops at the first row instead of counting all"


def emptiness(model: Model) -> Iterator[Decision]:
    """One decision for every `count()` of a frame whose value is used, but for those that are only reported.

    Where errors need not stay and the facts do not tell enough, the session asks the plan (rewrites.first_rows).
    """
    actions = {
        span: found
        for span, found in model.grouped(model.facts.flow.actions).items()
        if found[0].method == "count" and found[0].use != "statement"
    }
    asked = {} if model.strict else {model.span(call): call for call in counts_of_rows(model)}
    for span in sorted({*actions, *asked}):
        call = asked.get(span)
        found = actions.get(span, [])
        if call is not None and is_number(model, call):
            continue
        own = model.calls.get(span) if found else None
        reason, edits = ("in_helper", ()) if own is None else _known(model, own, found)
        if not edits and not model.strict and reason not in _FINAL:
            frames = [model.frame(action.frame) for action in found]
            reason, edits = asked_of_the_session(model, call or own, frames)
        yield Decision(NAME, span, reason, edits, _SAVES if edits else "")


_FINAL = ("count_value_used", "value_discarded", "unknown_call", "spark_too_old")


def _known(model: Model, call: ast.Call, actions: list[Action]) -> tuple[str, tuple[Edit, ...]]:
    reason = _refusal(model, call, actions)
    return (reason, ()) if reason else _rewritten(model, call)


def _refusal(model: Model, call: ast.Call, actions: list[Action]) -> str:
    frames = [model.frame(action.frame) for action in actions]
    if any(frame.kind != "spark" for frame in frames):
        return "kind_unknown"
    if model.spark < (3, 3):
        return "spark_too_old"
    if any(cached(model, frame) for frame in frames) or any(a.after_cache for a in actions):
        return "cached"
    reason = next(filter(None, (hazard(model, frame, call) for frame in frames)), "")
    if reason and (model.strict or reason != "may_raise"):
        return reason
    if model.guarded(call):
        return "in_try"
    return "in_loop" if any(action.in_loop for action in actions) else ""


def _rewritten(model: Model, call: ast.Call) -> tuple[str, tuple[Edit, ...]]:
    if call.args or call.keywords or not isinstance(call.func, ast.Attribute):
        return "unknown_call", ()
    parent = model.parents[call]
    verdict = tests_zero(parent, call)
    if verdict is None and is_test(model, call):
        verdict = False
    if verdict is not None:
        return _test_edits(model, call, parent, verdict)
    if isinstance(parent, ast.Assign) and parent.value is call:
        return _assigned_verdict(model, call, parent)
    return "count_value_used", ()


def _test_edits(
    model: Model, call: ast.Call, parent: ast.AST, empty: bool
) -> tuple[str, tuple[Edit, ...]]:
    func = call.func
    assert isinstance(func, ast.Attribute)  # noqa: S101 - checked by the caller
    inner = model.span(call)
    whole = model.span(parent) if isinstance(parent, (ast.Compare, ast.UnaryOp)) else inner
    before, after = model.slice(whole.start, inner.start), model.slice(inner.end, whole.end)
    if re.search(r"[\r\n#()]", before + after):
        return "spans_lines" if re.search(r"[\r\n]", before + after) else "chain_parentheses", ()
    name_end = model.span(func).end
    name = Span(name_end - len("count"), name_end)
    start = Edit(Span(whole.start, inner.start), "(" if empty else "(not ")
    return APPLIED, (start, Edit(name, "isEmpty"), Edit(Span(inner.end, whole.end), ")"))


def _assigned_verdict(
    model: Model, call: ast.Call, statement: ast.Assign
) -> tuple[str, tuple[Edit, ...]]:
    """`n = df.count()` where n is only tested for zero: at most one row needs to be counted."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name) or model.opaque:
        return "count_value_used", ()
    uses = [node for node in model.names(target.id) if node is not target]
    if not uses:
        return "value_discarded", ()
    own = model.own_nodes
    for use in uses:
        if not isinstance(use.ctx, ast.Load) or use not in own:
            return "count_value_used", ()
        if tests_zero(model.parents[use], use) is None and not is_test(model, use):
            return "count_value_used", ()
    func = call.func
    assert isinstance(func, ast.Attribute)  # noqa: S101 - checked by the caller
    end = model.span(func).end - len("count")
    return APPLIED, (Edit(Span(end, end), "limit(1)."),)
