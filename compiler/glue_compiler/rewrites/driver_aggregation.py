"""`pdf = df.toPandas()` whose rows are only counted and aggregated: Spark aggregates them, and the result crosses.

`aggregate_uses` finds what is asked of the pandas frame. The source stays as it is but for the frame that is
converted: the session (`glue_session.aggregates`) gives something that answers these questions, where types,
values and the size of the frame allow it, and else the frame itself.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.aggregate_uses import AggregateUses
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.failures import caught
from glue_compiler.rewrites.model import AGGREGATED
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

NAME = "driver_aggregation"
_SETTINGS = re.compile(r"use_inf_as|(?:get|set|local)context")
"""What makes pandas take infinity for missing, or Python round decimals."""


def driver_aggregation(model: Model) -> Iterator[Decision]:
    """One decision for every conversion to pandas of whose rows an aggregation is asked."""
    for span, conversions in model.grouped(model.facts.flow.conversions).items():
        call = model.calls.get(span)
        if call is None or conversions[0].method != "toPandas" or conversions[0].target != "pandas":
            continue
        uses = AggregateUses(model, call)
        if not uses.asked.found:
            continue
        if uses.problem is not None:
            yield Decision(NAME, span, uses.problem.reason, detail=uses.problem.detail)
            continue
        kinds = {model.frame(conversion.source).kind for conversion in conversions}
        reason = "kind_unknown" if kinds != {"spark"} else _refusal(model, call)
        if reason:
            yield Decision(NAME, span, reason)
            continue
        func = call.func
        assert isinstance(func, ast.Attribute)  # noqa: S101 - `_refusal` tells
        receiver = model.span(func.value)
        edits = (
            Edit(Span(receiver.start, receiver.start), f"{AGGREGATED}("),
            Edit(Span(receiver.end, receiver.end), f", {uses.asked.shown})"),
        )
        keys = ", ".join(uses.asked.keys)
        rows = f"one row for each combination of {keys}" if keys else "one row"
        yield Decision(NAME, span, APPLIED, edits, f"{rows} reaches the driver")


def _refusal(model: Model, call: ast.Call) -> str:
    func = call.func
    if not isinstance(func, ast.Attribute) or call.args or call.keywords:
        return "unknown_call"
    if model.strict:
        return "may_raise"
    if _SETTINGS.search(model.code):
        return "nan_semantics"
    if model.opaque or model.reaches_out:
        return "frame_alias"
    if not model.plainly_called(func):
        return "chain_parentheses"
    return caught(model, call)
