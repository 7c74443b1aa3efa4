"""Types that the model's YAML declares are the table's, and what a session could not do as planned is told."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt_and_capture

pytestmark = pytest.mark.spark

TYPED = """
import pandas as pd
from pyspark.sql import Row


def model(dbt, session):
    return pd.DataFrame(
        {
            "id": [1, None], "amount": [1, 2], "seen": [None, None], "tags": [{"a": 1}, None],
            "place": [Row(x=1), None],
        }
    )
"""

FILTERED = """
def model(dbt, session):
    df = session.createDataFrame([("x", 1, "p"), ("y", None, "q")], "k string, n bigint, s string")
    pdf = df.toPandas()
    pdf = pdf[pdf["k"] == "x"].reset_index(drop=True)
    return pdf[["k", "n"]]
"""

SCHEMA = """
models:
  - name: typed
    columns:
      - {name: id, data_type: bigint}
      - {name: amount, data_type: double}
      - {name: seen, data_type: date}
      - {name: tags}
"""


class TestDeclaredTypes:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"typed.py": TYPED, "filtered.py": FILTERED, "schema.yml": SCHEMA}

    def test_they_are_the_tables_and_the_slow_way_is_told(self, project: Any) -> None:
        _, log = run_dbt_and_capture(["run", "--select", "typed"])
        assert "models/typed.py: the pandas result became Spark's row by row" in log
        rows = project.run_sql("describe table {schema}.typed", fetch="all")
        assert {row[0]: row[1] for row in rows} == {
            "id": "bigint",
            "amount": "double",
            "seen": "date",
            "tags": "map<string,bigint>",
            "place": "struct<x:bigint>",
        }

    def test_a_rewrite_that_the_session_left_is_told(self, project: Any) -> None:
        results, log = run_dbt_and_capture(["--debug", "run", "--select", "filtered"])
        assert "models/filtered.py:4: filters as the source says: NULL decides" in log
        told = results.results[0].adapter_response["rewrites"]
        assert [(r["rewrite"], r["applied"]) for r in told] == [
            ("projection", True),
            ("filters", False),
            ("arrow", True),
        ]
