"""Columns of one plain Python type have the type and the values that a look at each of them gives."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from glue_session import pandas_frames
from glue_session.errors import ModelError
from glue_session.pandas_frames import spark_column
from glue_session.values import python_value
from hypothesis import given, settings
from hypothesis import strategies as st

_PLAIN = [
    st.text(max_size=3),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=3),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.timezone.utc)),
    st.decimals(allow_nan=False) | st.just(Decimal("NaN")),
    st.builds(pd.Timestamp, st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(2200, 1, 1))),
]
_VALUES = st.one_of(
    *(st.lists(value | st.none(), max_size=4) for value in [*_PLAIN, st.one_of(*_PLAIN)])
)
_COLUMNS = st.one_of(
    _VALUES,
    st.lists(_VALUES | st.none(), max_size=3),
    st.lists(st.builds(tuple, _VALUES), max_size=3),
    st.lists(st.dictionaries(st.text(max_size=2), st.integers() | st.none(), max_size=2), max_size=3),
)  # fmt: skip


def _found(values: list[Any], zone: str) -> Any:
    notes: list[str] = []
    try:
        kind, series = spark_column("c", pd.Series(values, dtype=object), zone, None, notes)
    except ModelError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - both ways have to fail alike
        return type(error).__name__
    plain = [python_value(value, zone) for value in series]
    return kind, [(type(value), repr(value)) for value in plain], notes


@settings(max_examples=400, deadline=None, derandomize=True)
@given(_COLUMNS, st.sampled_from(["UTC", "Europe/Berlin"]))
def test_as_a_look_at_each(values: list[Any], zone: str) -> None:
    fast = _found(values, zone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pandas_frames, "plain_column", lambda *_: None)
        assert fast == _found(values, zone)
