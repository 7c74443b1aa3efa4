"""The plan of a model in a dbt run: beside the program, in the debug log, and off where somebody says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture

pytestmark = pytest.mark.spark

PLANNED = """
def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="id", incremental_strategy="append")
    df = session.range(3).withColumnRenamed("id", "number")
    if dbt.is_incremental:
        df = df.filter("number > 1")
    if df.count() == 0:
        raise ValueError("no rows")
    rows = [r.number for r in df.collect()]
    df = df.filter(df.number.isin(rows))
    return df
"""

FAILS = """
def model(dbt, session):
    df = session.range(3)
    if df.count() > 0: raise ValueError("line five")
    return df
"""


def plan_of(project: Any, name: str) -> dict[str, Any]:
    path = Path(project.project_root, "target", "run", "test", "models", f"{name}.py.plan.json")
    plan: dict[str, Any] = json.loads(path.read_text())
    return plan


class TestPlans:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"planned.py": PLANNED, "fails.py": FAILS}

    def test_a_run_follows_its_plan(self, project: Any) -> None:
        _, log = run_dbt_and_capture(["--debug", "run", "--select", "planned"])
        plan = plan_of(project, "planned")
        assert {d["rewrite"] for d in plan["decisions"] if d["applied"]} >= {
            "partial_evaluation",
            "emptiness",
        }
        assert "models/planned.py: applied " in log
        program = Path(
            project.project_root, "target", "run", "test", "models", "planned.py"
        ).read_text()
        assert "if (df.isEmpty()):" in program
        run_dbt(["run", "--select", "planned"])
        rows = project.run_sql("select count(*) from {schema}.planned", fetch="one")
        assert rows[0] == 4

    def test_a_variable_switches_it_off(self, project: Any) -> None:
        run_dbt(["run", "--full-refresh", "--select", "planned", "--vars", "{optimize: false}"])
        plan = plan_of(project, "planned")
        assert plan["why_not"] == "optimize is false"
        assert not plan["decisions"]

    def test_errors_show_the_line_that_the_user_wrote(self, project: Any) -> None:
        results = run_dbt(["run", "--select", "fails"], expect_pass=False)
        assert "models/fails.py:4: ValueError: line five" in results[0].message
        assert 'if df.count() > 0: raise ValueError("line five")' in results[0].message
        assert "isEmpty" not in results[0].message

    def test_a_wrong_value_is_told(self, project: Any) -> None:
        results = run_dbt(
            ["run", "--select", "planned", "--vars", "{optimize: {disable: [nothing]}}"],
            expect_pass=False,
        )
        assert "no rewrite is called nothing" in results[0].message
