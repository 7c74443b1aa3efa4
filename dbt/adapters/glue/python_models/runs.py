"""What a Glue session answered to a Python model's program: told to dbt's log, and returned as dbt's response."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.events.types import AdapterEventWarning
from dbt_common.events.functions import fire_event, warn_or_error
from dbt_common.events.types import Note
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.answers import framed_answer
from dbt.adapters.glue.errors import StatementFailed
from dbt.adapters.glue.literals import type_name
from dbt.adapters.glue.python_models.computed_again import computed_again
from dbt.adapters.glue.python_models.errors import PythonModelError
from dbt.adapters.glue.python_models.savings import savings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_compiler.plan.planner import Plan

    from dbt.adapters.glue.sessions.statement import StatementResult

__all__ = ["PythonModelResponse", "answer_text", "error_text", "model_response"]

logger = AdapterLogger("Glue")


@dataclass
class PythonModelResponse(AdapterResponse):
    """dbt's response of a Python model: how its result became a table, which rewrites the session did or left, and what that saved.

    `computed_again` tells what is left: frames that several actions computed, and what each of these took.
    """

    frame_kind: str | None = None
    conversion: str | None = None
    columns: list[list[str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    rewrites: list[dict[str, Any]] = field(default_factory=list)
    savings: dict[str, Any] = field(default_factory=dict)
    computed_again: list[dict[str, Any]] = field(default_factory=list)


def model_response(
    result: StatementResult, nonce: str, name: str, path: str, plan: Plan | None = None
) -> PythonModelResponse:
    """The response for a program that ran; tells what the model printed and warned, and what its plan saved.

    Raises PythonModelError in the author's terms when the model failed.
    """
    try:
        outcome = framed_answer(result, nonce)
    except StatementFailed as error:
        raise PythonModelError(f"the model {name} gave no result: {error.msg}") from error
    for line in str(outcome["output"]).splitlines():
        fire_event(Note(msg=f"{name}: {line}"))
    for note in outcome["notes"]:
        warning = note if note.startswith(path) else f"{path}: {note}"
        warn_or_error(AdapterEventWarning(name="Glue", base_msg="{}", args=[warning]))
    if not outcome["ok"]:
        logger.debug(f"{result.query_id} failed while: {outcome['error']['phase']}")
        raise PythonModelError(error_text(path, outcome["error"]))
    if str(outcome["conversion"]).startswith("row by row"):
        logger.info(f"{path}: the pandas result became Spark's {outcome['conversion']}")
    for rewrite in outcome.get("rewrites") or []:
        if not rewrite["applied"]:
            logger.debug(
                f"{path}:{rewrite['line']}: {rewrite['rewrite']} as the source says: {rewrite['why']}"
            )
    saved = savings(outcome, plan)
    if saved.text:
        logger.info(f"{name}: {saved.text}")
    again = computed_again(outcome, plan)
    for one in again:
        if one.text:
            logger.info(f"{name}: {one.text}")
    rows = outcome["rows"]  # None where they wait for the statement that takes them
    logger.debug(
        f"{name}: {rows} rows of a {outcome['kind']} frame (conversion: {outcome['conversion']}; seconds: {outcome['seconds']})"
    )
    return PythonModelResponse(
        _message="OK" if rows is None else f"OK {rows}",
        code="OK",
        rows_affected=rows,
        query_id=result.query_id,
        frame_kind=outcome["kind"],
        conversion=outcome["conversion"],
        columns=[[name, type_name(kind)] for name, kind in outcome["columns"]],
        seconds=outcome["seconds"],
        rewrites=list(outcome.get("rewrites") or []),
        savings=saved.to_dict(),
        computed_again=[one.to_dict() for one in again],
    )


def error_text(path: str, error: Mapping[str, Any]) -> str:
    """A model's error as people read it: where, what, the line; then the way there, if it is longer than that."""
    line = error.get("line")
    place = f"{path}:{line}" if line else path
    what = str(error["message"])
    if error["type"] not in ("DbtError", "ModelError", "ContractError") and not what.startswith(
        str(error["type"])
    ):
        what = f"{error['type']}: {what}"
    text = f"{place}: {what}"
    source = error.get("text")
    trace = str(error.get("traceback") or "")
    frames = [
        row
        for row in trace.splitlines()
        if row.startswith(f"{path}:") or (":" in row and ", in " in row)
    ]
    if len(frames) > 1 or "\n\n" in trace or error["type"] == "SyntaxError":
        return f"{text}\n\n" + "\n".join(f"  {row}".rstrip() for row in trace.splitlines())
    return f"{text}\n    {source}" if source else text


def answer_text(result: StatementResult) -> str:
    """What a statement printed, and its last value. Raises DbtRuntimeError with the session's traceback."""
    if result.failed:
        trace = "".join(result.traceback).rstrip()
        raise DbtRuntimeError(
            f"{result.error_name}: {result.error_value}" + (f"\n{trace}" if trace else "")
        )
    return result.text
