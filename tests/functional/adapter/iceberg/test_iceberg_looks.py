"""How often a run looks at an Iceberg table in the Data Catalog, beside what Spark does: counted at the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from tests.functional.adapter.wired import Wired

if TYPE_CHECKING:
    from tests.functional.adapter.conftest import Wire

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]


class TestLooks(Wired):
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        merge = "materialized='incremental', incremental_strategy='merge', unique_key='n'"
        return {
            "made.sql": "{{ config(materialized='table', file_format='iceberg') }} select 1 as n",
            "merged.sql": f"{{{{ config({merge}, file_format='iceberg') }}}} select 1 as n",
            "scripted.py": (
                "def model(dbt, session):\n"
                "    dbt.config(materialized='table', file_format='iceberg')\n"
                "    return session.createDataFrame([(1,)], 'n int')\n"
            ),
        }

    def test_twice_at_most(self, project: Any, wire: Wire) -> None:
        run_dbt(["run"])
        for model in ("made", "merged", "scripted"):
            wire.calls.clear()
            run_dbt(["run", "-s", model])
            assert self.looks(wire) <= 2, model
