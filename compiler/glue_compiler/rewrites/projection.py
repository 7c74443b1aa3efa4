"""Columns that are never used are left out before rows come to the driver, as a frame, a list or an iterator.

The columns that are used are those that `pandas_demand` finds, which accepts only forms that it
knows, and those of the flow analysis, which knows the kind of the frame and what made it. The session checks what only it
can: column names that are unique, a conversion that treats the columns one by one, and a plan that runs no Python, holds
nothing that changes by itself, and chooses no rows in an order that is not defined.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.failures import caught
from glue_compiler.rewrites.hazards import (
    chosen_rows,
    hazard,
    seen_besides,
    trust,
)
from glue_compiler.rewrites.model import PROJECT
from glue_compiler.rewrites.pandas_demand import pandas_demand
from glue_compiler.rewrites.row_demand import row_demand
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.schemas import Frame
    from glue_compiler.rewrites.model import Model

NAME = "projection"
_ROWS = {"collect", "toLocalIterator"}
_WHOLE_ROWS = {"mapInPandas", "mapInArrow", "applyInPandas", "applyInArrow", "foreach"}
_WHOLE_ROWS |= {"foreachPartition", "applyInPandasWithState"}


def projection(model: Model) -> Iterator[Decision]:
    """One decision for every conversion to pandas, and for every call that brings rows which are used."""
    for span, conversions in model.grouped(model.facts.flow.conversions).items():
        if conversions[0].target == "pandas_on_spark":
            yield Decision(NAME, span, "index_attached" if _is_collected(model) else "lazy")
        elif any(model.frame(c.source).kind == "pandas_on_spark" for c in conversions):
            yield Decision(NAME, span, "index_attached")
        elif conversions[0].method == "toPandas" and conversions[0].target == "pandas":
            demand = {name for c in conversions for name in c.demand or ()}
            yield _decision(model, span, [c.source for c in conversions], demand)
    for span, actions in model.grouped(model.facts.flow.actions).items():
        if actions[0].method in _ROWS and actions[0].use != "statement":
            yield _decision(model, span, [action.frame for action in actions], set())
    yield from _boundaries(model)


def _boundaries(model: Model) -> Iterator[Decision]:
    """One refusal for every place where a Python function gets whole rows."""
    for use in model.here(model.facts.flow.members):
        if use.member in _WHOLE_ROWS and use.called and use.kind in ("spark", "spark_grouped"):
            yield Decision(NAME, use.call or use.span, "whole_rows", detail=use.member)


def _is_collected(model: Model) -> bool:
    """Whether a pandas-on-Spark frame is brought to the driver somewhere."""
    return any(
        conversion.target == "pandas" and model.frame(conversion.source).kind == "pandas_on_spark"
        for conversion in model.here(model.facts.flow.conversions)
    )


def _decision(model: Model, span: Span, sources: list[int], demand: set[str]) -> Decision:
    frames = [model.frame(source) for source in sources]
    call = model.calls.get(span)
    if call is None:
        call = _in_helper(model, span)
    if call is None:
        return Decision(NAME, span, "in_helper")
    func = call.func
    if not isinstance(func, ast.Attribute) or call.args or call.keywords:
        return Decision(NAME, span, "unknown_call")
    known = [
        frame.schema.names if frame.schema.exact else model.columns_of(source)
        for frame, source in zip(frames, sources, strict=True)
    ]
    if not model.strict and known and all(k is not None and len(k) == 1 for k in known):
        return Decision(NAME, span, "all_columns_used")
    reason = _strict_refusal(model, call, frames) if model.strict else _refusal(model, call, frames)
    if reason:
        return Decision(NAME, span, reason)
    found, detail = (
        pandas_demand(model, call) if func.attr == "toPandas" else row_demand(model, call)
    )
    if isinstance(found, str):
        return Decision(NAME, span, found, detail=detail)
    wanted = found | demand
    if not wanted:
        return Decision(NAME, span, "no_columns_used")
    schemas = [frame.schema for frame in frames]
    if all(s.exact and set(s.names) <= wanted for s in schemas):
        return Decision(NAME, span, "all_columns_used")
    return _applied_decision(model, span, func, wanted, known, trust(model))


def _in_helper(model: Model, span: Span) -> ast.Call | None:
    """The conversion to pandas in another function of the file, whose calls are followed."""
    call = model.expressions.get(span)
    if model.strict or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    return call if call.func.attr == "toPandas" else None


def _refusal(model: Model, call: ast.Call, frames: list[Frame]) -> str:
    """A reason that the session cannot judge, where only a model that succeeds has to give the same."""
    if any(frame.kind != "spark" for frame in frames):
        return "kind_unknown"
    reason = next(filter(None, (seen_besides(model, frame) for frame in frames)), "")
    if reason:
        return reason
    return "frame_alias" if model.opaque else caught(model, call)


def _strict_refusal(model: Model, call: ast.Call, frames: list[Frame]) -> str:
    if any(frame.kind != "spark" for frame in frames):
        return "kind_unknown"
    reason = next(filter(None, (hazard(model, frame, call) for frame in frames)), "")
    if reason:
        return reason
    if any(chosen_rows(model, frame, call) for frame in frames):
        return "order_undefined"
    if model.opaque:
        return "frame_alias"
    if model.inside(call, ast.For, ast.While, ast.AsyncFor):
        return "in_loop"
    return "in_try" if model.guarded(call) else ""


def _applied_decision(
    model: Model,
    span: Span,
    func: ast.Attribute,
    wanted: set[str],
    known: list[tuple[str, ...] | None],
    trusted: str,
) -> Decision:
    if not model.plainly_called(func):
        return Decision(NAME, span, "chain_parentheses")
    receiver = model.span(func.value)
    names = tuple(sorted(wanted))
    shown = f"({', '.join(map(repr, names))}{',' if len(names) == 1 else ''})"
    edits = (
        Edit(Span(receiver.start, receiver.start), f"{PROJECT}("),
        Edit(Span(receiver.end, receiver.end), f", {shown}{trusted})"),
    )
    lists = {tuple(name.lower() for name in found) for found in known if found is not None}
    if None in known or len(lists) != 1:
        return Decision(
            NAME, span, APPLIED, edits, f"at most {len(names)} columns: {', '.join(names)}"
        )
    (columns,) = lists
    kept = [name for name in names if name.lower() in columns]
    saves = f"{len(kept)} of {len(columns)} columns: {', '.join(kept)}"
    return Decision(NAME, span, APPLIED, edits, saves)
