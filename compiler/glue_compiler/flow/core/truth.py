"""Where Python asks whether a value holds, and what facts tell of values that have no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.refusals import TruthTest
from glue_compiler.flow.core.objects import ListValue

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value

_TESTS = (cst.If, cst.While, cst.IfExp, cst.Assert, cst.CompIf)


def ask(it: Interpretation, node: cst.CSTNode, value: Value, how: str, whole: cst.CSTNode) -> None:
    """Record that the truth of a value is asked for, where Python raises for it.

    `node` is the expression of the value, `whole` what asks. Operators that ask for themselves are left alone.
    """
    if not it.recorder.on or not value.has_no_truth() or asks_itself(node):
        return
    it.recorder.add(
        "truth_tests",
        TruthTest(
            span=it.spans[node],
            whole=it.spans[whole],
            how=how,
            kind=value.api_owner().replace(".", "_"),
            worlds=(),
            tried=it.attempts > 0,
        ),
    )


def asks_itself(node: cst.CSTNode) -> bool:
    """Whether an expression asks for the truth of its operands before anybody asks for its own."""
    return type(node) is cst.BooleanOperation or (
        type(node) is cst.UnaryOperation and type(node.operator) is cst.Not
    )


def is_asked(it: Interpretation, node: cst.CSTNode) -> bool:
    """Whether the truth of an expression is asked for by what is around it."""
    parent = it.parents.get(node)
    if type(parent) is cst.BooleanOperation:
        return parent.left is node or is_asked(it, parent)
    if type(parent) is cst.UnaryOperation:
        return type(parent.operator) is cst.Not
    return isinstance(parent, _TESTS) and parent.test is node


def ask_membership(
    it: Interpretation, node: cst.Comparison, left_node: cst.CSTNode, left: Value, right: Value
) -> None:
    """`column in [...]` compares with one item after the other, and asks each time; a set wants its hash."""
    if isinstance(right, ListValue):
        if right.form == "set" or (right.items and all(item is not left for item in right.items)):
            ask(it, left_node, left, "in", node)
    elif right.api_owner() == "spark.column":
        ask(it, node.comparisons[-1].comparator, right, "in column", node)
