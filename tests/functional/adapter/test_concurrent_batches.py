"""Batches of one model that run at the same time, each in a session of its own: the rows are those of one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from dbt.adapters.capability import Capability
from dbt.tests.util import run_dbt, run_dbt_and_capture

from tests.functional.adapter.open_tables import client_of, in_order, names_of_tables

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

DAYS = 8
PER_DAY = 3
EVENTS = f"""
{{{{ config(materialized='table', event_time='at') }}}}
select id, timestampadd(day, cast(id div {PER_DAY} as int), timestamp'2026-01-01 10:00:00') as at,
  id * {{{{ var('factor', 1) }}}} as amount
from range({DAYS * PER_DAY})
"""
SQL = """
{{{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day',
            begin='2026-01-01', {config}) }}}}
select id, at, amount, cast(to_date(at) as string) as day from {{{{ ref('events') }}}}
"""
PYTHON = """
import pyspark.sql.functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental", incremental_strategy="microbatch", event_time="at", batch_size="day",
        begin="2026-01-01", {config},
    )
    return dbt.ref("events").select("id", "at", "amount", F.to_date("at").cast("string").alias("day"))
"""
PERIOD = ("--event-time-start", "2026-01-01", "--event-time-end", f"2026-01-{DAYS + 1:02}")
FIRST_DAY = ("--event-time-start", "2026-01-01", "--event-time-end", "2026-01-02")

QUICK = {
    "spark.sql.shuffle.partitions": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.hoodie.metadata.enable": "false",
}
"""Settings for tables as small as these."""


def rows_of(factor: int, first_id: int = 0) -> list[tuple[int, int, str]]:
    ids = range(first_id, DAYS * PER_DAY)
    return [(each, each * factor, f"2026-01-{1 + each // PER_DAY:02}") for each in ids]


class Batches:
    @pytest.fixture(scope="class")
    @classmethod
    def dbt_profile_target(cls, dbt_profile_target: dict[str, Any]) -> dict[str, Any]:
        return {**dbt_profile_target, "glue_version": "5.1", "threads": 2, "conf": QUICK}

    def run(self, project: Any, endpoint: EndpointHandle, models: list[str]) -> None:
        # The tables are there, so that later batches need not wait for them.
        run_dbt(["run", "-s", "events", *models, *FIRST_DAY])
        run_dbt(["run", "-s", "events", "--vars", "factor: 2"])

        def entry() -> tuple[str, str]:
            found = client_of(endpoint).get_table(DatabaseName=project.test_schema, Name=models[0])
            table = found["Table"]
            return table["StorageDescriptor"]["Location"], table.get("Description", "")

        before = entry()
        for model in models:
            _, log = run_dbt_and_capture(["--debug", "run", "-s", model, *PERIOD])
            # dbt runs the first and the last one alone.
            assert re.search(f"batch 2026-01-0[2-7] of .*{model} is being run concurrently", log)
            found = project.run_sql(
                f"select id, amount, day from {self.name(project, model)}", fetch="all"
            )
            assert in_order(found) == in_order(rows_of(2)), model
        if models[0] == "files":
            # Its partitions are others. The table stays where it is, and has been described.
            assert entry() == before == (before[0], "What came")
        names = names_of_tables(client_of(endpoint), project.test_schema)
        assert names - {"events"} == set(models)

    @staticmethod
    def name(project: Any, model: str) -> str:
        catalog = "glue_catalog." if "iceberg" in model else ""
        return f"{catalog}{project.test_schema}.{model}"


class TestFilesAndCommits(Batches):
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {
            "events.sql": EVENTS,
            "files.sql": SQL.format(config="partition_by=['day'], persist_docs={'relation': true}"),
            "python_files.py": PYTHON.format(config="partition_by=['day']"),
            "iceberg.sql": SQL.format(config="file_format='iceberg'"),
            "delta.sql": SQL.format(config="file_format='delta'"),
            "files.yml": "models: [{name: files, description: What came}]",
        }

    def test_rows(self, project: Any, endpoint: EndpointHandle) -> None:
        assert project.adapter.supports(Capability.MicrobatchConcurrency)
        self.run(project, endpoint, ["files", "python_files", "iceberg", "delta"])
        self.what_a_killed_batch_left(project, endpoint)

    def what_a_killed_batch_left(self, project: Any, endpoint: EndpointHandle) -> None:
        """It goes with the next run of the model, whichever batches that has."""
        glue, schema = client_of(endpoint), project.test_schema
        for owner in ("files", "nobody"):
            glue.create_table(
                DatabaseName=schema,
                TableInput={
                    "Name": f"{owner}__20251224__dbt_new",
                    "Parameters": {"dbt_glue.staged_for": f"{schema}.{owner}"},
                },
            )
        run_dbt(["run", "-s", "files", *FIRST_DAY])
        names = names_of_tables(glue, schema)
        assert [name for name in names if "__dbt" in name] == ["nobody__20251224__dbt_new"]
        glue.delete_table(DatabaseName=schema, Name="nobody__20251224__dbt_new")


class TestHudi(Batches):
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        config = "file_format='hudi', partition_by=['day'], unique_key='id'"
        return {"events.sql": EVENTS, "hudi.sql": SQL.format(config=config)}

    def test_rows(self, project: Any, endpoint: EndpointHandle) -> None:
        self.run(project, endpoint, ["hudi"])
