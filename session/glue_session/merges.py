"""MERGE into a table in an open format: its rows are made once, and a commit that met another one is made again."""

from __future__ import annotations

import random
import re
import time
from typing import Any, NamedTuple

from glue_session.answers import print_answer
from glue_session.errors import ModelError
from glue_session.held import hold, make_rows_of, settings_of_held
from glue_session.spark_errors import is_of_a_commit, java_causes
from glue_session.state import current_settings, spark

_TRIES = 8
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0
"""Seconds, of which a try waits a random part, twice as long after each: else two that met would meet again."""


class _Conflict(NamedTuple):
    """Whose exception it is, and what it says of another commit."""

    format: str
    words: re.Pattern[str]


_CONFLICTS = {
    "org.apache.iceberg.exceptions.CommitFailedException": _Conflict("Iceberg", re.compile("")),
    "org.apache.iceberg.exceptions.ValidationException": _Conflict(
        "Iceberg",
        re.compile("conflicting|issing required files|issing data files|found new delete"),
    ),
    "java.lang.IllegalStateException": _Conflict(
        "Iceberg", re.compile("Runtime file filtering is not possible")
    ),
    **{
        f"io.delta.exceptions.{name}Exception": _Conflict("Delta Lake", re.compile(""))
        for name in (
            "ConcurrentAppend",
            "ConcurrentDeleteDelete",
            "ConcurrentDeleteRead",
            "ConcurrentWrite",
            "MetadataChanged",
            "ProtocolChanged",
        )
    },
}
"""What formats say of a commit that they did not make, because the table is another one by now.

With packages: Delta has a CommitFailedException too, after which a commit may be there. Its
ConcurrentTransactionException is of a writer who had numbered its commit: it is in the table already.
"""


def hold_rows(packed: str) -> None:
    """Keeps the rows of a query, as a view, for the MERGE that follows; answers with their columns."""
    print_answer(packed, _hold)


def make_rows(packed: str) -> None:
    """Makes the rows that are held for a MERGE, before its turn comes."""
    print_answer(packed, _make_rows)


def merge(packed: str) -> None:
    """Runs a MERGE over the rows that are held; again if another commit came between."""
    print_answer(packed, _merge)


def _hold(request: dict[str, Any]) -> dict[str, Any]:
    frame = spark().sql(request["sql"])
    hold(frame, request["view"], current_settings(spark()), [])
    columns = [[field.name, field.dataType.jsonValue()] for field in frame.schema.fields]
    return {"rows": [], "next": None, "columns": columns}


def _make_rows(request: dict[str, Any]) -> dict[str, Any]:
    with settings_of_held(request["sql"], releases=False):
        make_rows_of(request["sql"])
    return {"rows": [], "next": None}


def _merge(request: dict[str, Any]) -> dict[str, Any]:
    """The rows stay as they are from one try to the next; what of the table they meet is found anew.

    That is sound as a commit is all or nothing: one that was refused has left nothing, and the next try is what
    a run that began later would do. Of one that may have come in, or has, the format says so: it is not tried again.
    """
    table, failed = request["table"], 0
    with settings_of_held(request["sql"]):
        make_rows_of(request["sql"])
        while (conflict := _conflict_of(request["sql"])) is not None:
            failed += 1
            if failed == _TRIES:
                raise ModelError(
                    f"{table} was changed by another run each of {_TRIES} times that this one merged its rows; "
                    f"nothing of them is in the table. {conflict}\nNext: run the model again, or not beside the other"
                )
            time.sleep(_wait(failed))
            spark().sql(f"REFRESH TABLE {table}")  # a catalog that keeps tables has the old one
    answer: dict[str, Any] = {"rows": [], "next": None}
    if failed:
        times = "1 time" if failed == 1 else f"{failed} times"
        answer["warnings"] = [
            f"{table} was changed by another run meanwhile: merged again, {times}"
        ]
    return answer


def _wait(failed: int) -> float:
    longest = min(_FIRST_WAIT * 2 ** (failed - 1), _LONGEST_WAIT)
    return random.uniform(0, longest)  # noqa: S311 - it is no secret


def _conflict_of(statement: str) -> str | None:
    """Runs a statement; what its format says of another commit that this one met. Raises what else goes wrong."""
    try:
        spark().sql(statement)
    except Exception as error:
        for java in java_causes(error):
            if is_of_a_commit(java):
                break
            found = _CONFLICTS.get(str(java.getClass().getName()))
            text = str(java.getMessage() or "")
            if found is not None and found.words.search(text):
                return f"{found.format}: {text.splitlines()[0]}"
        raise
    return None
