"""A switch that is cut short at any of its calls: the next run finds the old table or completes the new one."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.catalog import DataCatalog, Partitions, Table, table_input
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.replacement import OWNER, Replacement, join_location, new_version
from tests.functional.adapter.racing_runs import forget_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.cursor import GlueHandle

pytestmark = pytest.mark.spark

ROOT = "s3://dbt-glue-local/warehouse/default/cut"
TARGET = ("default", "cut")
STAGING = ("default", "cut__dbt_new")
WRITES = ("Create", "Update", "Delete", "BatchCreate", "BatchUpdate", "BatchDelete")


@dataclass
class Case:
    """What the target is, what the staged table is, and the rows after each kind of end."""

    target: str
    staged: str
    old: list[tuple[Any, ...]]
    new: list[tuple[Any, ...]]
    target_by: str = ""
    staged_by: str = ""
    whole: bool = True
    rewritten: tuple[tuple[str, ...], ...] = ()
    columns: str = field(default="n, p")


A, B, C = "select 1 as n, 'a' as p", "select 2 as n, 'b' as p", "select 30 as n, 'c' as p"
NEW_B = "select 20 as n, 'b' as p"
CASES = {
    "no partitions": Case(A, B, [(1, "a")], [(2, "b")]),
    "partitions": Case(
        f"{A} union all {B}", f"{NEW_B} union all {C}",
        [(1, "a"), (2, "b")], [(20, "b"), (30, "c")], "partitioned by (p)", "partitioned by (p)",
    ),
    "other partition columns": Case(
        f"{A} union all {B}", f"{NEW_B} union all {C}",
        [(1, "a"), (2, "b")], [(20, "b"), (30, "c")], "partitioned by (p)", "partitioned by (n)",
    ),
    "no partitions any more": Case(A, B, [(1, "a")], [(2, "b")], "partitioned by (p)"),
    "some partitions": Case(
        f"{A} union all {B}", f"{NEW_B} union all {C}",
        [(1, "a"), (2, "b")], [(1, "a"), (20, "b"), (30, "c")],
        "partitioned by (p)", "partitioned by (p)", whole=False,
    ),
    "a row that leaves its partition empty": Case(
        f"{A} union all {B}", f"{NEW_B} union all {C}".replace("'b'", "'d'"),
        [(1, "a"), (2, "b")], [(1, "a"), (20, "d"), (30, "c")],
        "partitioned by (p)", "partitioned by (p)", whole=False, rewritten=(("b",), ("c",), ("d",)),
    ),
}  # fmt: skip


class Bench:
    """A table, a staged one beside it, and a replacement whose calls can be broken at the wire."""

    def __init__(
        self, handle: GlueHandle, credentials: GlueCredentials, wire: Any, disk: Path
    ) -> None:
        self.handle = handle
        self._disk = disk
        self._made: dict[tuple[str, str], tuple[Table, Partitions, Path]] = {}
        self.wire = wire
        self.removals: list[dict[str, Any]] = []
        client = AwsClients(credentials).catalog
        self.catalog = DataCatalog(lambda: client)
        self.replacement = Replacement(self.catalog, self.removals.append)

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        cursor = self.handle.cursor()
        cursor.execute(text)
        return sorted(cursor.fetchall(), key=repr)

    def build(self, case: Case) -> None:
        """Both tables as Spark makes them; from the second time on as copies of the first."""
        for name in (TARGET, STAGING):
            self.clear(name)
        for name, by, select in (
            (TARGET, case.target_by, case.target),
            (STAGING, case.staged_by, case.staged),
        ):
            version = new_version()
            if name in self._made:
                self._copy(name, version)
                continue
            place = join_location(ROOT, version)
            owner = f"tblproperties ('{OWNER}' = '{'.'.join(TARGET)}')" if name == STAGING else ""
            self.sql(
                f"create table {'.'.join(name)} using parquet {by} location '{place}' {owner} as {select}"
            )
            kept = self._disk / f"template_{name[1]}"
            shutil.copytree(self._disk / version, kept)
            made = self.catalog.table(*name)
            assert made is not None
            self._made[name] = (made, self.catalog.partitions(*name) if by else {}, kept)

    def clear(self, name: tuple[str, str]) -> None:
        """Deletes a table, and what Glue may keep of one that was deleted: no other has a staged table's name, but here."""
        if name in self._made and self.catalog.table(*name) is None:
            self.catalog.create_table(name[0], table_input(self._made[name][0]))
        forget_table(self.catalog, *name)

    def _copy(self, name: tuple[str, str], version: str) -> None:
        made, partitions, kept = self._made[name]
        shutil.copytree(kept, self._disk / version)
        was = str(made["StorageDescriptor"]["Location"]).rpartition("/")[2]
        table, copies = json.loads(
            json.dumps([table_input(made), list(partitions.values())], default=str).replace(
                was, version
            )
        )
        for item in (table, *copies):
            item.pop("LastAccessTime", None)
        self.catalog.create_table(name[0], table)
        self.catalog.create_partitions(*name, copies)

    def switch(self, case: Case) -> None:
        if case.whole:
            self.replacement.switch(TARGET, STAGING)
        else:
            self.replacement.switch_partitions(TARGET, STAGING, rewritten=case.rewritten)

    def rows(self, case: Case) -> list[tuple[Any, ...]]:
        """The rows, after everything that was to be removed has been removed."""
        removals = list(self.removals)
        self.removals.clear()
        self.handle.call("sql", {"sql": "select 1", "fetch": False, "remove": removals})
        return self.sql(f"select {case.columns} from {'.'.join(TARGET)}")

    def forgetting_calls(self, began: int) -> int:
        """How many of the write calls since `began` are of the end: the staged table and its partitions go."""
        calls = self.wire.calls[began:]
        named = [
            parameters.get("TableName")
            for name, parameters in calls
            if name == "BatchDeletePartition"
        ]
        return 1 + named.count(STAGING[1])

    def write_calls(self, since: int) -> list[str]:
        return [name for name, _ in self.wire.calls[since:] if name.startswith(WRITES)]

    def break_call(self, position: int, *, carried_out: bool) -> None:
        """The write call number `position` from now on is an error for its caller, done or not."""
        seen = len(self.write_calls(0))
        wire = self.wire

        def fault(handler: Any, forward: Any) -> bool:
            if len(self.write_calls(0)) - seen - 1 != position:
                wire.faults.extend(rearmed(handler))
                return False
            if carried_out:
                forward()
            # What would pass is made again: this one does not, as for a process that ends here.
            answer = json.dumps({"__type": "AccessDeniedException", "Message": "broken"})
            handler.reply(400, answer.encode())
            return True

        def rearmed(_handler: Any) -> list[Any]:
            return [(wire.calls[-1][0], fault)]

        wire.faults.extend((name, fault) for name in OPERATIONS)


OPERATIONS = (
    "CreateTable", "UpdateTable", "DeleteTable",
    "BatchCreatePartition", "BatchUpdatePartition", "BatchDeletePartition",
)  # fmt: skip


@pytest.fixture
def bench(
    shared: GlueHandle, credentials: GlueCredentials, wire: Any, endpoint_dir: Path
) -> Iterator[Bench]:
    credentials.boto_retry_max_attempts = 0
    disk = endpoint_dir / "s3" / ROOT.removeprefix("s3://")
    bench = Bench(shared, credentials, wire, disk)
    yield bench
    wire.faults.clear()
    for name in (TARGET, STAGING):
        bench.clear(name)
    shutil.rmtree(disk)


@pytest.mark.parametrize("name", CASES)
def test_cut_short_at_every_call(bench: Bench, name: str) -> None:
    case = CASES[name]
    bench.build(case)
    began = len(bench.wire.calls)
    bench.switch(case)
    assert bench.rows(case) == case.new
    calls = bench.write_calls(began)
    forgetting = bench.forgetting_calls(began)
    assert calls[-1] == "DeleteTable"
    assert len(calls) == 2 or "Update" in calls[0]

    for position, call in enumerate(calls):
        for carried_out in (False, True):
            where = f"{call} ({position}, {'done' if carried_out else 'refused'})"
            bench.build(case)
            bench.break_call(position, carried_out=carried_out)
            if position >= len(calls) - forgetting:
                bench.switch(case)  # the table is switched: what stays behind is a warning
            else:
                with pytest.raises(GlueApiError, match="broken"):
                    bench.switch(case)
            bench.wire.faults.clear()
            if position == 0:
                expected = case.new if carried_out and len(calls) == 2 else case.old
                assert bench.rows(case) == expected, where
            bench.replacement.settle(TARGET)
            assert bench.catalog.table(*STAGING) is None, where
            assert bench.rows(case) in (case.old, case.new), where
            # From the second call on, which is for the version of the target, somebody completes it.
            if call == "DeleteTable" or position > 1 or (position == 1 and carried_out):
                assert bench.rows(case) == case.new, where


def test_a_first_table_that_never_became_one_is_forgotten(bench: Bench) -> None:
    case = CASES["partitions"]
    bench.build(case)
    bench.sql("drop table default.cut")
    bench.break_call(1, carried_out=False)
    with pytest.raises(GlueApiError, match="broken"):
        bench.switch(case)
    bench.wire.faults.clear()
    bench.replacement.settle(TARGET)
    assert bench.catalog.table(*STAGING) is None
    assert bench.catalog.table(*TARGET) is None


@pytest.mark.parametrize("call", ["UpdateTable", "BatchCreatePartition", "BatchDeletePartition"])
def test_a_call_that_is_asked_twice_is_done_once(
    bench: Bench, credentials: GlueCredentials, call: str
) -> None:
    credentials.boto_retry_max_attempts = 3
    client = AwsClients(credentials).catalog
    bench.replacement = Replacement(DataCatalog(lambda: client), bench.removals.append)
    case = CASES["partitions"]
    bench.build(case)
    bench.wire.lose_next_answer(call)
    bench.switch(case)
    assert bench.rows(case) == case.new
