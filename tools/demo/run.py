"""`make demo`: build the example with dbt on the embedded endpoint, then show what was built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from tools.demo import glue, plans, plot

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "nycflights"
SCHEMA = "nycflights"
PLOTTED = ("daily_departures", "hourly_delays", "route_delays", "weather_delays")
FRAMES = {
    "raw_flights": "pandas",
    "raw_weather": "pandas",
    "route_delays": "PySpark",
    "weather_delays": "pandas",
    "made_up_time": "pandas",
    "carrier_punctuality": "pandas on Spark",
    "daily_departures": "PySpark",
}
"""What each Python model returns."""
FORMATS = {"iceberg": "Iceberg"}
"""What a table is kept in that is not in Parquet, by its file_format."""
LATEST = """
select origin, destination, destination_name, flights, round(average_delay, 1) as average_delay
from {route_delays} order by average_delay desc limit 5
"""
COMMITS = """
select * from (
    select date_format(committed_at, 'yyyy-MM-dd HH:mm:ss') as at, operation,
        coalesce(summary['added-records'], '0') as added,
        coalesce(summary['deleted-records'], '0') as deleted,
        summary['total-records'] as total
    from {daily_departures}.snapshots order by committed_at desc limit 5
) order by at
"""


def build() -> float:
    """Run `dbt build`, whose log goes to the terminal; returns seconds, exits with dbt's code."""
    print("$ cd examples/nycflights && dbt build\n", flush=True)
    environment = dict(
        os.environ, DBT_PROFILES_DIR=str(PROJECT), DBT_SEND_ANONYMOUS_USAGE_STATS="0"
    )
    started = time.monotonic()
    code = subprocess.call(
        [str(Path(sys.executable).parent / "dbt"), "build"], cwd=PROJECT, env=environment
    )
    if code != 0:
        print(
            "\nThe build failed. Next: read the first error above; the endpoint's own log is "
            "examples/nycflights/.dbt-glue/endpoint.log",
            file=sys.stderr,
        )
        sys.exit(code)
    return time.monotonic() - started


def built(project: Path = PROJECT) -> list[dict[str, Any]]:
    """The seeds, models and snapshots of the last run, in the order in which they were built."""
    target = project / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    results = json.loads((target / "run_results.json").read_text())["results"]
    return [
        {**nodes[result["unique_id"]], "seconds": result["execution_time"]}
        for result in results
        if nodes[result["unique_id"]]["resource_type"] in {"seed", "model", "snapshot"}
    ]


def table_of(node: dict[str, Any]) -> str:
    """What Spark calls a node's table: those in Iceberg are in a catalog of their own."""
    catalog = "glue_catalog." if node["config"].get("file_format") == "iceberg" else ""
    return f"{catalog}{SCHEMA}.{node['name']}"


def queries(nodes: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What is read for the pages and the picture, by name."""
    tables = {node["name"]: table_of(node) for node in nodes}
    counts = " union all ".join(
        f"select '{name}' as name, count(*) as rows from {table}"  # noqa: S608 - dbt's own names
        for name, table in tables.items()
    )
    plotted = {name: f"select * from {tables[name]}" for name in PLOTTED}  # noqa: S608
    return {
        "counts": counts,
        "latest": LATEST.format(**tables),
        "commits": COMMITS.format(**tables),
        **plotted,
    }


def show(
    console: Console, nodes: list[dict[str, Any]], found: dict[str, list[dict[str, Any]]]
) -> None:
    rows = {row["name"]: row["rows"] for row in found["counts"]}
    overview = Table(box=box.SIMPLE_HEAD, title="What was built", title_justify="left")
    overview.add_column("")
    overview.add_column("as")
    overview.add_column("from", max_width=len("pandas on"))  # so that names have room in 80 columns
    for column, justify in (
        ("kept in", "left"),
        ("rows", "right"),
        ("seconds", "right"),
    ):
        overview.add_column(column, justify=justify)  # type: ignore[arg-type]
    for node in nodes:
        name = node["name"]
        kind = FRAMES.get(name) or ("CSV" if node["resource_type"] == "seed" else "SQL")
        form = node["config"]["materialized"]
        chosen = node["config"].get("file_format")
        kept = "" if form == "view" else FORMATS.get(chosen, "Parquet")
        overview.add_row(name, form, kind, kept, f"{rows[name]:,}", f"{node['seconds']:.1f}")
    console.print(overview)
    page(
        console,
        "The most delayed routes (route_delays)",
        ("from", "to", "", ">flights", ">minutes late"),
        found["latest"],
    )
    page(
        console,
        "The last commits of daily_departures, rows",
        ("at", "operation", ">added", ">deleted", ">in all"),
        found["commits"],
    )


def show_plans(console: Console, rewrites: Sequence[plans.Done]) -> None:
    """What the plan did with each Python model, a line for each rewrite."""
    shown = Table(
        box=box.SIMPLE_HEAD, title="What the plan saved the Python models", title_justify="left"
    )
    for column in ("model", "line", "rewrite", "saved"):
        shown.add_column(column, justify="right" if column == "line" else "left")
    previous = ""
    for each in rewrites:
        name = "" if each.model == previous else each.model
        style = "" if each.applied else "dim"
        shown.add_row(name, str(each.line), each.rewrite, each.saves, style=style)
        previous = each.model
    console.print(shown)


def page(
    console: Console, title: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    """Print rows as they are; a column that begins with `>` is one of numbers."""
    shown = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for column in columns:
        shown.add_column(column.lstrip(">"), justify="right" if column[0:1] == ">" else "left")
    for row in rows:
        shown.add_row(*(str(value) for value in row.values()))
    console.print(shown)


def main() -> None:
    seconds = build()
    started = time.monotonic()
    nodes = built()
    found = glue.rows(PROJECT / ".dbt-glue", queries(nodes))
    picture = PROJECT / "out" / "nycflights.png"
    plot.draw(found, picture)
    console = Console()
    show(console, nodes, found)
    show_plans(console, plans.done(PROJECT / "target"))
    console.print(f"plot   {picture.relative_to(PROJECT.parents[1])}", highlight=False)
    console.print(
        f"time   dbt build {seconds:.1f} s, then {time.monotonic() - started:.1f} s to read and draw",
        highlight=False,
    )
    console.print("again  make demo finds the endpoint warm; make stop ends it", highlight=False)


if __name__ == "__main__":
    main()
