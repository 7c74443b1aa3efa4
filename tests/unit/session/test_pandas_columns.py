"""pandas columns: their Spark types, their values, and what is refused, without a session."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from glue_session.errors import ModelError
from glue_session.pandas_frames import spark_column
from glue_session.values import python_value
from pyspark.sql import Row, types

UTC = dt.timezone.utc


def column(
    values: Any, existing: Any = None, zone: str = "UTC"
) -> tuple[str, list[Any], list[str]]:
    notes: list[str] = []
    data_type, series = spark_column("c", pd.Series(values), zone, existing, notes)
    return data_type.simpleString(), [python_value(value, zone) for value in series], notes


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (np.array([1, 2], "int8"), "tinyint", [1, 2]),
        (np.array([1, 2], "uint32"), "bigint", [1, 2]),
        (np.array([2**64 - 1], "uint64"), "decimal(20,0)", [Decimal(2**64 - 1)]),
        (np.array([1.5], "float16"), "float", [1.5]),
        ([1.5, np.nan, np.inf], "double", [1.5, None, np.inf]),
        (["a", np.nan, None, pd.NA], "string", ["a", None, None, None]),
        ([True, None], "boolean", [True, None]),
        (pd.array([2**60 + 1, None], "Int64"), "bigint", [2**60 + 1, None]),
        (pd.array([2**63, None], "UInt64"), "decimal(20,0)", [Decimal(2**63), None]),
        (pd.Series([2**60 + 1, None], dtype=object), "bigint", [2**60 + 1, None]),
        (pd.Series([2**70, None], dtype=object), "decimal(38,0)", [Decimal(2**70), None]),
        (pd.Series([1, 2.5], dtype=object), "double", [1, 2.5]),
        (pd.Categorical([1, None]), "bigint", [1, None]),
        (pd.Categorical(["b", "a"]), "string", ["b", "a"]),
        ([dt.date(2024, 1, 1), None], "date", [dt.date(2024, 1, 1), None]),
        ([Decimal("1.50"), None], "decimal(38,18)", [Decimal("1.50"), None]),
        ([b"x", bytearray(b"y")], "binary", [b"x", b"y"]),
        ([np.array([1, 2]), [], None], "array<bigint>", [[1, 2], [], None]),
        ([{"a": 1.5}, None], "map<string,double>", [{"a": 1.5}, None]),
        ([Row(x=1, y="b")], "struct<x:bigint,y:string>", [Row(x=1, y="b")]),
        (pd.arrays.SparseArray([0, 1]), "bigint", [0, 1]),
    ],
)
def test_types_and_values(values: Any, kind: str, expected: list[Any]) -> None:
    found, converted, notes = column(values)
    assert (found, converted, notes) == (kind, expected, [])


def test_naive_timestamps_are_of_the_sessions_time_zone() -> None:
    moments = [
        "2024-07-01 12:00:00.123456789",
        "2024-03-31 02:30:00.0",
        "2024-10-27 02:30:00.0",
        None,
    ]
    kind, values, _ = column(pd.to_datetime(moments), zone="Europe/Berlin")
    assert kind == "timestamp"
    assert values == [
        dt.datetime(2024, 7, 1, 10, 0, 0, 123456, UTC),
        dt.datetime(2024, 3, 31, 1, 0, tzinfo=UTC),
        dt.datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
        None,
    ]
    _, objects, _ = column(
        pd.Series([dt.datetime(2024, 7, 1, 12), dt.datetime(2900, 1, 1, 12)], dtype=object),
        zone="Europe/Berlin",
    )
    assert objects[0] == dt.datetime(2024, 7, 1, 10, tzinfo=UTC)
    assert objects[1] == dt.datetime(2900, 1, 1, 11, tzinfo=UTC)


def test_a_column_without_values_takes_the_tables_type_or_warns() -> None:
    assert column([None, np.nan], types.IntegerType()) != column([None, None])
    kind, values, notes = column(pd.Series([None, None], dtype=object))
    assert (kind, values) == ("string", [None, None])
    assert "has no value that tells its type" in notes[0]
    assert column(pd.Series([None], dtype=object), types.DateType()) == ("date", [None], [])


@pytest.mark.parametrize(
    ("values", "existing", "expected"),
    [
        ([1.0, np.nan], types.LongType(), [1, None]),
        ([1, 2], types.DoubleType(), [1.0, 2.0]),
        ([1.25], types.DecimalType(10, 2), [Decimal("1.25")]),
        (pd.to_datetime(["2024-01-01", None]), types.DateType(), [dt.date(2024, 1, 1), None]),
        ([dt.date(2024, 1, 1)], types.TimestampType(), [dt.datetime(2024, 1, 1, tzinfo=UTC)]),
    ],
)
def test_an_existing_table_keeps_its_types(values: Any, existing: Any, expected: list[Any]) -> None:
    kind, converted, notes = column(values, existing)
    assert (kind, converted) == (existing.simpleString(), expected)
    assert f"keeps the table's {kind}" in notes[0]


@pytest.mark.parametrize(
    ("values", "existing", "message"),
    [
        (
            [1.5],
            types.LongType(),
            "1.5 in row 0 (counted from 0) does not fit the table's type bigint",
        ),
        ([2**40], types.IntegerType(), "does not fit the table's type int"),
        ([1.234], types.DecimalType(10, 2), "does not fit the table's type decimal(10,2)"),
        ([1, "x"], None, "mixes types: 1 (int) in row 0 and 'x' (str) in row 1"),
        ([dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, 9)], None, "mixes types"),
        ([{"a": 1, "b": "x"}], None, "have no common type"),
        ([dt.time(1)], None, "has no type in a table"),
        ([Decimal(10) ** 30], None, "does not fit decimal(38,18)"),
        ([10**40], None, "more than 38 digits"),
        (pd.to_timedelta([1], "s"), None, "df['c'].dt.total_seconds()"),
        (pd.period_range("2024", periods=1, freq="M"), None, "which a table cannot hold"),
        ([1j], None, "which a table cannot hold"),
    ],
)
def test_what_would_lose_something_is_refused(values: Any, existing: Any, message: str) -> None:
    with pytest.raises(ModelError) as error:
        column(values, existing)
    assert "column c" in str(error.value)
    assert message in str(error.value)
