"""What is written of a pandas frame from Arrow batches is what is written of it row by row, value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas
import pytest
from glue_session import pandas_frames
from glue_session.arrow_batches import Settings
from glue_session.pandas_frames import spark_from_pandas
from pandas_columns import BY_ARROW, BY_ROWS, EITHER, FAILED, TIMES

if TYPE_CHECKING:
    from pathlib import Path

_ZONE = "spark.sql.session.timeZone"
_MANY = 10_050
_ANCIENT = {
    f"spark.sql.parquet.{kind}RebaseModeInWrite": "CORRECTED" for kind in ("datetime", "int96")
}
"""Spark asks before it writes days of another calendar."""


def _frames(series: pandas.Series) -> dict[str, pandas.DataFrame]:
    """The values without a missing one, and with missing ones first, last, and everywhere but for one."""
    every, none = range(len(series)), len(series)
    orders = {"first": [none, *every], "last": [*every, none], "most": [0, *[none] * none]}
    around = {name: series.reindex(order).array for name, order in orders.items()}
    return {"all": pandas.DataFrame({"c": series.array}), "missing": pandas.DataFrame(around)}


def _deep(value: Any) -> Any:
    """A value with the Python types in it; the entries of a map have no order."""
    if isinstance(value, dict):
        inner: Any = sorted(repr((_deep(k), _deep(v))) for k, v in value.items())
    elif isinstance(value, (list, tuple)):
        inner = [_deep(each) for each in value]
    else:
        inner = repr(value)
    return type(value).__name__, inner


def _seen(frame: Any) -> Any:
    """The types of a frame, and its columns with all that can be seen of their values."""
    try:
        rows = [list(row) for row in frame.collect()]
    except ValueError:  # Python 3.10 makes no datetime of the first days of the year 1
        texts = [frame[name].cast("string") for name in frame.columns]
        rows = [list(row) for row in frame.select(texts).collect()]
    columns = [list(map(_deep, column)) for column in zip(*rows, strict=True)]
    return frame.schema.simpleString(), len(rows), columns


def _made(pdf: pandas.DataFrame, spark: Any) -> tuple[Any, str]:
    """What is there of a pandas frame, or the error's name, and the way."""
    notes: list[str] = []
    try:
        frame, way = spark_from_pandas(pdf, spark, {}, notes)
        return (_seen(frame), notes), way
    except Exception as error:  # noqa: BLE001 - both ways have to fail alike
        return type(error).__name__, "failed"


def _no_arrow(*_: Any) -> Any:
    raise ValueError("not by Arrow")


def _by_rows(patch: pytest.MonkeyPatch) -> None:
    """Looks at each value for its type, and makes a row of each."""
    patch.setattr(pandas_frames, "by_arrow", _no_arrow)
    patch.setattr(pandas_frames, "plain_column", lambda *_: None)


def _ways(series: pandas.Series, spark: Any) -> set[str]:
    """The ways that the frames of a column go, each with the same types, rows and notes as row by row."""
    ways = set()
    for name, pdf in _frames(series).items():
        found, way = _made(pdf, spark)
        with pytest.MonkeyPatch.context() as patch:
            _by_rows(patch)
            assert found == _made(pdf, spark)[0], (name, way)
        ways.add(way)
    return ways


@pytest.mark.parametrize("kind", BY_ARROW)
def test_the_same_rows(rows: Any, kind: str) -> None:
    for zone in ("UTC", "Europe/Berlin") if kind in TIMES else ("UTC",):
        rows.conf.set(_ZONE, zone)
        assert _ways(BY_ARROW[kind], rows) == {"Arrow"}


@pytest.mark.parametrize("kind", BY_ROWS)
def test_by_rows(rows: Any, kind: str) -> None:
    assert _ways(BY_ROWS[kind], rows) == {"row by row (nested values)"}


@pytest.mark.parametrize("kind", EITHER)
def test_the_same_rows_by_either_way(rows: Any, kind: str) -> None:
    assert ("failed" in _ways(EITHER[kind], rows)) == (kind in FAILED)


def test_the_same_rows_of_many_batches_in_files(rows: Any, tmp_path: Path) -> None:
    values = {kind: series.reindex([len(series), *range(len(series))]) for kind, series in BY_ARROW.items()}  # fmt: skip
    columns = {
        f"c{place}": pandas.concat([series] * (_MANY // len(series) + 1)).iloc[:_MANY].array
        for place, series in enumerate(values.values())
    }
    pdf = pandas.DataFrame({**columns, "id": range(_MANY)})
    seen = []
    for name in ("arrow", "rows"):
        with pytest.MonkeyPatch.context() as patch:
            if name == "rows":
                _by_rows(patch)
            frame, way = spark_from_pandas(pdf, rows, {}, [])
            assert (way == "Arrow") == (name == "arrow"), way
            with Settings(rows, _ANCIENT):
                frame.write.parquet(str(tmp_path / name))
        seen.append(_seen(rows.read.parquet(str(tmp_path / name)).sort("id")))
    types, counts, kinds = zip(*seen, strict=True)
    assert types[0] == types[1]
    assert counts == (_MANY, _MANY)
    for kind, arrow, by_rows in zip([*BY_ARROW, "id"], *kinds, strict=True):
        assert arrow == by_rows, kind
