"""dbt's own suites of incremental models, on each table format."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.basic.test_incremental import BaseIncremental, BaseIncrementalNotSchemaChange
from dbt.tests.adapter.incremental.test_incremental_merge_exclude_columns import (
    BaseMergeExcludeColumns,
)
from dbt.tests.adapter.incremental.test_incremental_microbatch import BaseMicrobatch
from dbt.tests.adapter.incremental.test_incremental_on_schema_change import (
    BaseIncrementalOnSchemaChange,
)
from dbt.tests.adapter.incremental.test_incremental_predicates import BaseIncrementalPredicates
from dbt.tests.adapter.incremental.test_incremental_unique_id import BaseIncrementalUniqueKey
from dbt.tests.util import run_dbt

from tests.functional.conformance.on_format import HUDI, OnFormat, refused

pytestmark = pytest.mark.spark


class TestIncremental(OnFormat, BaseIncremental):
    every_format = True


class TestIncrementalNotSchemaChange(OnFormat, BaseIncrementalNotSchemaChange):
    pass


class TestMergeExcludeColumns(OnFormat, BaseMergeExcludeColumns):
    every_format = True


class TestOnSchemaChange(OnFormat, BaseIncrementalOnSchemaChange):
    @pytest.fixture(scope="class")
    def project_config_update(self, table_format: str) -> dict[str, Any]:
        """Delta drops columns of tables that say so."""
        properties = {"delta.columnMapping.mode": "name"} if table_format == "delta" else {}
        return {"models": {"+table_properties": properties}}

    def test_run_incremental_sync_all_columns(self, project: Any, table_format: str) -> None:
        if table_format != HUDI:
            super().test_run_incremental_sync_all_columns(project)
            return
        for name in ("incremental_sync_all_columns", "incremental_sync_remove_only"):
            run_dbt(["run", "--select", "model_a", name])
            assert "cannot be dropped: a hudi table gets columns" in refused("run", "-s", name)


class OneRowOfAKey(OnFormat, BaseIncrementalPredicates):
    """Hudi has one row of a key, and no second one where a predicate keeps the first."""

    def test__incremental_predicates(self, project: Any, table_format: str) -> None:
        if table_format == HUDI:
            run_dbt(["seed"])
            assert "redicates` is not there for hudi" in refused("run")
        else:
            super().test__incremental_predicates(project)


class TestPredicates(OneRowOfAKey):
    every_format = True

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {
            "models": {
                "+incremental_predicates": ["DBT_INTERNAL_DEST.id != 2"],
                "+incremental_strategy": "delete+insert",
            }
        }


class TestPredicatesOfMerge(OneRowOfAKey):
    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {
            "models": {
                "+predicates": ["DBT_INTERNAL_DEST.id != 2"],
                "+incremental_strategy": "merge",
            }
        }


class TestUniqueKey(OnFormat, BaseIncrementalUniqueKey):
    def fail_to_build_inc_missing_unique_key_column(self, incremental_model_name: str) -> Any:
        """A Hudi table has its key from the start: there the first run fails."""
        if self.table_format != HUDI:
            return super().fail_to_build_inc_missing_unique_key_column(incremental_model_name)
        run_dbt(["seed", "--select", "seed", "--full-refresh"])
        selected = ["run", "--select", incremental_model_name, "--full-refresh"]
        failed = run_dbt(selected, expect_pass=False).results[0]
        return failed.status, failed.message

    def get_test_fields(self, project: Any, **of_model: Any) -> Any:
        """The suite's seed has a state twice: where the key is the state alone, Hudi has no such table."""
        keyed = "str_unique_key", "unary_unique_key_list", "duplicated_unary_unique_key_list"
        model = of_model["incremental_model"]
        if self.table_format == HUDI and model in keyed:
            run_dbt(["seed", "--select", "seed", "--full-refresh"])
            assert "same record key (state)" in refused("run", "-s", model, "--full-refresh")
            return None
        return super().get_test_fields(project, **of_model)

    def check_scenario_correctness(self, expected: Any, found: Any, project: Any) -> None:
        if found is not None:
            super().check_scenario_correctness(expected, found, project)

    @pytest.fixture(autouse=True)
    def on(self, table_format: str) -> None:
        self.table_format = table_format


class TestMicrobatch(OnFormat, BaseMicrobatch):
    dialect: ClassVar[str] = "`partition_by`, by which a batch of files is replaced"

    every_format = True

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"models": {"+partition_by": "event_time"}}
