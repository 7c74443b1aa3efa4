"""A frame that several actions compute: a dbt run tells which these were, and what they took."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

CHECKED = """
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    numbers = session.range(100).withColumn("k", F.col("id") % 7)
    grouped = numbers.groupBy("k").agg(F.sum("id").alias("n"))
    few = grouped.filter("n < 0")
    if few.count() > 3:
        raise ValueError("negative")
    grouped.show()
    return grouped.filter("n > 0")
"""


class TestSharedPrefix:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"checked.py": CHECKED}

    def test_a_run_tells_what_its_actions_took(self, project: Any) -> None:
        results = run_dbt(["run"])
        (found,) = results[0].adapter_response["computed_again"]
        assert (found["name"], found["line"], found["times"]) == ("grouped", 8, 3)
        assert list(found["seconds"]) == ["10", "12", "write"]
        assert all(seconds > 0 for seconds in found["seconds"].values())
        assert 0 < found["at_most"] < sum(found["seconds"].values())
        assert project.run_sql("select count(*) from {schema}.checked", fetch="one")[0] == 7
