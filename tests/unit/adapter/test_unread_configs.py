"""Configs that nobody carries out here: errors by name, or told to change nothing."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.unread_configs import (
    check_unread,
    check_unread_of_all,
    ignored,
    listed,
    refused,
)

LOCAL = GlueCredentials(schema="shop", endpoint="local")
GRANTS = {"select": ["ann"]}
TAGS = {"enabled": True, "tags_table": {"team": ["data", "web"]}}
FILTERS = {"data_cell_filters": {"enabled": True, "filters": {"all": {}}}}


def node(name: str, language: str | None = "sql", kind: str = "model", **config: Any) -> Any:
    return SimpleNamespace(
        unique_id=name,
        resource_type=kind,
        original_file_path=f"models/{name}.sql",
        language=language,
        config=config,
    )


@pytest.mark.parametrize("language", ["sql", "python", None])
@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"lf_tags_config": TAGS}, "has ['data', 'web'] as tags_table.team; a resource has one value of a tag"),
        ({"lf_tags_config": ["a"]}, "`lf_tags_config` must be a mapping, not ['a']"),
        ({"lf_grants": FILTERS}, "`lf_grants` has neither row_filter nor columns in the filter `all`"),
        ({"lf_grants": "all"}, "`lf_grants` must be a mapping, not 'all'"),
        ({"grants": GRANTS}, "`grants` names 'ann' for `select`, which is no principal of Lake Formation"),
    ],
)  # fmt: skip
def test_a_config_that_must_not_pass_unread_is_an_error_by_name(
    config: dict[str, Any], told: str, language: str | None
) -> None:
    with pytest.raises(CompilationError) as caught:
        check_unread(config, language, LOCAL)
    assert told in str(caught.value)
    (key,) = config
    assert str(caught.value).strip().count(f"`{key}`") == 1


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"grants": {}, "lf_tags_config": None, "lf_grants": {}},
        {"grants": {"select": []}},
        {"grants": {"select": ["arn:aws:iam::123456789012:role/analyst"]}},
        {"lf_tags_config": {"enabled": True, "tags_table": {"team": "data"}}},
        {"lf_tags_config": {"enabled": False, "tags_table": {"team": "data"}}},
        {"lf_grants": {"data_cell_filters": {"enabled": False, "filters": {"a": {}}}}},
    ],
)
def test_what_asks_for_nothing_is_no_error(config: dict[str, Any]) -> None:
    check_unread(config, "sql", LOCAL)
    assert ignored(config, "sql") == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lf_tags_config", {"enabled": True, "tags_columns": {"pii": {"yes": ["id"]}}}),
        ("lf_grants", {"data_cell_filters": {"enabled": True, "filters": {"a": {"row_filter": "b"}}}}),
    ],
)  # fmt: skip
def test_columns_that_the_data_catalog_does_not_show_can_have_no_tags_and_filters(
    key: str, value: dict[str, Any]
) -> None:
    for without in ("Delta", "json"):
        told = refused({key: value, "file_format": without}, "sql", LOCAL)
        assert [each.key for each in told] == [key]
        assert f"has none of a {without.lower()} table" in told[0].told
    for other in ("iceberg", "hudi", "parquet", None):
        assert refused({key: value, "file_format": other}, "sql", LOCAL) == []


def test_tags_that_are_neither_on_nor_off_are_told() -> None:
    config = {"lf_tags_config": {"tags_table": {"team": "data"}}}
    assert refused(config, "sql", LOCAL) == []
    (told,) = ignored(config, "sql")
    assert told.key == "lf_tags_config"
    assert "`enabled: true`" in told.told


def test_code_in_a_config_is_refused_where_it_would_be_part_of_sql() -> None:
    config = {"substitute_variables": ["dbutils.get('x')"]}
    with pytest.raises(CompilationError, match="evaluated as Python"):
        check_unread(config, "sql", LOCAL)
    check_unread(config, "python", LOCAL)
    assert [key for key, _ in ignored(config, "python")] == ["substitute_variables"]


@pytest.mark.parametrize(
    "key",
    ["custom_temp_suffix", "use_iceberg_temp_views", "purge_dropped_iceberg_data", "write_options"],
)
def test_a_config_of_dbt_glues_that_changes_nothing_is_told(key: str) -> None:
    assert [each.key for each in ignored({key: "x"}, "sql")] == [key]
    assert ignored({key: "False"}, "sql") == ignored({key: False}, "sql") == []


def test_the_timestamp_column_is_told_to_be_for_sql() -> None:
    assert ignored({"add_iceberg_timestamp": True}, "sql") == []
    assert [key for key, _ in ignored({"add_iceberg_timestamp": True}, "python")] == [
        "add_iceberg_timestamp"
    ]


def test_all_selected_nodes_are_looked_at_at_once() -> None:
    nodes = [
        node("b", grants=GRANTS),
        node("a", grants=GRANTS),
        node("c", "python", lf_tags_config=TAGS),
        node("e", kind="test", grants=GRANTS),
        node("f", grants=GRANTS),
        node("g", write_options={"a": "b"}),
        node("h", write_options={"a": "b"}),
    ]
    told: list[str] = []
    with pytest.raises(CompilationError) as caught:
        check_unread_of_all(nodes, set("abcdegh"), LOCAL, told.append)
    lines = str(caught.value.msg).splitlines()
    assert lines[0].endswith("nothing was built:")
    assert [re.split(" names| has| is", line)[0] for line in lines[1:]] == [
        "  `grants` of models/a.sql, models/b.sql",
        "  `lf_tags_config` of models/c.sql",
    ]
    assert [sentence.split(" has no effect")[0] for sentence in told] == [
        "the config `write_options` of models/g.sql, models/h.sql"
    ]


def test_a_long_list_is_cut() -> None:
    assert listed("cab") == "a, b, c"
    assert listed("abcdefgh") == "a, b, c, d, e and 3 more"
