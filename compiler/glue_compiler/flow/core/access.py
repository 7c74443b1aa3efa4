"""Attributes, items and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.schemas import Relation
from glue_compiler.flow.core.calls import Call, CallArgument, evaluate_arguments
from glue_compiler.flow.core.functions import call_function
from glue_compiler.flow.core.values import (
    NONE,
    OPEN,
    UNKNOWN,
    AccessorValue,
    ColumnName,
    ColumnValue,
    ConstValue,
    DbtValue,
    DictValue,
    FrameValue,
    FunctionValue,
    GroupedValue,
    ListValue,
    MethodValue,
    ModuleValue,
    ObjectValue,
    RowsValue,
    ScalarValue,
    SeriesValue,
    TextValue,
    Value,
    any_item,
    items_of,
    relation_frame,
    text_of,
)
from glue_compiler.flow.pandas.frames import pandas_attribute, pandas_item
from glue_compiler.flow.pandas.methods import pandas_method
from glue_compiler.flow.pandas.series import (
    accessor_attribute,
    accessor_method,
    series_attribute,
    series_item,
)
from glue_compiler.flow.pandas.top import pandas_function
from glue_compiler.flow.spark.frames import (
    spark_attribute,
    spark_item,
    spark_method,
)
from glue_compiler.flow.spark.functions import spark_function
from glue_compiler.names.bind import can_step, getattr_name, step
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env


from glue_compiler.flow.core.operators import joined_text, merged_columns

THIS = Relation("this")


_BUILTIN_TYPES = {"len": "int", "int": "int", "float": "float", "str": "str", "bool": "bool"}


def attribute_value(it: Interpreter, node: cst.Attribute, env: Env) -> Value:
    receiver = it.evaluate(node.value, env)
    if node.attr.value == "index" and isinstance(receiver, FrameValue) and receiver.plain_index:
        # What happens to the index, such as `frame.index.name = "id"`, is not followed.
        env.replace(receiver, changed(receiver, plain_index=False))
    return attribute(it, node, receiver, called=False)


def attribute(it: Interpreter, node: cst.Attribute, receiver: Value, called: bool) -> Value:
    """The value of `receiver.name`, without calling it."""
    name = node.attr.value
    if isinstance(receiver, DbtValue) and can_step(receiver.path):
        return DbtValue(step(receiver.path, name))
    if isinstance(receiver, ModuleValue):
        return ModuleValue(f"{receiver.name}.{name}")
    if called:
        return MethodValue(receiver, name, node)
    if isinstance(receiver, FrameValue):
        if receiver.kind == "spark":
            return spark_attribute(it, node, receiver)
        return pandas_attribute(it, node, receiver)
    if isinstance(receiver, SeriesValue):
        return series_attribute(it, node, receiver)
    if isinstance(receiver, AccessorValue):
        return accessor_attribute(receiver, name)
    if isinstance(receiver, (ObjectValue, GroupedValue, ColumnValue)):
        if isinstance(receiver, (ObjectValue, ColumnValue)) or receiver.kind == "spark":
            return spark_attribute(it, node, receiver)
        return pandas_attribute(it, node, receiver)
    if isinstance(receiver, RowsValue):
        if receiver.one and not name.startswith("_"):
            return _row_value(receiver)
        it.escape(receiver, "unknown")
        return UNKNOWN
    it.escape(receiver, "unknown")
    return UNKNOWN


def _row_value(row: RowsValue) -> Value:
    relations = row.frame.relations if row.frame.maximum else None
    return ScalarValue(maximum_of=relations, source=row.source)


def subscript_value(it: Interpreter, node: cst.Subscript, env: Env) -> Value:
    receiver = it.evaluate(node.value, env)
    elements = [_slice(it, element.slice, env) for element in node.slice]
    index: Value = elements[0] if len(elements) == 1 else ListValue(tuple(elements), form="tuple")
    if isinstance(receiver, (FrameValue, GroupedValue)):
        if isinstance(receiver, FrameValue) and receiver.kind == "spark":
            return spark_item(it, node, receiver, index)
        return pandas_item(it, node, receiver, index)
    if isinstance(receiver, (SeriesValue, AccessorValue)):
        return series_item(receiver, index)
    if isinstance(receiver, RowsValue):
        if receiver.one:
            return _row_value(receiver)
        if isinstance(index, ConstValue):
            return RowsValue(receiver.frame, True, receiver.source)
        return receiver
    if isinstance(receiver, ColumnValue):
        return merged_columns([receiver])
    if isinstance(receiver, ObjectValue):
        it.escape(receiver, "unknown")
        return UNKNOWN
    if isinstance(receiver, ListValue) and isinstance(index, ConstValue):
        items = items_of(receiver)
        if (
            items is not None
            and isinstance(index.value, int)
            and -len(items) <= index.value < len(items)
        ):
            return items[index.value]
        return any_item(receiver)
    if (
        isinstance(receiver, DictValue)
        and isinstance(index, ConstValue)
        and receiver.items is not None
    ):
        for key, value in receiver.items:
            if type(key.value) is type(index.value) and key.value == index.value:
                return value
    it.escape(receiver, "unknown")
    it.escape(index, "unknown")
    return UNKNOWN


def _slice(it: Interpreter, node: cst.BaseSlice, env: Env) -> Value:
    if type(node) is cst.Index:
        return it.evaluate(node.value, env)
    for part in (node.lower, node.upper, node.step) if type(node) is cst.Slice else ():
        if part is not None:
            it.evaluate(part, env)
    return ScalarValue("slice")


def call_value(it: Interpreter, node: cst.Call, env: Env) -> Value:
    func = node.func
    if type(func) is cst.Attribute:
        callee = attribute(it, func, it.evaluate(func.value, env), called=True)
    else:
        callee = it.evaluate(func, env)
    call = evaluate_arguments(it, node, env)
    return apply(it, call, callee, env)


def apply(it: Interpreter, call: Call, callee: Value, env: Env) -> Value:
    """The value of a call."""
    if isinstance(callee, MethodValue):
        return _method(it, call, callee, env)
    if isinstance(callee, DbtValue):
        return _dbt_call(it, call, callee)
    if isinstance(callee, FunctionValue):
        if callee.udf is not None:
            found = merged_columns([_as_column(it, arg) for arg in call.args])
            return changed(found, python_udf=True)
        return call_function(it, callee, call)
    if isinstance(callee, ModuleValue):
        return _module_call(it, call, callee, env)
    if isinstance(callee, ObjectValue) and callee.owner == "udf":
        found = merged_columns([_as_column(it, arg) for arg in call.args])
        return changed(found, python_udf=True)
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    opened(it, call, env)
    return UNKNOWN


def _as_column(_it: Interpreter, arg: CallArgument) -> Value:
    text = text_of(arg.value)
    if text is not None and isinstance(arg.value, ConstValue) and arg.value.span is not None:
        return ColumnValue((ColumnName(text, arg.value.span, "argument"),))
    return arg.value


def opened(_it: Interpreter, call: Call, env: Env) -> None:
    """pandas frames that go to unknown code may be changed in place there."""
    for arg in call.args:
        value = arg.value
        if isinstance(value, FrameValue) and value.kind != "spark":
            env.replace(value, value.with_schema(OPEN))


def _method(it: Interpreter, call: Call, method: MethodValue, env: Env) -> Value:
    receiver = method.receiver
    if isinstance(receiver, FrameValue):
        if receiver.kind == "spark":
            return spark_method(it, call, method, env)
        return pandas_method(it, call, method, env)
    if isinstance(receiver, (ObjectValue, ColumnValue)):
        return spark_method(it, call, method, env)
    if isinstance(receiver, AccessorValue):
        return accessor_method(it, call, receiver, method.name)
    if isinstance(receiver, (GroupedValue, SeriesValue)):
        if receiver.kind == "spark":
            return spark_method(it, call, method, env)
        return pandas_method(it, call, method, env)
    if isinstance(receiver, (ConstValue, TextValue)) and method.name == "format":
        return _format(it, call, receiver)
    if isinstance(receiver, ListValue) and method.name in ("append", "extend", "insert", "add"):
        for arg in call.args:
            it.escape(arg.value, "list")
        env_list(env, receiver)
        return NONE
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    opened(it, call, env)
    return UNKNOWN


def env_list(env: Env, changed: ListValue) -> None:
    """A list that grows is no longer known, under any of its names."""
    current: Env | None = env
    while current is not None:
        for name, value in current.values.items():
            if value is changed:
                current.values[name] = ListValue(None, UNKNOWN, changed.form)
        current = current.parent


def _format(it: Interpreter, call: Call, receiver: Value) -> Value:
    text: Value = receiver
    for arg in call.args:
        it.escape(arg.value, "formatted")
        if isinstance(arg.value, DbtValue) and arg.value.path == "this":
            text = joined_text(text, TextValue("", (THIS,)))
        elif isinstance(arg.value, ScalarValue) and arg.value.maximum_of is not None:
            text = joined_text(text, TextValue("", (), (arg.value,)))
        else:
            text = joined_text(text, TextValue())
    return text if isinstance(text, TextValue) else UNKNOWN


def _dbt_call(it: Interpreter, call: Call, callee: DbtValue) -> Value:
    span = it.spans[call.node]
    if callee.path in ("ref", "source"):
        parts = [text_of(arg.value) for arg in call.positional]
        version = next(
            (
                repr(a.value.value)
                for a in call.args
                if a.name in ("v", "version") and isinstance(a.value, ConstValue)
            ),
            None,
        )
        known = tuple(part for part in parts if part is not None)
        if call.open or not known or len(known) != len(parts):
            return FrameValue("spark", origin=span)
        kind = "ref" if callee.path == "ref" else "source"
        return relation_frame(Relation(kind, known, version), span)  # type: ignore[arg-type]
    if callee.path == "is_incremental":
        return ConstValue(it.world == "incremental")
    return UNKNOWN


def _module_call(it: Interpreter, call: Call, callee: ModuleValue, env: Env) -> Value:
    library, _, rest = callee.name.partition(".")
    if library == "builtins":
        return _builtin(it, call, rest, env)
    if library == "pyspark":
        value = spark_function(it, call, callee.name, env)
        if value is not None:
            return value
    if library == "pandas" or callee.name.startswith("pyspark.pandas."):
        value = pandas_function(it, call, callee.name, env)
        if value is not None:
            return value
    if callee.name == "functools.reduce":
        return _reduce(it, call)
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    opened(it, call, env)
    return UNKNOWN


def _reduce(it: Interpreter, call: Call) -> Value:
    """`reduce(DataFrame.unionByName, frames)` and the like: a Spark frame with open columns."""
    items = items_of(call.value(1))
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    frames = [item for item in items or () if isinstance(item, FrameValue)]
    if items and len(frames) == len(items) and all(f.kind == "spark" for f in frames):
        function = call.value(0)
        text = it.tree.text(call.node.args[0].value)
        if isinstance(function, ModuleValue) or "union" in text or "join" in text:
            relations = tuple(dict.fromkeys(r for f in frames for r in f.relations))
            return FrameValue("spark", relations=relations, origin=it.spans[call.node])
    return UNKNOWN


def _builtin(it: Interpreter, call: Call, name: str, env: Env) -> Value:
    first = call.args[0].value if call.args else UNKNOWN
    if name == "getattr" and getattr_name(call.node) is not None and isinstance(first, DbtValue):
        return DbtValue(step(first.path, getattr_name(call.node) or ""))
    if name == "str" and isinstance(first, DbtValue) and first.path == "this":
        return TextValue("", (THIS,))
    if name == "str" and isinstance(first, ScalarValue):
        return TextValue("", (), (first,)) if first.maximum_of is not None else ScalarValue("str")
    if name in ("list", "tuple", "set", "sorted") and items_of(first) is not None:
        return ListValue(items_of(first), form="list" if name == "sorted" else name)
    if name in ("len", "isinstance", "type", "id", "callable", "hash"):
        return ScalarValue(_BUILTIN_TYPES.get(name, "unknown"))
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    if name in ("list", "tuple", "set"):
        return ListValue(None, any_item(first), name)
    if name not in ("print", "repr", "str"):
        opened(it, call, env)
    if name == "print":
        return NONE
    return ScalarValue(_BUILTIN_TYPES[name]) if name in _BUILTIN_TYPES else UNKNOWN
