"""Names of staged tables: one for each target, whatever its name, wherever it is staged."""

from __future__ import annotations

from dbt.adapters.glue.replacement import OWNER, staged_comment, staged_name
from dbt.adapters.glue.writers import Writers


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


def test_what_was_left_behind_is_told_once() -> None:
    writers = Writers()
    writers.note("S", {"Name": "t__1__dbt_new", "Parameters": {OWNER: "s.t"}})
    writers.note("temp", {"Name": "s__t__2__dbt_new", "Description": staged_comment("s.t")})
    writers.note("s", {"Name": "mine__dbt_new"})
    assert writers.left_behind(("s", "u")) == []
    assert writers.left_behind(("s", "t")) == [("s", "t__1__dbt_new"), ("temp", "s__t__2__dbt_new")]
    # From here on there may be one of this process.
    writers.note("s", {"Name": "t__3__dbt_new", "Parameters": {OWNER: "s.t"}})
    assert writers.left_behind(("s", "t")) == []
    assert writers.lock("s.t") is writers.lock("s.t")
    assert writers.lock("s.t") is not writers.lock("s.u")
