"""dbt show of Python models: the first rows of what a model returns, and nothing is written."""

from __future__ import annotations

import json

import pytest
from dbt.cli.main import dbtRunner
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

PYTHON = """
def model(dbt, session):
    dbt.config({config})
    print("shown", bool(dbt.is_incremental))
    return {returned}
"""
ROWS = 'session.createDataFrame([(n, f"it\'s \\"{n}\\"") for n in range(1, 9)], ["id", "name"])'
ZONED = """
def model(dbt, session):
    dbt.config(materialized="table")
    session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    return session.sql("select 1L as id, cast(timestamp'2026-01-01 00:00:00' as string) as at, hour(current_timestamp()) as hour")
"""


class TestShow:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls):
        incremental = "materialized='incremental', incremental_strategy='append'"
        return {
            "rows.py": PYTHON.format(config="materialized='table'", returned=ROWS),
            "in_pandas.py": PYTHON.format(config="tags=['t']", returned=f"{ROWS}.toPandas()"),
            "adds.py": PYTHON.format(config=incremental, returned=ROWS),
            "in_iceberg.py": PYTHON.format(
                config="materialized='table', file_format='iceberg'", returned=ROWS
            ),
            "seen.sql": "{{ config(materialized='ephemeral') }} select 7 as id",
            "reads.py": 'def model(dbt, session):\n    return dbt.ref("seen")\n',
            "zoned.py": ZONED,
            "fails.py": "def model(dbt, session):\n    return session.range(1).select('no_such')\n",
        }

    @staticmethod
    def shown(capsys, *arguments):
        """The rows that the command prints, and its output beside them."""
        capsys.readouterr()
        outcome = dbtRunner().invoke(
            ["show", "--output", "json", "--log-format", "json", *arguments]
        )
        assert outcome.success, outcome.exception or outcome.result
        events = [
            json.loads(line) for line in capsys.readouterr().out.splitlines() if line[:1] == "{"
        ]
        (event,) = [event for event in events if event["info"]["name"] == "ShowNode"]
        said = [event["info"]["msg"] for event in events]
        return json.loads(event["data"]["preview"]), said

    @staticmethod
    def tables(project):
        found = project.run_sql(f"show tables in {project.test_schema}", fetch="all")
        return sorted(row[1] for row in found)

    @pytest.mark.parametrize("name", ["rows", "in_pandas", "adds", "in_iceberg"])
    def test_the_first_rows(self, project, capsys, name):
        rows, said = self.shown(capsys, "-s", name, "--limit", "2")
        assert [row["id"] for row in rows] == [1, 2]
        assert rows[0]["name"] == 'it\'s "1"'
        assert f"{name}: shown False" in said
        assert self.tables(project) == []

    def test_all_rows_and_five(self, project, capsys):
        assert len(self.shown(capsys, "-s", "rows", "--limit", "-1")[0]) == 8
        assert len(self.shown(capsys, "-s", "rows")[0]) == 5

    def test_what_it_reads(self, project, capsys):
        assert self.shown(capsys, "-s", "reads")[0] == [{"id": 7}]

    def test_rows_are_made_under_the_settings_of_the_model(self, project, capsys):
        ((row,), _) = self.shown(capsys, "-s", "zoned")
        ((there,), _) = self.shown(capsys, "--inline", "select hour(current_timestamp()) as hour")
        assert row["at"] == "2026-01-01 00:00:00"
        assert (row["hour"] - there["hour"]) % 24 == 9

    def test_an_incremental_model_shows_what_it_would_add(self, project, capsys):
        run_dbt(["run", "-s", "adds"])
        assert "adds: shown True" in self.shown(capsys, "-s", "adds")[1]
        assert "adds: shown False" in self.shown(capsys, "-s", "adds", "--full-refresh")[1]
        (count,) = project.run_sql(f"select count(*) from {project.test_schema}.adds", fetch="one")
        assert count == 8

    def test_an_error_is_the_authors(self, project):
        outcome = dbtRunner().invoke(["show", "-s", "fails"])
        assert not outcome.success
        said = str(outcome.exception or outcome.result.results[0].message)
        assert "models/fails.py:2" in said
