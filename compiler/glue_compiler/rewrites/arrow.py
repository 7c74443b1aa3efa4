"""`toPandas()` reads the rows by Arrow, where the session knows that pandas gets the same of it.

Nothing of it can be proved from the source: the types of the columns, the settings and the
versions decide, which the session looks at (`glue_session.arrow_pandas`). Here only the place has to be one
that an edit can stand at; a failure of Arrow's is followed by the call as it was written.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.model import TO_PANDAS
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

NAME = "arrow"
_TAIL = re.compile(r"(?:[\s)\\]|#[^\n]*\n)*(\.\s*(?:toPandas|collect)\s*\(\s*\))")


def arrow(model: Model) -> Iterator[Decision]:
    """One decision for every `toPandas()` of a Spark frame, wherever it stands."""
    for span, conversions in model.grouped(model.facts.flow.conversions).items():
        if conversions[0].method != "toPandas" or conversions[0].target != "pandas":
            continue
        if all(model.frame(found.source).kind == "spark" for found in conversions):
            saves = "rows as Arrow batches, where the types allow it"
            yield called_instead(model, span, NAME, TO_PANDAS, saves)


def called_instead(
    model: Model, span: Span, name: str, function: str, saves: str, more: str = ""
) -> Decision:
    """A call of a session function, with the frame and `more`, in the place of a method without arguments."""
    call = model.expressions.get(span)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return Decision(name, span, "unknown_call")
    if call.args or call.keywords:
        return Decision(name, span, "unknown_call")
    node: ast.AST = call
    while node in model.parents:
        node = model.parents[node]
        if isinstance(node, ast.JoinedStr):
            return Decision(name, span, "in_fstring")
    place, receiver = model.span(call), model.span(call.func.value)
    tail = _TAIL.fullmatch(model.slice(receiver.end, place.end))
    if tail is None:
        return Decision(name, span, "chain_parentheses")
    lines = "\n" * tail.group(1).count("\n")
    edits = (
        Edit(Span(place.start, place.start), f"{function}("),
        Edit(Span(receiver.end + tail.start(1), place.end), f"{lines}{more})"),
    )
    return Decision(name, span, APPLIED, edits, saves)
