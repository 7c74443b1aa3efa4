"""dbt's own suites of unit tests of SQL models."""

from __future__ import annotations

from typing import ClassVar

import pytest
from dbt.tests.adapter.unit_testing import test_quoted_reserved_word_column_names as suite
from dbt.tests.adapter.unit_testing.test_case_insensitivity import BaseUnitTestCaseInsensivity
from dbt.tests.adapter.unit_testing.test_invalid_input import BaseUnitTestInvalidInput
from dbt.tests.adapter.unit_testing.test_quoted_reserved_word_column_names import (
    BaseUnitTestQuotedReservedWordColumnNames,
)
from dbt.tests.adapter.unit_testing.test_types import BaseUnitTestingTypes

pytestmark = pytest.mark.spark


class TestCaseInsensitivity(BaseUnitTestCaseInsensivity):
    pass


class TestInvalidInput(BaseUnitTestInvalidInput):
    pass


class TestQuotedReservedWords(BaseUnitTestQuotedReservedWordColumnNames):
    dialect: ClassVar[str] = "names are quoted by backticks"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        """Spark's quotes of names are backticks."""
        return {
            "my_model.sql": suite.my_model_sql,
            "my_upstream_model.sql": "select 1 as `GROUP`",
            "unit_tests.yml": suite.test_my_model_csv_fixtures_yml,
        }


class TestTypes(BaseUnitTestingTypes):
    dialect: ClassVar[str] = "values have Spark's types"

    @pytest.fixture
    def data_types(self) -> list[list[str]]:
        """Expressions of Spark, and what the YAML of a test says."""
        return [
            ["1", "1"],
            ["2.0", "2.0"],
            ["'12345'", "12345"],
            ["'string'", "string"],
            ["true", "true"],
            ["date '2011-11-11'", "2011-11-11"],
            ["timestamp '2013-11-03 00:00:00'", "2013-11-03 00:00:00"],
            ["array(1, 2, 3)", "'array(1, 2, 3)'"],
            ["map('10', 't', '15', 'f')", """'map("10", "t", "15", "f")'"""],
            ["named_struct('a', 1, 'b', 'x')", """'named_struct("a", 1, "b", "x")'"""],
        ]
