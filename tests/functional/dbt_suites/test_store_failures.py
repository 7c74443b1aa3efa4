"""dbt's own suites of stored failures of data tests."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.store_test_failures_tests.basic import (
    StoreTestFailuresAsExceptions,
    StoreTestFailuresAsGeneric,
    StoreTestFailuresAsInteractions,
    StoreTestFailuresAsProjectLevelEphemeral,
    StoreTestFailuresAsProjectLevelOff,
    StoreTestFailuresAsProjectLevelView,
)
from dbt.tests.adapter.store_test_failures_tests.test_store_test_failures import (
    BaseStoreTestFailures,
    BaseStoreTestFailuresLimit,
)

pytestmark = pytest.mark.spark


class TestInteractions(StoreTestFailuresAsInteractions):
    pass


class TestProjectLevelOff(StoreTestFailuresAsProjectLevelOff):
    pass


class TestProjectLevelView(StoreTestFailuresAsProjectLevelView):
    pass


class TestProjectLevelEphemeral(StoreTestFailuresAsProjectLevelEphemeral):
    pass


class TestGeneric(StoreTestFailuresAsGeneric):
    pass


class TestExceptions(StoreTestFailuresAsExceptions):
    pass


class TestStoreFailures(BaseStoreTestFailures):
    dialect: ClassVar[str] = "an expected column of nulls is declared `bigint`"

    def column_type_overrides(self) -> dict[str, Any]:
        given: dict[str, Any] = super().column_type_overrides()  # type: ignore[no-untyped-call]
        name = "expected_not_null_problematic_model_id"
        return {**given, name: {"+column_types": {"id": "bigint"}}}


class TestStoreFailuresLimit(BaseStoreTestFailuresLimit):
    pass
