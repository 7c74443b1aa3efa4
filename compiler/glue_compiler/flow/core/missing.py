"""Comparisons of a column or series that have the same answer for every row: with a missing value, or by `is`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.refusals import MissingComparison
from glue_compiler.flow.core.objects import ModuleValue
from glue_compiler.flow.core.truth import is_asked

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value

_EQUALITIES = frozenset({"==", "!="})
_KINDS = frozenset({"spark.column", "pandas.series", "pandas"})
_NOT_A_NUMBER = frozenset({"numpy.nan", "numpy.NaN", "math.nan", "pandas.NaT", "pandas.NA"})
_OF_ROWS = (cst.BitAnd, cst.BitOr, cst.BitInvert)
_WANT_COLUMNS = frozenset(
    {
        *("filter", "where", "when", "withColumn", "select", "agg", "join"),
        *("groupBy", "groupby", "orderBy", "sort"),
    }
)
_TAKE_VALUES = frozenset({"otherwise", "lit"})
_PLAIN = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)


def note_missing(
    it: Interpretation, node: cst.Comparison, operator: str, left: Value, right: Value
) -> None:
    """Record `column == None`, `series != np.nan`, where the text writes the missing value itself."""
    if operator not in _EQUALITIES or not it.recorder.on or len(node.comparisons) > 1:
        return
    other = node.comparisons[0].comparator
    for value, at, missing, written in (
        (left, node.left, right, other),
        (right, other, left, node.left),
    ):
        kind = value.api_owner()
        if kind not in _KINDS or not value.has_no_truth():
            continue
        # Spark finds NaN equal to NaN; pandas does not, as Python.
        if not (_is_none(written) or (kind != "spark.column" and _is_nan(missing))):
            continue
        if is_asked(it, node):
            return  # what asks for the truth of an answer for each row is told
        it.recorder.add(
            "missing_comparisons",
            MissingComparison(
                span=it.spans[node],
                operand=it.spans[at],
                missing=it.spans[written],
                operator=operator,
                kind=kind.replace(".", "_"),
                worlds=(),
                plain=isinstance(at, _PLAIN),
            ),
        )
        return


def note_identity(it: Interpretation, node: cst.Comparison, operator: str, left: Value) -> bool:
    """Record `column is None`, `column is "x"` where the answer is taken for one of each row, and tell whether it is.

    The expression makes a column of its own, which nothing else is. A name may hold one or None, which code may ask.
    """
    kind = left.api_owner()
    if operator not in ("is", "is not") or kind not in ("spark.column", "pandas.series"):
        return False
    if len(node.comparisons) > 1 or type(node.left) is cst.Name or not left.has_no_truth():
        return False
    other = node.comparisons[0].comparator
    use = _use_of_answer(it, node)
    if not use or it.attempts or not (kind == "spark.column" or _is_none(other)):
        return False
    it.recorder.add(
        "missing_comparisons",
        MissingComparison(
            span=it.spans[node],
            operand=it.spans[node.left],
            missing=it.spans[other],
            operator=operator,
            kind=kind.replace(".", "_"),
            worlds=(),
            plain=isinstance(node.left, _PLAIN),
            use=use,
        ),
    )
    return True


def _use_of_answer(it: Interpretation, node: cst.Comparison) -> str:
    """Where an answer goes that belongs to rows; empty where it may be asked for as Python's own."""
    parent = it.parents.get(node)
    if isinstance(parent, (cst.BinaryOperation, cst.UnaryOperation)):
        return "operator" if isinstance(parent.operator, _OF_ROWS) else ""
    if type(parent) is cst.Index:
        return "subscript"
    if type(parent) is cst.Arg:
        call = it.parents.get(parent)
        func = call.func if type(call) is cst.Call else None
        name = func.attr if type(func) is cst.Attribute else func
        word = name.value if type(name) is cst.Name else ""
        return "argument" if word in _WANT_COLUMNS else "value" if word in _TAKE_VALUES else ""
    if type(parent) is cst.Assign:
        return "value" if type(parent.targets[0].target) is cst.Subscript else ""
    return ""


def _is_none(node: cst.BaseExpression) -> bool:
    return type(node) is cst.Name and node.value == "None"


def _is_nan(value: Value) -> bool:
    return isinstance(value, ModuleValue) and value.name in _NOT_A_NUMBER
