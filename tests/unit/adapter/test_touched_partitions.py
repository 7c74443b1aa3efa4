"""Which partitions a merge may rewrite alone, and the condition that reads them and no others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.incremental import plan_incremental, select_list, stored_columns
from dbt.adapters.glue.touched_partitions import (
    Layout,
    condition_on,
    partition_columns,
    reason_by_columns,
    reason_by_table,
    stored_values,
)

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def columns(**types: str) -> list[GlueColumn]:
    return [GlueColumn(name, kind) for name, kind in types.items()]


def planned(*names: str, **types: str) -> list[Any]:
    plan = plan_incremental("merge", "ignore", "t", columns(**types), None, partitioned=True)
    return [column for column in plan.columns if column.name in names]


def table(by: dict[str, str], provider: str = "parquet", **parameters: str) -> dict[str, Any]:
    fields = [
        {"name": name, "type": {"int": "integer"}.get(kind, kind), "nullable": True, "metadata": {}}
        for name, kind in {"Id": "int", **by}.items()
    ]
    return {
        "PartitionKeys": [{"Name": name.lower(), "Type": kind} for name, kind in by.items()],
        "Parameters": {
            "spark.sql.sources.provider": provider,
            "spark.sql.sources.schema": json.dumps({"type": "struct", "fields": fields}),
            **parameters,
        },
    }


BY_DAY = {"Day": "date"}
DAILY = Layout("parquet", ["day"], [], None)


def test_partition_columns_have_sparks_names_and_types() -> None:
    found = [(c.name, c.dtype) for c in partition_columns(table({"Day": "date", "n": "int"}))]
    assert found == [("Day", "date"), ("n", "int")]


@pytest.mark.parametrize(
    ("stored", "partitions", "wanted", "reason"),
    [
        (table(BY_DAY), [("2024-01-02",), (NO_VALUE,)], DAILY, None),
        (table(BY_DAY), [("2024-1-2",)], DAILY, "partition Day=2024-1-2 is not written as Spark"),
        (table(BY_DAY), [("someday",)], DAILY, "partition Day=someday is not written as Spark"),
        (table(BY_DAY), [], Layout("parquet", [], [], None), "by Day, the model by nothing"),
        (table(BY_DAY), [], Layout("orc", ["day"], [], None), "stored as parquet, the model says orc"),
        (table(BY_DAY, "csv"), [], Layout("csv", ["day"], [], None), "only parquet and orc"),
        (table(BY_DAY), [], Layout("parquet", ["day"], ["id"], 4), "buckets are not those"),
        (
            table(BY_DAY, **{"spark.sql.sources.schema.numBuckets": "4", "spark.sql.sources.schema.numBucketCols": "1", "spark.sql.sources.schema.bucketCol.0": "Id"}),
            [], Layout("parquet", ["day"], ["id"], 4), None,
        ),
        (table({"at": "timestamp"}), [], Layout("parquet", ["at"], [], None), "partitioned by a timestamp (at)"),
        (table({"n": "int"}), [("7",), ("-1",)], Layout("parquet", ["N"], [], None), None),
        (table({"n": "int"}), [("07",)], Layout("parquet", ["n"], [], None), "n=07 is not written"),
        (table({"b": "boolean"}), [("TRUE",)], Layout("parquet", ["b"], [], None), "b=TRUE is not"),
        (table({"s": "string"}), [("07",), ("a b/c",)], Layout("parquet", ["s"], [], None), None),
    ],
)  # fmt: skip
def test_what_the_table_allows(
    stored: dict[str, Any], partitions: list[Any], wanted: Layout, reason: str | None
) -> None:
    found = reason_by_table(stored, partitions, wanted)
    assert found is None if reason is None else reason in str(found)


def test_what_the_columns_allow() -> None:
    target = columns(id="int", v="int", day="date")

    def reason(change: str, **source: str) -> str | None:
        new = columns(**source)
        plan = plan_incremental("merge", change, "t", target, new, partitioned=True)
        return reason_by_columns(plan, target, new)

    assert reason("ignore", ID="INT", v="int", day="date", more="string") is None
    assert reason("append_new_columns", id="int", v="int", day="date", more="string") is None
    assert reason("append_new_columns", id="int", day="date") is None
    assert "v is bigint in the new rows, and int in the table" in str(
        reason("ignore", id="int", v="bigint", day="date")
    )
    assert "columns go (v)" in str(reason("sync_all_columns", id="int", day="date"))


@pytest.mark.parametrize(
    ("table", "new", "fits"),
    [
        ("bigint", "int", True), ("int", "bigint", False), ("double", "float", True),
        ("float", "double", False), ("double", "int", False), ("string", "int", False),
        ("decimal(10,2)", "decimal(9,1)", True), ("decimal(10,2)", "decimal(10,1)", False),
        ("decimal(10,2)", "decimal(10,3)", False), ("timestamp", "date", False),
        ("array<int>", "array<int>", True), ("array<bigint>", "array<int>", False),
    ],
)  # fmt: skip
def test_narrower_values_fit_into_the_files_of_the_table(table: str, new: str, fits: bool) -> None:
    target, source = columns(id="int", v=table), columns(id="int", v=new)
    plan = plan_incremental("merge", "ignore", "t", target, source, partitioned=True)
    assert (reason_by_columns(plan, target, source) is None) == fits


def test_values_as_the_catalog_has_them() -> None:
    assert stored_values(["a", None, ""]) == ("a", NO_VALUE, NO_VALUE)


def test_the_condition_names_the_partitions() -> None:
    (day,) = planned("day", id="int", day="date")
    (area,) = planned("area", id="int", area="string")
    assert condition_on([day], []) == "false"
    assert condition_on([day], [("2024-01-02",), ("2024-01-01",)]) == (
        "(concat(cast(`day` as string), '') in ('2024-01-01', '2024-01-02'))"
    )
    assert condition_on([area], [(NO_VALUE,)]) == "(`area` is null)"
    assert condition_on([area], [("it's",), (NO_VALUE,)]) == (
        r"(concat(cast(`area` as string), '') in ('it\'s') or `area` is null)"
    )
    assert condition_on([day, area], [("2024-01-01", NO_VALUE)]) == (
        "((concat(cast(`day` as string), '') = '2024-01-01' and `area` is null))"
    )


def test_nulls_without_a_type_get_one() -> None:
    new = columns(id="int", v="void", more="void")
    stored = stored_columns(new, columns(id="int", V="decimal(10,2)"))
    assert [column.dtype for column in stored] == ["int", "decimal(10,2)", "string"]
    assert select_list(new, stored) == (
        "`id`, cast(`v` as decimal(10,2)) as `v`, cast(`more` as string) as `more`"
    )
