"""What a run does by itself: findings that ask for it are not shown where the plan does it, and say why where it does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glue_compiler.rewrites.decision import REASONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.plan.planner import Plan
    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.text.source import Span

REWRITE_OF = {"GLU701": "emptiness", "GLU702": "with_columns", "GLU703": "projection"}
"""The rewrite that does what a rule asks for."""


@dataclass(frozen=True, slots=True)
class Done:
    """What the plan does at a place, in words for the end of its line and for the pointer."""

    span: Span
    label: str
    text: str


def left_to_people(found: Sequence[Diagnostic], plans: Sequence[Plan]) -> tuple[Diagnostic, ...]:
    """The findings without those that every run takes care of; the others say why the plan does not."""
    kept: list[Diagnostic] = []
    for item in found:
        rewrite = REWRITE_OF.get(item.code)
        decisions = [] if rewrite is None else _at(item.span, rewrite, plans)
        if not decisions:
            kept.append(item)
            continue
        refused = next((decision for decision in decisions if not decision.applied), None)
        if refused is not None:
            kept.append(replace(item, help=f"{item.help or ''} {_why(refused)}".strip()))
    return tuple(kept)


def done(plan: Plan) -> tuple[Done, ...]:
    """What the plan does that a reader of the text does not see, by the place."""
    found: dict[tuple[Span, str], Done] = {}
    for decision in plan.decisions:
        if not decision.applied or decision.rewrite == "partial_evaluation":
            continue
        name = decision.rewrite.replace("_", " ")
        gain = plan.gains.get(decision.span) if decision.rewrite == "projection" else None
        label = _label(decision, None if gain is None else (len(gain.used), gain.total))
        saves = decision.saves if gain is None else gain.named
        text = f"dbt-glue does this by itself ({name}): {saves}. Plan: `dbt-glue compile`."
        found[decision.span, label] = Done(decision.span, label, text)
    return tuple(found.values())


def _label(decision: Decision, columns: tuple[int, int] | None) -> str:
    if columns is not None:
        return f"projected to {columns[0]} of {columns[1]} columns"
    words = {
        "projection": "projected to the columns used",
        "filters": "filtered in Spark",
        "emptiness": "stops at the first row",
        "with_columns": "added in one step",
        "counts": "counted by the write",
        "debug_actions": "left out",
    }
    return words.get(decision.rewrite, decision.rewrite.replace("_", " "))


def _at(span: Span, rewrite: str, plans: Sequence[Plan]) -> list[Decision]:
    return [
        decision
        for plan in plans
        for decision in plan.decisions
        if decision.rewrite == rewrite
        and decision.span.start < span.end
        and span.start < decision.span.end
    ]


def _why(refused: Decision) -> str:
    detail = f" ({refused.detail})" if refused.detail else ""
    return f"A run does not do it by itself: {REASONS[refused.reason]}{detail}."
