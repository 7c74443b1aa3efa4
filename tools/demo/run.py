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

from tools.demo import glue, plot

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
    "carrier_punctuality": "pandas on Spark",
    "daily_departures": "PySpark",
}
"""What each Python model returns."""
LATEST = """
select origin, destination, destination_name, flights, round(average_delay, 1) as average_delay
from {schema}.route_delays order by average_delay desc limit 5
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


def built() -> list[dict[str, Any]]:
    """The seeds and models of the last run, in the order in which they were built."""
    target = PROJECT / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    results = json.loads((target / "run_results.json").read_text())["results"]
    return [
        {**nodes[result["unique_id"]], "seconds": result["execution_time"]}
        for result in results
        if nodes[result["unique_id"]]["resource_type"] in {"seed", "model"}
    ]


def queries(names: Sequence[str]) -> dict[str, str]:
    counts = " union all ".join(
        f"select '{name}' as name, count(*) as rows from {SCHEMA}.{name}"  # noqa: S608 - dbt's own names
        for name in names
    )
    tables = {name: f"select * from {SCHEMA}.{name}" for name in PLOTTED}  # noqa: S608
    return {"counts": counts, "latest": LATEST.format(schema=SCHEMA), **tables}


def show(
    console: Console, nodes: list[dict[str, Any]], found: dict[str, list[dict[str, Any]]]
) -> None:
    rows = {row["name"]: row["rows"] for row in found["counts"]}
    overview = Table(box=box.SIMPLE_HEAD, title="What was built", title_justify="left")
    for column, justify in (
        ("", "left"),
        ("as", "left"),
        ("from", "left"),
        ("rows", "right"),
        ("seconds", "right"),
    ):
        overview.add_column(column, justify=justify)  # type: ignore[arg-type]
    for node in nodes:
        name = node["name"]
        kind = FRAMES.get(name) or ("CSV" if node["resource_type"] == "seed" else "SQL")
        form = node["config"]["materialized"]
        overview.add_row(name, form, kind, f"{rows[name]:,}", f"{node['seconds']:.1f}")
    console.print(overview)

    routes = Table(
        box=box.SIMPLE_HEAD, title="The most delayed routes (route_delays)", title_justify="left"
    )
    for column in ("from", "to", "", "flights", "minutes late"):
        routes.add_column(
            column, justify="right" if column in {"flights", "minutes late"} else "left"
        )
    for row in found["latest"]:
        routes.add_row(*(str(value) for value in row.values()))
    console.print(routes)


def main() -> None:
    seconds = build()
    started = time.monotonic()
    nodes = built()
    found = glue.rows(PROJECT / ".dbt-glue", queries([node["name"] for node in nodes]))
    picture = PROJECT / "out" / "nycflights.png"
    plot.draw(found, picture)
    console = Console()
    show(console, nodes, found)
    console.print(f"plot   {picture.relative_to(PROJECT.parents[1])}", highlight=False)
    console.print(
        f"time   dbt build {seconds:.1f} s, then {time.monotonic() - started:.1f} s to read and draw",
        highlight=False,
    )
    console.print("again  make demo finds the endpoint warm; make stop ends it", highlight=False)


if __name__ == "__main__":
    main()
