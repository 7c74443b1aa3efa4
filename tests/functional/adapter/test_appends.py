"""Appends to tables of files: all rows of a run come in, once, or none; whatever fails, and whoever runs beside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue import append_methods
from dbt.adapters.glue.append_plans import INTO
from dbt.adapters.glue.catalog import data_location, table_input
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.staged_tables import ADDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dbt.adapters.base.relation import BaseRelation

    from tests.functional.adapter.conftest import Wire

pytestmark = pytest.mark.spark

OLD_COMMITTER = "mapreduce.fileoutputcommitter.algorithm.version"
"""Its second version shows each task's files when that task is done, as Glue's sessions may be told to."""

PYTHON = """
def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append", on_schema_change="append_new_columns")
    if dbt.is_incremental:
        return session.range(10, 14, 1, 4).selectExpr("id", "'new' as more")
    return session.range(2)
"""


def incremental(first: str, then: str, **config: Any) -> str:
    said = ", ".join(f"{key}={value!r}" for key, value in config.items())
    head = f"{{{{ config(materialized='incremental', incremental_strategy='append', {said}) }}}}"
    return f"{head}\n{{% if is_incremental() %}}{then}{{% else %}}{first}{{% endif %}}"


class Bench:
    """A dbt project whose calls go through a wire that breaks them, and its tables' files on disk."""

    def __init__(self, project: Any, wire: Wire, disk: Path) -> None:
        self.project = project
        self.wire = wire
        self._disk = disk
        self._number = 0

    @property
    def adapter(self) -> Any:
        """That of the last command of dbt."""
        return self.project.adapter

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        found = self.project.run_sql(text, fetch="all")
        return sorted((tuple(row) for row in found or ()), key=repr)

    def table(self, clauses: str, select: str = "select 1 as n, 'a' as p") -> BaseRelation:
        """A new table of some rows, by default of one."""
        self._number += 1
        name = f"t{self._number}"
        self.project.run_sql(f"create table {{schema}}.{name} using parquet {clauses} as {select}")
        return self.named(name)

    def named(self, name: str) -> BaseRelation:
        relation: BaseRelation = self.adapter.Relation.create(
            schema=self.project.test_schema, identifier=name, type="table"
        )
        return relation

    def append(self, relation: BaseRelation, select: str) -> int:
        with self.adapter.connection_named("append"):
            staging = self.adapter.append_staging(relation)
            rows: int = self.adapter.append(relation, staging, f"insert into {staging} {select}")
            return rows

    def settle(self, relation: BaseRelation) -> None:
        with self.adapter.connection_named("settle"):
            self.adapter.settle_appends(relation)

    def rows(self, relation: BaseRelation, columns: str = "n, p") -> list[tuple[Any, ...]]:
        return self.sql(f"select {columns} from {relation}")

    def staged(self, relation: BaseRelation) -> list[str]:
        """The tables of rows for a table that are there."""
        tables = self.adapter.data_catalog.tables(self.project.test_schema)
        names = [table["Name"] for table in tables if table["Name"].endswith(ADDED)]
        return [name for name in names if name.startswith(f"{relation.identifier}__v")]

    def location(self, relation: BaseRelation) -> str:
        table = self.adapter.data_catalog.table(relation.schema, relation.identifier)
        return data_location(table)

    def folder(self, location: str) -> Path:
        return self._disk / "s3" / location.removeprefix("s3://")

    def files(self, relation: BaseRelation) -> list[Path]:
        found = self.folder(self.location(relation)).iterdir()
        return sorted(path for path in found if path.is_file() and path.name[0] not in "._")

    def calls(self, since: int) -> list[str]:
        """What changes something, of what was asked since."""
        return [name for name, asked in self.wire.calls[since:] if is_change(name, asked)]

    def at_change(self, position: int, fault: Callable[[Any, Any], bool]) -> None:
        """What happens at the change number `position` from now on, beside or in place of it."""
        seen = [0]

        def counted(handler: Any, forward: Any) -> bool:
            change = is_change(*self.wire.calls[-1])
            if change and seen[0] == position:
                return fault(handler, forward)
            seen[0] += change
            self.wire.faults.append((EVERY, counted))
            return False

        self.wire.faults.append((EVERY, counted))

    def before_each_change(self, action: Callable[[int], None]) -> None:
        """What happens before each change from now on, by its number; changes of its own are none of them."""
        seen = [0]

        def counted(_handler: Any, _forward: Any) -> bool:
            if is_change(*self.wire.calls[-1]):
                action(seen[0])
                seen[0] += 1
            self.wire.faults.append((EVERY, counted))
            return False

        self.wire.faults.append((EVERY, counted))

    def die_at_change(self, position: int, *, carried_out: bool) -> None:
        """From the change number `position` on nothing is heard of this process; that one is its last, if `carried_out`."""

        def refused(handler: Any, _forward: Any) -> bool:
            self.wire.faults.append((EVERY, refused))
            handler.reply(400, json.dumps({"__type": "AccessDeniedException"}).encode())
            return True

        def last(handler: Any, forward: Any) -> bool:
            if carried_out:
                forward()
            return refused(handler, forward)

        self.at_change(position, last)


class Every(str):
    """The name of every operation."""

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return True

    __hash__ = str.__hash__


EVERY = Every()
CHANGES = ("RunStatement", "UpdateTable", "BatchCreatePartition", "DeleteTable")


def is_change(name: str, asked: dict[str, Any]) -> bool:
    if name == "RunStatement":
        return "stage_rows" in asked["Code"] or "place_files" in asked["Code"]
    return name in CHANGES


class TestAppends:
    @pytest.fixture(scope="class")
    @classmethod
    def dbt_profile_target(cls, line: Wire) -> dict[str, Any]:
        return {
            "type": "glue", "endpoint": line.url, "location": "s3://dbt-glue-local/warehouse/",
            "threads": 1, "boto_retry_max_attempts": 0,
        }  # fmt: skip

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        one = "select 1 as n, 'a' as p"
        more = "select n, {p} as p from range(10, 14, 1, 4) as r(n)"
        fails = "select if(n = 63, raise_error('broken'), n) as n, 'b' as p from range(0, 64, 1, 64) as r(n)"
        return {
            "plain.sql": incremental(one, more.format(p="'b'")),
            "by_part.sql": incremental(one, more.format(p="if(n < 12, 'a', 'b')"), partition_by=["p"]),
            "as_csv.sql": incremental(one, more.format(p="'b'"), file_format="csv"),
            "in_buckets.sql": incremental(one, more.format(p="'b'"), clustered_by=["n"], buckets=2),
            "nothing.sql": incremental(one, f"{one} where false"),
            "breaks.sql": incremental(one, fails, sql_header=f"set {OLD_COMMITTER}=2"),
            "in_python.py": PYTHON,
        }  # fmt: skip

    @pytest.fixture(scope="class")
    @classmethod
    def seeds(cls) -> dict[str, str]:
        return {"more.csv": "n\n1\n2\n", "none.csv": "n\n"}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"seeds": {"+meta": {"seed_mode": "append"}}}

    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, project: Any, line: Wire, endpoint_dir: Path) -> Bench:
        return Bench(project, line, endpoint_dir)

    @pytest.fixture(autouse=True)
    def whole_wire(self, line: Wire) -> Iterator[None]:
        yield
        line.faults.clear()

    def test_the_rows_of_each_format_come_in_as_one_file(self, bench: Bench) -> None:
        kept = ["plain", "by_part", "as_csv", "in_buckets", "nothing", "in_python"]
        run_dbt(["run", "-s", *kept])
        results, output = run_dbt_and_capture(["run", "-s", *kept])
        new = [(n, "b") for n in range(10, 14)]
        for name in ("plain", "as_csv", "in_buckets"):
            relation = bench.named(name)
            assert [(int(n), p) for n, p in bench.rows(relation)] == sorted([(1, "a"), *new], key=repr)  # fmt: skip
            added = [path for path in bench.files(relation) if path.name.startswith("dbt-v")]
            assert len(added) == (4 if name == "in_buckets" else 1)
        by_part = [(1, "a"), (10, "a"), (11, "a"), (12, "b"), (13, "b")]
        assert bench.sql("select n, p from {schema}.by_part") == by_part
        assert bench.sql("select n, p from {schema}.nothing") == [(1, "a")]
        assert bench.sql("select id, more from {schema}.in_python") == [
            (0, None), (1, None), *((n, "new") for n in range(10, 14)),
        ]  # fmt: skip
        rows = {r.node.name: r.adapter_response["rows_affected"] for r in results}
        assert rows == dict.fromkeys(kept, 4) | {"nothing": 0}
        assert "OK 4" in output
        assert not [name for name in kept if bench.staged(bench.named(name))]

    def test_an_insert_that_fails_shows_nothing(self, bench: Bench) -> None:
        """Of 64 tasks the last fails, after the rows of others have been written for good."""
        run_dbt(["run", "-s", "breaks"])
        (result,) = run_dbt(["run", "-s", "breaks"], expect_pass=False)
        assert "broken" in result.message
        assert bench.rows(bench.named("breaks")) == [(1, "a")]
        assert bench.staged(bench.named("breaks")) == []

    @pytest.mark.parametrize("clauses", ["", "partitioned by (p)"])
    def test_a_run_that_ends_at_any_call(self, bench: Bench, clauses: str) -> None:
        """As a killed one does: what is staged as complete comes in with the next run, and nothing twice."""
        new = "select n, if(n = 10, 'a', 'b') as p from range(10, 12, 1, 1) as r(n)"
        relation = bench.table(clauses)
        began = len(bench.wire.calls)
        assert bench.append(relation, new) == 2
        calls = bench.calls(began)
        marked = calls.index("UpdateTable")
        assert calls[:marked] == ["RunStatement"]
        whole = [(1, "a"), (10, "a"), (11, "b")]
        assert bench.rows(relation) == whole

        own = [
            n
            for n, call in enumerate(calls)
            if not clauses or (n > marked and "Update" not in call)
        ]
        for position, call in [(number, calls[number]) for number in own]:
            for carried_out in (False, True):
                where = f"{call} ({position}, {'done' if carried_out else 'refused'})"
                relation = bench.table(clauses)

                bench.die_at_change(position, carried_out=carried_out)
                failed = False
                try:
                    bench.append(relation, new)
                except DbtRuntimeError:
                    failed = True
                bench.wire.faults.clear()
                assert failed or call == "DeleteTable", where
                seen = bench.rows(relation)
                assert clauses or seen in ([(1, "a")], whole), where
                bench.settle(relation)
                complete = position > marked or (position == marked and carried_out)
                assert bench.rows(relation) == (whole if complete else [(1, "a")]), where
                bench.settle(relation)
                assert bench.rows(relation) == (whole if complete else [(1, "a")]), where
                if complete:
                    assert bench.staged(relation) == []

    @pytest.mark.parametrize("clauses", ["", "partitioned by (p)"])
    def test_a_reader_sees_all_or_nothing(self, bench: Bench, clauses: str) -> None:
        """Before each call of an append: of a table, and of a partition, that gets one file of several tasks."""
        relation = bench.table(clauses)
        seen: list[int] = []
        bench.before_each_change(lambda _: seen.append(len(bench.rows(relation))))
        tasks = 1 if clauses else 4
        bench.append(relation, f"select n, 'a' as p from range(10, 14, 1, {tasks}) as r(n)")
        bench.wire.faults.clear()
        seen.append(len(bench.rows(relation)))
        assert seen == sorted(seen)
        assert set(seen) == {1, 5}
        assert len(seen) >= 5

    @pytest.mark.parametrize("clauses", ["", "partitioned by (p)"])
    def test_two_runs_at_once(self, bench: Bench, clauses: str) -> None:
        """Another one comes between calls, with a partition that this one has as well: the rows of all are there."""
        relation = bench.table(clauses)
        others: list[tuple[int, str]] = []
        turns = (2, 3) if clauses else (1, 2, 3)

        def beside(number: int) -> None:
            if number not in turns:
                return
            bench.settle(relation)
            bench.append(relation, f"select 20 as n, 'p{number}' as p")
            others.append((20, f"p{number}"))

        bench.before_each_change(beside)
        bench.append(relation, "select n, concat('p', n) as p from range(0, 8, 1, 1) as r(n)")
        bench.wire.faults.clear()
        mine = [(n, f"p{n}") for n in range(8)]
        assert len(others) == len(turns)
        assert bench.rows(relation) == sorted([(1, "a"), *mine, *others], key=repr)
        assert bench.staged(relation) == []

    def test_several_files_that_are_cut_between_two(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A folder that cannot be made is where the first try ends."""
        monkeypatch.setattr(append_methods, "SMALL_BYTES", 0)
        old = "select 1 as n, 'a' as p union all select 2, 'b'"
        relation = bench.table("partitioned by (p)", old)
        folder = bench.folder(bench.location(relation)) / "p=b"
        folder.rename(folder.with_name("aside"))
        folder.touch()
        new = "select n, if(n < 12, 'a', 'b') as p from range(10, 14, 1, 4) as r(n)"
        with pytest.raises(DbtRuntimeError):
            bench.append(relation, new)
        (staged,) = bench.staged(relation)
        table = bench.adapter.data_catalog.table(bench.project.test_schema, staged)
        assert table["Parameters"][INTO] == bench.location(relation)
        folder.unlink()
        folder.with_name("aside").rename(folder)
        assert bench.rows(relation, "count(*)") == [(4,)]
        bench.settle(relation)
        assert bench.rows(relation, "n") == [(1,), (10,), (11,), (12,), (13,), (2,)]
        assert bench.staged(relation) == []

    def test_the_next_run_completes_before_it_reads(self, bench: Bench) -> None:
        then = "select max(n) + 1 as n, 'b' as p from {{ this }}"
        write_file(incremental("select 1 as n, 'a' as p", then), bench.project.project_root, "models", "counts.sql")  # fmt: skip
        run_dbt(["run", "-s", "counts"])

        bench.die_at_change(2, carried_out=False)
        _, output = run_dbt_and_capture(["run", "-s", "counts"], expect_pass=False)
        bench.wire.faults.clear()
        assert "the next run of the model adds" in output
        assert bench.sql("select n from {schema}.counts") == [(1,)]
        _, output = run_dbt_and_capture(["run", "-s", "counts"])
        assert "Completing an interrupted append to" in output
        assert bench.sql("select n from {schema}.counts") == [(1,), (2,), (3,)]
        assert bench.staged(bench.named("counts")) == []

    def test_a_seed_that_is_added(self, bench: Bench) -> None:
        run_dbt(["seed", "-s", "more"])
        once = bench.sql("select n from {schema}.more")
        assert once == [(1,), (2,)]
        bench.die_at_change(0, carried_out=False)
        run_dbt(["seed", "-s", "more"], expect_pass=False)
        bench.wire.faults.clear()
        assert bench.sql("select n from {schema}.more") == once
        run_dbt(["seed", "-s", "more"])
        assert bench.sql("select n from {schema}.more") == [(1,), (1,), (2,), (2,)]
        assert bench.staged(bench.named("more")) == []

    def test_a_seed_without_rows(self, bench: Bench) -> None:
        for _ in range(2):
            run_dbt(["seed", "-s", "none"])
            assert bench.sql("select n from {schema}.none") == []
        assert bench.staged(bench.named("none")) == []

    @pytest.mark.parametrize("flags", [[], ["--no-populate-cache"]])
    def test_another_strategy_completes_it_too(self, bench: Bench, flags: list[str]) -> None:
        """Also where dbt has not listed the tables of the schema."""
        bench.project.run_sql("drop table if exists {schema}.turned")
        models = bench.project.project_root, "models", "turned.sql"
        write_file(incremental("select 1 as n, 'a' as p", "select 2 as n, 'b' as p"), *models)
        run_dbt(["run", "-s", "turned"])
        bench.die_at_change(2, carried_out=False)
        run_dbt(["run", "-s", "turned"], expect_pass=False)
        bench.wire.faults.clear()
        head = (
            "{{ config(materialized='incremental', incremental_strategy='merge', unique_key='n') }}"
        )
        write_file(f"{head} select 3 as n, 'c' as p", *models)
        _, output = run_dbt_and_capture([*flags, "run", "-s", "turned"])
        assert "Completing an interrupted append to" in output
        assert bench.rows(bench.named("turned")) == [(1, "a"), (2, "b"), (3, "c")]
        assert bench.staged(bench.named("turned")) == []

    def test_a_first_run_that_is_overtaken_and_cannot_tidy_up(self, bench: Bench) -> None:
        """Its rows are in what the other one has made: to fail would be to add them again."""
        catalog, other = bench.adapter.data_catalog, bench.table("", "select 9 as n, 'z' as p")
        write_file(incremental("select 1 as n, 'a' as p", "select 1 as n, 'a' as p"), bench.project.project_root, "models", "overtaken.sql")  # fmt: skip

        def made_by_another(_handler: Any, _forward: Any) -> bool:
            there = catalog.table(other.schema, other.identifier)
            catalog.create_table(other.schema, table_input(there, Name="overtaken"))
            bench.wire.faults.append(("DeleteTable", fails))
            return False

        def fails(handler: Any, _forward: Any) -> bool:
            bench.wire.faults.append(("DeleteTable", fails))
            if "__dbt_new" not in handler.parameters["Name"]:
                return False
            handler.reply(400, json.dumps({"__type": "OperationTimeoutException"}).encode())
            return True

        bench.wire.faults.append(("CreateTable", made_by_another))
        _, output = run_dbt_and_capture(["run", "-s", "overtaken"])
        assert "stays behind in the Data Catalog; the next run removes it" in output
        assert bench.rows(bench.named("overtaken")) == [(1, "a"), (9, "z")]

    def test_a_table_that_is_replaced_meanwhile(self, bench: Bench) -> None:
        """The rows are in the version that was there: the run says that they may be lost, and does not say that they are in."""
        relation, other = bench.table(""), bench.table("")
        catalog = bench.adapter.data_catalog
        place = catalog.table(other.schema, other.identifier)["StorageDescriptor"]["Location"]

        def replaced(_handler: Any, _forward: Any) -> bool:
            table = catalog.table(relation.schema, relation.identifier)
            given = table_input(table)
            given["StorageDescriptor"]["Location"] = place
            given["StorageDescriptor"]["SerdeInfo"]["Parameters"]["path"] = place
            catalog.update_table(relation.schema, given)
            return False

        bench.at_change(3, replaced)
        with pytest.raises(DbtRuntimeError, match="was replaced by another run while rows were added"):  # fmt: skip
            bench.append(relation, "select 10 as n, 'b' as p")
        bench.settle(relation)
        assert bench.rows(relation) == [(1, "a")]
        assert bench.staged(relation) == []

    def test_who_read_the_table_before_is_refused(self, bench: Bench) -> None:
        relation = bench.table("")
        catalog = bench.adapter.data_catalog
        read = catalog.table(relation.schema, relation.identifier)
        bench.append(relation, "select 10 as n, 'b' as p")
        with pytest.raises(GlueApiError, match="ConcurrentModificationException"):
            catalog.update_table(relation.schema, table_input(read), read["VersionId"])

    def test_what_is_left_of_a_run_that_has_ended_goes(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        relation = bench.table("")
        versions = bench.adapter.old_versions
        own = versions.new_name((relation.schema, relation.identifier))
        dead = f"{own[:-8]}{'0' * 8}"
        with bench.adapter.connection_named("left"):
            for version in (dead, own):
                with monkeypatch.context() as patched:
                    patched.setattr(versions, "new_name", lambda _, version=version: version)
                    staging = bench.adapter.append_staging(relation)
                bench.adapter._stage_rows(relation, staging, f"insert into {staging} select 2, 'b'")
        old, new = sorted(bench.staged(relation), key=lambda name: "r00000000" not in name)
        assert "r00000000" in old
        bench.settle(relation)
        assert bench.staged(relation) == [new]
        assert bench.rows(relation) == [(1, "a")]
        parent = bench.folder(bench.location(relation)) / "_dbt_append"
        assert len(list(parent.iterdir())) == 1
        bench.project.run_sql(f"drop table {relation.schema}.{new}")

    def test_a_table_of_the_incumbent_whose_place_is_the_root(self, bench: Bench) -> None:
        """Nothing that is staged is where a reader of the folder looks, and the folder keeps what others put there."""
        root = "s3://dbt-glue-local/elsewhere/root"
        relation = bench.table(f"location '{root}'")
        other = bench.folder(root) / "notes.txt.d"
        other.mkdir()
        (other / "kept").write_text("theirs")
        assert bench.append(relation, "select 10 as n, 'b' as p") == 1
        assert bench.rows(relation) == [(1, "a"), (10, "b")]
        below = {path.name for path in bench.folder(root).iterdir() if path.is_dir()}
        assert below == {"notes.txt.d", "_dbt_append"}
        assert (other / "kept").read_text() == "theirs"

    def test_a_table_of_hive_in_text(self, bench: Bench) -> None:
        """Made by others, with a SerDe of its own: what is staged is like it."""
        relation = bench.named("of_hive")
        bench.project.run_sql(
            f"create table {relation} (n int, p string) row format delimited fields terminated by '|' stored as textfile "
            "location 's3://dbt-glue-local/elsewhere/of_hive'"
        )
        assert bench.append(relation, "select n, 'b' as p from range(0, 4, 1, 4) as r(n)") == 4
        assert bench.append(relation, "select 9 as n, 'c' as p where false") == 0
        assert bench.rows(relation) == [(n, "b") for n in range(4)]
        (made,) = bench.files(relation)
        assert sorted(made.read_text().splitlines()) == ["0|b", "1|b", "2|b", "3|b"]
