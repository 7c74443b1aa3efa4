"""Runs one Python model inside the Glue session: its source in a namespace of its own, its result into a table."""

from __future__ import annotations

import json
import time
from typing import Any

from glue_session.clocks import Clocks
from glue_session.column_types import target_types
from glue_session.contract import check_contract
from glue_session.dbt_object import Dbt
from glue_session.early import Early
from glue_session.errors import error_report
from glue_session.frames import spark_frame
from glue_session.held import hold
from glue_session.leftovers import leftovers_removed
from glue_session.loading import load_model
from glue_session.output import capture_output
from glue_session.reports import Reports
from glue_session.rewrites import rewritten_calls
from glue_session.state import current_settings, settings_restored, spark
from glue_session.transport import decompress, has_begun, print_frame
from glue_session.write import write_table


def run_model(session_globals: dict[str, Any], *, source: str, request: str, nonce: str) -> None:
    """Runs a model and prints one framed line: the result, or the error in the author's terms.

    `request` is the JSON that `glue_compiler.program.emit` wrote. An interruption (KeyboardInterrupt) passes through.
    """
    if has_begun(nonce):
        return
    asked = json.loads(request)
    filename = asked["file"]
    notes: list[str] = []
    outcome: dict[str, Any] = {"ok": False}
    phase = ["load"]
    with capture_output(filename, notes) as output:
        try:
            outcome.update(_run(session_globals, source, asked, phase, notes))
            outcome["ok"] = True
        except (Exception, SystemExit) as error:  # noqa: BLE001 - every failure is reported, and raised by the adapter
            outcome["error"] = error_report(error, filename, phase[-1])
    outcome["output"] = output.text()
    outcome["notes"] = notes
    print_frame(nonce, outcome)


def run_packed(session_globals: dict[str, Any], packed: str) -> None:
    """Runs a program that was too long for a statement and came compressed."""
    runner = {**session_globals, "__dbt_glue__": _Calls()}
    exec(compile(decompress(packed), "<dbt-glue program>", "exec"), runner)  # noqa: S102 - the adapter's own program


class _Calls:
    """What a program calls on `__dbt_glue__`, wherever the session keeps the runtime."""

    run_model = staticmethod(run_model)


def _run(
    session_globals: dict[str, Any],
    source: str,
    asked: dict[str, Any],
    phase: list[str],
    notes: list[str],
) -> dict[str, Any]:
    session = spark()
    target = asked["write"]
    early = Early(asked)
    with (
        settings_restored(session, asked["database"]),
        leftovers_removed(session) as cached,
        early.removed_on_failure(),
    ):
        started = time.monotonic()
        rewrites: list[dict[str, Any]] = []
        reports = Reports(waits=True)
        calls = rewritten_calls(rewrites, reports, early.read)
        shown_lines = asked.get("shown_lines") or {}
        clocks = Clocks(asked.get("timed_lines") or ())
        model = load_model(session_globals, source, asked["file"], shown_lines, calls, clocks)
        phase.append("model")
        returned = model(Dbt(session, asked), session)
        modelled = time.monotonic()
        phase.append("result")
        existing = target_types(session, target["existing"], target.get("declared") or {}, notes)
        result = spark_frame(returned, session, existing, asked.get("expected_kind"))
        notes.extend(result.notes)
        check_contract(result.frame, asked.get("contract"), session, notes)
        phase.append("write")
        if target["holds"]:
            settings, kept = current_settings(session), [*cached]
            rows = result.frame.count() if reports.wanted else None
            cached.clear()
        else:
            rows = early.rows_of(returned)
            if rows is None:
                rows = write_table(result.frame, target)
        phase.append("report")
        reports.tell(returned, rows or 0)
        outcome = {
            "rows": rows,
            "kind": result.kind,
            "conversion": result.conversion,
            "rewrites": rewrites,
            "spent": [[line, n, round(s, 3)] for line, (n, s) in clocks.spent.items()],
            "columns": [[f.name, f.dataType.jsonValue()] for f in result.frame.schema.fields],
            "seconds": {
                "model": round(modelled - started, 3),
                "write": round(time.monotonic() - modelled, 3),
            },
        }
    if target["holds"]:
        hold(result.frame, target["view"], settings, kept)
    return outcome
