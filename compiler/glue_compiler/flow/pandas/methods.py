"""What methods of pandas frames give, and which columns they use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.schemas import Column, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.calls import Call
from glue_compiler.flow.core.functions import call_function
from glue_compiler.flow.core.members import member_of, note_column, note_member, nothing_from
from glue_compiler.flow.core.objects import (
    ConstValue,
    DictValue,
    MethodValue,
    ModuleValue,
    ScalarValue,
    text_of,
)
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import NONE, OPEN, UNKNOWN, FrameValue, Value
from glue_compiler.flow.pandas.names import names_of, note_names, with_base
from glue_compiler.flow.pandas.stores import evaluated, mutated
from glue_compiler.flow.pandas.values import PandasFrame, PandasGroups, PandasSeries
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.flow.core.calls import CallArgument
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env

# Methods whose result depends, row by row or value by value, only on the columns that are used
# later and on those that their arguments name.
_PASSES_COLUMNS = frozenset(
    {
        *("copy", "head", "tail", "sort_index", "fillna", "ffill", "bfill", "round", "abs"),
        *("astype", "sort_values", "nlargest", "nsmallest", "convert_dtypes", "infer_objects"),
        *("clip", "shift", "truncate", "replace", "sample"),
    }
)
_AXES = (0, 1, "index", "columns", "rows")
_RESHAPES = {
    "pivot": ("index", "columns", "values"),
    "pivot_table": ("values", "index", "columns"),
    "melt": ("id_vars", "value_vars"),
    "explode": ("column",),
}
_BY_SUBSET = frozenset({"dropna", "drop_duplicates", "duplicated"})


def frame_method(
    it: Interpretation, call: Call, method: MethodValue, frame: PandasFrame, env: Env
) -> Value:
    """`frame.name(...)`."""
    value = _method_value(it, call, method.name, frame, env)
    note_member(it, method.node, frame, call, value)
    return value


def _method_value(it: Interpretation, call: Call, name: str, frame: PandasFrame, env: Env) -> Value:
    span = it.spans[call.node]
    member = member_of(it, frame, name)
    for arg in call.args:
        if isinstance(arg.value, FrameValue) and name not in ("merge", "join"):
            it.escape(arg.value, "argument")
    if member is None:
        it.escape(frame, "unknown_method")
        return UNKNOWN
    if member.effect == "mutates":
        return mutated(it, call, frame, member, env)
    result = _transformed(it, call, frame, name)
    if result is None:
        result = _known_by_effect(it, frame, member.effect, member.result)
        if isinstance(result, PandasSeries) and call.get(None, "axis") is not None:
            # `axis=None` gives one value, and so does an axis that is not known.
            return result if call.const(None, "axis") in _AXES else UNKNOWN
    in_place = call.get(None, "inplace") is not None
    if in_place and not isinstance(result, PandasFrame):
        env.replace(frame, frame.with_schema(OPEN))
    if isinstance(result, PandasFrame):
        result = changed(result, origin=span)
        if result.index and (call.open or call.get(None, "ignore_index") is not None):
            result = changed(result, index=())
        if call.const(None, "inplace") is True:
            env.replace(frame, result)
            return nothing_from(it, call)
        if in_place and call.const(None, "inplace") is None:
            env.replace(frame, result.with_schema(OPEN))
            it.escape(frame, "unknown_method")
            return UNKNOWN
    return result


def _transformed(it: Interpretation, call: Call, frame: PandasFrame, name: str) -> Value | None:
    """The methods whose effect on columns is known exactly; None for any other."""
    transform = _TRANSFORMS.get(name)
    if transform is not None:
        return transform(it, call, frame)
    if name in _BY_SUBSET:
        return _without_rows(it, call, frame, name)
    if name in _PASSES_COLUMNS:
        position = 0
        for arg in call.args:
            place = position if arg.name is None else None
            _note_argument(it, frame, name, arg, place, call.get(None, "axis") is None)
            position += arg.name is None
        if call.open:
            it.escape(frame, "star_argument")
        return frame
    for position, keyword in enumerate(_RESHAPES.get(name, ())):
        # All three are given by keyword since pandas 2, but for melt and pivot_table.
        value = call.value(None if name == "pivot" else position, keyword)
        strict = name != "pivot_table" or frame.plain_index
        note_names(it, frame, value, name, must_exist=strict)
    return _pivoted(it, call, frame, name) if name.startswith("pivot") else None


def _pivoted(it: Interpretation, call: Call, frame: PandasFrame, name: str) -> Value:
    """`pivot`, `pivot_table`: a frame whose index are the columns that `index` names."""
    names = names_of(call.value(1 if name == "pivot_table" else None, "index"))
    it.escape(frame, "unknown_method")
    return frame.with_schema(
        OPEN, conversions=frozenset(), plain_index=False, index=tuple(names or ())
    )


def _reset_index(_it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    plain = call.get(0, "level") is None and not call.open
    if call.const(None, "drop") is True or call.const(1, "drop") is True:
        return changed(frame, plain_index=plain, index=())
    if frame.index and frame.schema.exact and all(arg.name == "inplace" for arg in call.args):
        columns = (*(Column(name) for name in frame.index), *frame.schema.columns)
        return frame.with_schema(Schema(columns), plain_index=plain, index=())
    return frame.with_schema(schemas.opened(frame.schema), plain_index=plain, index=())


def _set_index(it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    keys = call.value(0, "keys")
    names = names_of(keys)
    if names is None:
        it.escape(frame, "unknown_column")
        return frame.with_schema(OPEN)
    it.recorder.needs(frame, tuple(names))
    note_names(it, frame, keys, "set_index", must_exist=True)
    return frame.with_schema(
        schemas.without(frame.schema, names, case_sensitive=True)
        if call.get(None, "drop") is None
        else schemas.opened(frame.schema),
        plain_index=False,
        index=() if call.get(None, "drop") or call.get(None, "append") else tuple(names),
    )


def _without_rows(it: Interpretation, call: Call, frame: PandasFrame, name: str) -> Value:
    """`dropna`, `drop_duplicates`, `duplicated`: all columns count, or those of `subset`."""
    subset = call.get(0 if name != "dropna" else None, "subset")
    names = None if subset is None else names_of(subset.value)
    if names is None:
        it.escape(frame, "all_columns")
    else:
        it.recorder.needs(frame, tuple(names))
        strict = call.get(None, "axis") is None
        note_names(it, frame, subset.value if subset else UNKNOWN, name, must_exist=strict)
    if name == "duplicated":
        return PandasSeries(frame.__class__, frame)
    return changed(frame, filtered=True)


def _note_argument(
    it: Interpretation,
    frame: PandasFrame,
    name: str,
    arg: CallArgument,
    position: int | None,
    by_column: bool,
) -> None:
    """The columns that an argument of a method that passes columns on names."""
    value = arg.value
    named: list[str] | None = None
    if name in ("sort_values", "nlargest", "nsmallest"):
        if arg.name in ("by", "columns") or position == (0 if name == "sort_values" else 1):
            named = names_of(value)
            if named is None:
                it.escape(frame, "unknown_column")
            else:
                strict = name != "sort_values" or (frame.plain_index and by_column)
                note_names(it, frame, value, name, must_exist=strict)
    elif name in ("astype", "round", "fillna", "replace"):
        if isinstance(value, DictValue) and value.items is not None and name != "replace":
            named = [key.value for key, _ in value.items if isinstance(key.value, str)]
            for key, _ in value.items if name == "astype" else ():
                if key.span is not None and isinstance(key.value, str):
                    note_column(
                        it, frame, key.value, key.span, "argument", name, case_sensitive=True
                    )
        elif not isinstance(value, (ConstValue, ModuleValue)) and value is not NONE:
            it.escape(frame, "unknown_column")
    if named:
        it.recorder.needs(frame, tuple(named))


def _rename(it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    columns = call.value(None, "columns")
    if columns is UNKNOWN or not isinstance(columns, DictValue) or columns.items is None:
        it.escape(frame, "renamed")
        return frame.with_schema(OPEN)
    schema = frame.schema
    for key, value in columns.items:
        old, new = text_of(key), text_of(value)
        if old is None or new is None:
            it.escape(frame, "renamed")
            return frame.with_schema(OPEN)
        it.recorder.needs(frame, with_base(old))
        note_names(it, frame, key, "rename")
        schema = schemas.renamed(schema, old, new)
    return frame.with_schema(schema)


def _assigned(it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    columns: list[Column | None] = []
    for arg in call.args:
        if arg.name is None:
            return frame.with_schema(OPEN)
        if isinstance(arg.value, FunctionValue):
            call_function(it, arg.value, Call(call.node), (frame,))
        columns.append(Column(arg.name))
    if call.open:
        columns.append(None)
    return frame.with_schema(schemas.with_columns(frame.schema, columns))


def _dropped(it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    columns = call.get(None, "columns")
    if columns is None and call.const(1, "axis") in (1, "columns"):
        columns = call.get(0, "labels")
    if columns is None:
        if call.get(None, "index") is None:
            it.escape(frame, "unknown_method")
            return frame.with_schema(OPEN)
        return changed(frame, filtered=True)
    names = names_of(columns.value)
    if names is None:
        it.escape(frame, "unknown_column")
        return frame.with_schema(OPEN)
    lenient = call.get(None, "errors") is not None
    it.recorder.needs(frame, tuple(names))
    note_names(it, frame, columns.value, "drop", must_exist=not lenient)
    return frame.with_schema(schemas.without(frame.schema, names, case_sensitive=True))


def _merged(it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    other = call.value(0, "right")
    if not isinstance(other, PandasFrame):
        it.escape(frame, "merged")
        return frame.__class__(relations=frame.relations)
    return merge(it, call, frame, other)


def merge(it: Interpretation, call: Call, left: PandasFrame, right: PandasFrame) -> PandasFrame:
    """A merge by named keys keeps track of what is used of both sides; any other uses all."""
    on, left_on, right_on = (call.value(None, key) for key in ("on", "left_on", "right_on"))
    given = [(left, value) for value in (on, left_on) if value is not UNKNOWN]
    given += [(right, value) for value in (on, right_on) if value is not UNKNOWN]
    by_index = call.get(None, "left_index") or call.get(None, "right_index")
    if not given and by_index is None:
        it.escape(left, "merged")
        it.escape(right, "merged")
    for side, value in given:
        names = names_of(value)
        if names is None:
            it.escape(side, "merged")
        else:
            it.recorder.needs(side, tuple(names))
            note_names(it, side, value, "merge", must_exist=side.plain_index)
    if call.get(None, "suffixes") is not None:
        it.escape(left, "merged")
        it.escape(right, "merged")
    return left.combined_with(right, OPEN)


def _grouped(it: Interpretation, call: Call, frame: PandasFrame) -> Value:
    by = call.value(0, "by")
    names = names_of(by)
    as_index = call.get(None, "as_index") is None or call.const(None, "as_index") is True
    plain = len(call.positional) < 2 and not call.open and call.get(None, "axis") is None
    labelled = as_index and plain
    if names is None:
        it.escape(frame, "grouped")
        return PandasGroups(frame, None, labelled=labelled)
    it.recorder.needs(frame, tuple(names))
    strict = (
        frame.plain_index and call.get(None, "axis") is None and call.get(None, "level") is None
    )
    note_names(it, frame, by, "groupby", must_exist=strict)
    return PandasGroups(frame, tuple(Column(name) for name in names), labelled=labelled)


def _known_by_effect(it: Interpretation, frame: PandasFrame, effect: str, result: str) -> Value:
    it.escape(frame, "unknown_method")
    if result == frame.kind:
        return frame.with_schema(
            frame.schema if effect == "passes" else OPEN,
            conversions=frozenset(),
            plain_index=False,
            index=(),
        )
    if result.endswith(".series"):
        return PandasSeries(frame.__class__)
    if result in ("int", "float", "bool", "str"):
        return ScalarValue(f"numpy.{result}")
    return NONE if result == "none" else UNKNOWN


_TRANSFORMS: dict[str, Callable[[Interpretation, Call, PandasFrame], Value]] = {
    "assign": _assigned,
    "drop": _dropped,
    "eval": evaluated,
    "groupby": _grouped,
    "merge": _merged,
    "rename": _rename,
    "reset_index": _reset_index,
    "set_index": _set_index,
}
