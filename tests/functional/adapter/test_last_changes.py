"""When the rows of tables in open formats last changed, by the logs that Spark writes: what is a change of them, and what is not."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.table_files import TableFiles
from tests.functional.adapter.open_sessions import OpenSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.process.client import EndpointHandle

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

CHANGES, KEEPS = True, False
FIRST = "insert into {t} values (1, 'one', 'x'), (2, 'two', 'y')"
OF_NO_ROWS = "insert into {t} select 3, 'three', 'z' where false"
COLUMN = "alter table {t} add columns (extra int)"
PROPERTY = "alter table {t} set tblproperties ('team' = 'lake')"


# Hudi 0.15's own choice for these calls is a file that no other one may stand at the place of: nothing that it does on S3.
LOCK = "hoodie.write.lock.provider=org.apache.hudi.client.transaction.lock.InProcessLockProvider"


class Life(NamedTuple):
    """A table: the version of Glue, the catalog in which Spark names it, what follows its columns, and what happens to it."""

    glue_version: str
    catalog: str
    clauses: str
    steps: tuple[tuple[str, bool], ...]


LIVES = {
    "iceberg": Life(
        "5.1",
        "glue_catalog.",
        "partitioned by (part)",
        (
            (FIRST, CHANGES),
            (OF_NO_ROWS, KEEPS),
            (COLUMN, KEEPS),
            (PROPERTY, KEEPS),
            ("call glue_catalog.system.rewrite_data_files(table => '{t}', options => map('rewrite-all', 'true'))", KEEPS),
            ("call glue_catalog.system.rewrite_manifests(table => '{t}')", KEEPS),
            ("call glue_catalog.system.expire_snapshots(table => '{t}', older_than => timestamp'2100-01-01')", KEEPS),
            (
                "merge into {t} t using (select 1 as id) s on t.id = s.id when matched then update set t.name = 'ONE'",
                CHANGES,
            ),
            (PROPERTY, KEEPS),
            ("delete from {t} where part = 'y'", CHANGES),
        ),
    ),
    "delta": Life(
        "5.1",
        "",
        "partitioned by (part) tblproperties ('delta.checkpointInterval' = '3')",
        (
            (FIRST, CHANGES),
            (OF_NO_ROWS, KEEPS),
            (COLUMN, KEEPS),
            (PROPERTY, KEEPS),
            ("insert into {t} values (3, 'three', 'x', 3)", CHANGES),
            ("optimize {t}", KEEPS),
            ("vacuum {t}", KEEPS),
            ("update {t} set name = 'TWO' where id = 2", CHANGES),
            ("alter table {t} set tblproperties ('delta.enableInCommitTimestamps' = 'true')", KEEPS),
            ("delete from {t} where id = 1", CHANGES),
            (PROPERTY, KEEPS),
        ),
    ),
    "hudi, table version 8": Life(
        "5.1",
        "",
        "partitioned by (part) tblproperties (type = 'mor', primaryKey = 'id', 'hoodie.compact.inline' = 'false')",
        (
            (FIRST, CHANGES),
            (OF_NO_ROWS, KEEPS),
            (COLUMN, KEEPS),
            (PROPERTY, KEEPS),
            ("update {t} set name = 'TWO' where id = 2", CHANGES),
            ("call run_compaction(op => 'scheduleAndExecute', table => '{t}')", KEEPS),
            ("call run_clustering(table => '{t}')", KEEPS),
            ("insert overwrite {t} partition (part = 'x') select 9, 'nine', 9", CHANGES),
        ),
    ),
    "hudi, table version 6": Life(
        "5.0",
        "",
        "partitioned by (part) tblproperties (type = 'mor', primaryKey = 'id', 'hoodie.compact.inline' = 'false')",
        (
            (FIRST, CHANGES),
            (OF_NO_ROWS, KEEPS),
            (COLUMN, KEEPS),
            ("update {t} set name = 'TWO' where id = 2", CHANGES),
            (f"call run_compaction(op => 'scheduleAndExecute', table => '{{t}}', options => '{LOCK}')", KEEPS),
            (f"call run_clustering(table => '{{t}}', options => '{LOCK}')", KEEPS),
            ("call run_clean(table => '{t}', retain_commits => 1)", KEEPS),
            ("delete from {t} where id = 1", CHANGES),
        ),
    ),
}  # fmt: skip
CONF = {
    "spark.sql.shuffle.partitions": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.vacuum.parallelDelete.enabled": "false",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "1",
    "spark.hoodie.metadata.enable": "false",
}
"""So that little is done quickly."""


@pytest.fixture
def table(request: pytest.FixtureRequest, endpoint: EndpointHandle) -> Iterator[Table]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", endpoint.access_key_id)
        patched.setenv("AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key)
        made = Table(endpoint.url, request.param)
        yield made
        made.close()


class Table:
    """A table of a life, in a session of its own."""

    def __init__(self, url: str, kind: str) -> None:
        self.life = LIVES[kind]
        name = kind.partition(",")[0]
        known = open_format(name)
        assert known is not None
        self._format = known
        formats = "hudi" if name == "hudi" else "delta,iceberg"  # two of one JVM
        self._session = OpenSession(url, formats, CONF, glue_version=self.life.glue_version)
        self._files = TableFiles(lambda: self._session.aws.storage)
        self._name = f"changed{secrets.token_hex(4)}"
        self.run(f"create table {{t}} (id int, name string, part string) using {name} {self.life.clauses}")  # fmt: skip

    def run(self, statement: str) -> None:
        self._session.run(statement.replace("{t}", f"{self.life.catalog}default.{self._name}"))

    def last_change(self) -> datetime | None:
        found = self._session.aws.catalog.get_table(DatabaseName="default", Name=self._name)
        table: dict[str, Any] = found["Table"]
        return self._format.last_change(data_location(table), table["Parameters"], self._files)

    def close(self) -> None:
        try:
            self.run("drop table {t}")
        finally:
            self._session.close()


@pytest.mark.parametrize("table", LIVES, indirect=True)
def test_rows_that_come_and_go_are_changes_and_nothing_else_is(table: Table) -> None:
    assert table.last_change() is None
    for statement, changes in table.life.steps:
        before, started = table.last_change(), datetime.now(timezone.utc)
        table.run(statement)
        found = table.last_change()
        if changes:
            assert found is not None, statement
            assert started.replace(microsecond=0) <= found <= datetime.now(timezone.utc), statement
            assert before is None or found > before, statement
        else:
            assert found == before, statement
