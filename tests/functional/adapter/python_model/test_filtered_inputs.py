"""--empty and --sample: a Python model reads the rows that a SQL model beside it reads."""

from __future__ import annotations

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

EVENTS = """
{{ config(materialized='table', event_time='at') }}
select id, cast(at as timestamp) as at, cast(at as date) as day, at as text from values
  (1, '2025-01-01 01:25:00'), (2, '2025-01-02 13:47:00'), (3, '2025-01-03 01:32:00'), (4, '2025-01-03 00:00:00')
  as rows (id, at)
"""
# Whoever writes quote: true gets the name in quotes from dbt.
SCHEMA = """
models:
  - {name: quoted, columns: [{name: at, quote: true}]}
sources:
  - name: raw
    schema: "{{ target.schema }}"
    tables: [{name: events, config: {event_time: at}}]
"""
SQL = "{{{{ config(materialized='table') }}}} select * from {{{{ {input} }}}}"
PYTHON = """
def model(dbt, session):
    dbt.config(materialized="table"{config})
    return dbt.{input}{more}
"""
INPUTS = {
    "of_a_ref": "ref('events')",
    "of_a_source": "source('raw', 'events')",
    "of_dates": "ref('days')",
    "of_texts": "ref('texts')",
    "of_a_quoted_name": "ref('quoted')",
    "of_an_expression": "ref('expressed')",
    "without_a_time": "ref('plain')",
}
SAMPLE = "--sample={'start': '2025-01-02', 'end': '2025-01-03 01:00:00'}"
SAMPLES = {
    **{name: [2, 4] for name in INPUTS},
    "of_dates": [2],  # compared as dates
    "without_a_time": [1, 2, 3, 4],
}


def _like_events(event_time: str | None) -> str:
    config = "" if event_time is None else f", event_time={event_time!r}"
    return f"{{{{ config(materialized='view'{config}) }}}} select * from {{{{ ref('events') }}}}"


class TestFilteredInputs:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls):
        models = {
            "events.sql": EVENTS,
            "days.sql": _like_events("day"),
            "texts.sql": _like_events("text"),
            "quoted.sql": _like_events("at"),
            "expressed.sql": _like_events("to_timestamp(text)"),
            "plain.sql": _like_events(None),
            "schema.yml": SCHEMA,
            "in_pandas.py": PYTHON.format(config="", input=INPUTS["of_a_ref"], more=".toPandas()"),
            "whole.py": PYTHON.format(
                config=", unfiltered=['events', 'raw.events']",
                input=INPUTS["of_a_ref"],
                more=".unionByName(dbt.source('raw', 'events'))",
            ),
        }
        for name, read in INPUTS.items():
            models[f"sql_{name}.sql"] = SQL.format(input=read)
            models[f"python_{name}.py"] = PYTHON.format(config="", input=read, more="")
        return models

    @pytest.fixture(scope="class")
    @classmethod
    def built(cls, project):
        run_dbt(["run", "-s", "events", "days", "texts", "quoted", "expressed", "plain"])
        return project

    @staticmethod
    def ids(project, name):
        rows = project.run_sql(f"select id from {project.test_schema}.{name}", fetch="all")
        return sorted(row[0] for row in rows)

    @staticmethod
    def types(project, name):
        rows = project.run_sql(f"describe {project.test_schema}.{name}", fetch="all")
        return [tuple(row[:2]) for row in rows]

    def test_empty(self, built):
        read = "sql_* python_* in_pandas whole"
        run_dbt(["run", "--empty", "-s", *read.split(), "--exclude", "*of_an_expression"])
        for name in INPUTS:
            if name == "of_an_expression":
                continue
            for language in ("sql", "python"):
                assert self.ids(built, f"{language}_{name}") == [], (language, name)
            assert self.types(built, f"python_{name}") == self.types(built, "events")
        assert self.ids(built, "in_pandas") == []
        assert self.ids(built, "whole") == sorted([1, 2, 3, 4] * 2)

    def test_sample(self, built):
        run_dbt(["run", SAMPLE, "-s", "sql_*", "python_*", "in_pandas", "whole"])
        found = {
            language: {name: self.ids(built, f"{language}_{name}") for name in INPUTS}
            for language in ("sql", "python")
        }
        assert found == {"sql": SAMPLES, "python": SAMPLES}
        assert self.ids(built, "in_pandas") == [2, 4]
        assert self.ids(built, "whole") == sorted([1, 2, 3, 4] * 2)

    def test_build_empty_sees_what_a_model_does_with_no_rows(self, built):
        results = run_dbt(["build", "--empty", "-s", "python_of_a_ref", "in_pandas"])
        assert [str(result.status) for result in results] == ["success", "success"]


HITS = """
{{ config(materialized='table', event_time='at') }}
select id, cast(at as timestamp) as at, cast(at as date) as day from values
  (1, '2026-01-01 01:25:00'), (2, '2026-01-01 23:59:59'), (3, '2026-01-02 00:00:00'), (4, '2026-01-03 08:00:00')
  {{ ", (5, '2026-01-03 09:00:00'), (6, '2026-01-01 02:00:00')" if var('later', false) }}
  as rows (id, at)
"""
BATCHES = {
    "materialized": "incremental",
    "incremental_strategy": "microbatch",
    "event_time": "at",
    "begin": "2026-01-01",
    "batch_size": "day",
    "lookback": 0,
}
COUNTED_SQL = """
{{{{ config({config}) }}}}
select *, count(*) over () as seen, (select count(*) from {{{{ ref('hits').render() }}}}) as whole
from {{{{ ref('hits') }}}}
"""
COUNTED_PYTHON = """
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config({config}, unfiltered="raw.hits")
    hits = dbt.ref("hits")
    whole = dbt.source("raw", "hits").count()
    print("batch", hits.count(), bool(dbt.is_incremental))
    return hits.withColumn("seen", F.lit(hits.count())).withColumn("whole", F.lit(whole))
"""


class TestBatches:
    """A batch reads and replaces what it reads and replaces in SQL, of files and of an open format."""

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls):
        models = {
            "hits.sql": HITS,
            "schema.yml": 'sources: [{name: raw, schema: "{{ target.schema }}", tables: '
            "[{name: hits, config: {event_time: at}}]}]",
        }
        for file_format in ("parquet", "iceberg"):
            more = {"file_format": file_format, "partition_by": ["day"]}
            config = ", ".join(f"{key}={value!r}" for key, value in {**BATCHES, **more}.items())
            models[f"sql_{file_format}.sql"] = COUNTED_SQL.format(config=config)
            models[f"python_{file_format}.py"] = COUNTED_PYTHON.format(config=config)
        return models

    @staticmethod
    def rows(project, name):
        table = f"{project.test_schema}.{name}"
        if name.endswith("iceberg"):
            table = f"glue_catalog.{table}"
        query = f"select id, seen, whole from {table} order by id"
        return [tuple(row) for row in project.run_sql(query, fetch="all")]

    def test_batches_of_a_new_table_then_of_one_day_then_of_a_sample(self, project):
        def built(*arguments):
            for result in run_dbt(["run", *arguments]):
                assert str(result.status) == "success", (result.node.name, result.message)
            found = {
                language: {name: self.rows(project, f"{language}_{name}") for name in formats}
                for language in ("sql", "python")
            }
            assert found["python"] == found["sql"]
            assert found["sql"]["parquet"] == found["sql"]["iceberg"]
            return found["python"]["iceberg"]

        formats = ("parquet", "iceberg")
        days = ["--event-time-start", "2026-01-01", "--event-time-end", "2026-01-04"]
        first = [(1, 2, 4), (2, 2, 4), (3, 1, 4), (4, 1, 4)]
        assert built(*days) == first
        later = ["--vars", "later: true"]
        last = ["--event-time-start", "2026-01-03", "--event-time-end", "2026-01-04", *later]
        assert built(*last) == [*first[:3], (4, 2, 6), (5, 2, 6)]
        sample = "--sample={'start': '2026-01-03 08:30:00', 'end': '2026-01-04'}"
        assert built(*last, sample) == [*first[:3], (5, 1, 6)]
