"""Ephemeral models that a Python model reads: the rows of their SQL, as in SQL models beside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

ROWS = """
{{ config(materialized='table', event_time='day') }}
with rows as (select * from values (1, date'2026-01-01', 'it''s'), (2, date'2026-01-02', "\\"b\\"") as t(id, day, name))
select * from rows
"""
CLEANED = """
{{ config(materialized='ephemeral') }}
select *, upper(name) as upper_name from {{ ref('rows') }} -- a comment at the end
"""
ENRICHED = """
{{ config(materialized='ephemeral', event_time='day') }}
with counted as (select count(*) as rows_cleaned from {{ ref('cleaned') }})
select cleaned.*, counted.rows_cleaned from {{ ref('cleaned') }} as cleaned cross join counted
"""
PYTHON = """
import pandas


def model(dbt, session):
    dbt.config(materialized="table")
    enriched = dbt.ref("enriched")
    with_names = dbt.ref("cleaned").select("id", "name")
    return enriched.drop("name").join(with_names, "id")
"""
BATCHES = (
    "materialized='incremental', incremental_strategy='microbatch', event_time='day', begin='2026-01-01', "
    "batch_size='day', lookback=0, partition_by=['day']"
)


class TestEphemeralInputs:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls):
        return {
            "rows.sql": ROWS,
            "cleaned.sql": CLEANED,
            "enriched.sql": ENRICHED,
            "in_sql.sql": "{{ config(materialized='table') }} select e.id, e.day, e.upper_name, e.rows_cleaned, c.name "
            "from {{ ref('enriched') }} e join {{ ref('cleaned') }} c using (id)",
            "in_python.py": PYTHON,
            # A text of more than the 10,000 tokens that dbt takes of a SQL model that reads an ephemeral one.
            "of_many_words.py": PYTHON + "\n\nNUMBERS = [" + "1, " * 12_000 + "]\n",
            "batches_in_sql.sql": f"{{{{ config({BATCHES}) }}}} select id, day, rows_cleaned from {{{{ ref('enriched') }}}}",
            "batches_in_python.py": f"def model(dbt, session):\n    dbt.config({BATCHES})\n"
            '    return dbt.ref("enriched").select("id", "day", "rows_cleaned")\n',
        }

    @staticmethod
    def rows(project, name, columns="id, day, upper_name, rows_cleaned, name"):
        query = f"select {columns} from {project.test_schema}.{name} order by id"
        return [tuple(row) for row in project.run_sql(query, fetch="all")]

    def test_rows_are_those_of_a_sql_model(self, project):
        run_dbt(["run", "--threads", "4", "--exclude", "batches_*"])
        expected = self.rows(project, "in_sql")
        assert [row[0] for row in expected] == [1, 2]
        assert self.rows(project, "in_python") == expected
        assert self.rows(project, "of_many_words") == expected

    def test_with_sample_and_with_no_rows(self, project):
        read = ["-s", "in_sql", "in_python"]
        run_dbt(["run", *read, "--sample={'start': '2026-01-02', 'end': '2026-01-03'}"])
        assert self.rows(project, "in_python") == self.rows(project, "in_sql")
        assert [row[0] for row in self.rows(project, "in_python")] == [2]
        run_dbt(["run", *read, "--empty"])
        assert self.rows(project, "in_python") == self.rows(project, "in_sql") == []

    def test_in_batches(self, project):
        times = ["--event-time-start", "2026-01-01", "--event-time-end", "2026-01-03"]
        run_dbt(["run", "-s", "batches_*", *times])
        columns = "id, day, rows_cleaned"
        expected = self.rows(project, "batches_in_sql", columns)
        assert [row[0] for row in expected] == [1, 2]
        assert self.rows(project, "batches_in_python", columns) == expected

    def test_what_is_compiled_is_python_and_shows_the_query(self, project):
        run_dbt(["compile", "-s", "in_python"])
        compiled = Path(project.project_root, "target", "compiled", "test", "models")
        text = (compiled / "in_python.py").read_text(encoding="utf-8")
        ast.parse(text)
        assert "__dbt__cte__" not in text
        program = (compiled / "in_python.program.py").read_text(encoding="utf-8")
        assert "__dbt__cte__cleaned as (" in program

    def test_an_error_in_its_sql_is_told_before_anything_runs(self, project):
        path = Path(project.project_root, "models", "broken.sql")
        reader = path.with_name("reads_broken.py")
        path.write_text("{{ config(materialized='ephemeral') }} select {{ none.there() }}")
        reader.write_text('def model(dbt, session):\n    return dbt.ref("broken")\n')
        try:
            outcome = dbtRunner().invoke(["compile", "-s", "reads_broken"])
        finally:
            path.unlink()
            reader.unlink()
        assert not outcome.success
        assert "broken" in str(outcome.exception)
