"""SQL's patterns, and a query of what the Data Catalog found by them."""

from __future__ import annotations

import pytest

from dbt.adapters.glue.package_methods import like, listed


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("data_%", "DATA_events", True),
        ("data_%", "dataXevents", True),
        (r"data\_%", "dataXevents", False),
        (r"data\_%", "data_events", True),
        ("%", "", True),
        ("", "orders", False),
        ("a.c", "abc", False),
        ("_", "ab", False),
        (r"100\%", "100%", True),
    ],
)
def test_a_pattern_is_that_of_ilike(pattern: str, text: str, matches: bool) -> None:
    assert bool(like(pattern).fullmatch(text)) is matches


def test_rows_are_a_query_with_the_columns_of_the_information_schema() -> None:
    assert listed([("s", "it's", "table"), ("s", "b", "view")]) == (
        "select * from values ('s', 'it\\'s', 'table'), ('s', 'b', 'view')"
        " as listed(table_schema, table_name, table_type)"
    )
    assert listed([]).endswith("as table_type where false")
