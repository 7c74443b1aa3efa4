"""A pandas frame that a model only aggregates: Spark counts and reduces its rows, and pandas aggregates what is left.

Spark makes *cells*: one row for each combination of the columns by which pandas groups, counts values or looks for
distinct ones, with the number of rows, and of each measure its number of values, extremes and sum. Aggregating the
cells gives what aggregating the rows gives, for what does not depend on the order of rows.
"""

from __future__ import annotations

import re
import time
from decimal import getcontext
from typing import Any

from glue_session.arrow_pandas import arrow_takes
from glue_session.plans import PlanOf
from glue_session.texts import quote_name

SMALL = 1 << 20
"""Bytes, as Spark estimates them, from which on a frame is aggregated by Spark."""

CELLS = 100_000
"""The most cells that are worth it: with more of them the rows themselves are fetched."""

_COMPUTED = re.compile(
    r"\b(?:Join|Aggregate|Window|Sort|Generate|Expand|\w*Repartition\w*|Intersect|Except)\b"
)
_EXACT = float(1 << 52)
_WHOLE = {"tinyint": "int8", "smallint": "int16", "int": "int32", "bigint": "int64"}
_KEYS = {*_WHOLE, "string", "boolean", "date", "timestamp", "timestamp_ntz"}
_FLOATS = {"float", "double"}
_FINAL = {"count": "sum", "size": "sum", "sum": "sum", "min": "min", "max": "max"}
_UTC = {"UTC", "Etc/UTC", "GMT", "Z"}


class _AsWritten(Exception):
    """Why the rows are fetched as the source says."""


def aggregated(
    frame: Any,
    keys: tuple[str, ...],
    measures: tuple[tuple[str, str], ...],
    grouped: tuple[tuple[str, ...], ...],
    counted: tuple[str, ...],
) -> tuple[Any, str]:
    """What stands for `frame` until its `toPandas()`; `frame` itself, and why, where pandas could see a difference.

    `keys` are all columns by which the cells are told apart, `measures` columns with what is asked of them,
    `grouped` the keys of each groupby, and `counted` the columns whose values are counted.
    """
    try:
        return _Rows(_cells(frame, keys, measures, grouped, counted), frame.schema), ""
    except _AsWritten as why:
        return frame, str(why)
    except Exception as error:  # noqa: BLE001 - whatever Spark does not take, the source's own way raises it, or does not
        return frame, f"Spark does not aggregate it ({type(error).__name__})"


def _cells(
    frame: Any,
    keys: tuple[str, ...],
    measures: tuple[tuple[str, str], ...],
    grouped: tuple[tuple[str, ...], ...],
    counted: tuple[str, ...],
) -> Any:
    kinds = _checked(frame, keys, measures)
    columns = _reductions(kinds, measures)
    if not {*keys}.isdisjoint(columns):
        raise _AsWritten("a column has a name that is needed")
    expressions = [column.alias(f"_{n}") for n, column in enumerate(columns.values())]
    by = [frame[quote_name(name)] for name in keys]
    if keys:
        _worth_it(frame, keys, by)
    reduced = frame.groupBy(*by).agg(*expressions)
    cells = (reduced.limit(CELLS + 1) if keys else reduced).toPandas()
    cells.columns = [*keys, *columns]
    if len(cells) > CELLS:
        raise _AsWritten(f"{', '.join(keys)} have more than {CELLS} combinations")
    rows = cells["size()"].sum()
    if not rows:
        raise _AsWritten("there are no rows")
    for name, how in measures:
        values = cells[f"count({name})"].sum()
        kind = kinds[name]
        if not values:
            raise _AsWritten(f"{name} has no values")
        if kind in _FLOATS and cells[f"zeros({name})"].sum():
            raise _AsWritten(f"{name} holds a negative zero, which equals zero")
        if kind in _WHOLE:
            _as_pandas_has_it(cells, name, how, bool(values < rows))
    if any(cells[list(names)].dropna().empty for names in grouped):
        raise _AsWritten("all groups are of NULL")
    for name in counted:
        if cells.groupby(name)["size()"].sum().duplicated().any():
            raise _AsWritten(f"values of {name} are equally frequent: the order of rows decides")
    return cells


def _worth_it(frame: Any, keys: tuple[str, ...], by: list[Any]) -> None:
    """Raises _AsWritten where the rows would be computed once for too many cells, and then once more for themselves.

    Guessing how many there are reads the keys once, and moves nothing.
    """
    from pyspark.sql import functions

    if _COMPUTED.search(PlanOf(frame, optimized=True).text):
        raise _AsWritten(
            "the frame is more than read: were its groups too many, it would be computed twice"
        )
    about = functions.approx_count_distinct(functions.xxhash64(*by))
    if frame.agg(about).first()[0] > CELLS:
        raise _AsWritten(f"{', '.join(keys)} seem to have more than {CELLS} combinations")


def _as_pandas_has_it(cells: Any, name: str, how: str, with_null: bool) -> None:
    """Integers beside NULL are floats. Raises _AsWritten where a sum might be rounded or too large."""
    label = f"{how}({name})"
    if how == "sum":
        if not cells[f"size({name})"].sum() < _EXACT:
            raise _AsWritten(f"the sum of {name} may not be exact")
        if not with_null:
            cells[label] = cells[label].astype("int64")
    elif with_null and how != "count":
        cells[label] = cells[label].astype("float64")


def _checked(
    frame: Any, keys: tuple[str, ...], measures: tuple[tuple[str, str], ...]
) -> dict[str, str]:
    """The types of the columns. Raises _AsWritten where the frame or one of its columns is not for Spark."""
    spark = frame.sparkSession
    kinds = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    if len({name.lower() for name in frame.columns}) < len(frame.columns):
        raise _AsWritten("names of columns differ by case only")
    for name in {*keys, *(name for name, _ in measures)}:
        if name not in kinds:
            raise _AsWritten(f"there is no column {name}")
    for name in keys:
        if kinds[name] not in _KEYS and not kinds[name].startswith("decimal"):
            raise _AsWritten(f"{name} is {kinds[name]}: values that are equal are not alike")
    # Rows come with the times of this process's zone.
    utc = spark.conf.get("spark.sql.session.timeZone") in _UTC and time.tzname == ("UTC", "UTC")
    for name, how in measures:
        kind = kinds[name]
        sums = kind in _WHOLE or (kind.startswith("decimal") and _is_short(kind))
        if how == "sum" and not sums:
            raise _AsWritten(f"a sum of {name} ({kind}) depends on the order of rows")
        if how in ("min", "max") and (kind == "boolean" or (kind == "timestamp" and not utc)):
            raise _AsWritten(f"{name} is {kind}, whose extremes pandas finds otherwise")
        if kind not in {*_KEYS, *_FLOATS} and not kind.startswith("decimal"):
            raise _AsWritten(f"{name} is {kind}")
    if any(kind.startswith("timestamp") for kind in kinds.values()) and not arrow_takes(frame):
        raise _AsWritten("Arrow does not know the type of a column")
    query = frame._jdf.queryExecution()
    if int(str(query.optimizedPlan().stats().sizeInBytes())) < SMALL:
        raise _AsWritten("the frame is small")
    plan = PlanOf(frame)
    if plan.python or plan.changes or plan.chooses:
        raise _AsWritten("the frame runs Python, changes by itself, or picks rows by their order")
    return kinds


def _is_short(kind: str) -> bool:
    """Whether Python adds decimals of this type exactly, as Spark does."""
    return int(kind[8:].split(",")[0]) <= 18 and getcontext().prec >= 28


def _reductions(kinds: dict[str, str], measures: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """What Spark computes of the rows of a cell, by the names of the cells' columns."""
    from pyspark.sql import functions

    found = {"size()": functions.count(functions.lit(1))}
    for name, how in measures:
        kind = kinds[name]
        column = functions.col(quote_name(name))
        if kind in _FLOATS:
            negative = (column == 0) & (column.cast("string") == "-0.0")
            found[f"zeros({name})"] = functions.count(functions.when(negative, 1))
            column = functions.when(~functions.isnan(column), column)
        found[f"count({name})"] = functions.count(column)
        if how == "sum" and kind in _WHOLE:
            column = column.cast("double")
            found[f"size({name})"] = functions.sum(functions.abs(column))
        if how != "count":
            found[f"{how}({name})"] = getattr(functions, how)(column)
    return found


class _Rows:
    """The pandas frame, as far as the compiler saw that it is used."""

    def __init__(self, cells: Any, schema: Any) -> None:
        self._cells = cells
        self._schema = schema
        self.shape = (len(self),)
        self.empty = False

    def toPandas(self) -> _Rows:  # noqa: N802 - the name of Spark's method
        return self

    def __len__(self) -> int:
        return int(self._cells["size()"].sum())

    def __getitem__(self, name: Any) -> Any:
        return self if isinstance(name, list) else _Values(self, name)

    def __getattr__(self, name: str) -> _Values:
        if name not in self._schema.names:
            raise AttributeError(name)
        return _Values(self, name)

    def groupby(self, by: Any, **options: Any) -> _Groups:
        return _Groups(self, by, options)

    def _whole(self, name: str) -> str | None:
        """The dtype that pandas has for a column of integers without NULL."""
        return _WHOLE.get(self._schema[name].dataType.simpleString())


class _Values:
    def __init__(self, rows: _Rows, name: str) -> None:
        self._cells = rows._cells
        self._name = name

    def nunique(self) -> Any:
        return self._cells[self._name].nunique()

    def unique(self) -> Any:
        return self._cells[self._name].unique()

    def mean(self) -> Any:
        return self.sum() / self.count()

    def __getattr__(self, how: str) -> Any:
        return getattr(self._cells[f"{how}({self._name})"], _FINAL[how])

    def value_counts(self, normalize: bool = False) -> Any:
        found = self._cells[self._name].value_counts(normalize=normalize)
        counts = self._cells.groupby(self._name)["size()"].sum().reindex(found.index)
        counts = counts.rename(found.name).rename_axis(found.index.name)
        counts = counts.sort_values(ascending=False)
        return counts / counts.sum() if normalize else counts


class _Groups:
    def __init__(self, rows: _Rows, by: Any, options: dict[str, Any], name: str = "") -> None:
        self._rows = rows
        self._by = by
        self._options = options
        self._name = name

    def __getitem__(self, name: str) -> _Groups:
        return _Groups(self._rows, self._by, self._options, name)

    def size(self) -> Any:
        found = self._of({"size": ("", "size")})
        return found["size"].rename(None) if self._options.get("as_index", True) else found

    def agg(self, asked: Any = None, **named: tuple[str, str]) -> Any:
        if self._name:
            return self._one(asked)
        return self._of({name: (name, how) for name, how in asked.items()} if asked else named)

    aggregate = agg

    def _one(self, how: str) -> Any:
        found = self._of({self._name: (self._name, how)})
        return found[self._name] if self._options.get("as_index", True) else found

    def __getattr__(self, how: str) -> Any:
        return lambda: self._one(how)

    def _of(self, asked: dict[str, tuple[str, str]]) -> Any:
        """A frame with the columns asked for: (column, aggregation) by name."""
        steps: dict[str, tuple[str, str]] = {}
        for label, (name, how) in asked.items():
            if how == "nunique":
                steps[label] = (name, how)
            elif how == "mean":
                steps[label] = (f"sum({name})", "sum")
                steps[f"\0{label}"] = (f"count({name})", "sum")
            else:
                steps[label] = ("size()" if how == "size" else f"{how}({name})", _FINAL[how])
        found = self._rows._cells.groupby(self._by, **self._options).agg(**steps)
        for label, (name, how) in asked.items():
            if how == "mean":
                found[label] = found[label] / found.pop(f"\0{label}")
            elif how == "sum" and self._rows._whole(name) and found[label].dtype == "int64":
                # pandas gives the sums of groups the column's own type where all of them fit.
                short = found[label].astype(self._rows._whole(name))
                if (short == found[label]).all():
                    found[label] = short
        return found
