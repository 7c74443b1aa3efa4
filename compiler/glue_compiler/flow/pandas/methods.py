"""What methods of pandas frames and groups give, and which columns they use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import Conversion
from glue_compiler.facts.schemas import Column, FrameKind, Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.calls import Call
from glue_compiler.flow.core.functions import call_function
from glue_compiler.flow.core.members import member_of, note_column, note_member
from glue_compiler.flow.core.values import (
    NONE,
    OPEN,
    UNKNOWN,
    ConstValue,
    DictValue,
    FrameValue,
    FunctionValue,
    GroupedValue,
    MethodValue,
    ModuleValue,
    ScalarValue,
    SeriesValue,
    Value,
    items_of,
    text_of,
)
from glue_compiler.flow.spark.arguments import combined
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import CallArgument
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env


from glue_compiler.flow.pandas.groups import grouped_method
from glue_compiler.flow.pandas.names import names_of, note_names, with_base
from glue_compiler.flow.pandas.series import series_method
from glue_compiler.flow.pandas.stores import evaluated, mutated

# Methods whose result depends, row by row or value by value, only on the columns that are used
# later and on those that their arguments name.
_PASSES_COLUMNS = frozenset(
    {
        *(
            "copy",
            "head",
            "tail",
            "sort_index",
            "fillna",
            "ffill",
            "bfill",
            "round",
            "abs",
            "sample",
        ),
        *("astype", "sort_values", "nlargest", "nsmallest", "convert_dtypes", "infer_objects"),
        *("clip", "shift", "truncate", "replace"),
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


def pandas_method(it: Interpreter, call: Call, method: MethodValue, env: Env) -> Value:
    """A call of a method of a pandas or pandas-on-Spark object."""
    receiver = method.receiver
    if isinstance(receiver, FrameValue):
        value = _frame_method(it, call, method, receiver, env)
    elif isinstance(receiver, GroupedValue):
        value = grouped_method(it, call, method, receiver)
    elif isinstance(receiver, SeriesValue):
        value = series_method(it, call, method, receiver)
    else:
        value = UNKNOWN
    note_member(it, method.node, receiver, call, value)
    return value


def _frame_method(
    it: Interpreter, call: Call, method: MethodValue, frame: FrameValue, env: Env
) -> Value:
    name = method.name
    span = it.spans[call.node]
    member = member_of(it, frame, name)
    for arg in call.args:
        if isinstance(arg.value, FrameValue) and name not in ("merge", "join"):
            it.escape(arg.value, "argument")
    if member is None:
        it.escape(frame, "unknown_method")
        return UNKNOWN
    if name in ("to_spark", "to_pandas") and frame.kind == "pandas_on_spark":
        return _converted(it, call, method, frame, "spark" if name == "to_spark" else "pandas")
    if member.effect == "mutates":
        return mutated(it, call, frame, member, env)
    result = _transformed(it, call, frame, name)
    if result is None:
        result = _known_by_effect(it, frame, member.effect, member.result)
        if isinstance(result, SeriesValue) and call.get(None, "axis") is not None:
            # `axis=None` gives one value, and so does an axis that is not known.
            return result if call.const(None, "axis") in _AXES else UNKNOWN
    in_place = call.get(None, "inplace") is not None
    if in_place and not isinstance(result, FrameValue):
        env.replace(frame, frame.with_schema(OPEN))
    if isinstance(result, FrameValue):
        result = changed(result, origin=span)
        if call.const(None, "inplace") is True:
            env.replace(frame, result)
            return NONE
        if in_place and call.const(None, "inplace") is None:
            env.replace(frame, result.with_schema(OPEN))
            it.escape(frame, "unknown_method")
            return UNKNOWN
    return result


def _converted(
    it: Interpreter, call: Call, method: MethodValue, frame: FrameValue, target: FrameKind
) -> Value:
    span = it.spans[call.node]
    result = changed(
        frame,
        kind=target,
        origin=span,
        conversions=frozenset({span}) if target == "pandas" else frozenset(),
    )
    if it.recorder.on:
        it.recorder.add(
            "conversions",
            Conversion(
                span=span,
                method=method.name,
                source=it.recorder.frame(frame),
                target=target,
                worlds=(),
                receiver=it.spans[method.node.value],
                result=it.recorder.frame(result),
                function=it.function,
            ),
        )
        if target != "pandas":
            it.recorder.demand.setdefault((it.recorder.world, span), "not_to_the_driver")
    return result


def _transformed(it: Interpreter, call: Call, frame: FrameValue, name: str) -> Value | None:
    """The methods whose effect on columns is known exactly; None for any other."""
    if name == "eval":
        return evaluated(it, call, frame)
    if name == "rename":
        return _rename(it, call, frame)
    if name == "assign":
        return _assigned(it, call, frame)
    if name == "drop":
        return _dropped(it, call, frame)
    if name == "merge":
        return _merged(it, call, frame)
    if name == "groupby":
        return _grouped(it, call, frame)
    if name == "reset_index":
        plain = call.get(0, "level") is None and not call.open
        if call.const(None, "drop") is True or call.const(1, "drop") is True:
            return changed(frame, plain_index=plain)
        opened = Schema(frame.schema.columns, frame.schema.bases, True)
        return frame.with_schema(opened, plain_index=plain)
    if name in _BY_SUBSET:
        subset = call.get(0 if name != "dropna" else None, "subset")
        names = None if subset is None else names_of(subset.value)
        if names is None:
            it.escape(frame, "all_columns")
        else:
            it.recorder.needs(frame, tuple(names))
            strict = call.get(None, "axis") is None
            note_names(it, frame, subset.value if subset else UNKNOWN, name, must_exist=strict)
        if name == "duplicated":
            return SeriesValue(frame.kind, frame)
        return changed(frame, filtered=True)
    if name in _PASSES_COLUMNS:
        position = 0
        for arg in call.args:
            place = position if arg.name is None else None
            _note_argument(it, frame, name, arg, place, call.get(None, "axis") is None)
            position += arg.name is None
        if call.open:
            it.escape(frame, "star_argument")
        return frame
    if name == "set_index":
        names = names_of(call.value(0, "keys"))
        if names is None:
            it.escape(frame, "unknown_column")
            return frame.with_schema(OPEN)
        it.recorder.needs(frame, tuple(names))
        note_names(it, frame, call.value(0, "keys"), name, must_exist=True)
        return frame.with_schema(
            schemas.without(frame.schema, names, case_sensitive=True)
            if call.get(None, "drop") is None
            else Schema(frame.schema.columns, frame.schema.bases, True),
            plain_index=False,
        )
    if name in _RESHAPES:
        for position, keyword in enumerate(_RESHAPES[name]):
            # All three are given by keyword since pandas 2, but for melt and pivot_table.
            value = call.value(None if name == "pivot" else position, keyword)
            strict = name != "pivot_table" or frame.plain_index
            note_names(it, frame, value, name, must_exist=strict)
    return None


def _note_argument(
    it: Interpreter,
    frame: FrameValue,
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


def _rename(it: Interpreter, call: Call, frame: FrameValue) -> Value:
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
        schema = schemas.renamed(schema, old, new)
    return frame.with_schema(schema)


def _assigned(it: Interpreter, call: Call, frame: FrameValue) -> Value:
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


def _dropped(it: Interpreter, call: Call, frame: FrameValue) -> Value:
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
    for item in items_of(columns.value) or (columns.value,):
        if isinstance(item, ConstValue) and isinstance(item.value, str) and item.span is not None:
            note_column(
                it,
                frame,
                item.value,
                item.span,
                "argument",
                "drop",
                case_sensitive=True,
                must_exist=not lenient,
            )
    return frame.with_schema(schemas.without(frame.schema, names, case_sensitive=True))


def _merged(it: Interpreter, call: Call, frame: FrameValue) -> Value:

    other = call.value(0, "right")
    if not isinstance(other, FrameValue):
        it.escape(frame, "merged")
        return FrameValue(frame.kind, relations=frame.relations)
    return merge(it, call, frame, other, combined(frame, other, OPEN))


def merge(
    it: Interpreter, call: Call, left: FrameValue, right: FrameValue, result: FrameValue
) -> FrameValue:
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
    return result


def _grouped(it: Interpreter, call: Call, frame: FrameValue) -> Value:
    by = call.value(0, "by")
    names = names_of(by)
    if names is None:
        it.escape(frame, "grouped")
        return GroupedValue(frame.kind, frame, None)
    it.recorder.needs(frame, tuple(names))
    strict = (
        frame.plain_index and call.get(None, "axis") is None and call.get(None, "level") is None
    )
    note_names(it, frame, by, "groupby", must_exist=strict)
    return GroupedValue(frame.kind, frame, tuple(Column(name) for name in names))


def _known_by_effect(it: Interpreter, frame: FrameValue, effect: str, result: str) -> Value:
    it.escape(frame, "unknown_method")
    if result == frame.kind:
        return frame.with_schema(
            frame.schema if effect == "passes" else OPEN,
            conversions=frozenset(),
            plain_index=False,
        )
    if result.endswith(".series"):
        return SeriesValue(frame.kind)
    if result in ("int", "float", "bool", "str"):
        return ScalarValue(result)
    return NONE if result == "none" else UNKNOWN
