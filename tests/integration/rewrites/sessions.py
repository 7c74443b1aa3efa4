"""Runs one model twice on one Spark, as written and as planned, and says what each gave."""

from __future__ import annotations

import contextlib
import io
import math
from dataclasses import dataclass, field
from typing import Any

from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import Plan, RunContext, plan
from glue_session.dbt_object import Dbt
from glue_session.frames import spark_frame
from glue_session.loading import load_model
from glue_session.reports import Reports
from glue_session.rewrites import rewritten_calls

HEADER = "import pandas as pd\nfrom pyspark.sql import functions as F\nfrom pyspark.sql.window import Window\n\n"


def planned(source: str, context: RunContext | None = None) -> Plan:
    """The plan of a source whose body may lack the imports."""
    text = source if "def model" in source else model_of(source)
    return plan(analyze(text), text, context or RunContext())


def model_of(body: str) -> str:
    """A model with this body, whose frame `df` is the upstream model `t`."""
    lines = [
        "def model(dbt, session):",
        '    df = dbt.ref("t")',
        *("    " + x for x in body.strip().splitlines()),
    ]
    return HEADER + "\n".join(lines) + "\n"


@dataclass
class Outcome:
    """A model's result as plain data: types by column, rows in order, or the name of its error.

    `printed` is what it and its reports of rows printed, which are made when its rows were read. `followed` says of each rewrite that the session had to judge whether it was done, and why not.
    """

    schema: list[tuple[str, str]]
    rows: list[tuple[Any, ...]]
    error: str = ""
    printed: str = ""
    followed: list[dict[str, Any]] = field(default_factory=list, repr=False)

    def same(self, other: Outcome, *, ordered: bool = False) -> bool:
        """Whether rows, column order and Spark types are the same; row order only where it is defined."""
        mine, theirs = (
            (self.rows, other.rows)
            if ordered
            else (sorted(self.rows, key=repr), sorted(other.rows, key=repr))
        )
        return self.error == other.error and self.schema == other.schema and mine == theirs


def asked_of_dbt(tables: dict[str, str], context: RunContext, schema: str) -> dict[str, Any]:
    """What dbt resolved for the model `m`; `tables` maps the names of refs to temporary views."""
    return {
        "refs": [
            {"package": None, "name": n, "version": None, "relation": v} for n, v in tables.items()
        ],
        "sources": [],
        "config": dict(context.config),
        "meta": dict(context.meta),
        "this": {
            "database": None,
            "schema": schema,
            "identifier": "m",
            "relation": f"`{schema}`.`m`",
            **context.this,
        },
        "is_incremental": context.is_incremental,
    }


def outcome(
    spark: Any, source: str, tables: dict[str, str], context: RunContext, kind: str | None
) -> Outcome:
    """What a model gives; `tables` maps the names of refs to temporary views."""
    request = asked_of_dbt(tables, context, "s")
    followed: list[dict[str, Any]] = []
    reports = Reports(waits=True)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            calls = rewritten_calls(followed, reports)
            model = load_model({"spark": spark}, source, "models/m.py", {}, calls)
            returned = model(Dbt(spark, request), spark)
            frame = spark_frame(returned, spark, {}, kind).frame
            rows = [tuple(map(plain_value, row)) for row in frame.collect()]
            reports.tell(returned, len(rows))
    except Exception as error:  # noqa: BLE001 - the two runs must fail alike
        return Outcome([], [], type(error).__name__, printed.getvalue(), followed)
    schema = [(f.name, f.dataType.simpleString()) for f in frame.schema.fields]
    return Outcome(schema, rows, "", printed.getvalue(), followed)


def plain_value(value: Any) -> Any:
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value.hex()
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {key: plain_value(item) for key, item in value.items()}
    return value


def both(
    spark: Any, source: str, tables: dict[str, str], context: RunContext | None = None
) -> tuple[Plan, Outcome, Outcome]:
    """(the plan, the outcome of the source, the outcome of the rewritten source)."""
    context = context or RunContext()
    text = source if "def model" in source else model_of(source)
    made = planned(text, context)
    return (
        made,
        outcome(spark, text, tables, context, None),
        outcome(spark, made.source, tables, context, made.kind),
    )
