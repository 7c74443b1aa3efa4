"""What the configs about Lake Formation mean, and what it would not take, told with the value and the next step."""

from __future__ import annotations

from typing import Any

import pytest
from glue_compiler.knowledge.lake_formation import (
    CellFilter,
    Filters,
    InvalidConfig,
    Tags,
    filters_of,
    grants_of,
    tags_of,
    without_effect,
)

ROLE = "arn:aws:iam::123456789012:role/analyst"


def filters(**given: Any) -> dict[str, Any]:
    return {"data_cell_filters": {"enabled": True, "filters": {"few": given}}}


def test_privileges_are_those_of_lake_formation_in_any_case() -> None:
    given = {"SELECT": [ROLE], "select": [ROLE, "123456789012"], "Insert": ROLE, "drop": None}
    assert grants_of(given) == {"select": [ROLE, "123456789012"], "insert": [ROLE], "drop": []}
    assert grants_of({"select": []}) == {"select": []}
    assert grants_of({}) is grants_of(None) is None


@pytest.mark.parametrize(
    "principal",
    [
        "123456789012",
        "IAM_ALLOWED_PRINCIPALS",
        "123456789012:IAMPrincipals",
        ROLE,
        "arn:aws-cn:iam::123456789012:user/team/ann@example.org",
        "arn:aws-us-gov:iam::123456789012:group/readers",
        "arn:aws:iam::123456789012:saml-provider/okta:user/ann",
        "arn:aws:iam::123456789012:saml-provider/okta:group/Data Readers",
        "arn:aws:quicksight:us-east-1:123456789012:group/default/readers",
        "arn:aws:organizations::123456789012:organization/o-abcdefghij",
        "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-abcd-abcdefgh",
        "arn:aws:identitystore:::user/93c22c00-1111-2222-3333-444455556666",
    ],
)
def test_principals_are_all_that_lake_formation_knows(principal: str) -> None:
    assert grants_of({"select": [principal]}) == {"select": [principal]}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"selct": [ROLE]}, ["'selct'", "all, alter, delete, describe, drop, insert, select", "`select`"]),
        ({"usage": [ROLE]}, ["'usage'", "write one of these"]),
        ({"select": ["ann"]}, ["names 'ann' for `select`", "arn:aws:iam::123456789012:role/analyst"]),
        (
            {"select": ["arn:aws:sts::123456789012:assumed-role/analyst/run"]},
            ["write the role's ARN, arn:aws:iam::123456789012:role/analyst"],
        ),
        ({"select": ["arn:aws:iam::123456789012:root"]}, ["write the account's id, 123456789012"]),
        ({"select": ["arn:aws:iam::123456789:user/ann"]}, ["has 9 digits and not 12"]),
        ({"select": [7]}, ["7 in the grantees of `select`, where a text is to be"]),
        ({"select": {"a": 1}}, ["which are to be a list of principals"]),
        ({"select": ["x" * 256]}, ["256 characters", "takes 255"]),
        (["select"], ["must be a mapping, not ['select']"]),
    ],
)  # fmt: skip
def test_grants_that_would_be_refused(given: Any, told: list[str]) -> None:
    with pytest.raises(InvalidConfig) as caught:
        grants_of(given)
    assert [each for each in told if each not in str(caught.value)] == []


def test_tags_have_one_value_and_are_in_lower_case() -> None:
    found = tags_of(
        {
            "enabled": True,
            "tags_database": {"Env": "Prod"},
            "tags_table": {"level": 2, "secret": True},
            "tags_columns": {"PII": {"Yes": ["Id", "name"], "no": "city"}, "level": {"2": ["id"]}},
        }
    )
    columns = {
        "id": {"pii": "yes", "level": "2"},
        "name": {"pii": "yes"},
        "city": {"pii": "no"},
    }
    assert found == Tags({"env": "prod"}, {"level": "2", "secret": "true"}, columns, False)
    assert tags_of({"enabled": True, "drop_existing": True}) == Tags({}, {}, {}, True)


@pytest.mark.parametrize(
    "given", [None, {}, {"enabled": False, "tags_table": ["a"], "other": 1}, {"tags_table": {}}]
)
def test_tags_that_are_off(given: Any) -> None:
    assert tags_of(given) is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("on", "must be a mapping, not 'on'"),
        ({"enabled": "false"}, "has 'false' as enabled, which is neither true nor false"),
        ({"enabled": True, "drop_existing": "yes"}, "has 'yes' as drop_existing"),
        ({"enabled": True, "table_tags": {"a": "b"}}, "the unknown key 'table_tags'; there are enabled,"),
        ({"enabled": True, "tag_table": {"a": "b"}}, "Next: write `tags_table`"),
        ({"enabled": True, "tags_table": ["a"]}, "has ['a'] as tags_table, which is to be a mapping"),
        ({"enabled": True, "tags_table": {"a": ["b", "c"]}}, "has ['b', 'c'] as tags_table.a; a resource has one"),
        ({"enabled": True, "tags_table": {"a": None}}, "get-lf-tag --tag-key a"),
        ({"enabled": True, "tags_columns": {"a": {"b": {"c": "d"}}}}, "as `tags_columns.a.b`, which are to be a list"),
        ({"enabled": True, "tags_columns": {"a": ["b"]}}, "as tags_columns.a, which is to be a mapping"),
        (
            {"enabled": True, "tags_columns": {"a": {"b": ["id"], "c": ["ID"]}}},
            "gives the column 'ID' two values of the tag 'a', 'b' and 'c'",
        ),
    ],
)  # fmt: skip
def test_tags_that_would_be_refused(given: Any, told: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        tags_of(given)
    assert told in str(caught.value)


def test_filters_have_rows_or_columns() -> None:
    given = {
        "rows": {"row_filter": " a > 1 ", "principals": [ROLE, ROLE]},
        "columns": {"row_filter": "TRUE", "column_names": ["A"]},
        "others": {"excluded_column_names": "B"},
        "both": {"row_filter": "a = 'x'", "column_names": ["a"], "excluded_column_names": []},
    }
    found = filters_of({"data_cell_filters": {"enabled": True, "filters": given}})
    assert found == Filters(
        {
            "rows": CellFilter("a > 1", None, (), (ROLE,)),
            "columns": CellFilter(None, ("a",), (), ()),
            "others": CellFilter(None, None, ("b",), ()),
            "both": CellFilter("a = 'x'", ("a",), (), ()),
        },
        drop_existing=False,
    )


@pytest.mark.parametrize(
    "given",
    [None, {}, {"data_cell_filters": {}}, {"data_cell_filters": {"enabled": False, "filters": 7}}],
)
def test_filters_that_are_off(given: Any) -> None:
    assert filters_of(given) is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("all", "must be a mapping, not 'all'"),
        ({"data_cell_filter": {"enabled": True}}, "Next: write `data_cell_filters`"),
        ({"data_cell_filters": {"enabled": "true"}}, "as data_cell_filters.enabled, which is neither true nor false"),
        ({"data_cell_filters": {"enabled": True, "filter": {}}}, "'filter' in data_cell_filters"),
        (filters(), "has neither row_filter nor columns in the filter `few`"),
        (filters(rowfilter="a > 1"), "unknown key 'rowfilter' in the filter `few`"),
        (filters(column_names=["a"], excluded_column_names=["b"]), "has both column_names and excluded_column_names"),
        (filters(row_filter=7), "has 7 in the row_filter of the filter `few`, where a text is to be"),
        (filters(row_filter="a" * 2049), "2,049 characters"),
        (filters(row_filter="a = 1", principals=["ann"]), "names 'ann' for the filter `few`"),
        (filters(column_names=[1]), "has 1 in the column_names of the filter `few`"),
    ],
)  # fmt: skip
def test_filters_that_would_be_refused(given: Any, told: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        filters_of(given)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"lf_tags_config": {"tags_table": {"a": "b"}}}, "sets no tag, as in dbt-glue"),
        ({"lf_tags_config": {"enabled": True}}, "it is on and names no tag"),
        ({"lf_grants": {"data_cell_filters": {"filters": {"few": {}}}}}, "makes no filter, as in dbt-glue"),
        ({"lf_grants": {"data_cell_filters": {"enabled": True}}}, "it is on and names no filter"),
        (
            {"lf_grants": filters(row_filter="a = 1", principals=[ROLE]), "grants": {"ALL": [ROLE]}},
            f"the filter `few` keeps nothing from {ROLE}",
        ),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_told(config: dict[str, Any], told: str) -> None:
    ((key, said),) = without_effect(config)
    assert key in config
    assert told in said


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"lf_tags_config": {"enabled": False}, "lf_grants": {"data_cell_filters": {"enabled": False}}},
        {"lf_tags_config": {"enabled": True, "drop_existing": True}},
        {"lf_grants": filters(row_filter="a = 1", principals=[ROLE]), "grants": {"insert": [ROLE]}},
        {"lf_tags_config": {"enabled": "true"}},
    ],
)  # fmt: skip
def test_what_does_something_is_not_told(config: dict[str, Any]) -> None:
    assert list(without_effect(config)) == []
