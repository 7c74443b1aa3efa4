"""dbt's own suite of unit tests whose values are longer than the type of their column."""

from __future__ import annotations

import pytest
from dbt.tests.adapter.unit_testing.test_types import BaseUnitTestingVarcharFixtureNoTruncation

pytestmark = pytest.mark.spark


class TestVarcharFixture(BaseUnitTestingVarcharFixtureNoTruncation):
    pass
