"""dbt's own suites of incremental models, on each table format."""

from __future__ import annotations

from typing import Any

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

from tests.functional.conformance.on_format import OnFormat

pytestmark = pytest.mark.spark


class TestIncremental(OnFormat, BaseIncremental):
    on_each_format = True


class TestIncrementalNotSchemaChange(OnFormat, BaseIncrementalNotSchemaChange):
    pass


class TestMergeExcludeColumns(OnFormat, BaseMergeExcludeColumns):
    on_each_format = True


class TestOnSchemaChange(OnFormat, BaseIncrementalOnSchemaChange):
    @pytest.fixture(scope="class")
    def project_config_update(self, table_format: str) -> dict[str, Any]:
        """Delta drops columns of tables that say so."""
        properties = {"delta.columnMapping.mode": "name"} if table_format == "delta" else {}
        return {"models": {"+table_properties": properties}}


class TestPredicates(OnFormat, BaseIncrementalPredicates):
    on_each_format = True

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {
            "models": {
                "+incremental_predicates": ["DBT_INTERNAL_DEST.id != 2"],
                "+incremental_strategy": "delete+insert",
            }
        }


class TestPredicatesOfMerge(OnFormat, BaseIncrementalPredicates):
    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {
            "models": {
                "+predicates": ["DBT_INTERNAL_DEST.id != 2"],
                "+incremental_strategy": "merge",
            }
        }


class TestUniqueKey(OnFormat, BaseIncrementalUniqueKey):
    pass


class TestMicrobatch(OnFormat, BaseMicrobatch):
    on_each_format = True

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"models": {"+partition_by": "event_time"}}
