"""Frames of every type that `toPandas()` may read by Arrow, with the values at their edges, and all that can be seen of a pandas frame."""

from __future__ import annotations

from typing import Any

VALUES = {
    "tinyint": ["cast(1 as tinyint)", "cast(-128 as tinyint)"],
    "smallint": ["cast(1 as smallint)", "cast(-32768 as smallint)"],
    "int": ["1", "-2147483648"],
    "bigint": ["1L", "9007199254740993L", "-9223372036854775808L"],
    "float": ["float(1.5)", "float('NaN')", "float('Infinity')", "float(-0.0D)", "float(0.1)"],
    "double": ["1.5D", "double('NaN')", "double('-Infinity')", "-0.0D", "0.1D", "5e-324D"],
    "string": ["'a'", "''", "'ä😀'", "concat('a', char(0), 'b')", "'NaN'"],
    "boolean": ["true", "false"],
    "date": ["date'2024-01-01'", "date'0001-01-01'", "date'9999-12-31'", "date'1582-10-04'"],
    "timestamp": [
        "timestamp'2024-01-01 12:00:00.123456'",
        "timestamp'2024-10-27 00:30:00Z'",
        "timestamp'2024-10-27 01:30:00Z'",
        "timestamp'1700-01-01 00:00:00'",
        "timestamp'2262-01-01 00:00:00'",
        "timestamp'1970-01-01 00:00:00Z'",
        "timestamp'1969-12-31 23:59:59.999999Z'",
    ],
    "decimal(38,6)": [
        "cast('-99999999999999999999999999999999.999999' as decimal(38,6))",
        "cast('1.1' as decimal(38,6))",
    ],
    "decimal(10,2)": ["0.00BD", "-0.01BD", "99999999.99BD"],
    "decimal(10,0)": ["cast(3 as decimal(10,0))", "cast(0 as decimal(10,0))"],
    "decimal(38,0)": ["cast('99999999999999999999999999999999999999' as decimal(38,0))"],
    "decimal(12,6)": ["cast('0.000001' as decimal(12,6))", "cast('0' as decimal(12,6))"],
}
"""Values of every type that is read by Arrow."""

OTHERS = {
    "timestamp": ["timestamp'2900-01-01 12:00:00'", "timestamp'0001-01-02 00:00:00'"],
    "string": ["cast(X'ff61' as string)"],
    "decimal(20,10)": ["cast('0.0000000001' as decimal(20,10))"],
    "decimal(38,18)": ["cast('0.1' as decimal(38,18))", "cast('0' as decimal(38,18))"],
    "binary": ["X'00ff'", "X''"],
    "array<int>": ["array(1, null)"],
    "map<string,int>": ["map('a', 1)"],
    "struct<a:int>": ["named_struct('a', 1)"],
    "interval day to second": ["interval '1' day"],
}
"""Values that are not, or that fail as they do by rows."""


def frames_of(kind: str, values: list[str]) -> dict[str, str]:
    """Queries of a column `c`: with NULL and without, of nothing but NULL, empty, of one row, beside another column."""
    rows = " union all ".join(f"select cast({value} as {kind}) as c" for value in values)
    null = f"select cast(null as {kind}) as c"
    return {
        "values": rows,
        "one value": f"select cast({values[0]} as {kind}) as c",
        "no NULL, of a column that may have some": f"select c from ({rows} union all {null}) where c is not null",
        "NULL first": f"{null} union all {rows}",
        "NULL last": f"{rows} union all {null}",
        "NULL only": null,
        "empty": f"select c from ({rows}) where false",
        "empty when run": f"select c from (select c, rand() as r from ({rows})) where r > 2",
        "two columns": f"select c, c as d, 1 as e, string(c) as s from ({rows}) order by s",
        "repeated": f"select a.c, b.id from ({rows}) a cross join range(30) b order by b.id, string(a.c)",
    }


def seen(pdf: Any) -> Any:
    """All that a model could see of a pandas frame: labels, index, dtypes, Python types, values with their digits, and whether they can be set."""
    columns = []
    for place in range(len(pdf.columns)):
        series = pdf.iloc[:, place]
        values = [(type(value), repr(value)) for value in series.tolist()]
        writeable = len(pdf) == 0 or bool(series.to_numpy().flags.writeable)
        columns.append(
            (pdf.columns[place], str(series.dtype), type(series.array), values, writeable)
        )
    return repr(pdf.index), repr(pdf.columns), columns


def result(read: Any) -> Any:
    """What a reading gives to see, or its error's name."""
    try:
        return seen(read())
    except Exception as error:  # noqa: BLE001 - both ways have to fail alike
        return type(error).__name__
