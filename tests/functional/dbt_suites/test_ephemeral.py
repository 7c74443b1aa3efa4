"""dbt's own suites of ephemeral models."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.ephemeral.test_ephemeral import (
    BaseEphemeralErrorHandling,
    BaseEphemeralMulti,
    BaseEphemeralNested,
)
from dbt.tests.util import check_relations_equal, run_dbt

pytestmark = pytest.mark.spark


def ran(model: str) -> str:
    """What was run for a model, without white space, comments and what differs from run to run."""
    text = Path("target", "run", "test", "models", f"{model}.sql").read_text(encoding="utf-8")
    return re.sub(r"--[^\n]*|/\*.*?\*/|\d+|\s+", "", text, flags=re.DOTALL)


class SparkView:
    dialect: ClassVar[str] = "the statement that makes the view is Spark's"


class TestEphemeralMulti(SparkView, BaseEphemeralMulti):
    def test_ephemeral_multi(self, project: Any) -> None:
        run_dbt(["seed"])
        assert len(run_dbt(["run"])) == 3
        for model in ("dependent", "double_dependent", "super_dependent"):
            check_relations_equal(project.adapter, ["seed", model])
        schema = re.sub(r"\d+", "", project.test_schema)
        assert ran("double_dependent") == "".join(
            (
                f"createorreplaceview`{schema}`.`double_dependent`as",
                f"with__dbt__cte__baseas(select*from{schema}.seed),",
                "__dbt__cte__base_copyas(select*from__dbt__cte__base)",
                "select*from__dbt__cte__basewheregender='Male'unionall",
                "select*from__dbt__cte__base_copywheregender='Female'",
            )
        )


class TestEphemeralNested(SparkView, BaseEphemeralNested):
    def test_ephemeral_nested(self, project: Any) -> None:
        assert len(run_dbt(["run"])) == 2
        schema = re.sub(r"\d+", "", project.test_schema)
        assert ran("root_view") == "".join(
            (
                f"createorreplaceview`{schema}`.`root_view`as",
                f"with__dbt__cte__ephemeral_level_twoas(select*from`{schema}`.`source_table`),",
                "__dbt__cte__ephemeralas(select*from__dbt__cte__ephemeral_level_two)",
                "select*from__dbt__cte__ephemeral",
            )
        )


class TestEphemeralErrorHandling(BaseEphemeralErrorHandling):
    pass
