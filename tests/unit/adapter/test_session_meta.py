"""dbt-glue's words in `meta`: what each does for its node."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.model_config import table_root
from dbt.adapters.glue.relation import GlueRelation
from dbt.adapters.glue.session_meta import (
    META_FIELDS,
    environment_with,
    meta_refusals,
    meta_without_effect,
    seed_field,
    session_overrides,
)

AWS = GlueCredentials(
    schema="shop", role_arn="arn:aws:iam::1:role/all", region="eu-west-1", location="s3://lake/all/"
)


def request(**config: Any) -> dict[str, Any]:
    overrides = session_overrides(config, "model.shop.orders")
    return environment_with(AWS, overrides).create_request("id")


@pytest.mark.parametrize(
    ("meta", "found"),
    [
        ({"workers": 50}, {"NumberOfWorkers": 50}),
        ({"worker_type": "G.2X"}, {"WorkerType": "G.2X"}),
        ({"glue_version": "5.0"}, {"GlueVersion": "5.0"}),
        ({"idle_timeout": 5}, {"IdleTimeout": 5}),
        ({"query_timeout_in_minutes": 7}, {"Timeout": 7}),
        ({"security_configuration": "kms"}, {"SecurityConfiguration": "kms"}),
        ({"role_arn": "arn:aws:iam::1:role/one"}, {"Role": "arn:aws:iam::1:role/one"}),
        ({"connections": "vpc,db"}, {"Connections": {"Connections": ["vpc", "db"]}}),
        ({"tags": "team=data,cost=a"}, {"Tags": {"team": "data", "cost": "a"}}),
    ],
)
def test_a_word_about_sessions_is_in_the_request(
    meta: dict[str, Any], found: dict[str, Any]
) -> None:
    made = request(meta=meta)
    assert {name: made[name] for name in found} == found


@pytest.mark.parametrize(
    ("meta", "argument", "value"),
    [
        ({"conf": "spark.a=1"}, "--conf", "spark.a=1"),
        ({"default_arguments": "--enable-metrics=true"}, "--enable-metrics", "true"),
        ({"extra_jars": "s3://b/a.jar"}, "--extra-jars", "s3://b/a.jar"),
        ({"extra_py_files": "s3://b/a.py"}, "--extra-py-files", "s3://b/a.py"),
        ({"datalake_formats": "delta"}, "--datalake-formats", "delta"),
    ],
)
def test_or_in_its_arguments(meta: dict[str, Any], argument: str, value: str) -> None:
    assert value in request(meta=meta)["DefaultArguments"][argument]


@pytest.mark.parametrize(
    ("meta", "group"),
    [
        ({"group_session_id": "night"}, "night"),
        ({"glue_session_id": "mine"}, "mine"),
        ({"group_session_id": "night", "glue_session_id": "mine"}, "night"),
        ({"enable_session_per_model": True}, "model_shop_orders"),
        ({"workers": 3}, None),
    ],
)
def test_a_session_has_the_name_that_is_asked_for(meta: dict[str, Any], group: str | None) -> None:
    overrides = session_overrides({"meta": meta}, "model.shop.orders")
    assert environment_with(AWS, overrides).group == group


def test_configs_name_the_parts_of_a_session_too() -> None:
    made = request(workers=7, glue_version="5.0", meta={"workers": 3, "worker_type": "G.2X"})
    assert (made["NumberOfWorkers"], made["WorkerType"], made["GlueVersion"]) == (3, "G.2X", "5.0")
    given = {"conf": "spark.a=1", "group_session_id": "g"}
    assert session_overrides(SimpleNamespace(get=given.get)) == {  # as dbt hands them over
        "conf": "spark.a=1",
        "group_session_id": "g",
    }


@pytest.mark.parametrize(
    "meta",
    [
        {"tags": ["pii"]}, {"tags": {"owner": "ann"}}, {"tags": "pii"}, {"location": "Paris"},
        {"role_arn": "analyst"}, {"connections": ["a"]}, {"region": "emea"}, {"schema": {"a": 1}},
        {"packages": ["a"]}, {"workers": None}, {},
    ],
)  # fmt: skip
def test_words_that_are_the_users_own_are_left_alone(meta: dict[str, Any]) -> None:
    assert session_overrides({"meta": meta}) == {}
    assert meta_without_effect(meta) == []
    assert meta_refusals(meta, AWS) == []


@pytest.mark.parametrize("meta", [{"workers": "many"}, {"worker_type": "huge"}, {"conf": "a"}])
def test_a_bad_value_is_an_error_by_name(meta: dict[str, Any]) -> None:
    with pytest.raises(CompilationError, match=f"meta: {next(iter(meta))}: must be"):
        request(meta=meta)


@pytest.mark.parametrize("name", [name for name, word in META_FIELDS.items() if word.how == "told"])
def test_a_word_that_changes_nothing_is_told(name: str) -> None:
    ((key, why),) = meta_without_effect({name: "x"})
    assert key == f"meta.{name}"
    assert why
    assert session_overrides({"meta": {name: "x"}}) == {}


def test_a_node_cannot_run_elsewhere_or_as_somebody_else() -> None:
    meta = {"region": "us-east-1", "use_interactive_session_role_for_api_calls": True}
    told = dict(meta_refusals(meta, AWS))
    assert list(told) == ["meta.region", "meta.use_interactive_session_role_for_api_calls"]
    assert told["meta.region"].startswith("is 'us-east-1', and the profile's region is 'eu-west-1'")
    same = {"region": "eu-west-1", "use_interactive_session_role_for_api_calls": False}
    assert meta_refusals(same, AWS) == []


def test_a_table_is_where_its_meta_says() -> None:
    relation = GlueRelation.create(schema="shop", identifier="orders")

    def root(**config: Any) -> str:
        return table_root(AWS, relation, config, lambda _name: None)

    assert root() == "s3://lake/all/shop/orders"
    assert root(meta={"location": "s3://other/"}) == "s3://other/shop/orders"
    assert root(meta={"location": "Paris"}) == "s3://lake/all/shop/orders"
    assert root(location="s3://own/", meta={"location": "s3://other/"}) == "s3://own"
    assert root(custom_location="s3://mine", location="s3://own/") == "s3://mine"


def test_a_seed_is_stored_as_its_meta_says() -> None:
    assert seed_field("seed_mode", {"seed_mode": "append"}, AWS) == "append"
    assert seed_field("seed_format", {}, AWS) == "parquet"
    with pytest.raises(CompilationError, match="meta: seed_format: must be one of"):
        seed_field("seed_format", {"seed_format": "xlsx"}, AWS)
