"""Object columns whose values are all of one plain Python type: their Spark type without a look at every value.

A set of the values' types takes a hundredth of the time of a look at each of them. Whatever is not
of one exact type (subclasses, numpy's scalars, mixtures) is left to `values.inferred_type`.
"""

from __future__ import annotations

import datetime
import decimal
import operator
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def plain_column(series: Any, zone: str) -> tuple[Any, Any] | None:
    """The Spark type and the converted values of an object column; None where each value has to be looked at.

    The values are what `pandas_frames` makes of every one of them: missing ones are None.
    """
    import pandas

    missing = series.isna()
    some = bool(missing.any())
    values = (series[~missing] if some else series).tolist()
    kinds = set(map(type, values))
    if kinds and kinds <= {datetime.datetime, pandas.Timestamp}:
        return _moments(series, values, zone)
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    data_type = _of_kind(kind, values)
    if data_type is None:
        nested = _nested(kind, values)
        if nested is None:
            return None
        data_type, values = nested
        if values is not None:
            filled = pandas.Series([None] * len(series), dtype=object)
            filled[(~missing).to_numpy()] = pandas.Series(values, dtype=object).to_numpy()
            return data_type, filled
    return data_type, series.where(~missing, None) if some else series


def _of_kind(kind: type, values: Sequence[Any]) -> Any:
    """The type of values of one Python type, none of them missing; None where it does not tell."""
    from pyspark.sql import types

    if kind is int:
        return types.LongType() if min(values) >= -(1 << 63) and max(values) < 1 << 63 else None
    if kind is decimal.Decimal:
        return types.DecimalType(38, 18) if _fit(values) else None
    simple = {
        str: types.StringType,
        bool: types.BooleanType,
        float: types.DoubleType,
        bytes: types.BinaryType,
        datetime.date: types.DateType,
    }.get(kind)
    return None if simple is None else simple()


def _fit(values: Sequence[Any]) -> bool:
    """Whether Arrow takes all decimals as decimal(38,18), which it does of none that loses a digit."""
    try:
        import pyarrow  # type: ignore[import-untyped]

        pyarrow.array(values, pyarrow.decimal128(38, 18))
    except Exception:  # noqa: BLE001 - no Arrow, or a value that the slower way tells of
        return False
    return True


def _nested(kind: type, values: list[Any]) -> tuple[Any, list[Any] | None] | None:
    """The type of lists and dicts of plain values, and new values where the given ones are not stored as they are."""
    from pyspark.sql import types

    if kind is dict:
        keys = _inner(chain.from_iterable(values))
        inner = _inner(chain.from_iterable(map(dict.values, values)))
        if keys is None or inner is None or isinstance(inner, types.NullType):
            return None
        return types.MapType(keys, inner, True), None
    changed = None
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        values = changed = [value.tolist() for value in values]
        if set(map(type, values)) != {list}:
            return None
    elif kind is tuple:
        values = changed = list(map(list, values))
    elif kind is not list:
        return None
    element = _inner(chain.from_iterable(values))
    return None if element is None else (types.ArrayType(element, True), changed)


def _inner(values: Iterable[Any]) -> Any:
    """The type of the values inside of lists; None where it does not tell, or a value is not stored as it is."""
    everything = list(values)
    kinds = set(map(type, everything))
    if type(None) in kinds:
        kinds.discard(type(None))
        everything = [value for value in everything if value is not None]
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    if kind is float and any(map(operator.ne, everything, everything)):
        return None  # NaN, which is stored as NULL
    return None if kind is decimal.Decimal else _of_kind(kind, everything)


def _moments(series: Any, values: list[Any], zone: str) -> tuple[Any, Any] | None:
    """Timestamps in UTC; None where pandas cannot count one of them in nanoseconds, or an hour is told by its fold."""
    import pandas
    from pyspark.sql import types

    naive = {value.tzinfo is None for value in values}
    if len(naive) != 1 or any(map(operator.attrgetter("fold"), values)):
        return None
    try:
        stamps = pandas.to_datetime(series, utc=not naive.pop())
    except (OverflowError, ValueError, TypeError):
        return None
    if getattr(stamps.dtype, "kind", "") != "M" or len(stamps) != len(series):
        return None
    return types.TimestampType(), in_utc(stamps, zone)


def in_utc(stamps: Any, zone: str) -> Any:
    """A column of timestamps in UTC and whole microseconds; those without a time zone are of `zone`."""
    if stamps.dt.tz is None:
        stamps = stamps.dt.tz_localize(zone, ambiguous=False, nonexistent="shift_forward")
    return stamps.dt.tz_convert("UTC").dt.floor("us")
