"""SQL in the session: each statement runs once and answers with typed rows, a page at a time."""

from __future__ import annotations

from typing import Any

from glue_session.answers import print_answer
from glue_session.cells import row_encoder
from glue_session.held import settings_of_held
from glue_session.pages import first_page
from glue_session.state import spark


def sql(packed: str) -> None:
    """Runs one SQL statement once and prints its framed answer, or its framed error."""
    print_answer(packed, _run)


def _run(request: dict[str, Any]) -> dict[str, Any]:
    with settings_of_held(request["sql"]):
        return _answer_of(spark().sql(request["sql"]), request)


def _answer_of(frame: Any, request: dict[str, Any]) -> dict[str, Any]:
    affected = rows_written(frame)
    if not request["fetch"]:
        if not _is_command(frame):
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
    page = first_page(request["nonce"], rows, request["page_bytes"])
    return {"schema": schema.jsonValue(), "rows_affected": affected, **page}


def _is_command(frame: Any) -> bool:
    """Whether Spark has run the statement already: commands are eager, queries are lazy."""
    plan = frame._jdf.queryExecution().commandExecuted()
    return bool(plan.getClass().getSimpleName() == "CommandResult")


def rows_written(frame: Any) -> int | None:
    """Rows that a command wrote, where its plan counts them."""
    if not _is_command(frame):
        return None
    plan = frame._jdf.queryExecution().commandExecuted().commandPhysicalPlan()
    metric = plan.metrics().get("numOutputRows")
    return int(metric.get().value()) if metric.isDefined() else None
