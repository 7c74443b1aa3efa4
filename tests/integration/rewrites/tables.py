"""The data that models read: written tables for single cases, and strategies that make tables with every awkward value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

DATA = """
SELECT id, amount, name, cust, q, n, day, at, price, flag, tags, `Mixed` FROM VALUES
 (1, 2.5D, 'x', 'k1', 10, CAST(NULL AS INT), DATE'2024-02-29', TIMESTAMP'2024-07-01 12:00:00.123456', 9.90BD, true, array('a'), 'M'),
 (2, CAST('NaN' AS DOUBLE), 'y', 'k2', 20, 5, NULL, NULL, NULL, NULL, array(), NULL),
 (3, NULL, NULL, 'k1', 30, 6, DATE'1999-12-31', TIMESTAMP'1970-01-01 00:00:00', 0.00BD, false, NULL, 'm'),
 (3, NULL, NULL, 'k1', 30, 6, DATE'1999-12-31', TIMESTAMP'1970-01-01 00:00:00', 0.00BD, false, NULL, 'm'),
 (4, 7D, 'x', NULL, 40, 7, NULL, NULL, -1.25BD, true, array('b', NULL), ''),
 (5, double('-Infinity'), 'é', 'k2', -5, 2147483647, NULL, NULL, 1.00BD, NULL, array(), 'é')
 AS v(id, amount, name, cust, q, n, day, at, price, flag, tags, `Mixed`)
"""
PLAIN = f"SELECT amount, name, cust, price, day, `Mixed` FROM ({DATA})"
EMPTY = f"SELECT * FROM ({DATA}) WHERE false"
TABLES = {"t": DATA, "plain": PLAIN, "empty": EMPTY}
"""The queries of the written tables, which are there as the temporary views v_t, v_plain and v_empty."""

_TEXTS = ["x", "y", "X", "k1", "k2", "", " ", "é", "it's", "`", "NaN"]
_NUMBERS = [0.0, -0.0, 1.0, 2.0, 2.5, 7.0, -1.25, 1e300, float("nan"), float("inf"), float("-inf")]
_MOMENTS = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2200, 1, 1))

_text = st.sampled_from(_TEXTS)
_decimal = st.decimals(-9_999_999, 9_999_999, places=2, allow_nan=False)

Columns = dict[str, tuple[str, st.SearchStrategy[Any]]]
"""Spark's type and the values of a column, by its name."""

STABLE: Columns = {
    "amount": ("double", st.none() | st.sampled_from(_NUMBERS)),
    "name": ("string", st.none() | _text),
    "cust": ("string", st.none() | st.sampled_from(["k1", "k2"])),
    "price": ("decimal(9,2)", st.none() | _decimal),
    "day": ("date", st.none() | st.dates(dt.date(1800, 1, 1), dt.date(2200, 1, 1))),
    "Mixed": ("string", st.none() | _text),
}
"""Columns whose type in pandas does not depend on whether there are NULLs."""

EVERY: Columns = {
    "id": ("int", st.integers(-5, 5)),
    "q": ("bigint", st.sampled_from([-5, 0, 10, 15, 20, 2**53 + 1, -(2**63)])),
    "n": ("int", st.none() | st.integers(-3, 2**31 - 1)),
    **STABLE,
    "flag": ("boolean", st.none() | st.booleans()),
    "at": ("timestamp", st.none() | _MOMENTS),
    "raw": ("binary", st.none() | st.binary(max_size=3)),
    "big": ("decimal(38,10)", st.none() | st.sampled_from([Decimal("0E-10"), Decimal("12345678901234567890.5")])),
    "tags": ("array<string>", st.none() | st.lists(st.none() | _text, max_size=2)),
    "props": ("map<string,int>", st.none() | st.dictionaries(_text, st.none() | st.integers(0, 9), max_size=2)),
    "addr": ("struct<City:string,zip:int>", st.none() | st.tuples(_text, st.none() | st.integers(0, 9))),
    "parts": ("array<struct<a:int,b:double>>", st.none() | st.lists(st.tuples(st.integers(0, 3), st.sampled_from(_NUMBERS)), max_size=2)),
    "new-col": ("string", st.none() | _text),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows of named columns; `stored` ones are read from Parquet, the others from memory."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    stored: bool

    @property
    def schema(self) -> str:
        return ", ".join(f"`{name}` {EVERY[name][0]}" for name in self.columns)

    def view(self, spark: Any, name: str, folder: Path) -> str:
        """Makes the temporary view `name` of this table, with its file in `folder` where it is stored."""
        frame = spark.createDataFrame([list(row) for row in self.rows], self.schema).coalesce(1)
        if self.stored:
            frame.write.mode("overwrite").parquet(str(folder / name))
            frame = spark.read.parquet(str(folder / name))
        frame.createOrReplaceTempView(name)
        return name


@st.composite
def tables(draw: st.DrawFn, columns: Columns = EVERY) -> Table:
    """Up to eight rows, one in five tables with none, one in three with rows twice."""
    names = tuple(columns)
    row = st.tuples(*(values for _, values in columns.values()))
    least = draw(st.sampled_from([0, 1, 1, 3, 3]))
    rows = draw(st.lists(row, min_size=least, max_size=8 if least else 0))
    if rows and draw(st.sampled_from([True, False, False])):
        rows = [*rows, *rows[: draw(st.integers(1, len(rows)))]]
    return Table(names, tuple(rows), draw(st.booleans()))
