"""Names of staged tables: one for each target, whatever its name, wherever it is staged."""

from __future__ import annotations

from dbt.adapters.glue.staged_tables import (
    OWNER,
    is_staged_name,
    new_token,
    owner_of,
    staged_comment,
    staged_name,
)


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
    beside = {staged_name(("s", letter * 250 + "x"), "__dbt_new")[1] for letter in "ab"}
    assert {len(name) for name in beside} == {255}
    assert len(beside) == 2


def test_batches_have_names_of_their_own() -> None:
    batches = ["2026", "202601", "20260101", "20260101T05", "20260101T06"]
    for temp_schema in (None, "temp"):
        names = {
            staged_name(("shop", "orders"), suffix, temp_schema, batch)[1]
            for batch in (*batches, None)
            for suffix in ("__dbt_new", "__dbt_tmp")
        }
        assert len(names) == 12
        assert all(name.endswith(("__dbt_new", "__dbt_tmp")) for name in names)
    found = staged_name(("Shop", "Orders"), "__dbt_new", None, "20260101T05")
    assert found == ("shop", "orders__20260101t05__dbt_new")


def test_each_run_has_names_of_its_own() -> None:
    names = {staged_name(("s", "t"), "__dbt_new", token=new_token())[1] for _ in range(9)}
    assert len(names) == 9
    for target in ("t", "x" * 255, "t__dbt_new", "t__dbt_tmp_0123abcd"):
        for batch in (None, "20260101T05"):
            for temp in (None, "temp"):
                _, name = staged_name(("s", target), "__dbt_new", temp, batch, new_token())
                assert is_staged_name(name)
                assert len(name) <= 255
    assert is_staged_name("T__DBT_NEW")
    assert not any(map(is_staged_name, ("t", "t__dbt_news", "t__dbt_new_items", "__dbt_old", "")))


def test_whose_a_staged_table_is() -> None:
    assert owner_of({"Name": "t__1__dbt_new", "Parameters": {OWNER: "s.t"}}) == ("s", "t")
    assert owner_of({"Name": "u", "Description": staged_comment("s.t")}) == ("s", "t")
    assert owner_of({"Name": "mine__dbt_new"}) is None
