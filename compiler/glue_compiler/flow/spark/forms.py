"""What a method makes of a column or a window: a window function, a longer `when`, a name; and what Spark refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.columns import MisplacedColumn
from glue_compiler.flow.core.objects import ListValue
from glue_compiler.flow.spark.parts import NO_PARTS, Parts
from glue_compiler.flow.spark.values import SparkColumn

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value

_OVER_A_WINDOW = frozenset({"aggregate", "ranking"})
_NOT_FOLLOWED = frozenset({"transform", "outer"})


def window_form(call: Call, method: str, form: str) -> str:
    """Whether the window is `ordered` that a method of `Window`, or of a window of a form, gives; empty when not known."""
    if method != "orderBy" or form == "ordered":
        return form
    if any(_has_items(arg.value) for arg in call.args):
        return "ordered"
    return "" if call.open or any(_has_items(arg.value) is None for arg in call.args) else form


def _has_items(value: Value) -> bool | None:
    """Whether an argument of `orderBy` gives an order; None when that is not known."""
    if isinstance(value, ListValue):
        return None if value.items is None else bool(value.items)
    return True


def form_of_method(
    it: Interpretation, call: Call, method: str, column: SparkColumn, parts: Parts
) -> tuple[str, Parts]:
    """The form and the parts of `column.method(...)`; `parts` are those of the column and the arguments."""
    form = column.form
    if not column.sure:
        return "", NO_PARTS
    if method == "over":
        return _over(it, call, column)
    if method == "when":
        if form not in ("", "when"):
            _note(it, call, "closed" if form == "otherwise" else "when")
        return ("when", parts) if form == "when" else ("", NO_PARTS)
    if method == "otherwise":
        if form not in ("", "when"):
            _note(it, call, "twice" if form == "otherwise" else "otherwise")
        return ("otherwise", parts) if form == "when" else ("", NO_PARTS)
    if method in _NOT_FOLLOWED:
        return "", NO_PARTS
    return ("named" if method in ("alias", "name") else "made"), parts


def _over(it: Interpretation, call: Call, column: SparkColumn) -> tuple[str, Parts]:
    form = column.form
    given = call.value(0, "window")
    window = given if isinstance(given, SparkColumn) and given.window else SparkColumn()
    if form == "ranking" and window.form == "unordered":
        _note(it, call, "no_order", column.parts.ranking)
    elif form == "distinct":
        _note(it, call, "distinct_over", column.parts.aggregate)
    elif form and form not in _OVER_A_WINDOW:
        _note(it, call, "over", form)
    if form not in _OVER_A_WINDOW:
        return "", NO_PARTS
    return "over", column.parts.over_window(window.parts)


def _note(it: Interpretation, call: Call, problem: str, name: str | None = None) -> None:
    if it.recorder.on and not it.attempts:
        it.recorder.add("misplaced", MisplacedColumn(it.spans[call.node], problem, (), name))
