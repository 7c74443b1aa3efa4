"""A count of the returned frame that is only reported waits for the write, which counts the rows anyway.

All reports from the count to the return wait with it, so that what is printed stays the same text
in the same order. Every other count stays where it is: its number could be of another moment, of
other rows, or decide something.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.hazards import cached, chosen_rows, unrepeatable
from glue_compiler.rewrites.model import AFTER, ROWS, once_a_model
from glue_compiler.rewrites.reports import is_report
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.schemas import Frame
    from glue_compiler.rewrites.model import Model

NAME = "counts"
_SAVES = "the write counts the rows: one evaluation of the plan less"
_REPORTS = {"print", "info", "debug", "warning", "log", "error", "critical"}
_DETAIL = "dbt reports the rows that were written"


@once_a_model
def counts_beside_the_write(model: Model) -> tuple[Decision, ...]:
    """One decision for every count of a frame whose value goes to a report, or nowhere."""
    return tuple(_decisions(model))


def _decisions(model: Model) -> Iterator[Decision]:
    waiting: set[ast.stmt] = set()
    for span, actions in model.grouped(model.facts.flow.actions).items():
        call = model.calls.get(span)
        if actions[0].method != "count" or call is None:
            continue
        if actions[0].use == "statement":
            if not model.optimize_actions:
                yield Decision(NAME, span, "value_discarded")
            continue
        name = _assigned_name(model, call)
        places: list[ast.expr] = [call] if name is None else _loads(model, name)
        if not places or not all(_in_report(model, place) for place in places):
            continue
        frames = [model.frame(action.frame) for action in actions]
        reason = _frame_refusal(model, call, frames)
        edits: tuple[Edit, ...] = ()
        if not reason:
            reason, edits = _beside(model, call, name, waiting)
        detail = _DETAIL if reason in ("not_returned", "count_reported") else ""
        yield Decision(NAME, span, reason, edits, _SAVES if reason == APPLIED else "", detail)


def _assigned_name(model: Model, call: ast.Call) -> str | None:
    parent = model.parents[call]
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        target = parent.targets[0]
        return target.id if isinstance(target, ast.Name) else None
    return None


def _loads(model: Model, name: str) -> list[ast.expr]:
    return [node for node in model.names(name) if isinstance(node.ctx, ast.Load)]


def _in_report(model: Model, place: ast.AST) -> bool:
    for outer in model.around(place):
        if isinstance(outer, ast.Call):
            func = outer.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name in _REPORTS:
                return True
    return False


def _frame_refusal(model: Model, call: ast.Call, frames: list[Frame]) -> str:
    if any(frame.kind != "spark" for frame in frames):
        return "kind_unknown"
    if any(cached(model, frame) for frame in frames):
        return "cached"
    if model.inside(call, ast.For, ast.While, ast.AsyncFor):
        return "in_loop"
    if model.guarded(call):
        return "in_try"
    if model.opaque or model.reaches_out:
        return "frame_alias"
    reason = next(filter(None, (unrepeatable(model, frame) for frame in frames)), "")
    if reason:
        return reason
    chosen = any(chosen_rows(model, frame, call) for frame in frames)
    return "order_undefined" if chosen else ""


def _beside(
    model: Model, call: ast.Call, name: str | None, waiting: set[ast.stmt]
) -> tuple[str, tuple[Edit, ...]]:
    func = call.func
    if call.args or call.keywords or not isinstance(func, ast.Attribute):
        return "unknown_call", ()
    if not isinstance(func.value, ast.Name):
        return "receiver_computed", ()
    frame = func.value.id
    statement = model.statement(call)
    after = _following(model, statement)
    if not after or not isinstance(after[-1], ast.Return):
        return "count_reported", ()
    returned = after[-1].value
    if not isinstance(returned, ast.Name) or returned.id != frame:
        return "not_returned", ()
    reports = after[:-1] if name is not None else [statement, *after[:-1]]
    used = {frame} if name is None else {frame, name}
    if not all(is_report(model, report, used) for report in reports):
        return "count_reported", ()
    if name is not None and not _only_in(model, name, reports):
        return "count_reported", ()
    edits: list[Edit] = []
    if name is not None:
        span = model.span(call)
        if "\n" in model.slice(*span) or "\r" in model.slice(*span):
            return "spans_lines", ()
        edits.append(Edit(span, f"{ROWS}({frame})"))
    for report in reports:
        if report in waiting:
            continue
        waits = _waits(model, report, frame, name)
        if waits is None:
            return "count_reported", ()
        edits += waits
    waiting.update(reports)
    return APPLIED, tuple(edits)


def _following(model: Model, statement: ast.stmt) -> list[ast.stmt]:
    """The statements after one in its block, up to the first return; empty where the block is a loop's or the like."""
    parent = model.parents[statement]
    for block in (getattr(parent, "body", []), getattr(parent, "orelse", [])):
        if isinstance(block, list) and statement in block:
            rest = block[block.index(statement) + 1 :]
            end = next((i for i, node in enumerate(rest) if isinstance(node, ast.Return)), None)
            return [] if end is None else rest[: end + 1]
    return []


def _only_in(model: Model, name: str, reports: list[ast.stmt]) -> bool:
    spans = [model.span(report) for report in reports]
    return all(
        node in model.own_nodes and any(span.covers(model.span(node)) for span in spans)
        for node in _loads(model, name)
    )


def _waits(model: Model, report: ast.stmt, frame: str, name: str | None) -> list[Edit] | None:
    """The report as a function of what it counts; None where it needs both a frame and a number."""
    assert isinstance(report, ast.Expr)  # noqa: S101 - `is_report` tells
    names = {node.id for node in ast.walk(report) if isinstance(node, ast.Name)}
    if name is not None and {frame, name} <= names:
        return None
    counted = name if name is not None and name in names else frame
    start, end = model.span(report.value)
    return [
        Edit(Span(start, start), f"{AFTER}({counted}, lambda {counted}: "),
        Edit(Span(end, end), ")"),
    ]
