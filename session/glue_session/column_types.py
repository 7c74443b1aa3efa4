"""The types that a result must have: the existing table's, else those that the model's YAML declares."""

from __future__ import annotations

from typing import Any

from glue_session.state import reaches_jvm
from glue_session.texts import quote_name

_ANY_DECIMAL = ("decimal", "numeric", "dec")
"""Declared so, a column has whatever decimal its values need (see `contract`)."""


def target_types(
    spark: Any, relation: str | None, declared: dict[str, str], notes: list[str]
) -> dict[str, Any]:
    """Spark types by lower-case names: of the table `relation` (None: there is none), and of `declared` columns that it lacks.

    A declaration that is no type of Spark's is told in `notes` and left out.
    """
    from pyspark.sql import types

    found: dict[str, Any] = {}
    for name, text in declared.items():
        if text.strip().lower() in _ANY_DECIMAL:
            continue
        kind = types.StringType() if text.strip().lower() == "text" else type_of_text(spark, text)
        if kind is None:
            notes.append(
                f"column {name} is declared as {text!r}, which is no type of Spark's, and is stored as it comes"
            )
        else:
            found[name.lower()] = kind
    return {**found, **table_types(spark, relation)}


def table_types(spark: Any, relation: str | None) -> dict[str, Any]:
    """Spark types of the table `relation` by lower-case names; empty where it is None."""
    if relation is None:
        return {}
    return {field.name.lower(): field.dataType for field in spark.table(relation).schema.fields}


def in_types(frame: Any, wanted: dict[str, Any], notes: list[str]) -> Any:
    """`frame` with its columns in the wanted types where that loses nothing; what would lose something is told and stays."""
    from pyspark.sql import functions, types

    columns, changed = [], False
    for field in frame.schema.fields:
        column = functions.col(quote_name(field.name))
        kind = wanted.get(field.name.lower())
        if kind is not None and kind.typeName() != field.dataType.typeName():
            if isinstance(field.dataType, types.NullType) or _holds(
                frame.sparkSession, field.dataType, kind
            ):
                column, changed = column.cast(kind).alias(field.name), True
            else:
                notes.append(
                    f"column {field.name} is {field.dataType.simpleString()}, where the table or its declaration "
                    f"has {kind.simpleString()}; convert it with .astype(...)"
                )
        columns.append(column)
    return frame.select(*columns) if changed else frame


def _holds(spark: Any, narrow: Any, wide: Any) -> bool:
    """Whether every value of one numeric type is one of another."""
    from pyspark.sql import types

    if not isinstance(narrow, types.NumericType) or not isinstance(wide, types.NumericType):
        return False
    if not reaches_jvm():
        return _is_wider(narrow, wide)
    parse = spark._jsparkSession.parseDataType
    cast = spark._jvm.org.apache.spark.sql.catalyst.expressions.Cast
    return bool(cast.canUpCast(parse(narrow.json()), parse(wide.json())))


def _is_wider(narrow: Any, wide: Any) -> bool:
    """The same without Spark's own rule: of integers, floats and decimals what every value fits into."""
    from pyspark.sql import types

    numbers = [types.ByteType, types.ShortType, types.IntegerType, types.LongType]
    numbers += [types.FloatType, types.DoubleType]
    if isinstance(wide, types.DecimalType):
        digits = dict(zip(numbers[:4], (3, 5, 10, 20), strict=True)).get(type(narrow))
        if digits is not None:
            return bool(wide.precision - wide.scale >= digits)
        if not isinstance(narrow, types.DecimalType):
            return False
        before = wide.precision - wide.scale >= narrow.precision - narrow.scale
        return bool(before and wide.scale >= narrow.scale)
    if isinstance(narrow, types.DecimalType):
        return False
    return numbers.index(type(narrow)) <= numbers.index(type(wide))


def type_of_text(spark: Any, text: str) -> Any:
    """A type as DataFrames have it, where char and varchar are strings; None for a text that is none."""
    from pyspark.sql import functions, types

    try:
        if reaches_jvm():
            parser = spark._jsparkSession.sessionState().sqlParser()
            kind = types._parse_datatype_json_string(parser.parseDataType(text).json())
        else:
            nothing = functions.lit(None).cast(text)
            kind = spark.range(0).select(nothing).schema.fields[0].dataType
    except Exception:  # noqa: BLE001 - whatever the parser says of it, it is no type
        return None
    if type(kind).__name__ in ("CharType", "VarcharType"):
        return types.StringType()
    return None if isinstance(kind, types.NullType) else kind
