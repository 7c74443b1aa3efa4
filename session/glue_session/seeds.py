"""Rows that come as data (seeds): a table by its DDL, and the rows in the types of its columns."""

from __future__ import annotations

from typing import Any

from glue_session.answers import print_answer
from glue_session.state import spark


def load_rows(packed: str) -> None:
    """Creates a table by its DDL and writes typed rows into it."""
    print_answer(packed, _run)


def _run(request: dict[str, Any]) -> dict[str, Any]:
    if request.get("ddl"):
        spark().sql(request["ddl"])
    if request["rows"]:
        _insert(request["table"], request["columns"], request["rows"])
    return {"rows": [], "next": None, "rows_affected": len(request["rows"])}


def _insert(table: str, names: list[str], rows: list[list[str | None]]) -> None:
    """Inserts texts in the types of the table's columns. Raises ValueError for one that is no value of its type."""
    from pyspark.sql import functions
    from pyspark.sql.types import StringType, StructField, StructType

    # Positions as names: a seed's columns may be called anything.
    raw = StructType([StructField(f"c{i}", StringType()) for i in range(len(names))])
    frame = spark().createDataFrame([tuple(row) for row in rows], raw)
    fields = spark().table(table).schema.fields
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
    typed = frame.select(
        *[
            functions.col(f"c{position[field.name.lower()]}").cast(field.dataType).alias(field.name)
            for field in fields
        ]
    )
    typed.coalesce(1).write.insertInto(table)
