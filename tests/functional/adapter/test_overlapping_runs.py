"""Two runs of dbt over the same models: the calls by which the first one switches are held for as long as the whole second."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from dbt.adapters.glue.recording.scrubbing import unpacked
from tests.functional.adapter.open_tables import client_of, names_of_tables, versions_of
from tests.functional.adapter.wired import Wired

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

    from tests.functional.adapter.conftest import Wire

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

MERGE = "materialized='incremental', incremental_strategy='merge', unique_key='n'"
PYTHON = """
from pathlib import Path


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="merge", unique_key="n")
    with Path({ran!r}).open("a") as file:
        file.write(f"{{dbt.config.get('b')}} ")
    return session.createDataFrame([(int(dbt.config.get("b")),)], "n int")
"""
SPREAD = """
def model(dbt, session):
    dbt.config(
        materialized="table", partition_by=["p"], clustered_by=["n"], buckets=2,
        options={"compression": "gzip"}, table_properties={"team": "sales"},
    )
    b = int(dbt.config.get("b"))
    return session.createDataFrame([(b, "a"), (b, "b")], "n int, p string")
"""
SNAPSHOT = """
{% snapshot snapped %}
{{ config(unique_key='id', strategy='check', check_cols='all') }}
select 1 as id, {{ var('b') }} as n
{% endsnapshot %}
"""
YAML = """
models:
- name: documented
  description: told
  config: {persist_docs: {relation: true}}
- name: scripted
  config: {b: "{{ var('b') }}"}
- name: spread
  config: {b: "{{ var('b') }}"}
"""


WIDENED = """
{{ config(materialized='incremental', incremental_strategy='merge', unique_key='n', partition_by=['p'],
          on_schema_change='append_new_columns') }}
select 1 as n, {{ var('b') }} as b{{ ', 7 as extra' if var('b') == 1 }}, 'p{{ var('b') }}' as p
"""


class HeldTables:
    """The next UpdateTable or CreateTable of each of these tables waits until all are let go."""

    def __init__(self, wire: Wire, tables: dict[str, str]) -> None:
        self._wire, self._waiting = wire, dict(tables)
        self._guard, self._all, self._go = threading.Lock(), threading.Event(), threading.Event()
        for operation in ("UpdateTable", "CreateTable"):
            wire.faults.append((operation, self._fault(operation)))

    def _fault(self, operation: str) -> Any:
        def fault(handler: Any, _forward: Any) -> bool:
            given = handler.parameters["TableInput"]
            with self._guard:
                self._wire.faults.append((operation, fault))
                wanted = self._waiting.get(given["Name"])
                holds = wanted is not None and wanted in (given.get("Description") or "")
                if holds:
                    del self._waiting[given["Name"]]
                if not self._waiting:
                    self._all.set()
            if holds:
                assert self._go.wait(600)
            return False

        return fault

    def arrived(self) -> None:
        assert self._all.wait(300), f"not switched yet: {sorted(self._waiting)}"

    def let_go(self) -> None:
        self._wire.faults.clear()
        self._go.set()


class HeldStatement:
    """The first statement with these words waits until it is let go."""

    def __init__(self, wire: Wire, words: str) -> None:
        self._wire, self._words = wire, words
        self._arrived, self._go = threading.Event(), threading.Event()
        wire.faults.append(("RunStatement", self._fault))

    def _fault(self, handler: Any, _forward: Any) -> bool:
        if self._words in unpacked(handler.parameters["Code"]):
            self._arrived.set()
            assert self._go.wait(600)
        else:
            self._wire.faults.append(("RunStatement", self._fault))
        return False

    def arrived(self) -> None:
        assert self._arrived.wait(120), f"no statement with {self._words!r} yet"

    def let_go(self) -> None:
        self._wire.faults.clear()
        self._go.set()


class TestOverlappingRuns(Wired):
    @pytest.fixture(scope="class")
    def ran(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("overlapping") / "ran"

    @pytest.fixture(scope="class")
    def models(self, ran: Path) -> dict[str, str]:
        row = "select {{ var('b') }} as n"
        return {
            "plain.sql": f"{{{{ config(materialized='table') }}}} {row}",
            "documented.sql": f"{{{{ config(materialized='table') }}}} {row}",
            "merged.sql": f"{{{{ config({MERGE}) }}}} {row}",
            "first.sql": f"{{{{ config({MERGE}) }}}} {row}",
            "parts.sql": f"{{{{ config({MERGE}, partition_by=['p']) }}}} {row}, 'a' as p",
            "widened.sql": WIDENED,
            "scripted.py": PYTHON.format(ran=str(ran)),
            "spread.py": SPREAD,
            "models.yml": YAML,
        }

    @pytest.fixture(scope="class")
    def snapshots(self) -> dict[str, str]:
        return {"snapped.sql": SNAPSHOT}

    def test_nothing_is_lost(self, project: Any, wire: Wire, ran: Path) -> None:
        apart = ("spread", "widened")
        run_dbt(["build", "--vars", "b: 0", "--exclude", "first", *apart])
        ran.write_text("")
        held = HeldTables(
            wire,
            dict.fromkeys(("plain", "merged", "first", "parts", "scripted", "snapped"), "")
            | {"documented": "told"},
        )
        slow = self.begin(project, "--exclude", *apart, "--threads", "7")
        try:
            held.arrived()
            run_dbt(["build", "--vars", "b: 2", "--exclude", *apart])
            assert self.rows(project, "plain") == [2]
        finally:
            held.let_go()
            said, _ = slow.communicate(timeout=300)
        assert slow.returncode == 0, said
        # What was made of nothing is there as a whole, by the one or the other.
        assert self.rows(project, "plain") == [1]
        assert self.rows(project, "documented") == [2]
        catalog = project.adapter.data_catalog
        assert catalog.table(project.test_schema, "documented")["Description"] == "told"
        # What was made of what was there has the rows of both.
        for name in ("merged", "parts", "scripted"):
            assert self.rows(project, name) == [0, 1, 2]
            assert f"{name} was changed by another run while this one built on what it" in said
        assert self.rows(project, "first") == [1, 2]
        assert self.rows(project, "snapped", "dbt_valid_to is null") == [1]
        assert self.rows(project, "snapped") == [0, 1, 2]
        # A Python model is not run again: what it returned is merged again.
        assert sorted(ran.read_text().split()) == ["1", "2"]
        staged = [t["Name"] for t in catalog.tables(project.test_schema) if "__dbt" in t["Name"]]
        assert staged == []

    def test_a_merge_that_adds_a_column_is_made_of_what_it_is_added_to(
        self, project: Any, wire: Wire
    ) -> None:
        """Another run moves the row to another partition when those are found that the first one is to rewrite."""
        run_dbt(["run", "--vars", "b: 0", "-s", "widened"])
        held = HeldStatement(wire, "add columns")
        slow = self.begin(project, "-s", "widened")
        try:
            held.arrived()
            run_dbt(["run", "--vars", "b: 2", "-s", "widened"])
        finally:
            held.let_go()
            said, _ = slow.communicate(timeout=300)
        assert slow.returncode == 0, said
        found = project.run_sql("select n, b, extra, p from {schema}.widened", fetch="all")
        assert [tuple(row) for row in found] == [(1, 1, 7, "p1")]
        assert "widened was changed by another run while this one built on what it" in said

    @pytest.mark.parametrize(
        ("model", "flags", "looks", "updates"),
        [
            ("plain", [], 2, 1),
            ("merged", [], 2, 1),
            ("scripted", ["--full-refresh"], 2, 1),
            ("scripted", [], 2, 1),
            # What its staged rows are is asked, as dbt's query for them tells no columns.
            ("snapped", [], 3, 1),
            # The lock is read back, and what is there after; the staged table is marked first.
            ("parts", [], 4, 2),
        ],
    )
    def test_a_model_looks_at_its_table_twice(
        self, project: Any, wire: Wire, model: str, flags: list[str], looks: int, updates: int
    ) -> None:
        """Before it is built, with what is staged for it; and before it is switched, for the version that is there."""
        run_dbt(["build", "--vars", "b: 3", "-s", model])
        wire.calls.clear()
        run_dbt(["build", "--vars", "b: 4", "-s", model, *flags])
        assert self.looks(wire) == looks
        assert wire.count()["UpdateTable"] == updates

    def test_a_python_models_table_is_known_from_its_first_moment(
        self, project: Any, wire: Wire, endpoint: EndpointHandle
    ) -> None:
        wire.fail_next("UpdateTable", "AccessDeniedException", "not now")
        run_dbt(["run", "--vars", "b: 5", "-s", "spread"], expect_pass=False)
        glue, schema = client_of(endpoint), project.test_schema
        (staged,) = [t for t in names_of_tables(glue, schema) if t.startswith("spread__dbt_new")]
        for version in versions_of(glue, schema, staged):
            assert version["Parameters"]["dbt_glue.staged_for"] == f"{schema}.spread"
        run_dbt(["run", "--vars", "b: 6", "-s", "spread"])
        assert self.rows(project, "spread", "p = 'b'") == [6]
        assert not [t for t in names_of_tables(glue, schema) if t.startswith("spread__dbt")]
        found = glue.get_table(DatabaseName=schema, Name="spread")["Table"]
        assert [key["Name"] for key in found["PartitionKeys"]] == ["p"]
        assert found["Parameters"]["spark.sql.sources.schema.numBuckets"] == "2"
        assert found["StorageDescriptor"]["SerdeInfo"]["Parameters"]["compression"] == "gzip"
        assert found["Parameters"]["team"] == "sales"

    def begin(self, project: Any, *arguments: str) -> subprocess.Popen[str]:
        """A build of its own process, with the variable b of 1."""
        return subprocess.Popen(
            [
                sys.executable, "-m", "dbt.cli.main", "build", "--vars", "b: 1", *arguments,
                "--profiles-dir", str(project.profiles_dir),
            ],
            cwd=project.project_root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        )  # fmt: skip

    def rows(self, project: Any, table: str, where: str = "true") -> list[int]:
        sql = f"select n from {{schema}}.{table} where {where}"
        return sorted(row[0] for row in project.run_sql(sql, fetch="all"))
