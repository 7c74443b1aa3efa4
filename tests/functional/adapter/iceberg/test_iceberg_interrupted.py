"""Iceberg tables and runs that do not end well: a killed one, a failing one, what one left behind, two at once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, write_file

from tests.functional.adapter.test_killed_runs import dbt_process, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

WAITING = """
import time
from pathlib import Path

HERE = Path({here!r})


def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format="iceberg", unique_key="n",
        incremental_strategy={strategy!r},
    )
    (HERE / "began").touch()
    while (HERE / "wait").exists():
        time.sleep(0.05)
    if (HERE / "fail").exists():
        raise ValueError("this model fails")
    return session.createDataFrame([(int((HERE / "rows").read_text()), "x")], "n int, t string")
"""


class TestRunsThatEnd:
    @pytest.fixture(scope="class")
    def here(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("here")

    @pytest.fixture(scope="class")
    def models(self, here: Path) -> dict[str, str]:
        return {
            "merged.py": WAITING.format(here=str(here), strategy="merge"),
            "replaced.py": WAITING.format(here=str(here), strategy="insert_overwrite"),
        }

    @pytest.mark.parametrize("name", ["merged", "replaced"])
    def test_killed_or_failing_the_table_is_as_it_was(
        self, project: Any, here: Path, name: str
    ) -> None:
        table = f"glue_catalog.{project.test_schema}.{name}"

        def rows() -> list[int]:
            found = project.run_sql(f"select n from {table} order by n", fetch="all")
            return [row[0] for row in found]

        (here / "rows").write_text("1")
        run_dbt(["run", "-s", name])
        assert rows() == [1]

        (here / "rows").write_text("2")
        (here / "began").unlink()
        (here / "wait").touch()
        process = dbt_process(project, "run", "-s", name)
        until((here / "began").exists)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (here / "wait").unlink()
        assert rows() == [1]

        (here / "fail").touch()
        results = run_dbt(["run", "-s", name], expect_pass=False)
        assert "this model fails" in results[0].message
        assert f"models/{name}.py:" in results[0].message
        assert rows() == [1]
        (here / "fail").unlink()

        run_dbt(["run", "-s", name])
        assert rows() == ([1, 2] if name == "merged" else [2])
        listed = project.run_sql(f"show tables in {project.test_schema}", fetch="all")
        assert {row[1] for row in listed} <= {"merged", "replaced"}


class TestWhatWasLeft:
    BODY = "select 2 as n"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"t.sql": "select 1 as n", "u.sql": "select 1 as n"}

    def test_a_staged_table_is_removed_if_it_is_ours(self, project: Any) -> None:
        schema = project.test_schema
        run_dbt(["run"])
        for name in ("t", "u"):
            text = "{{ config(materialized='table', file_format='iceberg') }} " + self.BODY
            write_file(text, project.project_root, "models", f"{name}.sql")
        ours = f"create table glue_catalog.{schema}.t__dbt_new using iceberg comment 'staged by dbt for {schema}.t' as select 9 as n"
        theirs = f"create table glue_catalog.{schema}.u__dbt_new using iceberg comment '{schema}.u' as select 9 as n"
        for statement in (ours, theirs):
            run_dbt(["run-operation", "run_statement", "--args", f'{{statement: "{statement}"}}'])
        run_dbt(["run", "-s", "t", "u"])
        assert project.adapter.data_catalog.table(schema, "t__dbt_new") is None
        found = project.run_sql(f"select n from glue_catalog.{schema}.t", fetch="all")
        assert found == [(2,)]
        left = project.run_sql(f"select n from glue_catalog.{schema}.u__dbt_new", fetch="all")
        assert left == [(9,)]

    @pytest.fixture(scope="class")
    def macros(self) -> dict[str, str]:
        return {
            "run_statement.sql": "{% macro run_statement(statement) %}{% do run_query(statement) %}{% endmacro %}"
        }

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, endpoint: Any, endpoint_dir: Path) -> dict[str, Any]:
        folder = str(endpoint_dir)
        return {
            "type": "glue", "endpoint": "local", "endpoint_dir": folder, "threads": 1,
            "datalake_formats": "iceberg",
        }  # fmt: skip


class TestTwoRunsAtOnce:
    """Several sessions append to and merge into one table: nothing is lost, and what could not be done fails."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "first.sql": "{{ config(materialized='incremental', file_format='iceberg', incremental_strategy='append', "
            "alias='shared') }} select {{ var('n', 0) }} as n"
        }

    def test_appends(self, project: Any) -> None:
        run_dbt(["run"])
        running = [
            dbt_process(project, "run", "--target-path", f"target{n}", "--vars", f"n: {n}")
            for n in (1, 2, 3)
        ]
        codes = [(process.communicate()[0], process.returncode) for process in running]
        assert [code for _, code in codes] == [0, 0, 0], codes
        table = f"glue_catalog.{project.test_schema}.shared"
        found = project.run_sql(f"select n from {table} order by n", fetch="all")
        assert [row[0] for row in found] == [0, 1, 2, 3]
