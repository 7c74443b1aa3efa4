"""Two runs of dbt that write one partitioned table, the one by append and the other by merge: each in the middle of the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from dbt.adapters.glue.staged_tables import ADDED
from tests.functional.adapter.wired import Wired

if TYPE_CHECKING:
    from tests.functional.adapter.conftest import Wire

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

MIXED = """
{{ config(
  materialized='incremental', incremental_strategy=var('how'), unique_key='n' if var('how') == 'merge' else none,
  partition_by=['p']
) }}
select {{ var('b') }} as n, p from (select explode(array('a', 'p{{ var('b') }}')) as p)
"""


class Held:
    """The next call about a table whose name ends so waits until it is let go."""

    def __init__(self, wire: Wire, end: str, operation: str = "UpdateTable") -> None:
        self._wire, self._end, self._operation = wire, end, operation
        self.arrived, self._go = threading.Event(), threading.Event()
        wire.faults.append((operation, self._fault))

    def _fault(self, handler: Any, _forward: Any) -> bool:
        given = handler.parameters
        if str(given.get("TableName") or given["TableInput"]["Name"]).endswith(self._end):
            self.arrived.set()
            assert self._go.wait(600)
        else:
            self._wire.faults.append((self._operation, self._fault))
        return False

    def let_go(self) -> None:
        self._go.set()


def words(how: str, b: int) -> list[str]:
    return ["run", "--vars", json.dumps({"how": how, "b": b})]


class TestAppendsBesideMerges(Wired):
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"mixed.sql": MIXED}

    @pytest.mark.parametrize(
        ("slow", "quick", "held_at"),
        [("append", "merge", ADDED), ("append", "merge", "mixed"), ("merge", "append", "mixed")],
    )
    def test_no_row_is_lost_in_silence(
        self, project: Any, wire: Wire, slow: str, quick: str, held_at: str
    ) -> None:
        """An append is held before its rows are marked, or before others are told of them; a merge before it switches."""
        run_dbt([*words("append", 0), "--full-refresh"])
        held = Held(wire, held_at)
        process = self.begin(project, slow, 1)
        try:
            assert held.arrived.wait(300)
            run_dbt(words(quick, 2))
        finally:
            held.let_go()
            said, _ = process.communicate(timeout=300)
        found = self.rows(project)
        theirs = [(0, "a"), (0, "p0"), (2, "a"), (2, "p2")]
        mine = [(1, "a"), (1, "p1")]
        assert sorted(set(found)) == found
        assert set(theirs) <= set(found)
        if slow == "merge":
            assert process.returncode == 0, said
            assert set(mine) <= set(found)
        else:
            assert process.returncode == 1, said
            assert "was replaced by another run while rows were added to it: they may not be in it" in said  # fmt: skip
        run_dbt(words("append", 3))
        assert self.rows(project) == sorted([*found, (3, "a"), (3, "p3")])
        tables = project.adapter.data_catalog.tables(project.test_schema)
        assert [table["Name"] for table in tables] == ["mixed"]

    def test_a_merge_is_built_again_when_the_other_has_ended(
        self, project: Any, wire: Wire
    ) -> None:
        """Which has the table's version already, and not its partitions: from these it would be built without their rows."""
        run_dbt([*words("append", 0), "--full-refresh"])
        switches, puts = Held(wire, "mixed"), Held(wire, "mixed", "BatchUpdatePartition")
        second = self.begin(project, "merge", 1)
        assert switches.arrived.wait(300)
        first = self.begin(project, "merge", 2)
        try:
            assert puts.arrived.wait(300)
            switches.let_go()
            told = []
            for line in second.stdout:
                told.append(line)
                if "Waiting for another run" in line:
                    break
        finally:
            switches.let_go()
            puts.let_go()
            said = [process.communicate(timeout=300)[0] for process in (first, second)]
        assert (first.returncode, second.returncode) == (0, 0), (said, told)
        found = [(n, p) for n in range(3) for p in ("a", f"p{n}")]
        assert self.rows(project) == sorted(found), told

    def begin(self, project: Any, how: str, b: int) -> Any:
        return subprocess.Popen(
            [sys.executable, "-m", "dbt.cli.main", *words(how, b), "--profiles-dir", str(project.profiles_dir)],
            cwd=project.project_root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip

    def rows(self, project: Any) -> list[tuple[int, str]]:
        found = project.run_sql("select n, p from {schema}.mixed", fetch="all")
        return sorted((n, p) for n, p in found)
