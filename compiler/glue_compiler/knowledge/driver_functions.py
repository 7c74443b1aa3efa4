"""What Python, numpy and pandas raise for where they are given a column or frame of Spark, and what to write instead."""

from __future__ import annotations

_LEAST = (
    "`F.greatest(...)` and `F.least(...)` compare columns, `df.agg(F.max('x'))` looks at all rows"
)
_ROWS = "`df.agg(F.sum('x'))` looks at all rows"
_EACH = "write `F.{name}(column)`"
_COLLECT = "`[row['x'] for row in df.select('x').collect()]` brings the values of a column"
_WHEN = "write `F.when(condition, a).otherwise(b)`"
_PANDAS = "compute it in Spark before `toPandas()`, or of the pandas frame's own columns"

BY_COLUMN = {
    **dict.fromkeys(("builtins.max", "builtins.min"), _LEAST),
    "builtins.sum": _ROWS,
    "builtins.len": "write `F.length(column)` or `F.size(column)`",
    **dict.fromkeys(("builtins.abs", "builtins.round"), _EACH),
    **dict.fromkeys(
        ("builtins.sorted", "builtins.list", "builtins.tuple", "builtins.set"), _COLLECT
    ),
    **{
        f"numpy.{name}": _EACH
        for name in (
            *("log", "log10", "log2", "log1p", "exp", "sqrt", "floor", "ceil", "isnan", "abs"),
            *("round", "mean", "sum", "max", "min", "sin", "cos"),
        )
    },
    **dict.fromkeys(("numpy.maximum", "numpy.minimum"), _LEAST),
    "numpy.where": _WHEN,
    **dict.fromkeys(("pandas.isna", "pandas.isnull"), "write `column.isNull()`"),
    **dict.fromkeys(("pandas.notna", "pandas.notnull"), "write `column.isNotNull()`"),
    "pandas.to_datetime": "write `F.to_timestamp(column, format)` or `F.to_date(column, format)`",
    "pandas.to_numeric": "write `column.cast('double')`",
    "pandas.DataFrame": "write `df.select(...).toPandas()`",
    "pandas[]": _PANDAS,
    "pandas[]=": _PANDAS,
}
BY_FRAME = {
    "builtins.len": "write `df.count()`, or `len(df.columns)` for the columns",
    **dict.fromkeys(("builtins.max", "builtins.min"), _LEAST),
    **dict.fromkeys(("builtins.abs", "builtins.round"), "do so with each column"),
    **{
        f"numpy.{name}": "do so with a column, by `F.{name}`"
        for name in ("log", "exp", "sqrt", "floor", "ceil", "isnan", "abs", "round", "mean")
    },
    **dict.fromkeys(
        ("pandas.DataFrame", "pandas.to_numeric", "pandas.to_datetime"), "write `df.toPandas()`"
    ),
}


def instead_of(callee: str, kind: str) -> str | None:
    """What to write instead of a call that surely raises for a column or frame; None for any other."""
    found = {"column": BY_COLUMN, "frame": BY_FRAME}[kind].get(callee)
    return None if found is None else found.replace("{name}", callee.rpartition(".")[2])
