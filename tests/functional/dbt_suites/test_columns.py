"""dbt's own suites of the types of columns, and of contracts."""

from __future__ import annotations

from typing import ClassVar

import pytest
from dbt.tests.adapter.column_types.fixtures import schema_yml
from dbt.tests.adapter.column_types.test_column_types import BasePostgresColumnTypes
from dbt.tests.adapter.constraints import fixtures
from dbt.tests.adapter.constraints.test_constraints import (
    BaseConstraintsRollback,
    BaseIncrementalConstraintsColumnsEqual,
    BaseIncrementalConstraintsRollback,
    BaseIncrementalContractSqlHeader,
    BaseIncrementalForeignKeyConstraint,
    BaseTableConstraintsColumnsEqual,
    BaseTableContractSqlHeader,
    BaseViewConstraintsColumnsEqual,
)

pytestmark = pytest.mark.spark


class TestColumnTypes(BasePostgresColumnTypes):
    dialect: ClassVar[str] = "the model casts to Spark's types by `cast`"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        types = {
            "smallint_col": "smallint",
            "int_col": "int",
            "bigint_col": "bigint",
            "real_col": "float",
            "double_col": "double",
            "numeric_col": "decimal(10, 2)",
            "text_col": "string",
            "varchar_col": "varchar(20)",
        }
        columns = ", ".join(f"cast('1' as {kind}) as {name}" for name, kind in types.items())
        return {"model.sql": f"select {columns}", "schema.yml": schema_yml}


def spark_types(schema: str) -> str:
    return schema.replace("data_type: text", "data_type: string").replace("integer", "int")


class SparkTypes:
    dialect: ClassVar[str] = "contracts and values have Spark's types"

    @pytest.fixture
    def string_type(self) -> str:
        return "string"

    @pytest.fixture
    def int_type(self) -> str:
        return "int"

    @pytest.fixture
    def data_types(self, schema_int_type: str, int_type: str, string_type: str) -> list[list[str]]:
        """Values, their types, and how an error says these."""
        return [
            ["1", schema_int_type, int_type],
            ["'1'", string_type, string_type],
            ["true", "boolean", "boolean"],
            ["timestamp '2013-11-03 00:00:00'", "timestamp", "timestamp"],
            ["date '2013-11-03'", "date", "date"],
            ["array('a', 'b', 'c')", "array<string>", "array<string>"],
            ["array(1, 2, 3)", "array<int>", "array<int>"],
            ["cast('1' as decimal(10, 2))", "decimal(10,2)", "decimal(10,2)"],
            ["named_struct('bar', 'baz')", "struct<bar:string>", "struct<bar:string>"],
        ]


class TestTableColumnsEqual(SparkTypes, BaseTableConstraintsColumnsEqual):
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "my_model_wrong_order.sql": fixtures.my_model_wrong_order_sql,
            "my_model_wrong_name.sql": fixtures.my_model_wrong_name_sql,
            "constraints_schema.yml": spark_types(fixtures.model_schema_yml),
        }


class TestViewColumnsEqual(SparkTypes, BaseViewConstraintsColumnsEqual):
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "my_model_wrong_order.sql": fixtures.my_model_view_wrong_order_sql,
            "my_model_wrong_name.sql": fixtures.my_model_view_wrong_name_sql,
            "constraints_schema.yml": spark_types(fixtures.model_schema_yml),
        }


class TestIncrementalColumnsEqual(SparkTypes, BaseIncrementalConstraintsColumnsEqual):
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "my_model_wrong_order.sql": fixtures.my_model_incremental_wrong_order_sql,
            "my_model_wrong_name.sql": fixtures.my_model_incremental_wrong_name_sql,
            "constraints_schema.yml": spark_types(fixtures.model_schema_yml),
        }


class TestRollback(BaseConstraintsRollback):
    dialect: ClassVar[str] = "the contract has Spark's types"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "my_model.sql": fixtures.my_model_sql,
            "constraints_schema.yml": spark_types(fixtures.model_schema_yml),
        }


class TestIncrementalRollback(BaseIncrementalConstraintsRollback):
    dialect: ClassVar[str] = "the contract has Spark's types"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "my_model.sql": fixtures.my_incremental_model_sql,
            "constraints_schema.yml": spark_types(fixtures.model_schema_yml),
        }


class SparkHeader:
    """The model's only row is what its header has set."""

    dialect: ClassVar[str] = "the header and the function that reads it are Spark's; types, too"
    model: ClassVar[str]

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        model = self.model.replace("set session time zone", "set time zone")
        return {
            "my_model_contract_sql_header.sql": model.replace(
                "current_setting('timezone')",
                "cast(if(current_timezone() = 'Asia/Kolkata', 'set', raise_error('not set')) as string)",
            ),
            "constraints_schema.yml": spark_types(fixtures.model_contract_header_schema_yml),
        }


class TestTableSqlHeader(SparkHeader, BaseTableContractSqlHeader):
    model = fixtures.my_model_contract_sql_header_sql


class TestIncrementalSqlHeader(SparkHeader, BaseIncrementalContractSqlHeader):
    model = fixtures.my_model_incremental_contract_sql_header_sql


class TestIncrementalForeignKey(BaseIncrementalForeignKeyConstraint):
    pass
