"""What an incremental model does that names no strategy, here and in dbt-glue."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dbt.adapters.glue.default_strategy import (
    appending,
    ask_which,
    dbt_glues_default,
    differs_from,
    replaced_whole,
    tell_appending,
)
from dbt.adapters.glue.replacement import in_version_folder, new_version

MODE = "spark.sql.sources.partitionOverwriteMode"


@pytest.mark.parametrize(
    ("language", "table_format", "config", "both"),
    [
        ("sql", "parquet", {}, ("append", "insert_overwrite")),
        ("sql", "iceberg", {}, ("append", "insert_overwrite")),
        ("sql", "iceberg", {"incremental_strategy": "default"}, ("append", "insert_overwrite")),
        ("sql", "delta", {"unique_key": "id"}, ("merge", "insert_overwrite")),
        ("sql", "parquet", {"unique_key": "id", "partition_by": "d"}, ("merge", "insert_overwrite")),
        ("python", "iceberg", {"unique_key": "id"}, ("merge", "append")),
        ("python", "iceberg", {"partition_by": "d"}, ("insert_overwrite", "append")),
        ("python", "parquet", {}, ("append", "insert_overwrite")),
        # the same in both
        ("sql", "parquet", {"partition_by": ["d"]}, None),
        ("sql", "hudi", {"unique_key": "id"}, None),
        ("python", "iceberg", {}, None),
        # named
        ("sql", "parquet", {"incremental_strategy": "append"}, None),
        ("sql", "parquet", {"incremental_strategy": "merge", "unique_key": "id"}, None),
    ],
)  # fmt: skip
def test_where_the_two_differ(
    language: str, table_format: str, config: dict[str, Any], both: tuple[str, str] | None
) -> None:
    assert differs_from(config, language, table_format) == both


def test_dbt_glue_overwrites_where_its_formats_do_not_decide() -> None:
    assert dbt_glues_default("sql", None) == "insert_overwrite"


def test_the_question_says_what_each_does_and_how_to_answer() -> None:
    said = ask_which("shop.orders", "append", "insert_overwrite", "shop")
    assert "In dbt-glue it is insert_overwrite, which replaces the table by the new rows" in said
    assert "here it would be append, which adds the new rows" in said
    assert "`models: {shop: {+incremental_strategy: insert_overwrite}}`" in said


def node(name: str, kind: str = "model", **config: Any) -> Any:
    return SimpleNamespace(
        unique_id=name, resource_type=kind, language="sql",
        original_file_path=f"models/{name}.sql", config={"materialized": "incremental", **config},
    )  # fmt: skip


def test_one_warning_names_the_models_that_append() -> None:
    nodes = [
        node("b"), node("a"), node("c", unique_key="id"), node("d", partition_by="x"),
        node("e", incremental_strategy="append"), node("f", materialized="table"), node("g"),
        node("h", file_format="HUDI"), node("s", kind="snapshot"),
    ]  # fmt: skip
    paths = appending(nodes, set("abcdefhs"))
    assert paths == ["models/b.sql", "models/a.sql", "models/h.sql"]
    told = tell_appending(paths, "run", "shop")
    assert told is not None
    assert "in models/a.sql, models/b.sql, models/h.sql: each run appends" in told
    assert "`models: {shop: {+incremental_strategy: append}}`, or insert_overwrite" in told
    assert tell_appending(paths, "show", "shop") is None
    assert tell_appending([], "run", "shop") is None


def test_a_table_of_ours_is_in_a_folder_of_its_version() -> None:
    assert in_version_folder(f"s3://bucket/shop/orders/{new_version()}")
    assert in_version_folder(f"s3://bucket/shop/orders/{new_version()}/day=1/")
    assert not in_version_folder("s3://bucket/shop/orders")
    assert not in_version_folder("s3://bucket/v2/orders/")
    assert not in_version_folder(None)


@pytest.mark.parametrize(
    ("language", "table_format", "config", "conf", "whole"),
    [
        ("sql", "parquet", {"incremental_strategy": "insert_overwrite", "partition_by": "d"}, {}, True),
        ("sql", "iceberg", {"incremental_strategy": "insert_overwrite", "partition_by": "d"}, {}, True),
        ("sql", "parquet", {"partition_by": ["d"]}, {}, True),
        ("sql", "parquet", {"partition_by": ["d"]}, {MODE: "STATIC"}, True),
        ("sql", "parquet", {"partition_by": ["d"]}, {MODE: "DYNAMIC"}, False),
        ("sql", "parquet", {"partition_by": ["d"], "unique_key": "id"}, {}, False),
        ("sql", "parquet", {"incremental_strategy": "insert_overwrite"}, {}, False),
        ("sql", "parquet", {"incremental_strategy": "append", "partition_by": "d"}, {}, False),
        ("sql", "parquet", {"incremental_strategy": "my_own", "partition_by": "d"}, {}, False),
        ("sql", "hudi", {"incremental_strategy": "insert_overwrite", "partition_by": "d"}, {}, False),
        ("python", "parquet", {"incremental_strategy": "insert_overwrite", "partition_by": "d"}, {}, False),
    ],
)  # fmt: skip
def test_where_dbt_glue_overwrites_more(
    language: str, table_format: str, config: dict[str, Any], conf: dict[str, str], whole: bool
) -> None:
    assert replaced_whole(config, language, table_format, conf) is whole
