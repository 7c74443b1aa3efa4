"""The dbt object in the session: what it answers, and what it says where it cannot."""

from __future__ import annotations

from typing import Any

import pytest
from glue_session.dbt_object import Dbt, DbtError, IsIncremental


class Tables:
    """A session as far as refs need one: it returns the name that it was asked for."""

    def table(self, name: str) -> str:
        return f"frame of {name}"

    def sql(self, text: str) -> str:
        return f"rows of {text}"


@pytest.fixture
def dbt() -> Dbt:
    return made()


def made(**changes: Any) -> Dbt:
    request = {
        "refs": [
            {"package": None, "name": "orders", "version": None, "relation": "`s`.`orders`"},
            {"package": "shop", "name": "orders", "version": "2", "relation": "`s`.`orders_v2`"},
            {"package": None, "name": "orders", "version": "2", "relation": "`s`.`orders_v2`"},
        ],
        "sources": [{"source": "raw", "table": "events", "relation": "`raw`.`events_v1`"}],
        "config": {"materialized": "table", "tags": [], "unset": None},
        "meta": {"owner": "data", "limit": 0},
        "this": {
            "database": None,
            "schema": "s",
            "identifier": "m",
            "relation": "`s`.`m`",
        },
        "is_incremental": False,
    }
    return Dbt(Tables(), {**request, **changes})


def test_a_reference_as_of_a_version_is_read_by_sql() -> None:
    relation = "`s`.`orders` version as of 7"
    orders = {"package": None, "name": "orders", "version": None, "relation": relation}
    dbt = made(refs=[{**orders, "query": f"select * from {relation}"}])
    assert dbt.ref("orders") == f"rows of select * from {relation}"


class Rows:
    """A frame as far as a limit goes: it counts."""

    def __init__(self, text: str) -> None:
        self.text = text

    def limit(self, rows: int) -> str:
        return f"{rows} of {self.text}"


class TablesOfRows(Tables):
    def table(self, name: str) -> Rows:  # type: ignore[override]
        return Rows(super().table(name))


def test_a_reference_of_no_rows() -> None:
    request = {
        "refs": [],
        "config": {},
        "meta": {},
        "is_incremental": False,
        "sources": [{"source": "raw", "table": "events", "relation": "`raw`.`events`", "limit": 0}],
        "this": {"database": None, "schema": "s", "identifier": "m", "relation": "`s`.`m`"},
    }
    frame = Dbt(TablesOfRows(), request).source("raw", "events")
    assert frame == "0 of frame of `raw`.`events`"


def test_references_by_name_package_and_version(dbt: Dbt) -> None:
    assert dbt.ref("orders") == "frame of `s`.`orders`"
    assert dbt.ref("orders", v=2) == dbt.ref("orders", version="2") == "frame of `s`.`orders_v2`"
    assert dbt.ref("shop", "orders", v=2) == "frame of `s`.`orders_v2`"
    assert dbt.ref("orders", limit=5) == "frame of `s`.`orders`"
    assert dbt.source("raw", "events") == "frame of `raw`.`events_v1`"


def test_an_unrecorded_reference_says_what_dbt_recorded(dbt: Dbt) -> None:
    with pytest.raises(DbtError) as error:
        dbt.ref("shop", "order", v=1)
    lines = str(error.value).splitlines()
    assert lines[0] == (
        "dbt.ref('shop', 'order', v=1) is not among the references that dbt recorded for this model:"
    )
    assert lines[1:4] == [
        "  dbt.ref('orders')",
        "  dbt.ref('shop', 'orders', v=2)",
        "  dbt.ref('orders', v=2)",
    ]
    with pytest.raises(DbtError, match=r"dbt\.source\('raw', 'event'\) is not among"):
        dbt.source("raw", "event")
    with pytest.raises(DbtError, match="called with 3 arguments"):
        dbt.ref("a", "b", "c")


def test_configs_and_meta(dbt: Dbt) -> None:
    assert dbt.config(materialized="incremental") is None
    assert dbt.config.get("materialized") == "table"
    assert dbt.config.get("tags", ["x"]) == []
    assert dbt.config.get("unset", "default") == dbt.config.get("absent", default="default")
    assert dbt.config.meta_get("limit", 5) == 0
    assert dbt.config.meta_get("absent") is None
    with pytest.raises(DbtError, match=r"write dbt\.config\.get\('tags'\)"):
        dbt.config["tags"]


def test_this_is_a_name_and_its_parts(dbt: Dbt) -> None:
    assert str(dbt.this) == f"{dbt.this}" == "`s`.`m`"
    assert (dbt.this.database, dbt.this.schema, dbt.this.identifier) == (None, "s", "m")


@pytest.mark.parametrize("value", [True, False])
def test_is_incremental_is_a_truth_value_that_may_be_called(value: bool) -> None:
    flag = made(is_incremental=value).is_incremental
    assert bool(flag) is value
    assert flag() is value
    assert flag == value
    assert flag == IsIncremental(value)
    assert flag != (not value)
    assert repr(flag) == str(value)
    assert {flag} == {value}


@pytest.mark.parametrize(
    ("use", "hint"),
    [
        (lambda dbt: dbt.var("x"), "dbt.config.meta_get('my_value')"),
        (lambda dbt: dbt.env_var("X"), "{{ env_var('X') }}"),
        (lambda dbt: dbt.log("x"), "use print"),
        (lambda dbt: dbt.nonsense, "it has ref, source, config"),
        (lambda dbt: dbt.this.alias, "it has database, schema and identifier"),
        (lambda dbt: dbt.config.materialized, "dbt.config.get('materialized')"),
    ],
)
def test_what_does_not_exist_names_the_way(dbt: Dbt, use: Any, hint: str) -> None:
    with pytest.raises(AttributeError) as error:
        use(dbt)
    assert hint in str(error.value)
