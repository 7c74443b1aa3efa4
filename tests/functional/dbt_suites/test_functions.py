"""dbt's own suites of functions, in SQL and in Python."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.functions.test_udafs import (
    BasicPythonUDAF,
    BasicSQLUDAF,
    PythonUDAFDefaultArgSupport,
)
from dbt.tests.adapter.functions.test_udfs import (
    DeterministicUDF,
    ErrorForUnsupportedType,
    NonDeterministicUDF,
    PythonUDFDefaultArgSupport,
    PythonUDFEntryPointRequired,
    PythonUDFRuntimeVersionRequired,
    PythonUDFSupported,
    PythonUDFVolatilitySupport,
    PythonUDFWithPackagesSupported,
    SqlUDFDefaultArgSupport,
    StableUDF,
    UDFsBasic,
)

pytestmark = pytest.mark.spark


class InSparksWords:
    """A declaration as Spark 4 has it."""

    dialect: ClassVar[str] = "the declaration is Spark's: `create or replace temporary function`"
    declared: ClassVar[str] = "CREATE OR REPLACE TEMPORARY FUNCTION `price_for_xlarge`"

    def is_function_create_event(self, event: Any) -> bool:
        return self.declared in event.data.sql


class Aggregate(InSparksWords):
    declared: ClassVar[str] = "CREATE OR REPLACE TEMPORARY AGGREGATE FUNCTION `sum_squared`"


class TestSqlFunction(InSparksWords, UDFsBasic):
    pass


class TestDeterministic(InSparksWords, DeterministicUDF):
    dialect: ClassVar[str] = "Spark's words are `DETERMINISTIC` and `NOT DETERMINISTIC`"

    def check_function_volatility(self, sql: str) -> None:
        assert "\n  DETERMINISTIC\n" in sql


class TestStable(InSparksWords, StableUDF):
    dialect: ClassVar[str] = "Spark's words are `DETERMINISTIC` and `NOT DETERMINISTIC`"

    def check_function_volatility(self, sql: str) -> None:
        assert "\n  DETERMINISTIC\n" in sql


class TestNonDeterministic(InSparksWords, NonDeterministicUDF):
    dialect: ClassVar[str] = "of SQL, Spark sees by itself what is not deterministic; dbt's warning"

    def check_function_volatility(self, sql: str) -> None:
        assert "DETERMINISTIC" not in sql


class TestUnsupportedType(ErrorForUnsupportedType):
    pass


class TestPythonFunction(InSparksWords, PythonUDFSupported):
    pass


class TestRuntimeVersionRequired(PythonUDFRuntimeVersionRequired):
    pass


class TestEntryPointRequired(PythonUDFEntryPointRequired):
    pass


class TestDefaultArgument(InSparksWords, SqlUDFDefaultArgSupport):
    expect_default_arg_support = True


class TestPythonDefaultArgument(InSparksWords, PythonUDFDefaultArgSupport):
    expect_default_arg_support = True


class TestPythonVolatility(InSparksWords, PythonUDFVolatilitySupport):
    dialect: ClassVar[str] = "Spark's words are `DETERMINISTIC` and `NOT DETERMINISTIC`"

    def check_function_volatility(self, sql: str) -> None:
        assert "\n  NOT DETERMINISTIC\n" in sql


class TestPythonPackages(InSparksWords, PythonUDFWithPackagesSupported):
    declared: ClassVar[str] = "CREATE OR REPLACE TEMPORARY FUNCTION `sqrt_input`"


class TestPythonAggregate(Aggregate, BasicPythonUDAF):
    pass


class TestSqlAggregate(Aggregate, BasicSQLUDAF):
    pass


class TestPythonAggregateDefaultArgument(Aggregate, PythonUDAFDefaultArgSupport):
    expect_default_arg_support = True
