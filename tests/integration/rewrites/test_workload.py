"""The models of the workload benchmark on small tables: what their plans do, and that each gives the same as written and as planned."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.plan.planner import RunContext
from sessions import both

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

WORKLOAD = Path(__file__).parents[2] / "benchmarks" / "rewrites" / "workload"
MODELS = {path.stem: path for path in sorted((WORKLOAD / "models").glob("*.py"))}

DONE = {
    "channel_report": {("projection", 9)},
    "delay_features": {("projection", 13)},
    "event_scores": {("projection", 11)},
    "fct_departures": {("emptiness", 31)},
    "flight_bands": {("emptiness", 39)},
    "flights_clean": {*(("with_columns", line) for line in (25, 28, 31, 34)), ("counts", 39)},
    "route_daily": set(),
    "session_summary": {("projection", 12)},
    "suspicious_flights": {("emptiness", 28), ("emptiness", 30)},
    "weather_index": {("projection", 20)},
}
"""The rewrites that save something, by model: their names and lines. More may be done, none less."""


@pytest.fixture(scope="module")
def tables(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    sys.path.insert(0, str(WORKLOAD))
    from workload_tables import tables_in

    folder = tmp_path_factory.mktemp("workload")
    zone = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    found = tables_in(folder, spark, years=1, events=3_000, every=100)
    for name in found:
        spark.read.parquet(str(folder / name)).createOrReplaceTempView(f"w_{name}")
    yield {name: f"w_{name}" for name in found}
    for name in found:
        spark.catalog.dropTempView(f"w_{name}")
    spark.conf.set("spark.sql.session.timeZone", zone)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_the_same_as_planned(spark: Any, tables: dict[str, str], name: str) -> None:
    context = RunContext(
        is_incremental=name == "fct_departures", this={"relation": "w_fct_departures"}
    )
    source = MODELS[name].read_text(encoding="utf-8")
    made, before, after = both(spark, source, tables, context)
    assert before.error == ""
    assert before.rows
    assert before.same(after)
    assert before.printed == after.printed
    refused = {(each["rewrite"], each["line"]) for each in after.followed if not each["applied"]}
    applied = {
        (d.rewrite, source.count("\n", 0, d.span.start) + 1) for d in made.decisions if d.applied
    }
    assert applied - refused >= DONE[name]
