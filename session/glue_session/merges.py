"""MERGE into a table in an open format: its rows are made once, and a commit that met another one is made again."""

from __future__ import annotations

import re
from typing import Any

from glue_session.answers import print_answer
from glue_session.errors import ModelError
from glue_session.held import hold, make_rows_of, settings_of_held
from glue_session.spark_errors import class_of, java_causes
from glue_session.state import current_settings, spark

_TRIES = 5
"""Iceberg makes a commit as often by itself, where what it is made of is still right."""

_CONFLICTS = {
    "CommitFailedException": re.compile(""),
    "ValidationException": re.compile(
        "conflicting|issing required files|issing data files|found new delete"
    ),
    "IllegalStateException": re.compile("Runtime file filtering is not possible"),
}
"""What Iceberg says of a commit that it did not make, because the table is another one by now."""


def hold_rows(packed: str) -> None:
    """Keeps the rows of a query, as a view, for the MERGE that follows; answers with their columns."""
    print_answer(packed, _hold)


def merge(packed: str) -> None:
    """Runs a MERGE over the rows that are held; again if another commit came between."""
    print_answer(packed, _merge)


def _hold(request: dict[str, Any]) -> dict[str, Any]:
    frame = spark().sql(request["sql"])
    hold(frame, request["view"], current_settings(spark()), [])
    columns = [[field.name, field.dataType.simpleString()] for field in frame.schema.fields]
    return {"rows": [], "next": None, "columns": columns}


def _merge(request: dict[str, Any]) -> dict[str, Any]:
    """The rows stay as they are from one try to the next; what of the table they meet is found anew.

    That is sound as a commit is all or nothing: one that was refused has left nothing, and the next try is what
    a run that began later would do. Of one that may have come in, Iceberg says so: it is not tried again.
    """
    table, failed = request["table"], 0
    with settings_of_held(request["sql"]):
        make_rows_of(request["sql"])
        while (conflict := _conflict_of(request["sql"])) is not None:
            failed += 1
            if failed == _TRIES:
                raise ModelError(
                    f"{table} was changed by another run each of {_TRIES} times that this one merged its rows; "
                    f"nothing of them is in the table. Iceberg: {conflict}\nNext: run the model again, or not beside the other"
                )
            spark().sql(f"REFRESH TABLE {table}")  # a catalog that keeps tables has the old one
    answer: dict[str, Any] = {"rows": [], "next": None}
    if failed:
        times = "1 time" if failed == 1 else f"{failed} times"
        answer["warnings"] = [
            f"{table} was changed by another run meanwhile: merged again, {times}"
        ]
    return answer


def _conflict_of(statement: str) -> str | None:
    """Runs a statement; what Iceberg says of another commit that this one met. Raises what else goes wrong."""
    try:
        spark().sql(statement)
    except Exception as error:
        for java in java_causes(error):
            words = _CONFLICTS.get(class_of(java))
            text = str(java.getMessage() or "")
            if words is not None and words.search(text):
                return text.split("\n")[0]
        raise
    return None
