"""MERGE into Iceberg: its rows are made once, and a commit that meets another one is made again, or told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from dbt.adapters.glue.errors import StatementFailed
from tests.functional.adapter.open_sessions import Merging, OpenSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.process.client import EndpointHandle

    from tests.functional.adapter.conftest import Wire

pytestmark = pytest.mark.spark

KEYS = 200
FILES = 20
SQL = """
{{ config(materialized='incremental', file_format='iceberg', unique_key='id', incremental_strategy='%s') }}
{%% if is_incremental() %%}
select id, 1 as n from range(%d) where cast(reflect('java.lang.Math', 'random') as double) < 0.04
{%% else %%}
select id, 0 as n from range(0, %d, 1, %d)
{%% endif %%}
"""
PYTHON = """
import random

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format="iceberg", unique_key="id", incremental_strategy=%r
    )
    if not dbt.is_incremental:
        return session.range(0, %d, 1, %d).withColumn("n", F.lit(0))
    chosen = F.udf(lambda _: random.random() < 0.04, "boolean")  # Spark takes it to give the same each time
    return session.range(%d).where(chosen("id")).withColumn("n", F.lit(1))
"""


class TestRowsThatDifferEachTime:
    """A MERGE reads its rows twice, first for the files that it touches. Where the second reading has other
    keys, it would not see rows of theirs in other files, and insert them beside."""

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        strategies = {"merged": "merge", "replaced": "delete+insert"}
        texts = {
            f"{name}.sql": SQL % (strategy, KEYS, KEYS, FILES)
            for name, strategy in strategies.items()
        }
        for name, strategy in strategies.items():
            texts[f"{name}_by_python.py"] = PYTHON % (strategy, KEYS, FILES, KEYS)
        return texts

    def test_a_key_stays_one_row(self, project: Any) -> None:
        run_dbt(["run"])
        for _ in range(2):
            assert len(run_dbt(["run"])) == 4
            for name in ("merged", "replaced", "merged_by_python", "replaced_by_python"):
                counted = project.run_sql(
                    "select count(*), count(distinct id), sum(n) "
                    f"from glue_catalog.{project.test_schema}.{name}",
                    fetch="one",
                )
                assert counted[:2] == (KEYS, KEYS), name
                assert 0 < counted[2] < KEYS, name


CATALOG = "spark.sql.catalog.glue_catalog.glue.endpoint"
QUICKLY = "'commit.status-check.min-wait-ms' = '1', 'commit.status-check.max-wait-ms' = '2'"


class MergingIceberg(Merging):
    """Commits of the session that merges go by a wire, where they meet the statements of the other one."""

    def __init__(self, wire: Wire, endpoint: EndpointHandle) -> None:
        self.wire = wire
        own = OpenSession(endpoint.url, "iceberg", {CATALOG: wire.url})
        other = OpenSession(endpoint.url, "iceberg")
        super().__init__(own, other, "iceberg", f"tblproperties ({QUICKLY})")

    def meet(self, *statements: str) -> None:
        """Has the other session run one of the statements before each of the own commits that follow."""
        for statement in statements:

            def fault(_handler: Any, _forward: Any, statement: str = statement) -> bool:
                self.other.run(statement.format(table=self.table))
                return False

            self.wire.faults.append(("UpdateTable", fault))

    def close(self) -> None:
        self.wire.faults.clear()
        super().close()


@pytest.fixture
def merging(wire: Wire, endpoint: EndpointHandle) -> Iterator[MergingIceberg]:
    merging = MergingIceberg(wire, endpoint)
    yield merging
    merging.close()


NEW = "select 1 as id, 'this run' as t union all select 2, 'this run'"


class TestOtherCommits:
    def test_a_merge_that_met_another_commit_is_made_again(self, merging: MergingIceberg) -> None:
        """The other one inserted the same key: the second try finds its row, and updates it."""
        merging.meet("insert into {table} values (1, 'other'), (3, 'other')")
        said = merging.merge(NEW)
        assert merging.rows() == [(1, "this run"), (2, "this run"), (3, "other")]
        assert len(said) == 1
        assert f"{merging.table} was changed by another run meanwhile" in said[0]
        assert "merged again, 1 time" in said[0]

    def test_rows_are_not_made_again(self, merging: MergingIceberg) -> None:
        merging.meet("insert into {table} values (7, 'other')")
        said = merging.merge(f"select 1 as id, cast(count(*) as string) as t from {merging.table}")
        assert len(said) == 1
        assert merging.rows() == [(1, "0"), (7, "other")]

    def test_there_is_an_end_to_it(self, merging: MergingIceberg) -> None:
        before = merging.wire.count()["UpdateTable"]
        merging.meet(*["insert into {table} values (1, 'other')"] * 9)
        with pytest.raises(StatementFailed, match="changed by another run each of 8 times"):
            merging.merge(NEW)
        assert merging.wire.count()["UpdateTable"] - before == 8
        assert merging.rows() == [(1, "other")] * 8  # and nothing of this run

    def test_a_commit_of_which_nobody_knows_is_told_of_and_not_made_again(
        self, merging: MergingIceberg
    ) -> None:
        wire = merging.wire

        def fault(handler: Any, forward: Any) -> bool:
            """Done, but the answer is lost; and when Iceberg looks, it is not let in."""
            forward()
            for _ in range(20):
                wire.fail_next("GetTable", "AccessDeniedException")
            handler.close_connection = True
            handler.connection.close()
            return True

        wire.faults += [("UpdateTable", fault)] * 20
        with pytest.raises(
            StatementFailed, match="it is not known whether the change of the table came in"
        ):
            merging.merge(NEW)
        assert wire.count()["UpdateTable"] == 4  # one commit, whose request the SDK sent four times
        assert merging.rows() == [(1, "this run"), (2, "this run")]
