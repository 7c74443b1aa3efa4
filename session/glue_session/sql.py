"""SQL in the session: each statement runs once and answers with typed rows, a page at a time."""

from __future__ import annotations

from typing import Any

from glue_session.answers import print_answer
from glue_session.cells import row_encoder
from glue_session.held import settings_of_held
from glue_session.pages import first_page
from glue_session.state import reaches_jvm, spark


def sql(packed: str) -> None:
    """Runs one SQL statement once and prints its framed answer, or its framed error."""
    print_answer(packed, _run)


def _run(request: dict[str, Any]) -> dict[str, Any]:
    with settings_of_held(request["sql"]):
        return _answer_of(spark().sql(request["sql"]), request)


def _answer_of(frame: Any, request: dict[str, Any]) -> dict[str, Any]:
    command = _command_of(frame)
    affected = None if command is None else _rows_of(command)
    if not request["fetch"]:
        if command is None and frame.columns:
            frame.write.format("noop").mode("overwrite").save()
        return {
            "schema": frame.schema.jsonValue(),
            "rows": [],
            "next": None,
            "rows_affected": affected,
        }
    if request.get("limit"):
        frame = frame.limit(request["limit"])
    schema = frame.schema
    encode = row_encoder(schema, str(spark().conf.get("spark.sql.session.timeZone")))
    rows = (encode(row) for row in frame.collect())
    head = {"schema": schema.jsonValue(), "rows_affected": affected}
    return first_page(request["nonce"], rows, request["page_bytes"], head)


def _command_of(frame: Any) -> Any:
    """The plan of a command, which Spark has run already; None for a query, which is lazy.

    And where Python does not reach the JVM: then a query with columns is run, which of a command is its answer.
    """
    if not reaches_jvm():
        return None
    plan = frame._jdf.queryExecution().commandExecuted()
    return plan if plan.getClass().getSimpleName() == "CommandResult" else None


def rows_written(frame: Any) -> int | None:
    """Rows that a command wrote, where its plan counts them; None for a query."""
    command = _command_of(frame)
    return None if command is None else _rows_of(command)


def _rows_of(command: Any) -> int | None:
    metric = command.commandPhysicalPlan().metrics().get("numOutputRows")
    return int(metric.get().value()) if metric.isDefined() else None
