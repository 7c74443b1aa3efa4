"""`show()`, `printSchema()`, `explain()` and a bare `count()` go, with `optimize_actions: true` only."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.hazards import cached, hazard
from glue_compiler.rewrites.model import once_a_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.schemas import Frame
    from glue_compiler.rewrites.model import Model
    from glue_compiler.text.source import Span

NAME = "debug_actions"
_ACTIONS = {"show", "count"}
_PRINTS = {"printSchema", "explain"}


@once_a_model
def debug_actions(model: Model) -> tuple[Decision, ...]:
    """One decision for every statement that is nothing but such a call."""
    return tuple(_decisions(model))


def _decisions(model: Model) -> Iterator[Decision]:
    flow = model.facts.flow
    for span, actions in model.grouped(flow.actions).items():
        if actions[0].method in _ACTIONS and actions[0].use == "statement":
            yield _decision(model, span, [model.frame(action.frame) for action in actions])
    for use in model.here(flow.members):
        prints = use.member in _PRINTS and use.use == "statement" and use.kind == "spark"
        if prints and use.call is not None and use.frame is not None:
            yield _decision(model, use.call, [model.frame(use.frame)])


def _decision(model: Model, span: Span, frames: list[Frame]) -> Decision:
    reason = _refusal(model, span, frames)
    if reason:
        return Decision(NAME, span, reason)
    text = model.slice(*span)
    breaks = "".join("\n" for _ in range(len(text.splitlines()) - 1))
    if breaks:
        return Decision(NAME, span, "spans_lines")
    return Decision(NAME, span, APPLIED, (Edit(span, "pass"),), "one job less")


def _refusal(model: Model, span: Span, frames: list[Frame]) -> str:
    if not model.optimize_actions:
        return "default_keeps"
    call = model.calls.get(span)
    if call is None:
        return "in_helper"
    if any(frame.kind != "spark" for frame in frames):
        return "kind_unknown"
    if any(cached(model, frame) for frame in frames):
        return "cached"
    reason = next(filter(None, (hazard(model, frame, call) for frame in frames)), "")
    if reason:
        return reason
    if model.guarded(call):
        return "in_try"
    func = call.func
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return "receiver_computed"
    if not isinstance(model.parents[call], ast.Expr):
        return "value_discarded"
    plain = all(isinstance(arg, ast.Constant) for arg in call.args)
    return (
        ""
        if plain and all(isinstance(k.value, ast.Constant) for k in call.keywords)
        else "unknown_call"
    )
