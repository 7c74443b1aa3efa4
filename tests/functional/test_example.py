"""The example project builds, its incremental model adds each day once, and its snapshot keeps what was."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.process.client import stop
from rich.console import Console

from tools.demo import glue, plans, plot
from tools.demo import run as demo

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "nycflights"
DBT = Path(sys.executable).parent / "dbt"
FLIGHTS = 336_776
DAYS = 365
DEADLINE = 400
"""Seconds for one dbt command; the cold build takes 40 on two idle cores."""


class Project:
    """A copy of the example with an endpoint of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / ".dbt-glue"
        self.nodes: list[dict[str, Any]] = []
        """What the first build made."""
        self.rewrites: list[plans.Done] = []
        """What the plan did in the first build."""

    def dbt(self, *arguments: str) -> dict[str, str]:
        """Run dbt; returns the status of each node by its name. Fails with dbt's log."""
        environment = dict(os.environ, DBT_PROFILES_DIR=str(self.folder))
        environment.pop("DBT_GLUE_ENDPOINT_DIR", None)
        done = subprocess.run(
            [str(DBT), "--no-use-colors", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=DEADLINE,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        return {result["unique_id"].split(".")[2]: result["status"] for result in results}

    def rows(self, query: str) -> list[dict[str, Any]]:
        return glue.rows(self.state, {"query": query})["query"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("example") / "nycflights"
    left_out = shutil.ignore_patterns(".dbt-glue", "target", "logs", "out")
    shutil.copytree(EXAMPLE, folder, ignore=left_out)
    project = Project(folder)
    try:
        project.dbt("build")
        project.nodes = demo.built(folder)
        project.rewrites = plans.done(folder / "target")
        yield project
    finally:
        stop(project.state)


def test_every_model_and_test_of_the_example_is_good(project: Project) -> None:
    results = json.loads((project.folder / "target" / "run_results.json").read_text())["results"]
    assert {result["status"] for result in results} <= {"success", "pass"}
    assert len(results) == 33


def test_the_tables_hold_the_data(project: Project) -> None:
    (counts,) = project.rows(
        "select (select count(*) from nycflights.raw_flights) as flights,"
        " (select count(*) from nycflights.raw_weather) as weather,"
        " (select count(*) from nycflights.carriers) as carriers,"
        " (select count(dep_time) from nycflights.raw_flights) as departed"
    )
    assert counts == {"flights": FLIGHTS, "weather": 26_115, "carriers": 16, "departed": 328_521}


def test_names_with_apostrophes_survive_the_seed(project: Project) -> None:
    (airport,) = project.rows("select name from nycflights.airports where faa = 'MVY'")
    assert airport["name"] == "Martha's Vineyard"


def test_the_incremental_model_adds_days_once(project: Project) -> None:
    total = "select count(*) as days, sum(flights) as flights from glue_catalog.nycflights.daily_departures"
    january = project.dbt(
        "run", "--select", "daily_departures", "--full-refresh", "--vars", "load_until: 2013-01-31"
    )
    assert january == {"daily_departures": "success"}
    assert project.rows(total) == [{"days": 3 * 31, "flights": 27_004}]
    project.dbt("run", "--select", "daily_departures")
    assert project.rows(total) == [{"days": 3 * DAYS, "flights": FLIGHTS}]
    project.dbt("build", "--select", "daily_departures")
    assert project.rows(total) == [{"days": 3 * DAYS, "flights": FLIGHTS}]


def test_days_that_come_later_are_merged_in_by_a_commit(project: Project) -> None:
    february = ("--vars", "load_until: 2013-02-01")
    project.dbt("run", "--select", "daily_departures", "--full-refresh", *february)
    project.dbt("run", "--select", "daily_departures", "--vars", "load_until: 2013-02-03")
    commits = project.rows(
        "select operation, summary['added-records'] as added, summary['total-records'] as total"
        " from glue_catalog.nycflights.daily_departures.snapshots order by committed_at desc limit 2"
    )
    # The newest three days are loaded again, and two days more.
    assert commits == [
        {"operation": "overwrite", "added": str(3 * 34), "total": str(3 * 34)},
        {"operation": "overwrite", "added": str(3 * 32), "total": str(3 * 32)},
    ]


def test_the_snapshot_keeps_what_the_register_said_before(project: Project) -> None:
    history = (
        "select seats, dbt_valid_to is null as current from glue_catalog.nycflights.planes_history"
        " where tailnum = 'N10156' order by dbt_valid_from"
    )
    assert project.rows(history) == [{"seats": 55, "current": True}]
    seed = project.folder / "seeds" / "planes.csv"
    text = seed.read_text()
    try:
        rows = text.splitlines(keepends=True)
        seed.write_text("".join(
            row.replace(",55,", ",50,") if row.startswith("N10156,") else row
            for row in rows if not row.startswith("N102UW,")
        ))  # fmt: skip
        project.dbt("build", "--select", "planes", "planes_history")
    finally:
        seed.write_text(text)
    assert project.rows(history) == [
        {"seats": 55, "current": False},
        {"seats": 50, "current": True},
    ]
    (all_planes,) = project.rows(
        "select count(*) as entries, count(dbt_valid_to) as closed"
        " from glue_catalog.nycflights.planes_history"
    )
    assert all_planes == {"entries": 3_322 + 1, "closed": 2}  # one plane changed, one is gone


def test_the_demo_draws_its_picture(project: Project, tmp_path: Path) -> None:
    picture = tmp_path / "out" / "flights.png"
    plot.draw(glue.rows(project.state, demo.queries(project.nodes)), picture)
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_demo_tells_what_the_plan_saved(project: Project) -> None:
    """Partial evaluation is not counted: what it leaves out would have cost nothing."""
    saving = {
        (each.model, each.rewrite)
        for each in project.rewrites
        if each.applied and each.rewrite != "partial_evaluation"
    }
    assert saving >= {
        ("route_delays", "counts"),
        ("weather_delays", "projection"),
        ("made_up_time", "projection"),
    }
    console = Console(width=400, record=True, file=io.StringIO())
    demo.show_plans(console, project.rewrites)
    shown = console.export_text()
    assert "What the plan saved the Python models" in shown
    for each in project.rewrites:
        assert each.saves in shown


def test_java_goes_on_compiling(project: Project) -> None:
    """A JVM whose compiled code has no room left says so once, and is slow from then on."""
    logs = {log.name: log.read_text(errors="replace") for log in project.state.glob("spark*.log")}
    assert logs
    assert [name for name, said in logs.items() if "CodeCache is full" in said] == []
