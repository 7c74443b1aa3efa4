"""dbt's own suites of `dbt clone`, on files: views."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.dbt_clone import fixtures
from dbt.tests.adapter.dbt_clone.test_dbt_clone import (
    BaseCloneNotPossible,
    BaseCloneSameSourceAndTarget,
    BaseCloneSameTargetAndState,
)
from dbt.tests.util import run_dbt, run_dbt_and_capture

pytestmark = pytest.mark.spark


class TestCloneNotPossible(BaseCloneNotPossible):
    pass


class TestCloneSameTargetAndState(BaseCloneSameTargetAndState):
    pass


class TestCloneSameSourceAndTarget(BaseCloneSameSourceAndTarget):
    dialect: ClassVar[str] = (
        "a model and a snapshot of it in place of the suite's statements, whose names have a database"
    )

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"source_based_model.sql": fixtures.source_table_sql}

    @pytest.fixture(scope="class")
    def snapshots(self) -> dict[str, str]:
        return {
            "snapshot_model.sql": fixtures.source_based_model_snapshot_sql.replace(
                "source('test_source', 'source_based_model')", "ref('source_based_model')"
            )
        }

    def test_clone_same_source_and_target(self, project: Any, unique_schema: str) -> None:
        run_dbt(["build"])
        self.copy_state(project.project_root)
        _, output = run_dbt_and_capture(
            ["clone", "--state", "state", "--full-refresh", "--log-level", "debug"]
        )
        assert output.count("skipping clone for relation") == 3
        rows = project.run_sql(f"select * from {unique_schema}.source_based_model", fetch="all")
        assert len(rows) == 2
