"""Names of staged tables: one for each target, whatever its name, wherever it is staged."""

from __future__ import annotations

from dbt.adapters.glue.replacement import staged_name


def test_beside_the_target() -> None:
    assert staged_name(("Shop", "Orders"), "__dbt_new") == ("shop", "orders__dbt_new")
    assert staged_name(("shop", "orders"), "__dbt_tmp", "SHOP") == ("shop", "orders__dbt_tmp")


def test_in_a_schema_for_all() -> None:
    schema, name = staged_name(("shop", "orders"), "__dbt_new", "temp")
    assert schema == "temp"
    assert name.startswith("shop__orders__")
    assert name.endswith("__dbt_new")
    targets = [("a", "b__c"), ("a__b", "c"), ("a", "b"), ("b", "a")]
    assert len({staged_name(target, "__dbt_new", "temp") for target in targets}) == 4


def test_long_names_keep_glues_limit() -> None:
    names = {staged_name(("s" * 255, letter * 255), "__dbt_new", "temp")[1] for letter in "ab"}
    assert len(names) == 2
    assert {len(name) for name in names} == {255}
