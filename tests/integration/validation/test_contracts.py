"""`columns_contract` through `dbt run`: the table is only written when the result is what YAML declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.spark

GOOD = """
def model(dbt, session):
    return session.sql("select 1L as id, cast(2 as decimal(10,2)) as amount, 'x' as name")
"""
WRONG = """
def model(dbt, session):
    return session.sql("select 1 as id, 'x' as name, true as extra")
"""
PANDAS = """
import pandas as pd


def model(dbt, session):
    return pd.DataFrame({"id": [1], "amount": ["2"], "name": ["x"]})
"""


def schema_of(mode: str) -> str:
    columns = "[{name: ID, data_type: long}, {name: amount, data_type: decimal}, {name: name, data_type: varchar(10)}]"
    return f"""
models:
  - name: sold
    config: {mode}
    columns: {columns}
"""


def rows(project: Any) -> list[Any]:
    return [
        tuple(row)
        for row in project.run_sql(f"select * from {project.test_schema}.sold", fetch="all")
    ]


class TestContracts:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"sold.py": GOOD, "schema.yml": schema_of("{columns_contract: enforce}")}

    @pytest.fixture
    def put(self, project: Any) -> Callable[[str, str], None]:
        def change(model: str, mode: str) -> None:
            write_file(model, project.project_root, "models", "sold.py")
            write_file(schema_of(mode), project.project_root, "models", "schema.yml")

        return change

    def test_a_result_that_keeps_the_contract_is_written(self, project: Any) -> None:
        run_dbt(["run"])
        assert len(rows(project)) == 1

    def test_enforce_fails_with_a_table_of_the_differences_before_the_write(
        self, project: Any, put: Callable[[str, str], None]
    ) -> None:
        before = rows(project)
        put(WRONG, "{columns_contract: enforce}")
        (result,) = run_dbt(["run"], expect_pass=False)
        lines = [" ".join(line.split()) for line in result.message.splitlines()]
        assert "column declared returned" in lines
        assert "id long int another type" in lines
        assert "amount decimal - not returned" in lines
        assert "extra - boolean not declared" in lines
        assert not any(line.startswith("name") for line in lines)
        assert "Nothing was written" in result.message
        assert rows(project) == before

    def test_enforce_holds_pandas_results_by_the_types_that_they_get(
        self, project: Any, put: Callable[[str, str], None]
    ) -> None:
        put(PANDAS, "{meta: {columns_contract: enforce}}")
        (result,) = run_dbt(["run"], expect_pass=False)
        assert "amount  decimal   string    another type" in result.message

    def test_warn_warns_and_writes(self, project: Any, put: Callable[[str, str], None]) -> None:
        put(WRONG, "{columns_contract: warn}")
        _, output = run_dbt_and_capture(["run"])
        assert "not those that are declared" in output
        assert rows(project) == [(1, "x", True)]

    def test_off_says_nothing(self, project: Any, put: Callable[[str, str], None]) -> None:
        put(WRONG, "{columns_contract: 'off'}")
        _, output = run_dbt_and_capture(["run"])
        assert "not those that are declared" not in output

    def test_a_contract_that_means_nothing_stops_at_compile(
        self, project: Any, put: Callable[[str, str], None]
    ) -> None:
        put(GOOD, "{columns_contract: fail}")
        with pytest.raises(Exception, match="one of off, warn, enforce"):
            run_dbt(["compile"])
        write_file("models: []", project.project_root, "models", "schema.yml")
        contract = GOOD.replace(
            "    return", "    dbt.config(columns_contract='enforce')\n    return"
        )
        write_file(contract, project.project_root, "models", "sold.py")
        with pytest.raises(Exception, match="declares no columns"):
            run_dbt(["compile"])
