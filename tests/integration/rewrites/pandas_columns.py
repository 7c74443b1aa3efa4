"""Columns of the pandas frames that models return, of every kind that is written from Arrow batches, with values at their edges."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy
import pandas
from pyspark.sql import Row

_UTC = dt.timezone.utc
_EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
_FLOATS = [1.5, -0.0, 0.1, 5e-324, float("nan"), float("inf"), float("-inf")]
_MOMENTS = [
    "2024-01-01T12:00:00.123456",
    "2024-10-27T02:30:00",  # twice in Berlin
    "2024-03-31T02:30:00",  # not in Berlin
    "1700-01-01T00:00:00",
    "1969-12-31T23:59:59.999999",
    "2262-01-01T00:00:00",
]


def _of(*values: Any) -> pandas.Series:
    return pandas.Series(list(values), dtype=object)


def _integers(name: str) -> pandas.Series:
    edges = numpy.iinfo(name.lower())
    return pandas.Series([1, edges.min, edges.max], dtype=name.lower()).astype(name)


def _moments(*zone: str) -> pandas.Series:
    stamps = pandas.Series([*map(pandas.Timestamp, _MOMENTS)])
    return stamps.dt.tz_localize("UTC").dt.tz_convert(zone[0]) if zone else stamps


_LETTERS = ("int", "uint", "Int", "UInt")
BY_ARROW: dict[str, pandas.Series] = {
    **{f"{kind}{bits}": _integers(f"{kind}{bits}") for kind in _LETTERS for bits in (8, 16, 32, 64)},
    "float16": pandas.Series([1.5, -0.0, float("nan")], dtype="float16"),
    "float32": pandas.Series([*_FLOATS[:3], *_FLOATS[4:]], dtype="float32"),
    "float64": pandas.Series(_FLOATS),
    "Float64": pandas.Series([1.5, None, -0.0], dtype="Float64"),
    "bool": pandas.Series([True, False]),
    "boolean": pandas.Series([True, False], dtype="boolean"),
    "string": pandas.Series(["a", "", "ä😀", "a\0b", "NaN"], dtype="string"),
    "category of str": pandas.Series(["a", "b", "a"], dtype="category"),
    "category of int": pandas.Series([1, 2, 1], dtype="category"),
    "sparse": pandas.Series([0, 0, 5], dtype=pandas.SparseDtype("int64", 0)),
    "datetime64": _moments(),
    "datetime64 in UTC": _moments("UTC"),
    "datetime64 in New York": _moments("America/New_York"),
    "str": _of("a", "", "ä😀", "a\0b", "NaN"),
    "bool objects": _of(True, False),
    "int objects": _of(1, -(1 << 63), (1 << 63) - 1, 9007199254740993),
    "large int objects": _of(1, 10**37, -(10**37)),
    "float objects": _of(*_FLOATS),
    "numpy objects": _of(numpy.int32(1), numpy.int64(2)),
    "bytes": _of(b"", b"\x00\xff", b"a"),
    "bytearray": _of(bytearray(b"\x00\xff")),
    "date": _of(dt.date(2024, 1, 1), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1582, 10, 10)),
    "datetime objects": _of(*(dt.datetime.fromisoformat(text) for text in _MOMENTS)),
    "datetime objects with a zone": _of(dt.datetime(2024, 1, 1, tzinfo=_UTC), dt.datetime(2024, 1, 1, tzinfo=_EAST)),
    "datetime objects of any year": _of(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), dt.datetime(1582, 10, 10, 1)),
    "the second of an hour": _of(dt.datetime(2024, 10, 27, 2, 30, fold=1), dt.datetime(2024, 10, 27, 2, 30)),
    "Timestamp objects": _of(*map(pandas.Timestamp, _MOMENTS)),
    "Decimal": _of(Decimal("1.10"), Decimal("0"), Decimal("-1E-10"), Decimal("1E+3"), Decimal("99999999999999999999.999999999999999999")),
    "Decimal and int": _of(Decimal("1.5"), 3),
    "list of int": _of([1, None, -(1 << 63)], [], [2]),
    "list of str": _of(["a", None], [], ["ä😀", ""]),
    "list of float": _of([1.5, None], [], [float("inf"), -0.0]),
    "list of float with NaN": _of([1.5, float("nan")], []),
    "list of bool": _of([True, None, False]),
    "list of bytes": _of([b"", None, b"\x00\xff"]),
    "list of date": _of([dt.date(2024, 1, 1), None], [dt.date(1, 1, 1)]),
    "list of Decimal": _of([Decimal("1.10"), None], []),
    "list of list": _of([[1], None, []], [[2, 3]]),
    "list of one length": _of([1, 2], [3, 4]),
    "tuple": _of((1, 2), (), (3,)),
    "list of numpy": _of([numpy.int64(1), 2], []),
    "array": _of(numpy.array([1, 2]), numpy.array([3], dtype="int8"), numpy.array([], dtype="int64")),
    "array of float": _of(numpy.array([1.5, float("nan")]), numpy.array([2.5])),
    "map of str to int": _of({"a": 1, "b": None}, {}, {"c": -(1 << 63), "": 0}),
    "map of int to str": _of({1: "a", -1: None}, {2: ""}),
    "map of str to float": _of({"a": 1.5, "b": None}, {"c": float("inf"), "d": -0.0}),
    "map of str to bool": _of({"a": True, "b": False}),
    "map of date to bytes": _of({dt.date(2024, 1, 1): b"\x00\xff"}, {dt.date(1, 1, 1): b""}),
    "map of bool to date": _of({True: dt.date(2024, 1, 1), False: None}),
    "map of float to int": _of({0.5: 1, float("inf"): 2}),
    "map of many": _of({f"k{place}": place for place in range(40)}),
}  # fmt: skip
"""Written from Arrow batches, as they are row by row."""

BY_ROWS: dict[str, pandas.Series] = {
    "struct": _of(Row(a=1, b="x"), Row(a=2, b=None)),
    "struct in a struct": _of(Row(a=Row(b=1))),
    "map of NaN": _of({"a": 1.5, "b": float("nan")}),
    "map of Decimal": _of({"a": Decimal("1.10")}),
    "map of datetime": _of({"a": dt.datetime(2024, 1, 1, 12)}),
    "map of list": _of({"a": [1, 2]}),
    "map of map": _of({"a": {"b": 1}}),
    "map of nothing": _of({"a": None}, {}),
}
"""Written row by row."""

EITHER: dict[str, pandas.Series] = {
    "list of datetime": _of([dt.datetime(2024, 1, 1, 12), None], []),
    "list of map": _of([{"a": 1}, None, {}], []),
    "list of struct": _of([Row(a=1, b="x"), None], []),
    "list of list of map": _of([[{"a": 1}]]),
    "list of nothing": _of([None], []),
    "map of numpy": _of({"a": numpy.int64(1)}),
    "map of int and float": _of({"a": 1, "b": 0.5}),
    "map of no key": _of({"a": 1, None: 2}),
}
"""By Arrow where the Spark takes it, and not at all where it is in FAILED."""

FAILED = {"map of no key", "map of int and float"}
"""Rows have no NULL as a key, and no int in a map of doubles."""

TIMES = {kind for kind in BY_ARROW if "date" in kind or "Timestamp" in kind or "hour" in kind}
"""Those in which the session's time zone may be seen."""
