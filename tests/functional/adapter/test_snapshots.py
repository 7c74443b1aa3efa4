"""Snapshots on Parquet: what rows become of values, keys and columns, and what a run does that is cut short."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.replacement import Replacement

pytestmark = pytest.mark.spark

COLUMNS = "id, text, dbt_valid_to is null as current"


def snapshot(project: Any, name: str, select: str, **config: Any) -> None:
    settings = ", ".join(f"{key}={value!r}" for key, value in config.items())
    text = f"{{% snapshot {name} %}}{{{{ config({settings}) }}}}\n{select}\n{{% endsnapshot %}}"
    write_file(text, project.project_root, "snapshots", f"{name}.sql")


def staged_for(project: Any, table: str) -> list[str]:
    """What kinds of tables are staged for a snapshot."""
    catalog = project.adapter.data_catalog
    found = catalog.tables_matching(project.test_schema, f"{table}__dbt_.*")
    return sorted(each["Name"].split("__dbt_")[1][:3] for each in found)


def rows(project: Any, table: str, columns: str = COLUMNS) -> list[tuple[Any, ...]]:
    found = project.run_sql(f"select {columns} from {{schema}}.{table}", fetch="all")
    return sorted((tuple(row) for row in found), key=repr)


def location(project: Any, table: str) -> str:
    found = project.adapter.data_catalog.table(project.test_schema, table)
    return str(found["StorageDescriptor"]["Location"])


def values(*lines: str) -> str:
    return f"select * from values {', '.join(lines)} as t(id, text, seen)"


class TestSnapshots:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"start.sql": "select 1 as n"}

    @pytest.mark.parametrize(
        ("flags", "after"),
        [
            ({}, [(1, "a", True), (2, "B", True), (2, "b", False)]),
            (
                {"hard_deletes": "invalidate"},
                [(1, "a", False), (2, "B", True), (2, "b", False)],
            ),
            (
                {"invalidate_hard_deletes": True},
                [(1, "a", False), (2, "B", True), (2, "b", False)],
            ),
            (
                {"hard_deletes": "new_record"},
                [(1, "a", False), (1, "a", True), (2, "B", True), (2, "b", False)],
            ),
        ],
    )
    def test_changed_and_deleted_rows(
        self, project: Any, flags: dict[str, Any], after: list[tuple[Any, ...]]
    ) -> None:
        name = "by_" + "_".join(f"{key}_{value}" for key, value in flags.items()).lower()
        config = {"unique_key": "id", "strategy": "check", "check_cols": ["text"], **flags}
        snapshot(project, name, values("(1, 'a', 1)", "(2, 'b', 1)"), **config)
        run_dbt(["snapshot", "-s", name])
        snapshot(project, name, values("(2, 'B', 1)"), **config)
        run_dbt(["snapshot", "-s", name])
        assert rows(project, name) == after

    def test_without_changes_nothing_is_written(self, project: Any) -> None:
        snapshot(project, "still", values("(1, 'a', 1)"), unique_key="id", strategy="check", check_cols="all")  # fmt: skip
        run_dbt(["snapshot", "-s", "still"])
        before = location(project, "still")
        _, output = run_dbt_and_capture(["snapshot", "-s", "still"])
        assert "snapshot: nothing changed" in output
        assert location(project, "still") == before
        assert staged_for(project, "still") == []

    def test_a_row_without_a_key_is_never_the_same_as_another(self, project: Any) -> None:
        """As on every warehouse: dbt compares keys with `=`. What has come is not added a second time."""
        config = {"unique_key": "id", "strategy": "timestamp", "updated_at": "seen"}
        first = values("(null, 'x', timestamp'2024-01-01')", "(1, 'a', timestamp'2024-01-01')")
        snapshot(project, "keyless", first, **config)
        run_dbt(["snapshot", "-s", "keyless"])
        run_dbt(["snapshot", "-s", "keyless"])
        assert rows(project, "keyless") == [(1, "a", True), (None, "x", True)]
        snapshot(
            project, "keyless", values("(cast(null as int), 'y', timestamp'2024-02-01')"), **config
        )
        run_dbt(["snapshot", "-s", "keyless"])
        assert rows(project, "keyless") == [(1, "a", True), (None, "x", True), (None, "y", True)]

    def test_one_key_twice_is_refused(self, project: Any) -> None:
        config = {"unique_key": "id", "strategy": "check", "check_cols": ["text"]}
        snapshot(project, "twice", values("(1, 'a', 1)"), **config)
        run_dbt(["snapshot", "-s", "twice"])
        snapshot(project, "twice", values("(1, 'b', 1)", "(1, 'c', 1)"), **config)
        results = run_dbt(["snapshot", "-s", "twice"], expect_pass=False)
        assert (
            "More than one row of the snapshot twice has the same unique_key" in results[0].message
        )
        assert rows(project, "twice") == [(1, "a", True)]

    def test_values_and_types_stay(self, project: Any) -> None:
        config = {
            "unique_key": "id",
            "strategy": "check",
            "check_cols": "all",
            "partition_by": "day",
        }
        select = (
            "select 1 as id, 'old' as text, cast(1.50 as decimal(10,2)) as amount, date'1850-02-03' as day, "
            "struct(1 as a, array('x') as `b c`) as nested, timestamp'2024-05-06 07:08:09.123456' as moment, date'1850-02-03' as born"
        )
        snapshot(project, "typed", select, **config)
        run_dbt(["snapshot", "-s", "typed"])
        snapshot(project, "typed", select.replace("old", "new").replace("1.50", "2.50"), **config)
        run_dbt(["snapshot", "-s", "typed"])
        shown = "text, cast(amount as string), cast(day as string), to_json(nested), cast(moment as string), cast(born as string)"
        rest = ("1850-02-03", json.dumps({"a": 1, "b c": ["x"]}, separators=(",", ":")), "2024-05-06 07:08:09.123456", "1850-02-03")  # fmt: skip
        assert rows(project, "typed", shown) == [("new", "2.50", *rest), ("old", "1.50", *rest)]
        relation = project.adapter.Relation.create(schema=project.test_schema, identifier="typed")
        with project.adapter.connection_named("look"):
            types = {c.name: c.dtype for c in project.adapter.get_columns_in_relation(relation)}
        assert types == {
            "id": "int", "text": "string", "amount": "decimal(10,2)", "day": "date",
            "nested": "struct<a:int,`b c`:array<string>>", "moment": "timestamp", "born": "date", "dbt_scd_id": "string",
            "dbt_updated_at": "timestamp", "dbt_valid_from": "timestamp", "dbt_valid_to": "timestamp",
        }  # fmt: skip

    def test_columns_come_and_go(self, project: Any) -> None:
        config = {"unique_key": "id", "strategy": "check", "check_cols": ["text"]}
        snapshot(project, "grows", "select 1 as id, 'a' as text, 7 as gone", **config)
        run_dbt(["snapshot", "-s", "grows"])
        snapshot(project, "grows", "select 1 as id, 'b' as text, 8 as `came late`", **config)
        run_dbt(["snapshot", "-s", "grows"])
        assert rows(project, "grows", "text, gone, `came late`") == [("a", 7, None), ("b", None, 8)]

    def test_descriptions_and_tests_of_a_build(self, project: Any) -> None:
        config = {"unique_key": "id", "strategy": "check", "check_cols": "all", "persist_docs": {"relation": True, "columns": True}}  # fmt: skip
        snapshot(project, "described", values("(1, 'a', 1)"), **config)
        write_file(
            "snapshots:\n  - name: described\n    description: what was\n    columns:\n"
            "      - {name: id, description: the key, data_tests: [not_null]}\n",
            project.project_root, "snapshots", "described.yml",
        )  # fmt: skip
        results = run_dbt(["build", "-s", "described"])
        assert [str(result.status) for result in results] == ["success", "pass"]
        lines = project.run_sql("describe table extended {schema}.described", fetch="all")
        text = {row[0]: (row[1], row[2]) for row in lines}
        assert text["id"][1] == "the key"
        assert text["Comment"][0] == "what was"

    def test_a_view_is_not_replaced(self, project: Any) -> None:
        project.run_sql("create view {schema}.seen as select 1 as id")
        snapshot(project, "seen", values("(1, 'a', 1)"), unique_key="id", strategy="check", check_cols="all")  # fmt: skip
        results = run_dbt(["snapshot", "-s", "seen"], expect_pass=False)
        assert "seen" in results[0].message
        assert "view" in results[0].message

    def test_two_runs_that_end_before_the_switch_leave_the_table(
        self, project: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = {"unique_key": "id", "strategy": "check", "check_cols": ["text"]}
        snapshot(project, "cut", values("(1, 'a', 1)"), **config)
        run_dbt(["snapshot", "-s", "cut"])

        def ends(*_arguments: Any) -> None:
            raise GlueApiError("the machine went away")

        for text in ("b", "c"):
            snapshot(project, "cut", values(f"(1, '{text}', 1)"), **config)
            with monkeypatch.context() as patched:
                patched.setattr(Replacement, "switch", ends)
                run_dbt(["snapshot", "-s", "cut"], expect_pass=False)
            assert rows(project, "cut") == [(1, "a", True)]
            assert staged_for(project, "cut") == ["new", "tmp"]
        run_dbt(["snapshot", "-s", "cut"])
        assert rows(project, "cut") == [(1, "a", False), (1, "c", True)]
        assert staged_for(project, "cut") == []
