"""pandas series: their members, items, operators and the accessors `str`, `dt` and `cat`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.members import api_of, member_of, note_member, nothing_from
from glue_compiler.flow.core.objects import ConstValue, ListValue, MethodValue, ScalarValue
from glue_compiler.flow.core.schemas import find
from glue_compiler.flow.core.values import UNKNOWN, Value
from glue_compiler.flow.pandas.patterns import note_pattern
from glue_compiler.flow.pandas.values import PandasAccessor, PandasFrame, PandasSeries
from glue_compiler.knowledge.pandas_accessors import ACCESSORS, EXPANDS, FRAME_OF, SERIES_OF
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.library import Comparison
    from glue_compiler.flow.core.state import Env

_SCALARS = frozenset({"int", "float", "bool", "str"})
_ELEMENTS = frozenset({"iloc", "loc", "iat", "at", "values"})


def column_series(frame: PandasFrame, name: str) -> PandasSeries:
    """`frame[name]`, which is a frame itself where the labels have two levels.

    They have one in a frame that was read from a table, and for a name that the text gives.
    """
    schema = frame.schema
    sure = bool(schema.bases or schema.exact or find(schema, name, case_sensitive=True))
    return PandasSeries(frame.__class__, frame, name, sure)


def series_attribute(
    it: Interpretation, node: cst.Attribute, series: PandasSeries, _env: Env
) -> Value:
    """`series.name` that is not called."""
    name = node.attr.value
    note_member(it, node, series)
    if name in ACCESSORS or name in _ELEMENTS:
        return PandasAccessor(series, name)
    return changed(series, column=None) if name == "T" else UNKNOWN


def series_item(
    _it: Interpretation, _node: cst.Subscript, series: PandasSeries, index: Value
) -> Value:
    """`series[...]`: some of it for a mask, a slice or a list; an element, whatever it is, else."""
    return series if _selects_many(index) else _element(series, index)


def _selects_many(index: Value) -> bool:
    return isinstance(index, (PandasSeries, ListValue)) or (
        isinstance(index, ScalarValue) and index.type == "slice"
    )


def _element(series: PandasSeries, index: Value) -> Value:
    """An element; that of a frame of one row may be a maximum."""
    frame = series.frame
    if frame is None or not frame.maximum or series.column is None:
        return UNKNOWN
    if not (isinstance(index, ConstValue) and index.value == 0):
        return UNKNOWN
    return ScalarValue(maximum_of=frame.relations, source=frame.origin)


def series_method(
    it: Interpretation, call: Call, method: MethodValue, series: PandasSeries, _env: Env
) -> Value:
    """`series.name(...)`."""
    value = _method_value(it, call, method.name, series)
    note_member(it, method.node, series, call, value)
    return value


def _method_value(it: Interpretation, call: Call, name: str, series: PandasSeries) -> Value:
    for arg in call.args:
        it.escape(arg.value, "argument")
    if series.sure:
        member = member_of(it, series, name)
    else:
        table = api_of(it, f"{series.of.kind}.series")
        member = None if table is None else table.member(name)
    if member is None:
        return UNKNOWN
    if call.get(None, "inplace") is not None:
        return nothing_from(it, call) if call.const(None, "inplace") is True else UNKNOWN
    if name == "reset_index":
        return _reset_index(call, series)
    if member.result.endswith(".series"):
        return changed(series, column=None)
    if not series.sure:
        return UNKNOWN
    if member.result == series.of.kind:
        return series.of()
    return ScalarValue(f"numpy.{member.result}") if member.result in _SCALARS else UNKNOWN


def _reset_index(call: Call, series: PandasSeries) -> Value:
    """The labels become columns of a frame, or (`drop`) are numbered again."""
    drop = call.get(1, "drop")
    dropped = False if drop is None else call.const(1, "drop")
    if call.open or not isinstance(dropped, bool):
        return UNKNOWN
    return changed(series, column=None) if dropped else series.of()


def series_operator(
    it: Interpretation, _node: cst.BinaryOperation, left: Value, right: Value
) -> Value:
    """`series + 1`, `1 + series`."""
    series, other = (left, right) if isinstance(left, PandasSeries) else (right, left)
    it.escape(other, "operator")
    return _computed(series)


def series_sign(_it: Interpretation, _node: cst.UnaryOperation, series: PandasSeries) -> Value:
    """`-series`, `~series`."""
    return series


def series_comparison(_it: Interpretation, found: Comparison) -> Value | None:
    """A mask; identity and membership are plain values."""
    if found.operator in ("is", "is not", "in", "not in"):
        return None
    return _computed(found.left if isinstance(found.left, PandasSeries) else found.right)


def _computed(value: Value) -> Value:
    """A series that is computed from another of its frame."""
    if not isinstance(value, PandasSeries):
        return UNKNOWN
    return PandasSeries(value.of, value.frame, sure=value.sure)


def accessor_attribute(
    _it: Interpretation, node: cst.Attribute, accessor: PandasAccessor, _env: Env
) -> Value:
    """`series.dt.year` and the like."""
    return _given(accessor, node.attr.value) if accessor.name != "str" else UNKNOWN


def accessor_item(
    _it: Interpretation, _node: cst.Subscript, accessor: PandasAccessor, index: Value
) -> Value:
    """`series.str[0]`, which is a series, too; `series.iloc[...]`."""
    if accessor.name == "str":
        return changed(accessor.series, column=None)
    return UNKNOWN if _selects_many(index) else _element(accessor.series, index)


def accessor_method(
    it: Interpretation, call: Call, method: MethodValue, accessor: PandasAccessor, _env: Env
) -> Value:
    """`series.str.lower()` and the like."""
    name = method.name
    for arg in call.args:
        it.escape(arg.value, "argument")
    if accessor.name in _ELEMENTS:
        return UNKNOWN
    if name == "strftime" and accessor.name == "dt" and not call.open:
        note_pattern(it, call.get(0, "date_format"), "strftime")
    if accessor.name != "str" or name not in EXPANDS:
        return _given(accessor, name)
    expand = call.const(None, "expand")
    given = call.get(None, "expand") is not None
    if call.open or (expand is None and given) or (not given and len(call.positional) > 1):
        return UNKNOWN
    expands = EXPANDS[name] if expand is None else bool(expand)
    if expands:
        return accessor.series.of()
    return UNKNOWN if name == "extract" else changed(accessor.series, column=None)


def _given(accessor: PandasAccessor, name: str) -> Value:
    series = accessor.series
    if name in SERIES_OF.get(accessor.name, ()):
        return changed(series, column=None)
    return series.of() if name in FRAME_OF.get(accessor.name, ()) else UNKNOWN
