"""Grouped pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core.members import member_of, note_member
from glue_compiler.flow.core.objects import DictValue, MethodValue, items_of, text_of
from glue_compiler.flow.core.values import OPEN, UNKNOWN, Value
from glue_compiler.flow.pandas.names import names_of, note_names, with_base
from glue_compiler.flow.pandas.values import PandasGroups, PandasSeries
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env

_AGGREGATES = frozenset(
    {
        *("sum", "mean", "count", "size", "min", "max", "first", "last", "nunique", "std", "var"),
        *("median", "prod", "any", "all", "sem", "skew"),
    }
)
"""Methods that give one value for a group of a column, whatever their arguments are."""


_NO_NAMES = frozenset({"func", "engine", "engine_kwargs"})
"""The keywords of `agg` that name no column."""


def groups_attribute(
    it: Interpretation, node: cst.Attribute, grouped: PandasGroups, _env: Env
) -> Value:
    """`grouped.name` that is not called: a column, or else a member."""
    name = node.attr.value
    if member_of(it, grouped, name) is None and not name.startswith("_"):
        it.recorder.needs(grouped.frame, with_base(name))
        return changed(grouped, selected=(name,), single=True)
    note_member(it, node, grouped)
    it.escape(grouped, "unknown_method")
    return UNKNOWN


def groups_item(
    it: Interpretation, _node: cst.Subscript, grouped: PandasGroups, index: Value
) -> Value:
    """`grouped["x"]`, `grouped[["x", "y"]]`."""
    names = names_of(index)
    if names is None:
        it.escape(grouped, "unknown_column")
        return UNKNOWN
    for name in names:
        it.recorder.needs(grouped.frame, with_base(name))
    note_names(
        it, grouped.frame, index, "groupby", how="subscript", case_sensitive=False, must_exist=True
    )
    return changed(grouped, selected=tuple(names), single=text_of(index) is not None)


def groups_method(
    it: Interpretation, call: Call, method: MethodValue, grouped: PandasGroups, _env: Env
) -> Value:
    """`grouped.name(...)`."""
    value = _method_value(it, call, method.name, grouped)
    note_member(it, method.node, grouped, call, value)
    return value


def _method_value(it: Interpretation, call: Call, name: str, grouped: PandasGroups) -> Value:
    frame = grouped.frame
    schema = OPEN
    if name in ("agg", "aggregate"):
        spec = call.value(0, "func")
        used = False
        if isinstance(spec, DictValue) and spec.items is not None:
            names = [key.value for key, _ in spec.items if isinstance(key.value, str)]
            it.recorder.needs(frame, tuple(names))
            used = True
        elif not call.positional and call.args:
            firsts = [items_of(arg.value) for arg in call.args]
            if all(items and text_of(items[0]) is not None for items in firsts):
                it.recorder.needs(frame, tuple(text_of(i[0]) or "" for i in firsts if i))
                used = True
                names = [arg.name for arg in call.args if arg.name is not None]
                made = _NO_NAMES.isdisjoint(names) and not call.open
                if made and grouped.labelled and grouped.keys is not None:
                    schema = Schema(tuple(Column(name) for name in names))
        if not used and grouped.selected is None:
            it.escape(frame, "aggregated")
    elif grouped.selected is None and name != "size":
        it.escape(frame, "aggregated")
    member = member_of(it, grouped, name)
    if member is None:
        it.escape(frame, "unknown_method")
        return UNKNOWN
    if grouped.labelled and _gives_series(grouped, name) and not call.open:
        return PandasSeries(frame.__class__)
    series = grouped.selected is not None and len(grouped.selected) == 1
    if member.effect == "aggregates" and not series and name != "size":
        return frame.__class__(
            schema=schema,
            relations=frame.relations,
            origin=it.spans[call.node],
            projected=True,
            index=_labels(grouped, call, name),
        )
    if series and member.result.endswith(".series"):
        return PandasSeries(frame.__class__)
    return UNKNOWN


def _labels(grouped: PandasGroups, call: Call, name: str) -> tuple[str, ...]:
    """The keys that an aggregate surely makes its index, and gives no column of the same name."""
    if not grouped.labelled or grouped.keys is None or call.open:
        return ()
    made: set[object] = set()
    if name in ("agg", "aggregate"):
        spec = call.value(0, "func")
        made = {arg.name for arg in call.args}
        if isinstance(spec, DictValue):
            made |= {key.value for key, _ in spec.items or ()}
    elif name not in _AGGREGATES:
        return ()
    return tuple(key.name for key in grouped.keys if key.name not in made)


def _gives_series(grouped: PandasGroups, name: str) -> bool:
    """Whether an aggregate of pandas' own groups is a series."""
    if grouped.frame.kind != "pandas":
        return False
    return (grouped.single and name in _AGGREGATES) or (grouped.selected is None and name == "size")
