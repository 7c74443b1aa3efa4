"""What a model leaves in the session that it shares: nothing."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

LEAVES = """
def model(dbt, session):
    numbers = session.range(7).cache()
    numbers.createOrReplaceTempView("left_view")
    pairs = session.sparkContext.parallelize([1, 2]).setName("left_rdd").cache()
    session.udf.register("left_function", lambda value: value + 1, "long")
    frame = session.sql("select left_function(id) as n from left_view")
    assert numbers.count() == 7 and pairs.count() == 2
    if dbt.config.get("fails"):
        raise ValueError("on purpose")
    return frame
"""

LOOKS = """
def model(dbt, session):
    dbt.ref("leaves")
    found = {
        "view": session.catalog.tableExists("left_view"),
        "function": session.catalog.functionExists("left_function"),
        "cached": session.range(7).storageLevel.useMemory,
        "rdd": any(rdd.name() == "left_rdd" for rdd in session.sparkContext._jsc.getPersistentRDDs().values()),
        "kept": session.catalog.tableExists("kept_view"),
    }
    return session.createDataFrame([(str(sorted(k for k, v in found.items() if v)),)], ["found"])
"""


class TestNothingIsLeft:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "leaves.py": LEAVES,
            "looks.py": LOOKS,
            "fails.py": LEAVES.replace('dbt.config.get("fails")', "True"),
        }

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"on-run-start": "create or replace temporary view kept_view as select 1 as n"}

    def test_after_success_and_after_failure(self, project: Any) -> None:
        run_dbt(["run", "-s", "leaves", "looks", "--threads", "1"])
        assert project.run_sql("select * from {schema}.looks", fetch="one")[0] == "['kept']"
        run_dbt(["run", "-s", "fails", "looks", "--threads", "1"], expect_pass=False)
        assert project.run_sql("select * from {schema}.looks", fetch="one")[0] == "['kept']"
