"""Functions and classes of pyspark: columns from functions, schemas from types, windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.schemas import Column
from glue_compiler.flow.core.members import api_of, note_member, note_refused
from glue_compiler.flow.core.objects import (
    ConstValue,
    ListValue,
    ModuleValue,
    ScalarValue,
    items_of,
    items_or_itself,
    text_of,
)
from glue_compiler.flow.core.schemas import one_name
from glue_compiler.flow.core.schemas import plain as plain_name
from glue_compiler.flow.core.values import NONE, OPEN, UNKNOWN, FrameValue, Value
from glue_compiler.flow.spark.columns import as_column, bound_column, merged_columns, output_name
from glue_compiler.flow.spark.forms import window_form
from glue_compiler.flow.spark.parts import Parts, of_function
from glue_compiler.flow.spark.sql_text import note_text, sql_columns
from glue_compiler.flow.spark.types import TYPE_CLASSES
from glue_compiler.flow.spark.typing import VOID, literal_type, with_function
from glue_compiler.flow.spark.udfs import UDF_MAKERS, made_udf
from glue_compiler.flow.spark.values import (
    SESSION,
    ColumnName,
    SparkColumn,
    SparkFrame,
    SparkObject,
)
from glue_compiler.knowledge.functions import measured_functions
from glue_compiler.knowledge.signatures import parameter_of
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env
    from glue_compiler.knowledge.frames import Member

_NAMED_LIKE_CALLS = {
    "max": "max",
    "min": "min",
    "sum": "sum",
    "avg": "avg",
    "mean": "avg",
    "count": "count",
}
_READ_PATTERNS = frozenset(
    {
        *("date_format", "from_unixtime", "to_date", "to_timestamp", "unix_timestamp"),
    }
)
_NONDETERMINISTIC = frozenset(
    {
        *("rand", "randn", "uuid", "monotonically_increasing_id", "shuffle", "random"),
        *("current_timestamp", "current_date", "now", "localtimestamp", "unix_timestamp"),
    }
)
_SESSIONS = frozenset(
    {
        "pyspark.sql.SparkSession.builder.getOrCreate",
        "pyspark.sql.SparkSession.getActiveSession",
        "pyspark.sql.SparkSession.active",
    }
)


def pyspark_function(it: Interpretation, call: Call, name: str, _env: Env) -> Value | None:
    """The value of a call of something in pyspark; None when nothing is known about it."""
    module, _, last = name.rpartition(".")
    if module in ("pyspark.sql.functions", "pyspark.sql.functions.builtin"):
        return _function(it, call, last)
    if ".types" in module:
        table = api_of(it, "spark.types")
        member = None if table is None else table.member(last)
        if member is not None and member.kind == "class":
            note_refused(it, call, member)
        return _type(call, last)
    if module.endswith("Window") or ".window" in module:
        return _window(it, call, last)
    if name in _SESSIONS:
        return SESSION
    return None


def _function(it: Interpretation, call: Call, name: str) -> Value | None:
    table = api_of(it, "spark.functions")
    member = None if table is None else table.member(name)
    refused = member is not None and note_refused(it, call, member)
    if name in UDF_MAKERS:
        return made_udf(it, call, name)
    if refused:
        return UNKNOWN
    if name == "broadcast":
        return call.value(0, "df")
    if name in ("col", "column"):
        return _column(call)
    if name == "lit":
        return _literal(call)
    if name == "expr" and len(call.args) == 1:
        note_text(it, call.args[0].value, "expression", name, it.spans[call.args[0].node])
        first, *more = sql_columns(it, call.args[0].value)
        return changed(first, name=None, plain=None, type=None) if more else first
    if member is None:
        if type(call.node.func) is cst.Attribute:
            note_member(it, call.node.func, SparkObject("spark.functions"), call)
        for arg in call.args:
            it.escape(arg.value, "unknown_call")
        return None
    given = _with_roles(call, member)
    values = [value for arg in given for value in arg]
    if name in _READ_PATTERNS:
        _note_pattern(it, call, name)
    found = merged_columns(values)
    nondeterministic = found.nondeterministic or name in _NONDETERMINISTIC
    measured = measured_functions(it.versions["spark"]).get(name)
    form, parts = of_function(name, None if measured is None else measured[1], found.parts)
    result = changed(found, nondeterministic=nondeterministic, form=form, parts=parts)
    result = with_function(it, call, name, result, [_only(arg) for arg in given])
    if name in _NAMED_LIKE_CALLS and len(call.args) == 1:
        only = values[0] if values else None
        plain = only.plain if isinstance(only, SparkColumn) else None
        written = None
        if (
            plain is not None
            and plain_name(plain.name)
            and isinstance(only, SparkColumn)
            and only.name == plain.name
            and not (name == "count" and plain.name == "1")
        ):
            written = f"{_NAMED_LIKE_CALLS[name]}({plain.name})"
        result = changed(result, name=written, maximum=name == "max")
    return result


def _only(values: list[Value]) -> Value:
    """The value of an argument that is no list."""
    return values[0] if len(values) == 1 else UNKNOWN


def _note_pattern(it: Interpretation, call: Call, name: str) -> None:
    """Record the pattern of a function of dates."""
    arg = call.get(1, "format")
    if arg is not None and not call.open:
        note_text(it, arg.value, "pattern", name, it.spans[arg.node])


def _with_roles(call: Call, member: Member) -> list[list[Value]]:
    """The arguments as columns; a string where the function takes a column's name is a column."""
    found: list[list[Value]] = []
    position = 0
    for arg in call.args:
        parameter = parameter_of(member.parameters, position, arg.name)
        if arg.name is None:
            position += 1
        kind = None if parameter is None else parameter.annotation
        by_name = kind is not None and "ColumnOrName" in kind
        values = items_or_itself(arg.value)
        found.append([as_column(value) if by_name else value for value in values])
    return found


def _column(call: Call) -> Value:
    value = call.value(0, "col")
    name = text_of(value)
    if name is None or not isinstance(value, ConstValue):
        return SparkColumn()
    if not one_name(name):
        return SparkColumn((), output_name(name), form="column")
    if value.span is None:
        return SparkColumn((), name, form="column", parts=Parts(loose=name))
    return bound_column(ColumnName(name, value.span, "col"))


def _literal(call: Call) -> Value:
    value = call.value(0, "col")
    if isinstance(value, SparkColumn):
        return value
    if isinstance(value, ScalarValue):
        return SparkColumn(scalar=value, form="literal")
    if isinstance(value, ConstValue):
        return SparkColumn(type=literal_type(value.value), form="literal")
    return SparkColumn(type=VOID, form="literal") if value is NONE else SparkColumn()


def _window(it: Interpretation, call: Call, name: str) -> Value:
    values = [v for arg in call.args for v in items_or_itself(arg.value)]
    columns = [as_column(value) for value in values]
    for value in values:
        if isinstance(value, FrameValue):
            it.escape(value, "unknown_call")
    form = window_form(call, name, "unordered")
    return changed(merged_columns(columns), window=True, form=form)


def _type(call: Call, name: str) -> Value:
    if name == "StructField":
        column = text_of(call.value(0, "name"))
        kind = call.value(1, "dataType")
        written = kind.columns[0].type if isinstance(kind, SparkObject) and kind.columns else None
        return UNKNOWN if column is None else SparkObject("field", None, (Column(column, written),))
    if name == "StructType":
        if not call.args:
            return SparkObject("schema", None, ())
        fields = items_of(call.value(0, "fields"))
        if fields is None:
            return SparkObject("schema")
        columns = []
        for item in fields:
            if not isinstance(item, SparkObject) or item.owner != "field" or not item.columns:
                return SparkObject("schema")
            columns.append(item.columns[0])
        return SparkObject("schema", None, tuple(columns))
    if name == "DecimalType":
        precision = call.const(0, "precision") if call.args else 10
        scale = call.const(1, "scale") if len(call.args) > 1 else 0
        if isinstance(precision, int) and isinstance(scale, int):
            return SparkObject("type", None, (Column("", f"decimal({precision},{scale})"),))
    simple = TYPE_CLASSES.get(name)
    return UNKNOWN if simple is None else SparkObject("type", None, (Column("", simple),))


def reduced(it: Interpretation, call: Call, _name: str, _env: Env) -> Value:
    """`reduce(DataFrame.unionByName, frames)` and the like: a frame with open columns."""
    reduced_list = call.value(1)
    items = reduced_list.held if isinstance(reduced_list, ListValue) else ()
    for arg in call.args:
        it.escape(arg.value, "unknown_call")
    frames = [item for item in items if isinstance(item, SparkFrame)]
    if items and len(frames) == len(items):
        function = call.value(0)
        text = it.tree.text(call.node.args[0].value)
        if isinstance(function, ModuleValue) or "union" in text or "join" in text:
            made = frames[0]
            for frame in frames[1:] or frames:
                made = made.combined_with(frame, OPEN)
            return changed(made, origin=it.spans[call.node], top="unknown", mixed=True)
    return UNKNOWN
