"""The words for values that a model returns."""

from __future__ import annotations

from glue_compiler.flow.core.values import (
    NONE,
    ClassValue,
    ColumnValue,
    ConstValue,
    DbtValue,
    DictValue,
    FrameValue,
    FunctionValue,
    GroupedValue,
    ListValue,
    ObjectValue,
    RowsValue,
    ScalarValue,
    SeriesValue,
    TextValue,
    Value,
)


def kind_of(value: Value) -> str:
    """The word for a returned value in facts."""
    if isinstance(value, ConstValue):
        if value.value is None:
            return "none"
        return {"str": "string", "int": "number", "float": "number", "bool": "bool"}.get(
            type(value.value).__name__, "unknown"
        )
    if isinstance(value, ListValue):
        return value.form
    if isinstance(value, ObjectValue):
        return {"spark.session": "session"}.get(value.owner, "unknown")
    if isinstance(value, ScalarValue):
        return {"int": "number", "float": "number", "str": "string", "bool": "bool"}.get(
            value.type, "unknown"
        )
    if isinstance(value, SeriesValue) and not value.sure:
        return "unknown"
    if value is NONE:
        return "none"
    return _KINDS.get(type(value), "unknown")


_KINDS: dict[type, str] = {
    FrameValue: "frame",
    ColumnValue: "column",
    SeriesValue: "series",
    GroupedValue: "grouped",
    RowsValue: "rows",
    FunctionValue: "function",
    ClassValue: "class",
    DbtValue: "dbt",
    DictValue: "dict",
    TextValue: "string",
}
