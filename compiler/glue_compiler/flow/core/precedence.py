"""Where `&` and `|` take an operand that a comparison beside them was to take: they bind tighter than it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.refusals import TightOperator
from glue_compiler.flow.core.objects import ConstValue
from glue_compiler.flow.core.usage import OPERATORS

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value

_TIGHT: dict[type, str] = {cst.BitAnd: "&", cst.BitOr: "|"}


def note_operand(it: Interpretation, node: cst.BinaryOperation, left: Value, right: Value) -> None:
    """Record `1 & column`: a number or text where a condition belongs, as in `other > 1 & column`."""
    operator = _TIGHT.get(type(node.operator))
    if operator is None or not it.recorder.on:
        return
    for constant, beside, at in ((left, right, node.left), (right, left, node.right)):
        word = _word(constant)
        if word is None or not beside.has_no_truth():
            continue
        whole = _comparison_of(it, node) if at is node.left else None
        if whole is not None and len(whole.comparisons) > 1:
            return  # a chain, whose own question is told
        it.recorder.add(
            "tight_operators",
            TightOperator(
                span=it.spans[at],
                whole=it.spans[node if whole is None else whole],
                operator=operator,
                kind=beside.api_owner().replace(".", "_"),
                constant=word,
                comparison=None
                if whole is None
                else OPERATORS.get(type(whole.comparisons[0].operator)),
                worlds=(),
                tried=it.attempts > 0,
            ),
        )
        return


def note_compared(it: Interpretation, node: cst.Comparison, left: Value, right: Value) -> None:
    """Record `column & other > 1`: a condition that is compared with a number or text."""
    made = node.left
    if not it.recorder.on or len(node.comparisons) > 1 or type(made) is not cst.BinaryOperation:
        return
    operator = _TIGHT.get(type(made.operator))
    word = _word(right)
    if operator is None or word is None or not left.has_no_truth():
        return
    if it.spans[made][0] != it.spans[node][0]:
        return  # parentheses are around the condition: it is meant
    it.recorder.add(
        "tight_operators",
        TightOperator(
            span=it.spans[made.right],
            whole=it.spans[node],
            operator=operator,
            kind=left.api_owner().replace(".", "_"),
            constant=word,
            comparison=OPERATORS.get(type(node.comparisons[0].operator)),
            worlds=(),
            compared=True,
            tried=it.attempts > 0,
        ),
    )


def _word(value: Value) -> str | None:
    """What a constant is that is no condition."""
    if not isinstance(value, ConstValue) or isinstance(value.value, bool):
        return None
    if isinstance(value.value, (int, float)):
        return "number"
    return "text" if isinstance(value.value, str) else None


def _comparison_of(it: Interpretation, node: cst.BinaryOperation) -> cst.Comparison | None:
    """The comparison whose right side begins with an operation."""
    inner: cst.CSTNode = node
    parent = it.parents.get(inner)
    while type(parent) is cst.BinaryOperation and parent.left is inner:
        if it.spans[parent][0] != it.spans[inner][0]:
            return None  # in parentheses
        inner, parent = parent, it.parents.get(parent)
    whole = None if type(parent) is not cst.ComparisonTarget else it.parents.get(parent)
    if type(whole) is not cst.Comparison:
        return None
    last = whole.comparisons[-1].comparator
    return whole if last is not inner or it.spans[whole][1] == it.spans[inner][1] else None
