"""What users of dbt-glue write before a ref to an Iceberg table, which here names its catalog itself."""

from __future__ import annotations

import pytest

from dbt.adapters.glue.named_twice import without_doubled_catalog


def is_view(schema: str, name: str) -> bool:
    return (schema, name) == ("shop", "seen")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "select max(id) from glue_catalog.`glue_catalog`.`shop`.`orders`",
            "select max(id) from `glue_catalog`.`shop`.`orders`",
        ),
        ("from GLUE_CATALOG . `glue_catalog`.`a b`.`c``d` t", "from `glue_catalog`.`a b`.`c``d` t"),
        ("from glue_catalog.`shop`.`seen` join x", "from `shop`.`seen` join x"),
        (
            "'it\\'s' = a and b in (select 1 from glue_catalog.`shop`.`seen`)",
            "'it\\'s' = a and b in (select 1 from `shop`.`seen`)",
        ),
    ],
)
def test_a_catalog_is_named_once(sql: str, expected: str) -> None:
    assert without_doubled_catalog(sql, "glue_catalog", is_view) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "from `glue_catalog`.`shop`.`orders`",
        "from glue_catalog.`shop`.`orders`",
        "from glue_catalog.shop.seen",
        "from glue_catalog.`glue_catalog`.`orders`",  # a database of that name
        "from other.`glue_catalog`.`shop`.`orders`",
        "from x.glue_catalog.`glue_catalog`.`shop`.`orders`",
        "from my_glue_catalog.`glue_catalog`.`shop`.`orders`",
        "select 'glue_catalog.`shop`.`seen`'",
        "select r'\\', 'glue_catalog.`shop`.`seen`'",
        'select "glue_catalog.`shop`.`seen`"',
        "select 1 -- it's glue_catalog.`shop`.`seen`\n, 'x'",
        "select /* glue_catalog.`shop`.`seen` */ 1",
        "select `glue_catalog.` from t",
    ],
)
def test_all_else_stays(sql: str) -> None:
    assert without_doubled_catalog(sql, "glue_catalog", is_view) == sql
