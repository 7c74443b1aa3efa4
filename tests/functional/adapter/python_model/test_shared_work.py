"""A returned frame that the model also counts and checks: written once by a dbt run; nothing stays of a run that fails."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

DAILY = """
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    numbers = session.range(100).withColumn("k", F.col("id") % 7)
    daily = numbers.groupBy("k").agg(F.count("*").alias("n"), F.max("id").alias("m"))
    last = daily.agg(F.max("m")).collect()[0][0]
    rows = daily.count()
    if last > int(dbt.config.get("most")):
        raise ValueError(f"{rows} rows, up to {last}")
    if rows < int(dbt.config.get("least")):
        return daily.limit(2)
    return daily
"""

CONFIG = """
models:
  - name: daily
    config: {most: "{{ var('most', 1000) }}", least: "{{ var('least', 0) }}"}
"""


class TestSharedWork:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"daily.py": DAILY, "schema.yml": CONFIG}

    def test_it_is_written_once_and_nothing_stays_of_a_failure(self, project: Any) -> None:
        results = run_dbt(["run"])
        done = results[0].adapter_response["rewrites"]
        shared = [one for one in done if one["rewrite"] == "shared_work"]
        assert [one["applied"] for one in shared] == [True, True], shared
        whole = self._rows(project)
        assert len(whole) == 7
        run_dbt(["run", "--vars", "{most: 5}"], expect_pass=False)
        assert self._rows(project) == whole
        assert self._tables(project) == ["daily"]
        run_dbt(["run", "--vars", "{least: 50}"])
        assert len(self._rows(project)) == 2
        assert self._tables(project) == ["daily"]

    def _rows(self, project: Any) -> list[tuple[Any, ...]]:
        rows = project.run_sql("select k, n, m from {schema}.daily order by k", fetch="all")
        return [tuple(row) for row in rows]

    def _tables(self, project: Any) -> list[str]:
        rows = project.run_sql("show tables in {schema}", fetch="all")
        return sorted(row[1] for row in rows)
