"""What a run does by itself: findings that ask for it are not shown where the plan does it, and say why where it does not.

What it only measures, and leaves to people, is told beside that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glue_compiler.rewrites.decision import REASONS
from glue_compiler.rewrites.remedies import REMEDIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.plan.planner import Plan
    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.text.source import Span

REWRITE_OF = {
    "GLU701": ("emptiness",),
    "GLU702": ("with_columns",),
    "GLU703": ("projection", "driver_aggregation"),
}
"""The rewrites that do what a rule asks for: the first one tells why it does not."""
_QUIET = ("partial_evaluation", "arrow", "row_loops")
"""What is done nearly everywhere, and no news at a place."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the plan does or finds at a place, in words for the end of its line and for the pointer."""

    span: Span
    label: str
    text: str


def left_to_people(found: Sequence[Diagnostic], plans: Sequence[Plan]) -> tuple[Diagnostic, ...]:
    """The findings without those that every run takes care of; the others say why the plan does not."""
    kept: list[Diagnostic] = []
    for item in found:
        rewrites = REWRITE_OF.get(item.code, ())
        refused = [_refused(_at(item.span, rewrites, plan)) for plan in plans]
        why = next((decision for decision in refused if decision is not None), None)
        if why is not None:
            kept.append(replace(item, help=f"{item.help or ''} {_why(why)}".strip()))
        elif not any(_at(item.span, rewrites, plan) for plan in plans):
            kept.append(item)
    return tuple(kept)


def _refused(decisions: list[Decision]) -> Decision | None:
    """The decision against a rewrite of a place; None where another one is applied there, or none looked at it."""
    if any(decision.applied for decision in decisions):
        return None
    return decisions[0] if decisions else None


def done(plan: Plan) -> tuple[Told, ...]:
    """What the plan does that a reader of the text does not see, by the place."""
    found: dict[tuple[Span, str], Told] = {}
    for decision in plan.decisions:
        if not decision.applied or decision.rewrite in _QUIET:
            continue
        name = decision.rewrite.replace("_", " ")
        gain = plan.gain_of(decision)
        label = _label(decision, None if gain is None else (len(gain.used), gain.total))
        saves = decision.saves if gain is None else gain.named
        text = f"dbt-glue does this by itself ({name}): {saves}. Plan: `dbt-glue compile`."
        found[decision.span, label] = Told(decision.span, label, text)
    return tuple(found.values())


def computed_again(plan: Plan) -> tuple[Told, ...]:
    """The frames that several actions compute: whether keeping one pays is for who knows its runs."""
    reason = "computed_again"
    remedy = REMEDIES[reason]
    return tuple(
        Told(
            decision.span,
            "computed more than once",
            f"{decision.detail}. {remedy[0].upper()}{remedy[1:]}. dbt's log tells what these took.",
        )
        for decision in plan.decisions
        if decision.reason == reason
    )


def _label(decision: Decision, columns: tuple[int, int] | None) -> str:
    if columns is not None:
        return f"projected to {columns[0]} of {columns[1]}"  # editors cut long ones
    words = {
        "projection": "projected to the columns used",
        "filters": "filtered in Spark",
        "emptiness": "stops at the first row",
        "with_columns": "added in one step",
        "counts": "counted by the write",
        "debug_actions": "left out",
        "driver_aggregation": "aggregated in Spark",
        "shared_work": "read from what is written",
    }
    return words.get(decision.rewrite, decision.rewrite.replace("_", " "))


def _at(span: Span, rewrites: tuple[str, ...], plan: Plan) -> list[Decision]:
    found = [
        decision
        for decision in plan.decisions
        if decision.rewrite in rewrites
        and decision.span.start < span.end
        and span.start < decision.span.end
    ]
    return sorted(found, key=lambda decision: rewrites.index(decision.rewrite))


def _why(refused: Decision) -> str:
    detail = f" ({refused.detail})" if refused.detail else ""
    return f"A run does not do it by itself: {REASONS[refused.reason]}{detail}."
