"""Comparisons of a column or series with a missing value: the answer is the same for every row."""

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
_PLAIN = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)


def note_missing(
    it: Interpretation, node: cst.Comparison, operator: str, left: Value, right: Value
) -> None:
    """Record `column == None`, `series != np.nan`, where the text writes the missing value itself."""
    if not it.recorder.on or operator not in _EQUALITIES or len(node.comparisons) > 1:
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


def _is_none(node: cst.BaseExpression) -> bool:
    return type(node) is cst.Name and node.value == "None"


def _is_nan(value: Value) -> bool:
    return isinstance(value, ModuleValue) and value.name in _NOT_A_NUMBER
