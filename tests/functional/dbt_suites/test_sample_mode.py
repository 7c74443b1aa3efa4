"""dbt's own suite of `--sample`."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.sample_mode import fixtures
from dbt.tests.adapter.sample_mode.test_sample_mode import BaseSampleModeTest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark


class TestSampleMode(BaseSampleModeTest):
    dialect: ClassVar[str] = (
        "a sample from one day to another instead of a day from now on: the suite stops the clock, "
        "and with it the wait for a statement; time stamps without a zone"
    )

    @pytest.fixture(scope="class")
    def input_model_sql(self) -> str:
        return fixtures.input_model_sql.replace(":00-0'", ":00'")

    def test_sample_mode(self, project: Any) -> None:
        name = "model_that_samples_input_sql"
        run_dbt(["run"])
        self.assert_row_count(project, name, 3)
        run_dbt(["run", "--sample={'start': '2025-01-02', 'end': '2025-01-04'}"])
        self.assert_row_count(project, name, 2)
