"""How often the Data Catalog is asked of many tables, counted at the wire. No Spark is needed for any of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from dbt.cli.main import dbtRunner

from tests.functional.adapter.conftest import Wire
from tests.functional.adapter.open_tables import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.timeout(600)

LAKE, HUGE, LOGS = "calls_lake", "calls_huge", "calls_logs"
SOURCES = 200
DENIED = b"<Error><Code>AccessDenied</Code><Message>not yours</Message></Error>"
FRESHNESS = "freshness: {warn_after: {count: 1, period: day}}"
PROJECT = {
    "dbt_project.yml": "name: calls\nversion: '1.0'\nprofile: calls\n",
    "models/one.sql": "select 1 as id",
    "models/reads.sql": "\n".join(
        [f"-- {{{{ source('lake', 'table_{number:04}') }}}}" for number in range(SOURCES)]
        + ["select 1 as id"]
    ),
    "models/sources.yml": "\n".join(
        [
            f"sources:\n- name: lake\n  schema: {LAKE}\n  config: {{{FRESHNESS}}}\n  tables:",
            *(f"  - name: table_{number:04}" for number in range(SOURCES)),
            f"- name: huge\n  schema: {HUGE}\n  config: {{{FRESHNESS}}}\n  tables:",
            *(f"  - name: table_{number:04}" for number in range(0, 2000, 100)),
            f"- name: logs\n  schema: {LOGS}\n  config: {{{FRESHNESS}}}\n  tables: [{{name: told}}, {{name: plain}}]",
        ]
    ),
}
LOG = (
    '{"commitInfo": {"timestamp": 1, "operation": "WRITE"}}',
    '{"add": {"path": "x.parquet", "dataChange": true}}',
)


class Project:
    """A dbt project whose calls go through a wire."""

    def __init__(self, folder: Path, endpoint: EndpointHandle) -> None:
        self.folder = folder
        self.wire = Wire(endpoint)
        target = {"type": "glue", "endpoint": self.wire.url, "schema": "calls_own", "threads": 4}
        files = {
            **PROJECT,
            "profiles.yml": json.dumps({"calls": {"target": "wire", "outputs": {"wire": target}}}),
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)

    def dbt(self, *arguments: str) -> tuple[Counter[str], Any]:
        """Runs a command; the calls that it made, and dbt's result."""
        self.wire.calls.clear()
        done = dbtRunner().invoke(
            [*arguments, "--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        )
        assert done.exception is None, done.exception
        return self.wire.count(), done.result


@pytest.fixture(scope="module")
def project(
    tmp_path_factory: pytest.TempPathFactory, endpoint: EndpointHandle
) -> Iterator[Project]:
    glue, storage = client_of(endpoint), client_of(endpoint, "s3")
    sizes = {LAKE: SOURCES, HUGE: 2000}
    for database, size in sizes.items():
        glue.create_database(DatabaseInput={"Name": database})
        for number in range(size):
            glue.create_table(DatabaseName=database, TableInput={"Name": f"table_{number:04}"})
    glue.create_database(DatabaseInput={"Name": LOGS})
    delta = {"spark.sql.sources.provider": "delta"}
    place = {"Location": "s3://dbt-glue-local/calls_logs/told"}
    glue.create_table(
        DatabaseName=LOGS,
        TableInput={"Name": "told", "Parameters": delta, "StorageDescriptor": place},
    )
    glue.create_table(DatabaseName=LOGS, TableInput={"Name": "plain"})
    key = f"calls_logs/told/_delta_log/{0:020}.json"
    storage.put_object(Bucket="dbt-glue-local", Key=key, Body="\n".join(LOG).encode())
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", endpoint.access_key_id)
        patched.setenv("AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key)
        made = Project(tmp_path_factory.mktemp("calls"), endpoint)
        yield made
        made.wire.close()
    for database in (*sizes, LOGS):
        glue.delete_database(Name=database)


def statuses(results: Any) -> Counter[str]:
    return Counter(str(result.status) for result in results)


def test_freshness_of_many_sources_is_asked_for_by_the_hundred(project: Project) -> None:
    calls, results = project.dbt("source", "freshness", "--select", "source:lake")
    assert statuses(results) == {"pass": SOURCES}
    # One for the target's own schema, which dbt always reads.
    assert calls == {"GetTables": 1 + SOURCES // 100}


def test_few_tables_of_a_huge_schema_are_not_sought_in_all_of_it(project: Project) -> None:
    calls, results = project.dbt("source", "freshness", "--select", "source:huge")
    assert statuses(results) == {"pass": 20}
    assert calls == {"GetTables": 1 + 4, "GetTable": 20 - 4}


def test_formats_of_the_sources_that_a_model_reads(project: Project) -> None:
    calls, _ = project.dbt("compile", "--select", "reads")
    assert calls == {"GetTables": 1 + SOURCES // 100}


def test_a_schema_that_may_not_be_listed(project: Project) -> None:
    """Who may see all tables that a project reads need not see all others."""

    def let_pass(_handler: Any, _forward: Any) -> bool:
        return False

    project.wire.faults.append(("GetTables", let_pass))  # that of the target's own schema
    project.wire.fail_next("GetTables", "AccessDeniedException", "not all of them")
    calls, results = project.dbt("source", "freshness", "--select", "source:lake")
    assert statuses(results) == {"pass": SOURCES}
    assert calls == {"GetTables": 2, "GetTable": SOURCES}


def test_a_log_is_read_without_a_session(project: Project) -> None:
    calls, results = project.dbt("source", "freshness", "--select", "source:logs")
    assert statuses(results) == {"pass": 2}
    assert calls == {"GetTables": 1, "GetTable": 2, "GetObject": 2, "ListObjectsV2": 1}


def test_a_log_that_may_not_be_read_is_the_error_of_its_source_alone(project: Project) -> None:
    def deny(handler: Any, _forward: Any) -> bool:
        handler.reply(403, DENIED)
        return True

    project.wire.faults += [
        ("GetObject", deny)
    ] * 2  # of all sources at once, then of this one alone
    _, results = project.dbt("source", "freshness", "--select", "source:logs")
    found = {result.node.name: result for result in results}
    assert str(found["plain"].status) == "pass"
    assert str(found["told"].status) == "runtime error"
    message = found["told"].message
    assert f"{LOGS}.told: its rows last changed at an unknown moment" in message
    assert "its log (Delta Lake) cannot be read: s3://dbt-glue-local/calls_logs/told/" in message
    assert "AccessDenied" in message
    assert "allow s3:ListBucket on its bucket and s3:GetObject on its files to the cred" in message
    assert "or give the source a `loaded_at_field`" in message
