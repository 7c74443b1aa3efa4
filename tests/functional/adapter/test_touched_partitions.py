"""Merges into partitioned tables: only the partitions that the new rows touch are written, with the same result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbt.adapters.glue.impl import GlueAdapter
from dbt.adapters.glue.literals import string_literal

pytestmark = pytest.mark.spark

COLUMNS = "id int, v int, day date, area string"


def selected(rows: list[tuple[Any, ...]], columns: str = COLUMNS) -> str:
    """A query for rows, as their types say; of no rows as well."""
    named = [column.split() for column in columns.split(", ")]
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in named)
    names = ", ".join(name for name, _ in named)
    lines = [", ".join("null" if v is None else string_literal(v) for v in row) for row in rows]
    nothing = ", ".join("null" for _ in named)
    values = ", ".join(f"({line})" for line in [*lines, nothing])
    kept = f"limit {len(rows)}" if rows else "where false"
    return f"select {casts} from values {values} as t({names}) {kept}"


def incremental(first: str, then: str, **config: Any) -> str:
    said = ", ".join(f"{key}={value!r}" for key, value in config.items())
    return (
        f"{{{{ config(materialized='incremental', {said}) }}}}\n"
        f"{{% if is_incremental() %}}\n{then}\n{{% else %}}\n{first}\n{{% endif %}}\n"
    )


def model(project: Any, name: str, text: str, suffix: str = "sql") -> None:
    write_file(text, project.project_root, "models", f"{name}.{suffix}")


def rows(
    project: Any, table: str, columns: str = "*", where: str = "true"
) -> list[tuple[Any, ...]]:
    sql = f"select {columns} from {{schema}}.{table} where {where}"
    found = project.run_sql(sql, fetch="all")
    return sorted((tuple(row) for row in found), key=repr)


def files(project: Any, disk: Path, table: str) -> dict[tuple[str, ...], set[tuple[str, int, int]]]:
    """The files of each partition: name, identity and time of each."""
    partitions = project.adapter.data_catalog.partitions(project.test_schema, table)
    found = {}
    for values, partition in partitions.items():
        folder = disk / "s3" / partition["StorageDescriptor"]["Location"].removeprefix("s3://")
        parts = [(part, part.stat()) for part in folder.iterdir() if part.suffix == ".parquet"]
        found[values] = {(str(part), stat.st_ino, stat.st_mtime_ns) for part, stat in parts}
        assert found[values]
    return found


@dataclass(frozen=True)
class Case:
    strategy: str
    key: tuple[str, ...]
    by: tuple[str, ...]
    predicate: str | None
    excluded: tuple[str, ...]
    old: list[tuple[Any, ...]]
    new: list[tuple[Any, ...]]

    def text(self) -> str:
        config: dict[str, Any] = {
            "incremental_strategy": self.strategy,
            "unique_key": list(self.key),
            "partition_by": list(self.by),
        }
        if self.predicate:
            config["incremental_predicates"] = [self.predicate]
        if self.excluded and self.strategy == "merge":
            config["merge_exclude_columns"] = list(self.excluded)
        return incremental(selected(self.old), selected(self.new), **config)


ROW = st.tuples(
    st.one_of(st.none(), st.integers(0, 5)),
    st.integers(0, 9),
    st.sampled_from([None, date(1850, 1, 2), date(2024, 2, 29), date(2024, 3, 1)]),
    st.sampled_from([None, "", "a", "b/c=d", "it's 100%"]),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    key = draw(st.sampled_from([("id",), ("id", "day"), ("id", "day", "area")]))
    places = ["id", "v", "day", "area"]
    return Case(
        draw(st.sampled_from(["merge", "delete+insert"])),
        key,
        draw(st.sampled_from([("day",), ("area",), ("day", "area")])),
        draw(st.sampled_from([None, "DBT_INTERNAL_DEST.v > 4"])),
        draw(st.sampled_from([(), ("v",), ("day", "area")])),
        draw(st.lists(ROW, max_size=8)),
        draw(
            st.lists(
                ROW,
                max_size=5,
                unique_by=lambda row: tuple(row[places.index(name)] for name in key),
            )
        ),
    )


class TestSameAsTheWholeTable:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"start.sql": "select 1 as n"}

    def test_on_generated_rows(self, project: Any) -> None:
        compared = 0

        @settings(
            max_examples=2, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(st.lists(cases(), min_size=6, max_size=6))
        def compare(several: list[Case]) -> None:
            nonlocal compared
            for number, case in enumerate(several):
                model(project, f"part_{number}", case.text())
                model(project, f"whole_{number}", case.text())
            selection = ["-s", "part_*", "whole_*"]
            run_dbt(["run", "--full-refresh", *selection])
            run_dbt(["run", "-s", "part_*"])
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(GlueAdapter, "may_rewrite_partitions", lambda *_arguments: False)
                run_dbt(["run", "-s", "whole_*"])
            for number, case in enumerate(several):
                part, whole = rows(project, f"part_{number}"), rows(project, f"whole_{number}")
                assert part == whole, case
                compared += 1

        compare()
        assert compared >= 12


DAYS = [(1, 10, "2024-01-01", "a"), (2, 20, "2024-01-02", "a"), (3, 30, "2024-01-03", "a")]


class TestTouchedPartitions:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"start.sql": "select 1 as n"}

    def merged(
        self, project: Any, name: str, new: list[tuple[Any, ...]], old: Any = None, **config: Any
    ) -> str:
        """What dbt says of the second run of a model."""
        said = {
            "incremental_strategy": "merge", "unique_key": "id", "partition_by": ["day"], **config,
        }  # fmt: skip
        model(
            project,
            name,
            incremental(selected(DAYS if old is None else old), selected(new), **said),
        )
        run_dbt(["run", "-s", name])
        _, output = run_dbt_and_capture(["run", "-s", name])
        return output

    @pytest.mark.parametrize("strategy", ["merge", "delete+insert"])
    def test_other_partitions_keep_their_files(
        self, project: Any, endpoint_dir: Path, strategy: str
    ) -> None:
        name = f"kept_{strategy[:5]}"
        new = [(2, 21, "2024-01-02", "a"), (4, 40, "2024-01-04", "a")]
        text = incremental(selected(DAYS), selected(new), incremental_strategy=strategy, unique_key="id", partition_by="day")  # fmt: skip
        model(project, name, text)
        run_dbt(["run", "-s", name])
        before = files(project, endpoint_dir, name)
        _, output = run_dbt_and_capture(["run", "-s", name])
        assert f"{strategy}: rewrote 1 of 3 partitions of {project.test_schema}.{name}, added 1" in output  # fmt: skip
        after = files(project, endpoint_dir, name)
        for untouched in (("2024-01-01",), ("2024-01-03",)):
            assert after[untouched] == before[untouched]
        assert not after["2024-01-02",] & before["2024-01-02",]
        assert rows(project, name, "id, v") == [(1, 10), (2, 21), (3, 30), (4, 40)]

    def test_a_row_moves_to_another_partition(self, project: Any) -> None:
        output = self.merged(project, "moved", [(2, 21, "2024-01-03", "a")])
        assert "merge: rewrote 1 of 3 partitions" in output
        assert "moved, removed 1" in output
        assert rows(project, "moved", "id, v, cast(day as string)") == [
            (1, 10, "2024-01-01"), (2, 21, "2024-01-03"), (3, 30, "2024-01-03"),
        ]  # fmt: skip
        there = project.adapter.data_catalog.partitions(project.test_schema, "moved")
        assert sorted(there) == [("2024-01-01",), ("2024-01-03",)]

    def test_a_key_with_the_partition_does_not_read_the_table(self, project: Any) -> None:
        output = self.merged(
            project, "keyed", [(2, 21, "2024-01-03", "a")], unique_key=["id", "DAY"]
        )
        assert "merge: rewrote 1 of 3 partitions" in output
        assert rows(project, "keyed", "id, v") == [(1, 10), (2, 20), (2, 21), (3, 30)]

    def test_other_partitions_are_not_read(self, project: Any, endpoint_dir: Path) -> None:
        """Files that cannot be read stand for a table that is too large to read."""
        new = [(2, 21, "2024-01-02", "a"), (4, 40, "2024-01-02", "it's")]
        self.merged(project, "unread", new, unique_key=["id", "day"])
        found = files(project, endpoint_dir, "unread")
        for other in (("2024-01-01",), ("2024-01-03",)):
            for name, _, _ in found[other]:
                Path(name).write_bytes(b"not Parquet")
        _, output = run_dbt_and_capture(["run", "-s", "unread"])
        assert "merge: rewrote 1 of 3 partitions" in output
        assert rows(project, "unread", "v", "day = date'2024-01-02'") == [(21,), (40,)]

    def test_no_new_rows_touch_nothing(self, project: Any, endpoint_dir: Path) -> None:
        output = self.merged(project, "idle", [])
        assert "merge: no new rows" in output
        before = files(project, endpoint_dir, "idle")
        run_dbt(["run", "-s", "idle"])
        assert files(project, endpoint_dir, "idle") == before

    def test_the_first_partition_and_all_of_them(self, project: Any) -> None:
        assert "merge: rewrote 0 of 0 partitions" in self.merged(project, "first", DAYS, old=[])
        assert rows(project, "first", "id") == [(1,), (2,), (3,)]
        output = self.merged(project, "every", [(i, v + 1, d, a) for i, v, d, a in DAYS])
        assert "merge: rewrote 3 of 3 partitions" in output
        assert rows(project, "every", "id, v") == [(1, 11), (2, 21), (3, 31)]

    def test_new_columns_come(self, project: Any) -> None:
        new = "select 2 as id, 21 as v, date'2024-01-02' as day, 'a' as area, null as nothing, 'new' as more"
        text = incremental(
            selected(DAYS), new, unique_key="id", partition_by="day", on_schema_change="append_new_columns"
        )  # fmt: skip
        model(project, "more", text.replace(", null as nothing", ""))
        run_dbt(["run", "-s", "more"])
        _, output = run_dbt_and_capture(["run", "-s", "more"])
        assert "merge: rewrote 1 of 3 partitions" in output
        assert rows(project, "more", "id, v, more") == [
            (1, 10, None),
            (2, 21, "new"),
            (3, 30, None),
        ]

    def test_a_null_without_a_type(self, project: Any) -> None:
        new = "select 2 as id, null as v, date'2024-01-02' as day, 'a' as area, null as unknown"
        model(project, "untyped", incremental(selected(DAYS), new, unique_key="id", partition_by="day"))  # fmt: skip
        run_dbt(["run", "-s", "untyped"])
        _, output = run_dbt_and_capture(["run", "-s", "untyped"])
        assert "merge: rewrote 1 of 3 partitions" in output
        assert rows(project, "untyped", "id, v") == [(1, 10), (2, None), (3, 30)]

    @pytest.mark.parametrize(
        ("name", "first", "then", "config", "reason"),
        [
            (
                "wider", "select 1 as id, 2 as v, 'x' as p", "select 1 as id, 2.5 as v, 'x' as p", {},
                "column v is decimal(2,1) in the new rows, and int in the table",
            ),
            (
                "synced", "select 1 as id, 2 as v, 'x' as p", "select 1 as id, 'x' as p",
                {"on_schema_change": "sync_all_columns"}, "columns go (v), and every partition has them",
            ),
            (
                "timed", "select 1 as id, 2 as v, timestamp'2024-01-01' as p",
                "select 1 as id, 3 as v, timestamp'2024-01-01' as p", {},
                "it is partitioned by a timestamp (p), of which one value may be written in two ways",
            ),
            (
                "listed", "select 1 as id, 2 as v, 'x' as p", "select 1 as id, 3 as v, 'x' as p",
                {"file_format": "csv"}, "only parquet and orc files name their columns, and it is stored as csv",
            ),
        ],
    )  # fmt: skip
    def test_the_whole_table_is_rewritten_where_it_must_be(
        self, project: Any, name: str, first: str, then: str, config: dict[str, Any], reason: str
    ) -> None:
        model(project, name, incremental(first, then, unique_key="id", partition_by="p", **config))
        run_dbt(["run", "-s", name])
        _, output = run_dbt_and_capture(["run", "-s", name])
        assert f"merge: rewriting all of {project.test_schema}.{name}: {reason}" in output
        assert len(rows(project, name)) == 1

    def test_partitions_that_others_wrote_otherwise(self, project: Any) -> None:
        text = incremental(
            "select 1 as id, 1 as v, 7 as p", "select 1 as id, 2 as v, 7 as p", unique_key="id", partition_by="p"
        )  # fmt: skip
        model(project, "foreign", text)
        run_dbt(["run", "-s", "foreign"])
        catalog = project.adapter.data_catalog
        (partition,) = catalog.partitions(project.test_schema, "foreign").values()
        catalog.create_partitions(
            project.test_schema, "foreign", [{**partition, "Values": ["007"]}]
        )
        catalog.delete_partitions(project.test_schema, "foreign", [("7",)])
        _, output = run_dbt_and_capture(["run", "-s", "foreign"])
        assert "its partition p=007 is not written as Spark writes a int" in output
        assert rows(project, "foreign") == [(1, 2, 7)]

    def test_narrower_values_become_those_of_the_table(self, project: Any) -> None:
        first = "select 1L as id, cast(1.25 as decimal(10,2)) as v, 7L as p union all select 2L, 2.5, 8L"
        then = "select 2 as id, cast(3.5 as decimal(3,1)) as v, 8 as p"
        for strategy in ("merge", "delete+insert"):
            name = f"narrow_{strategy[:5]}"
            model(project, name, incremental(first, then, incremental_strategy=strategy, unique_key="id", partition_by="p"))  # fmt: skip
            run_dbt(["run", "-s", name])
            _, output = run_dbt_and_capture(["run", "-s", name])
            assert f"{strategy}: rewrote 1 of 2 partitions" in output
            assert rows(project, name, "id, cast(v as string), p") == [
                (1, "1.25", 7),
                (2, "3.50", 8),
            ]

    def test_the_new_rows_are_made_once(self, project: Any) -> None:
        """Where they go and what they are is asked of the same rows, however they are made."""
        new = "select 9 as id, 1 as v, date_add(date'2025-01-01', cast(rand() * 1000 as int)) as day, uuid() as area from range(20)"  # fmt: skip
        text = incremental(selected(DAYS), new, incremental_strategy="delete+insert", unique_key="id", partition_by="day")  # fmt: skip
        model(project, "random", text)
        for count in (3, 23, 23, 23):
            run_dbt(["run", "-s", "random"])
            assert len(rows(project, "random")) == count

    def test_python_models(self, project: Any) -> None:
        text = (
            "def model(dbt, session):\n"
            "    dbt.config(materialized='incremental', unique_key='id', partition_by='p')\n"
            "    rows = [(2, 'new', 'c')] if dbt.is_incremental else [(1, 'old', 'a'), (2, 'old', 'b'), (3, 'old', 'c')]\n"
            "    return session.createDataFrame(rows, 'id int, t string, p string')\n"
        )
        model(project, "in_python", text, "py")
        run_dbt(["run", "-s", "in_python"])
        results, output = run_dbt_and_capture(["run", "-s", "in_python"])
        assert "merge: rewrote 1 of 3 partitions" in output
        assert "in_python, removed 1" in output
        assert results[0].adapter_response["rows_affected"] == 1
        assert rows(project, "in_python") == [(1, "old", "a"), (2, "new", "c"), (3, "old", "c")]
