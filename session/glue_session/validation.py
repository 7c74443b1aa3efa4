"""Validates one Python model inside the Glue session: Spark analyses what it returns, and nothing is written.

The model runs once with its refs and sources bound to the real tables and no job allowed: Spark
frames are lazy, so that this costs no job and takes no branch that an empty input would take. A model
that forces an action (collect, toPandas, count, ...) runs again, on tables cut to a number of rows.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from glue_session.column_types import table_types
from glue_session.contract import differences
from glue_session.dbt_object import Dbt
from glue_session.errors import error_report, message_of
from glue_session.frames import spark_frame
from glue_session.guard import ForcedAction, Guard, hold_interrupts, under_guard
from glue_session.leftovers import leftovers_removed
from glue_session.loading import load_model
from glue_session.output import capture_output
from glue_session.spark_errors import spark_details
from glue_session.state import session_globals, settings_restored, spark, use_database
from glue_session.transport import print_frame, request_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def validate(packed: str) -> None:
    """Validates a model and prints one framed line: the schema it returns, or the error in the author's terms.

    `packed` is the request that `glue_compiler.program.validation` made.
    """
    try:
        _validate(request_of(packed))
    finally:
        hold_interrupts(held=False)


def _validate(asked: dict[str, Any]) -> None:
    filename = asked["file"]
    notes: list[str] = []
    outcome: dict[str, Any] = {"ok": False}
    phase = ["load"]
    started = time.monotonic()
    with capture_output(filename, notes) as output:
        try:
            outcome.update(_run(asked, phase, notes, outcome))
            outcome["ok"] = True
        except (Exception, SystemExit) as error:  # noqa: BLE001 - every failure is what a validation is for
            report = error_report(error, filename, phase[-1])
            outcome["error"] = {**report, **spark_details(error)}
    outcome["output"] = output.text()
    outcome["notes"] = notes
    outcome["seconds"] = round(time.monotonic() - started, 3)
    outcome["engine"] = f"Spark {spark().version}"
    print_frame(asked["nonce"], outcome)


def relation_schemas(packed: str) -> None:
    """Prints one framed line: the columns of relations by name, None for one that cannot be read."""
    asked = request_of(packed)
    use_database(asked["database"])
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for relation in asked["relations"]:
        found[relation], errors[relation] = _schema_of(relation)
    answer = {
        "relations": found,
        "errors": {relation: text for relation, text in errors.items() if text},
        "engine": f"Spark {spark().version}",
    }
    print_frame(asked["nonce"], answer)


def _schema_of(relation: str) -> tuple[list[list[Any]] | None, str]:
    """The columns of a relation, or None and why not."""
    try:
        return _columns(spark().table(relation).schema), ""
    except Exception as error:  # noqa: BLE001 - a relation that cannot be read has no schema, whatever the reason
        return None, message_of(error)


def _run(
    asked: dict[str, Any],
    phase: list[str],
    notes: list[str],
    outcome: dict[str, Any],
) -> dict[str, Any]:
    session = spark()
    with settings_restored(session, asked["database"]), leftovers_removed(session):
        for rows in (None, asked["rows"]):
            model = load_model(session_globals(), asked["source"], asked["file"], {})
            phase.append("model")
            guard = Guard(asked["file"], rows)
            dbt = _Dbt(session, asked)
            returned = None
            try:
                with under_guard(guard, session):
                    returned = model(dbt, session)
            except ForcedAction:
                pass
            except Exception:
                # What a model makes of a refused action is not its result.
                if rows is not None or not guard.forced:
                    raise
            finally:
                outcome["inputs"] = dict(_inputs(dbt))
                outcome["forced"] = guard.forced
                outcome["rows"] = rows
            if not guard.forced or rows is not None:
                break
        phase.append("result")
        existing = table_types(session, asked["existing"])
        result = spark_frame(returned, session, existing)
        notes.extend(result.notes)
        declared = asked.get("declared") or []
        return {
            "kind": result.kind,
            "conversion": result.conversion,
            "columns": _columns(result.frame.schema),
            "differences": differences(result.frame, declared, session) if declared else [],
        }


class _Dbt(Dbt):
    """dbt for a validation: it remembers the frames that it gave. Rows are cut by the guard, as of all that is read."""

    def __init__(self, spark: Any, request: dict[str, Any]) -> None:
        super().__init__(spark, request)
        self.given: dict[str, Any] = {}

    def _frame(self, reference: dict[str, Any]) -> Any:
        frame = super()._frame(reference)
        self.given[reference["relation"]] = frame
        return frame


def _inputs(dbt: _Dbt) -> Iterator[tuple[str, list[list[Any]]]]:
    for relation, frame in dbt.given.items():
        yield relation, _columns(frame.schema)


def _columns(schema: Any) -> list[list[Any]]:
    return [[field.name, field.dataType.simpleString(), field.nullable] for field in schema.fields]
