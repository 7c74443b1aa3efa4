"""Runs one model twice on one Spark with its write into a table, as written and as planned."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

from glue_compiler.plan.planner import Plan, RunContext
from glue_session.model import _run
from glue_session.state import attach
from sessions import Outcome, asked_of_dbt, model_of, plain_value, planned

if TYPE_CHECKING:
    from pathlib import Path

OWNED = {"dbt_glue.staged_for": "default.m"}


def target_at(location: Path, name: str, **changed: Any) -> dict[str, Any]:
    """Where a run writes: a staged Parquet table, unless changed."""
    return {
        "relation": f"`default`.`{name}`",
        "location": f"file:{location}/v20260101T000000_0123abcd",
        "file_format": "parquet",
        "partition_by": [],
        "bucket_by": [],
        "buckets": None,
        "options": {},
        "table_properties": OWNED,
        "existing": None,
        "declared": {},
        "statement": None,
        "view": None,
        "holds": False,
        "overwrites": False,
        **changed,
    }


def run_into(
    spark: Any,
    source: str,
    tables: dict[str, str],
    target: dict[str, Any],
    context: RunContext,
    kind: str | None = None,
) -> tuple[Outcome, int]:
    """What is in the table after a run that wrote, and how many jobs of Spark's the run took."""
    attach({"spark": spark})
    asked = {
        "file": "models/m.py",
        **asked_of_dbt(tables, context, "default"),
        "database": "default",
        "write": target,
        "contract": None,
        "expected_kind": kind,
    }
    printed = io.StringIO()
    tracker = spark.sparkContext.statusTracker()
    group = f"run-{id(target)}-{id(printed)}"
    spark.sparkContext.setJobGroup(group, "a model")
    try:
        with contextlib.redirect_stdout(printed):
            made = _run({"spark": spark}, source, asked, [], [])
    except Exception as error:  # noqa: BLE001 - the two runs must fail alike
        return Outcome([], [], type(error).__name__, printed.getvalue()), 0
    finally:
        jobs = len(tracker.getJobIdsForGroup(group))
        spark.sparkContext.setLocalProperty("spark.jobGroup.id", None)
    frame = spark.table(target["relation"])
    schema = [(f.name, f.dataType.simpleString()) for f in frame.schema.fields]
    rows = [tuple(map(plain_value, row)) for row in frame.collect()]
    assert made["rows"] == len(rows)
    return Outcome(schema, rows, "", printed.getvalue(), made["rewrites"]), jobs


def both_into(
    spark: Any,
    source: str,
    tables: dict[str, str],
    folder: Path,
    context: RunContext | None = None,
    **changed: Any,
) -> tuple[Plan, Outcome, Outcome, tuple[int, int]]:
    """(the plan, the outcome as written, the outcome as planned, the jobs of both)."""
    context = context or RunContext()
    text = source if "def model" in source else model_of(source)
    made = planned(text, context)
    outcomes, jobs = [], []
    for name, program, kind in (
        ("as_written", text, None),
        ("as_planned", made.source, made.kind),
    ):
        target = target_at(folder / name, name, **changed)
        outcome, took = run_into(spark, program, tables, target, context, kind)
        outcomes.append(outcome)
        jobs.append(took)
        spark.sql(f"DROP TABLE IF EXISTS {target['relation']}")
    return made, outcomes[0], outcomes[1], (jobs[0], jobs[1])
