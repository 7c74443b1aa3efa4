"""pandas to Spark by one documented mapping of types, the same with Arrow and without.

| pandas                                   | Spark                                            |
|------------------------------------------|--------------------------------------------------|
| bool, boolean                            | boolean                                          |
| int8, int16, int32, int64 (also Int8..)  | tinyint, smallint, int, bigint                   |
| uint8, uint16, uint32, uint64            | smallint, int, bigint, decimal(20,0)             |
| float16, float32; float64                | float; double; NaN is a missing value: NULL      |
| datetime64, with a time zone or without  | timestamp; without: in the session's time zone   |
| category                                 | the type of the categories                       |
| string, object of str                    | string                                           |
| object of bool, int, float, bytes, date, datetime, Decimal | boolean, bigint (beyond 64 bits decimal(38,0)), double, binary, date, timestamp, decimal(38,18) |
| object of lists, dicts, Rows             | array, map, struct                               |
| object without any value                 | the table's type, else string, with a warning    |

None, NaN, NaT and pandas.NA are NULL. Types that have no safe place in a table (timedelta, period,
complex, mixed objects) are an error that names the column. Where the table exists, numbers and dates
keep its types as long as no value changes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from glue_session.arrow_batches import by_arrow
from glue_session.errors import ModelError
from glue_session.object_columns import in_utc, plain_column
from glue_session.values import (
    inferred_type,
    python_value,
    values_in_type,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def spark_from_pandas(
    pdf: Any, spark: Any, existing: dict[str, Any], notes: list[str]
) -> tuple[Any, str]:
    """A Spark DataFrame of `pdf`'s rows and columns (the index is left out), and the way taken: Arrow or row by row."""
    import pandas
    from pyspark.sql import types

    names = _names(pdf, notes)
    zone = spark.conf.get("spark.sql.session.timeZone")
    fields, columns, nested = [], [], False
    for position, name in enumerate(names):
        series = pdf.iloc[:, position]
        data_type, series, plain = _column(name, series, zone, existing.get(name.lower()), notes)
        kinds = (types.StructType,) if plain else (types.MapType, types.StructType)
        nested = nested or isinstance(data_type, kinds)
        fields.append(types.StructField(name, data_type, True))
        columns.append(series)
    schema = types.StructType(fields)
    if not len(pdf):
        return spark.createDataFrame([], schema), "empty frame"
    why = "nested values" if nested else ""
    if not why:
        ready = pandas.DataFrame(
            {name: series.array for name, series in zip(names, columns, strict=True)}, copy=False
        )
        try:
            return by_arrow(ready, schema, spark), "Arrow"
        except ImportError as error:
            why = str(error).splitlines()[0]
        except Exception as error:  # noqa: BLE001 - any refusal of Arrow has the slower way out, and is reported
            why = f"Arrow: {type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    rows = list(
        zip(*([python_value(value, zone) for value in series] for series in columns), strict=True)
    )
    return spark.createDataFrame(rows, schema), f"row by row ({why})"


def _names(pdf: Any, notes: list[str]) -> list[str]:
    names = [str(label) for label in pdf.columns]
    unnamed = [repr(label) for label in pdf.columns if not isinstance(label, str)]
    if unnamed:
        notes.append(
            f"column labels that are not text became names: {', '.join(unnamed[:10])}; name them with df.columns = [...]"
        )
    return names


def spark_column(
    name: str, series: Any, zone: str, existing: Any, notes: list[str]
) -> tuple[Any, Any]:
    """The Spark type of a pandas column, and the column in the form that both ways of conversion read alike."""
    return _column(name, series, zone, existing, notes)[:2]


def _column(
    name: str, series: Any, zone: str, existing: Any, notes: list[str]
) -> tuple[Any, Any, bool]:
    """The type, the column, and whether its values are known to be plain Python, inside of maps too."""
    from pyspark.sql import types

    series = _dense(series)
    data_type = _type_of_dtype(name, series)
    ready = None
    if data_type is None:
        series = series.astype(object)
        data_type, ready = plain_column(series, zone) or (inferred_type(name, series), None)
    if data_type is None:
        data_type = existing or types.StringType()
        if existing is None:
            notes.append(
                f"column {name} has no value that tells its type, and is stored as string; "
                f"give it a type, for instance df[{name!r}] = df[{name!r}].astype('float64')"
            )
        return data_type, _objects(series), False
    if existing is not None and existing != data_type:
        kept = values_in_type(name, series, data_type, existing)
        if kept is not None:
            if existing.typeName() != data_type.typeName():
                notes.append(
                    f"column {name} is {data_type.simpleString()} in pandas and keeps the table's {existing.simpleString()}"
                )
            return existing, _canonical(kept, existing, zone), False
        if existing.simpleString() != data_type.simpleString():
            notes.append(
                f"column {name} is {data_type.simpleString()}, where the table or its declaration has "
                f"{existing.simpleString()}; convert it in the model"
            )
    if ready is not None:
        return data_type, ready, True
    return data_type, _canonical(series, data_type, zone), False


def _dense(series: Any) -> Any:
    import pandas

    if isinstance(series.dtype, pandas.SparseDtype):
        return series.sparse.to_dense()
    if isinstance(series.dtype, pandas.CategoricalDtype):
        values = series.astype(object)
        categories = series.cat.categories.dtype
        if categories.kind in "OU" or not series.notna().all():
            return values
        return values.astype(categories)
    return series


def _type_of_dtype(name: str, series: Any) -> Any:
    """The Spark type that a dtype decides, or None where only the values can tell."""
    import pandas
    from pyspark.sql import types

    dtype = series.dtype
    kind = str(dtype).lower().partition("[")[0]
    if isinstance(dtype, pandas.DatetimeTZDtype) or kind == "datetime64":
        return types.TimestampType()
    if type(dtype).__name__ == "ArrowDtype":
        from pyspark.sql.pandas.types import from_arrow_type

        return _storable_type(from_arrow_type(dtype.pyarrow_dtype), name)
    if isinstance(dtype, pandas.StringDtype):
        return types.StringType()
    if kind in ("timedelta64", "period", "interval", "complex64", "complex128"):
        advice = {
            "timedelta64": f"seconds as a number: df[{name!r}].dt.total_seconds()",
            "period": f"text or a timestamp: df[{name!r}].astype(str), df[{name!r}].dt.to_timestamp()",
        }.get(kind, f"text: df[{name!r}].astype(str)")
        raise ModelError(
            f"column {name} is of the pandas type {dtype}, which a table cannot hold; make it {advice}"
        )
    simple = {
        "bool": types.BooleanType,
        "boolean": types.BooleanType,
        "int8": types.ByteType,
        "int16": types.ShortType,
        "int32": types.IntegerType,
        "int64": types.LongType,
        "uint8": types.ShortType,
        "uint16": types.IntegerType,
        "uint32": types.LongType,
        "float16": types.FloatType,
        "float32": types.FloatType,
        "float64": types.DoubleType,
    }.get(kind)
    if simple is not None:
        return simple()
    if kind == "uint64":
        return types.DecimalType(20, 0)
    return None


def _storable_type(data_type: Any, name: str) -> Any:
    from pyspark.sql import types

    if isinstance(data_type, (types.NullType, types.DayTimeIntervalType)):
        raise ModelError(
            f"column {name} is of the Arrow type {data_type.simpleString()}, which a table cannot hold"
        )
    return data_type


def _canonical(series: Any, data_type: Any, zone: str) -> Any:
    """A column in the form that Arrow and the row by row way read alike."""
    from pyspark.sql import types

    kind = _numpy_kind(series)
    if isinstance(data_type, types.TimestampType):
        if kind != "M":
            return _map_values(_objects(series), lambda value: python_value(value, zone))
        return in_utc(series, zone)
    if isinstance(data_type, types.DecimalType):
        return _map_values(
            _objects(series),
            lambda value: value if isinstance(value, Decimal) else Decimal(int(value)),
        )
    if kind == "u":
        widths = {types.ShortType: "int16", types.IntegerType: "int32", types.LongType: "int64"}
        return series.astype(widths[type(data_type)])
    if kind == "f":
        return series.astype("float32") if series.dtype.name == "float16" else series
    if kind in "bi":
        return series
    if isinstance(data_type, types.ArrayType):
        return _map_values(_objects(series), lambda value: python_value(value, zone))
    return _objects(series)


def _numpy_kind(series: Any) -> str:
    """The letter of a numpy dtype, "M" for zoned timestamps too, "O" for everything else."""
    import numpy
    import pandas

    if isinstance(series.dtype, pandas.DatetimeTZDtype):
        return "M"
    return str(getattr(series.dtype, "kind", "O")) if isinstance(series.dtype, numpy.dtype) else "O"


def _objects(series: Any) -> Any:
    """The values as Python objects, every missing one as None."""
    return series.astype(object).where(series.notna(), None)


def _map_values(series: Any, convert: Callable[[Any], Any]) -> Any:
    """The converted values; unlike Series.map this makes no floats of integers beside None."""
    import pandas

    values = [None if value is None else convert(value) for value in series]
    return pandas.Series(values, dtype=object, index=series.index)
