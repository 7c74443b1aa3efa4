"""Incremental Python models: every strategy over two runs, dbt.this and dbt.is_incremental, types that stay."""

from __future__ import annotations

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

MODEL = """
def model(dbt, session):
    dbt.config({config})
    print("incremental" if dbt.is_incremental else "full", dbt.is_incremental(), str(dbt.this))
    if dbt.is_incremental:
        seen = session.table(str(dbt.this)).count()
        return session.createDataFrame([(2, "second", "b"), (3, f"after {{seen}}", "b")], ["id", "text", "part"])
    return session.createDataFrame([(1, "first", "a"), (2, "first", "b")], ["id", "text", "part"])
"""

STRATEGIES = {
    "append": (
        "incremental_strategy='append'",
        [(1, "first"), (2, "first"), (2, "second"), (3, "after 2")],
    ),
    "overwrite_all": ("incremental_strategy='insert_overwrite'", [(2, "second"), (3, "after 2")]),
    "overwrite_part": (
        "incremental_strategy='insert_overwrite', partition_by='part'",
        [(1, "first"), (2, "second"), (3, "after 2")],
    ),
    "merge": (
        "incremental_strategy='merge', unique_key='id'",
        [(1, "first"), (2, "second"), (3, "after 2")],
    ),
    "delete_insert": (
        "incremental_strategy='delete+insert', unique_key='part'",
        [(1, "first"), (2, "second"), (3, "after 2")],
    ),
}


class TestStrategies:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            f"{name}.py": MODEL.format(config=f"materialized='incremental', {config}")
            for name, (config, _) in STRATEGIES.items()
        }

    @pytest.mark.parametrize("name", STRATEGIES)
    def test_two_runs_and_a_full_refresh(self, project, name):
        def rows():
            query = f"select id, text from {project.test_schema}.{name} order by id, text"
            return [tuple(row) for row in project.run_sql(query, fetch="all")]

        first = [(1, "first"), (2, "first")]
        assert run_dbt(["run", "-s", name])[0].adapter_response["rows_affected"] == 2
        assert rows() == first
        assert run_dbt(["run", "-s", name])[0].adapter_response["rows_affected"] == 2
        assert sorted(rows()) == sorted(STRATEGIES[name][1])
        run_dbt(["run", "-s", name, "--full-refresh"])
        assert rows() == first
        tables = project.run_sql(f"show tables in {project.test_schema}", fetch="all")
        assert not [row for row in tables if "__dbt" in row[1]]


TYPES = """
import numpy as np
import pandas as pd


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    if dbt.is_incremental:
        value = float(dbt.config.meta_get("next"))
        return pd.DataFrame({"id": [value, np.nan], "note": [None, None]})
    return pd.DataFrame({"id": [1, 2], "note": ["a", "b"]})
"""


class TestPandasKeepsTheTypesOfTheTable:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "typed.py": TYPES,
            "typed.yml": "models: [{name: typed, config: {meta: {next: \"{{ var('next', 3) }}\"}}}]",
        }

    def test_numbers_that_fit_are_kept_and_others_refused(self, project):
        run_dbt(["run"])
        second = run_dbt(["run", "--vars", "next: 3"])
        assert second[0].adapter_response["columns"] == [["id", "bigint"], ["note", "string"]]
        refused = run_dbt(["run", "--vars", "next: 3.5"], expect_pass=False)
        assert (
            "models/typed.py: column id: 3.5 in row 0 (counted from 0) does not fit the table's type bigint. "
            "Round or convert the column, or change the type: data_type in YAML, or rebuild the table with --full-refresh"
        ) in refused[0].message
        rows = project.run_sql(f"select id from {project.test_schema}.typed", fetch="all")
        assert sorted(row[0] or 0 for row in rows) == [0, 1, 2, 3]
