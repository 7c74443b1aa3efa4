"""A profile whose Glue version means another Spark than the one that is installed."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt_and_capture

pytestmark = pytest.mark.spark


class TestAnotherGlueVersion:
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "glue_version": "4.0"}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        table = "{{ config(materialized='table') }} select 1 as id"
        return {"one.sql": table, "two.sql": table}

    def test_the_log_says_so_once(self, project: Any) -> None:
        _, log = run_dbt_and_capture(["run", "--threads", "2"])
        assert log.count("Glue 4.0 runs Spark 3.3.0; this embedded endpoint runs Spark 3.5") == 1
