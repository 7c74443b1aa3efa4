"""Values of Spark that are handed to Python's, numpy's or pandas' own code, which computes on the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.refusals import ForeignUse
from glue_compiler.flow.core.values import FrameValue, Value

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation


def note_foreign(it: Interpretation, node: cst.CSTNode, value: Value, callee: str) -> None:
    """Record a Spark column or frame that `callee` gets: a dotted name, `pandas[]` or `pandas[]=`."""
    if not it.recorder.on:
        return
    kind = value.word() if value.api_owner() == "spark.column" else ""
    if isinstance(value, FrameValue) and value.kind == "spark":
        kind = "frame"
    if kind not in ("column", "frame"):
        return
    it.recorder.add(
        "foreign_uses",
        ForeignUse(span=it.spans[node], callee=callee, kind=kind, worlds=(), tried=it.attempts > 0),
    )


def note_first(it: Interpretation, call: Call, name: str) -> None:
    """Record the first argument of a call of a function by its dotted name."""
    if call.args and call.args[0].name is None and not call.args[0].from_star:
        note_foreign(it, call.args[0].node, call.args[0].value, name)
