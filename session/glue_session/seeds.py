"""Rows that come as data (seeds): a table by its DDL, and the rows in the types of its columns."""

from __future__ import annotations

from typing import Any

from glue_session.answers import print_answer
from glue_session.hudi_tables import write
from glue_session.overwrites import replace_table
from glue_session.state import spark
from glue_session.texts import quote_name


def load_rows(packed: str) -> None:
    """Creates a table by its DDL and writes typed rows into it; or makes it of the rows in one statement, or commit."""
    print_answer(packed, _run)


def _run(request: dict[str, Any]) -> dict[str, Any]:
    if request.get("overwrites"):
        replace_table(_whole(request), request["overwrites"])
    elif request.get("view"):
        _whole(request).createOrReplaceTempView(request["view"])
        try:
            if request.get("hudi"):
                return {**write(request["hudi"]), "rows_affected": len(request["rows"])}
            spark().sql(request["ddl"])
        finally:
            spark().catalog.dropTempView(request["view"])
    else:
        if request.get("ddl"):
            spark().sql(request["ddl"])
        if request["rows"]:
            fields = spark().table(request["table"]).schema.fields
            typed = _typed(request["columns"], request["rows"], fields)
            typed.coalesce(1).write.insertInto(request["table"])
    return {"rows": [], "next": None, "rows_affected": len(request["rows"])}


def _whole(request: dict[str, Any]) -> Any:
    """All rows, in the types that the seed declares."""
    fields = _declared_fields(request["columns"], request["types"])
    return _typed(request["columns"], request["rows"], fields).coalesce(1)


def _declared_fields(names: list[str], types: list[str]) -> list[Any]:
    """The fields that a table with these columns has."""
    nothing = [
        f"CAST(NULL AS {kind}) AS {quote_name(name)}"
        for name, kind in zip(names, types, strict=True)
    ]
    return list(spark().sql(f"SELECT {', '.join(nothing)}").schema.fields)


def _typed(names: list[str], rows: list[list[str | None]], fields: list[Any]) -> Any:
    """Texts in the types of a table's columns. Raises ValueError for one that is no value of its type."""
    from pyspark.sql import functions
    from pyspark.sql.types import StringType, StructField, StructType

    # Positions as names: a seed's columns may be called anything.
    raw = StructType([StructField(f"c{i}", StringType()) for i in range(len(names))])
    frame = spark().createDataFrame([tuple(row) for row in rows], raw)
    types = {field.name.lower(): field.dataType for field in fields}
    position = {name.lower(): i for i, name in enumerate(names)}
    misfits = {
        name: functions.col(f"c{i}").isNotNull() & functions.col(f"c{i}").cast(types[name]).isNull()
        for name, i in position.items()
    }
    counts = [
        functions.sum(misfit.cast("int")).alias(f"b{position[name]}")
        for name, misfit in misfits.items()
    ]
    wrong = frame.agg(*counts).collect()[0]
    for name, i in position.items():
        if wrong[f"b{i}"]:
            sample = frame.where(misfits[name]).first()[f"c{i}"]
            raise ValueError(
                f"column {name}: {wrong[f'b{i}']} values are not {types[name].simpleString()}, such as {sample!r}"
            )
    return frame.select(
        *[
            functions.col(f"c{position[field.name.lower()]}").cast(field.dataType).alias(field.name)
            for field in fields
        ]
    )
