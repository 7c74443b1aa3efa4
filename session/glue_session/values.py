"""Values of pandas object columns: which Spark type they have, as plain Python, and in the type of an existing table."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from glue_session.errors import ModelError

_INTEGRAL_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or pandas.NA."""
    if value is None:
        return True
    import pandas

    return bool(pandas.api.types.is_scalar(value) and pandas.isna(value))


def python_value(value: Any, zone: str) -> Any:
    """A value as plain Python: no numpy, no missing markers but None, timestamps in UTC (naive ones read in `zone`)."""
    import pandas

    if value is None or isinstance(value, (str, bool, bytes)):
        return value
    if isinstance(value, datetime.datetime):
        return None if value is pandas.NaT else _utc(value, zone)
    if isinstance(value, dict):
        return {python_value(key, zone): python_value(inner, zone) for key, inner in value.items()}
    if hasattr(value, "__fields__"):
        return type(value)(*value.__fields__)(*(python_value(inner, zone) for inner in value))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(python_value(inner, zone) for inner in value))
    if isinstance(value, (list, tuple, set, frozenset)):
        return [python_value(inner, zone) for inner in value]
    if is_missing(value):
        return None
    if hasattr(value, "tolist"):
        return python_value(value.tolist(), zone)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    return value


def _utc(value: datetime.datetime, zone: str) -> datetime.datetime:
    import pandas

    try:
        stamp = pandas.Timestamp(value)
        if stamp.tzinfo is None:
            stamp = stamp.tz_localize(zone, ambiguous=False, nonexistent="shift_forward")
        return stamp.tz_convert("UTC").floor("us").to_pydatetime(warn=False)  # type: ignore[no-any-return]
    except (OverflowError, ValueError):
        # Outside of the 584 years that pandas counts in nanoseconds.
        from zoneinfo import ZoneInfo

        local = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(datetime.timezone.utc)


def inferred_type(name: str, series: Any) -> Any:
    """The one Spark type of the values of an object column; None where there is no value to tell.

    Raises ModelError, naming the column and the rows, for values that have no common type or none at all.
    """
    import pandas
    from pyspark.sql import types

    simple = {
        "string": types.StringType,
        "boolean": types.BooleanType,
        "floating": types.DoubleType,
        "mixed-integer-float": types.DoubleType,
        "datetime": types.TimestampType,
        "datetime64": types.TimestampType,
        "bytes": types.BinaryType,
    }.get(pandas.api.types.infer_dtype(series, skipna=True))
    if simple is not None:
        return simple()
    found, first = None, (0, None)
    for row, value in enumerate(series):
        if is_missing(value):
            continue
        seen = _type_of(name, row, value)
        if found is None:
            found, first = seen, (row, value)
            continue
        joined = _common_type(found, seen)
        if joined is None:
            raise ModelError(
                f"column {name} mixes types: {_short_repr(first[1])} in row {first[0]} and {_short_repr(value)} in row {row} "
                f"(rows counted from 0). Make them one, for instance df[{name!r}] = df[{name!r}].astype(str)"
            )
        found = joined
    return found


def values_in_type(name: str, series: Any, natural: Any, wanted: Any) -> Any:
    """The column's values in a table's type, as objects, where no value changes; None where the types have nothing in common.

    Raises ModelError for a number or a date that the table's type cannot hold.
    """
    import pandas

    convert = _conversion(natural, wanted)
    if convert is None:
        return None
    values: list[Any] = []
    for row, value in enumerate(series):
        if is_missing(value):
            values.append(None)
            continue
        kept = convert(value)
        if kept is None:
            raise ModelError(
                f"column {name}: {value!r} in row {row} (counted from 0) does not fit the table's type "
                f"{wanted.simpleString()}. Round or convert the column, or change the type: data_type in YAML, or rebuild "
                "the table with --full-refresh"
            )
        values.append(kept)
    return pandas.Series(values, dtype=object, index=series.index)


def _conversion(natural: Any, wanted: Any) -> Any:
    from pyspark.sql import types

    if isinstance(natural, types.NumericType):
        if wanted.simpleString() in _INTEGRAL_BITS:
            bound = 1 << (_INTEGRAL_BITS[wanted.simpleString()] - 1)
            return lambda value: (
                int(value) if value == value // 1 and -bound <= value < bound else None
            )
        if isinstance(wanted, (types.FloatType, types.DoubleType)):
            return float
        if isinstance(wanted, types.DecimalType):
            return lambda value: _exact_decimal(value, wanted.precision, wanted.scale)
    if isinstance(natural, types.DateType) and isinstance(wanted, types.TimestampType):
        return lambda value: datetime.datetime(value.year, value.month, value.day)
    if isinstance(natural, types.TimestampType) and isinstance(wanted, types.DateType):
        return lambda value: value.date() if value == value.normalize() else None
    return None


def _exact_decimal(value: Any, precision: int, scale: int) -> decimal.Decimal | None:
    number = value if isinstance(value, decimal.Decimal) else decimal.Decimal(str(value))
    if not number.is_finite():
        return None
    with decimal.localcontext() as context:
        context.prec = 76
        exact = number.quantize(decimal.Decimal(1).scaleb(-scale))
    fits = exact == number and exact.adjusted() < precision - scale
    return exact if fits or not number else None


def _type_of(name: str, row: int, value: Any) -> Any:
    from pyspark.sql import types

    plain = value.item() if hasattr(value, "item") and not hasattr(value, "__len__") else value
    if hasattr(plain, "tolist") and not isinstance(plain, (str, bytes, memoryview)):
        plain = plain.tolist()
    if isinstance(plain, bool):
        return types.BooleanType()
    if isinstance(plain, int):
        if -(1 << 63) <= plain < 1 << 63:
            return types.LongType()
        if abs(plain) < 10**38:
            return types.DecimalType(38, 0)
        raise ModelError(f"column {name}: the integer in row {row} has more than 38 digits")
    if isinstance(plain, decimal.Decimal):
        if _exact_decimal(plain, 38, 18) is None:
            raise ModelError(
                f"column {name}: {plain} in row {row} does not fit decimal(38,18), the type of Decimal values; "
                f"quantize the column or make it a float or text"
            )
        return types.DecimalType(38, 18)
    for python, spark in (
        (str, types.StringType),
        (float, types.DoubleType),
        ((bytes, bytearray, memoryview), types.BinaryType),
        (datetime.datetime, types.TimestampType),
        (datetime.date, types.DateType),
    ):
        if isinstance(plain, python):
            return spark()
    fields = getattr(plain, "__fields__", None) or getattr(plain, "_fields", None)
    if fields and isinstance(plain, tuple):
        return types.StructType(
            [
                types.StructField(str(key), _inner_type(f"{name}.{key}", row, [inner]), True)
                for key, inner in zip(fields, plain, strict=True)
            ]
        )
    if isinstance(plain, dict):
        return types.MapType(
            _inner_type(name, row, list(plain)), _inner_type(name, row, list(plain.values())), True
        )
    if isinstance(plain, (list, tuple, set, frozenset)):
        return types.ArrayType(_inner_type(name, row, list(plain)), True)
    raise ModelError(
        f"column {name}: {_short_repr(value)} in row {row} has no type in a table; "
        f"make it text, for instance df[{name!r}] = df[{name!r}].astype(str)"
    )


def _inner_type(name: str, row: int, values: list[Any]) -> Any:
    """The one type of the values inside a list or dict; void where there is none."""
    from pyspark.sql import types

    found: Any = types.NullType()
    for value in values:
        if is_missing(value):
            continue
        seen = _common_type(found, _type_of(name, row, value))
        if seen is None:
            raise ModelError(
                f"column {name}: the values inside row {row} (counted from 0) have no common type: {_short_repr(values)}. "
                "Make them one, or build the frame with spark.createDataFrame(rows, schema)"
            )
        found = seen
    return found


def _common_type(left: Any, right: Any) -> Any:
    """The type that holds both, or None."""
    from pyspark.sql import types

    if left == right or isinstance(right, types.NullType):
        return left
    if isinstance(left, types.NullType):
        return right
    pair = {type(left), type(right)}
    if pair == {types.LongType, types.DoubleType}:
        return types.DoubleType()
    if pair == {types.LongType, types.DecimalType} or pair == {types.DecimalType}:
        scales = {getattr(side, "scale", 0) for side in (left, right)}
        return types.DecimalType(38, max(scales))
    if pair == {types.ArrayType}:
        element = _common_type(left.elementType, right.elementType)
        return None if element is None else types.ArrayType(element, True)
    if pair == {types.MapType}:
        key = _common_type(left.keyType, right.keyType)
        value = _common_type(left.valueType, right.valueType)
        return types.MapType(key, value, True) if None not in (key, value) else None
    if pair == {types.StructType} and left.names == right.names:
        kinds = [
            _common_type(a.dataType, b.dataType)
            for a, b in zip(left.fields, right.fields, strict=True)
        ]
        if None not in kinds:
            return types.StructType(
                [types.StructField(n, k, True) for n, k in zip(left.names, kinds, strict=True)]
            )
    return None


def _short_repr(value: Any) -> str:
    text = repr(value)
    return f"{text[:60]}{'...' if len(text) > 60 else ''} ({type(value).__name__})"
