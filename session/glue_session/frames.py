"""What a model returned, as one Spark DataFrame that can be written: kinds, column names, columns without a type."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any, NamedTuple

from glue_session.column_types import in_types
from glue_session.errors import ModelError
from glue_session.pandas_frames import spark_from_pandas
from glue_session.texts import quote_name

_UNWRITABLE = " ,;{}()\n\t="

_INSTEAD = {
    ("pyspark.sql", "GroupedData"): "add the aggregation: .agg(...), .count(), ...",
    ("pyspark.sql", "Column"): "return a DataFrame, for instance df.select(column)",
    ("pyspark.sql", "Row"): "return spark.createDataFrame([row])",
    ("pyspark.sql", "DataFrameReader"): "call .load(), .table(...) or .parquet(...) on it",
    ("pyspark.sql", "DataFrameWriter"): "return the DataFrame itself; dbt writes it",
    ("pyspark", "RDD"): "return rdd.toDF(...)",
    ("pyspark", "PipelinedRDD"): "return rdd.toDF(...)",
    ("pyspark.pandas", "Series"): "return series.to_frame()",
    ("pyspark.pandas", "DataFrameGroupBy"): "add the aggregation: .sum(), .agg(...), ...",
    ("pandas", "Series"): "return series.to_frame()",
    ("pandas", "Index"): "return index.to_frame(index=False)",
    ("pandas", "DataFrameGroupBy"): "add the aggregation and .reset_index()",
    ("polars", "DataFrame"): "return df.to_pandas()",
    ("polars", "LazyFrame"): "return df.collect().to_pandas()",
    ("pyarrow", "Table"): "return table.to_pandas()",
    ("pyarrow", "RecordBatch"): "return batch.to_pandas()",
    ("numpy", "ndarray"): "return pandas.DataFrame(array, columns=[...])",
    ("builtins", "NoneType"): "is a `return df` missing on one of its paths?",
    ("builtins", "tuple"): "return one DataFrame; a model makes one table",
    (
        "builtins",
        "str",
    ): "return the DataFrame itself, for instance session.table(name) or session.sql(query)",
    ("builtins", "list"): "return spark.createDataFrame(rows) or pandas.DataFrame(rows)",
    ("builtins", "dict"): "return pandas.DataFrame(data)",
    ("builtins", "bool"): "return the DataFrame itself",
    ("builtins", "int"): "return the DataFrame itself",
    ("builtins", "generator"): "return spark.createDataFrame(list(rows))",
    ("builtins", "coroutine"): "write `def model`, not `async def model`",
    ("builtins", "function"): "is a pair of parentheses missing?",
    ("builtins", "method"): "is a pair of parentheses missing?",
}


class WritableFrame(NamedTuple):
    """The frame to write, the kind that the model returned, how it was converted, and what its author should know."""

    frame: Any
    kind: str
    conversion: str
    notes: list[str]


def spark_frame(
    value: Any, spark: Any, existing: dict[str, Any], expected: str | None = None
) -> WritableFrame:
    """`value` as a Spark DataFrame, without running it.

    `existing` maps the lower-case names of a table's columns, or of declared ones, to their Spark
    types; a pandas and a pandas-on-Spark result get these types. `expected` (spark, pandas, pandas_on_spark) is the kind that the compiler
    proved: one check confirms it, and the others are tried only where it fails. Raises ModelError
    for anything that is not a PySpark, pandas or pandas-on-Spark DataFrame, and for column names
    that no table can have.
    """
    if expected in _CONVERSIONS:
        kinds, convert = _CONVERSIONS[expected]
        if any(_is_a(value, *kind) for kind in kinds):
            return convert(value, spark, existing)
    for kinds, convert in _CONVERSIONS.values():
        if any(_is_a(value, *kind) for kind in kinds):
            return convert(value, spark, existing)
    raise ModelError(_wrong_kind(value))


def _from_pandas(value: Any, spark: Any, existing: dict[str, Any]) -> WritableFrame:
    notes: list[str] = []
    _check_labels(value)
    _note_index(value, notes)
    frame, how = spark_from_pandas(value, spark, existing, notes)
    _check_names([str(name) for name in frame.columns])
    return WritableFrame(frame, "pandas", how, notes)


def _from_pandas_on_spark(value: Any, _spark: Any, existing: dict[str, Any]) -> WritableFrame:
    notes: list[str] = []
    _check_labels(value)
    _note_index(value, notes)
    frame = value.to_spark()
    _check_names(list(frame.columns))
    frame = in_types(frame, existing, notes)
    return WritableFrame(_with_stored_types(frame, notes), "pandas-on-Spark", "to_spark()", notes)


def _from_spark(value: Any, _spark: Any, _existing: dict[str, Any]) -> WritableFrame:
    notes: list[str] = []
    if value.isStreaming:
        raise ModelError(
            "model() returned a streaming DataFrame; read the source with spark.read, not spark.readStream"
        )
    _check_names(list(value.columns))
    return WritableFrame(_with_stored_types(value, notes), "spark", "none", notes)


_CONVERSIONS = {
    "pandas": ([("pandas", "DataFrame")], _from_pandas),
    "pandas_on_spark": ([("pyspark.pandas", "DataFrame")], _from_pandas_on_spark),
    "spark": (
        [("pyspark.sql", "DataFrame"), ("pyspark.sql.connect.dataframe", "DataFrame")],
        _from_spark,
    ),
}


def _is_a(value: Any, module: str, name: str) -> bool:
    """isinstance without importing: a frame of a library can only exist where the library was imported."""
    wanted = getattr(sys.modules.get(module), name, None)
    return isinstance(wanted, type) and isinstance(value, wanted)


def _wrong_kind(value: Any) -> str:
    kind = type(value)
    module = kind.__module__
    shown = "None" if value is None else f"a {module}.{kind.__qualname__}"
    if module == "builtins" and value is not None:
        article = "an" if kind.__name__[0] in "aeiou" else "a"
        shown = f"{article} {kind.__name__}"
        if isinstance(value, (tuple, list)):
            shown += f" of {len(value)} values"
    hint = ""
    for (owner, name), instead in _INSTEAD.items():
        if name == kind.__name__ and (module == owner or module.startswith(owner + ".")):
            hint = f" ({instead})"
    return (
        f"model() returned {shown}{hint}. "
        "It must return a PySpark, pandas or pandas-on-Spark DataFrame."
    )


def _check_labels(value: Any) -> None:
    if value.columns.nlevels > 1:
        raise ModelError(
            f"the columns of the returned frame have {value.columns.nlevels} levels, a table's have one; flatten them, "
            "for instance df.columns = ['_'.join(map(str, label)) for label in df.columns]"
        )


def _note_index(value: Any, notes: list[str]) -> None:
    named = [str(name) for name in value.index.names if name is not None]
    if named:
        notes.append(
            f"the index ({', '.join(named)}) is not written; call reset_index() to keep it as a column"
        )


def _check_names(names: list[str]) -> None:
    if not names:
        raise ModelError("the returned frame has no columns; a table needs at least one")
    positions: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names, start=1):
        positions[name.lower()].append(position)
    repeated = [
        f"{'/'.join(dict.fromkeys(names[p - 1] for p in places))} (columns {', '.join(map(str, places))})"
        for places in positions.values()
        if len(places) > 1
    ]
    if repeated:
        raise ModelError(
            f"the returned frame has columns of the same name, which Spark tells apart by nothing but case: {'; '.join(repeated)}. "
            "Rename or drop one; after a join, join with on=[...] or drop the other side's key"
        )
    wrong = [name for name in names if not name.strip() or set(name) & set(_UNWRITABLE)]
    if wrong:
        better = ", ".join(f"{name!r} to {_better_name(name)!r}" for name in wrong[:5])
        raise ModelError(
            f"a column of a parquet table in the Data Catalog cannot be called {', '.join(map(repr, wrong))}: names are "
            f"not empty and hold no spaces and none of , ; {{ }} ( ) = and line breaks. Rename {better}"
        )


def _better_name(name: str) -> str:
    kept = "".join("_" if letter in _UNWRITABLE else letter for letter in name.strip())
    return "_".join(part for part in kept.split("_") if part) or "column"


def _with_stored_types(frame: Any, notes: list[str]) -> Any:
    """`frame` with string in place of void, the type of a column that is nothing but NULL, which no file format stores."""
    from pyspark.sql import functions as sql_functions

    columns, changed = [], []
    for field in frame.schema.fields:
        column = sql_functions.col(quote_name(field.name))
        stored = _without_void(field.dataType)
        if stored is not field.dataType:
            changed.append(field.name)
            column = column.cast(stored).alias(field.name)
        columns.append(column)
    if not changed:
        return frame
    notes.append(
        f"{_columns_have(changed)} only NULL and no type, and {'is' if len(changed) == 1 else 'are'} stored as string; "
        f"give a type with .cast(...), for instance lit(None).cast('double')"
    )
    return frame.select(*columns)


def _columns_have(names: list[str]) -> str:
    return f"column {names[0]} has" if len(names) == 1 else f"columns {', '.join(names)} have"


def _without_void(data_type: Any) -> Any:
    """The type with string for every void in it; the same object where there is none."""
    from pyspark.sql import types

    if isinstance(data_type, types.NullType):
        return types.StringType()
    if isinstance(data_type, types.ArrayType):
        element = _without_void(data_type.elementType)
        if element is not data_type.elementType:
            return types.ArrayType(element, data_type.containsNull)
    elif isinstance(data_type, types.MapType):
        key, value = _without_void(data_type.keyType), _without_void(data_type.valueType)
        if key is not data_type.keyType or value is not data_type.valueType:
            return types.MapType(key, value, data_type.valueContainsNull)
    elif isinstance(data_type, types.StructType):
        kinds = [_without_void(inner.dataType) for inner in data_type.fields]
        if any(
            kind is not inner.dataType for kind, inner in zip(kinds, data_type.fields, strict=True)
        ):
            return types.StructType(
                [
                    types.StructField(inner.name, kind, inner.nullable)
                    for kind, inner in zip(kinds, data_type.fields, strict=True)
                ]
            )
    return data_type
