"""Cells on their way into JSON: nothing of a value is lost, whatever its type."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from glue_session.cells import row_encoder
from pyspark.sql import Row, types


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        (types.StringType(), "ä\n", "ä\n"),
        (types.LongType(), 2**62 + 1, 2**62 + 1),
        (types.BooleanType(), True, True),
        (types.DoubleType(), 1.5, 1.5),
        (types.DoubleType(), float("nan"), "NaN"),
        (types.DoubleType(), float("-inf"), "-Infinity"),
        (types.BinaryType(), bytearray(b"\x00\xff"), "AP8="),
        (types.DecimalType(38, 2), Decimal("0.10"), "0.10"),
        (types.DateType(), dt.date(2024, 2, 29), "2024-02-29"),
        (types.DayTimeIntervalType(), dt.timedelta(minutes=1), 60.0),
        (types.ArrayType(types.DoubleType()), [1.0, None, float("inf")], [1.0, None, "Infinity"]),
        (
            types.MapType(types.StringType(), types.DecimalType(3, 1)),
            {"a": Decimal("1.5"), "b": None},
            [["a", "1.5"], ["b", None]],
        ),
        (
            types.StructType([types.StructField("x", types.DateType())]),
            Row(x=dt.date(2024, 1, 1)),
            ["2024-01-01"],
        ),
    ],
)
def test_a_cell_is_lossless(kind: Any, value: Any, cell: Any) -> None:
    schema = types.StructType([types.StructField("a", kind), types.StructField("b", kind)])
    found = row_encoder(schema, "UTC")(Row(a=value, b=None))
    assert json.loads(json.dumps(found)) == [cell, None]


def test_timestamps_are_the_time_zones_of_the_session() -> None:
    schema = types.StructType([types.StructField("at", types.TimestampType())])
    moment = dt.datetime(2024, 7, 1, 10, 0, 0, 123456, dt.timezone.utc)
    row = Row(at=moment)
    assert row_encoder(schema, "Europe/Berlin")(row) == ["2024-07-01T12:00:00.123456"]
    assert row_encoder(schema, "no/zone")(row) == [moment.isoformat()]
