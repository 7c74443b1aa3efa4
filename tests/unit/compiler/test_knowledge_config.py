"""The config keys: known, effective, judged, repaired."""

from __future__ import annotations

import ast
import dataclasses
import json
from pathlib import Path

import dbt.jsonschemas
import pytest
from dbt.adapters.spark.impl import SparkConfig
from dbt.artifacts.resources.v1.model import ModelConfig
from dbt_common.dataclass_schema import ValidationError
from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.config import config_key, config_keys, nearest_key, value_problem
from glue_compiler.knowledge.config_keys import EFFECTIVE
from glue_compiler.knowledge.other_config_keys import INSTEAD, NEAR_MISSES, OTHER_ADAPTERS
from glue_compiler.knowledge.tables import OPEN_FORMATS, SCHEMA_CHANGES, STRATEGIES, TABLE_FORMATS

from dbt.adapters.glue.incremental import checked_on_schema_change, checked_strategy
from dbt.adapters.glue.model_config import file_format

ROOT = Path(__file__).parents[3]


def test_every_config_of_dbt_core_is_known() -> None:
    fields = {field.name for field in dataclasses.fields(ModelConfig)} - {"_extra"}
    fields |= {field.name for field in dataclasses.fields(SparkConfig)} - {"_extra"}
    assert {name for name in fields if config_key(name) is None} == set()


def test_every_config_of_dbts_published_schema_is_known() -> None:
    path = Path(dbt.jsonschemas.__file__).parent / "resources" / "latest.json"
    definitions = json.loads(path.read_text(encoding="utf-8"))["definitions"]
    names = definitions["ModelConfig"]["properties"]
    assert {name for name in names if config_key(name) is None} == set()


@pytest.mark.parametrize("name", ["materialized", "unique_key", "packages", "pre-hook", "pre_hook"])
def test_keys_with_an_effect_say_what_they_do(name: str) -> None:
    key = config_key(name)
    assert key is not None
    assert key.effective
    assert key.doc.endswith(".")


def test_keys_of_other_adapters_say_whose_they_are_and_what_to_use() -> None:
    key = config_key("imports")
    assert key is not None
    assert not key.effective
    assert key.why_not == "it is a config of Snowflake"
    assert "additional_libs" in key.instead


def test_every_replacement_and_near_miss_leads_to_an_effective_key() -> None:
    assert set(NEAR_MISSES.values()) <= set(EFFECTIVE)
    assert not set(NEAR_MISSES) & set(config_keys())
    assert set(INSTEAD) <= set(OTHER_ADAPTERS)
    assert not set(EFFECTIVE) & set(OTHER_ADAPTERS)


def test_formats_and_strategies_are_those_of_the_adapter() -> None:
    assert [file_format(name) for name in TABLE_FORMATS] == list(TABLE_FORMATS)
    with pytest.raises(CompilationError, match="file_format 'paimon' is not known; one of parquet"):
        file_format("paimon")
    assert [checked_strategy(name, "id", None) for name in STRATEGIES] == list(STRATEGIES)
    assert [checked_on_schema_change(name) for name in SCHEMA_CHANGES] == list(SCHEMA_CHANGES)
    for key, values in (
        ("file_format", TABLE_FORMATS),
        ("incremental_strategy", (*STRATEGIES, "default")),
        ("on_schema_change", SCHEMA_CHANGES),
    ):
        known = config_key(key)
        assert known is not None
        assert known.values == values


def test_formats_and_strategies_are_listed_once() -> None:
    """No other module of the product holds a list with three of the words of one of the lists."""
    product = [ROOT / wing for wing in ("cli", "compiler", "dbt", "lsp", "session")]
    vocabularies = (set(OPEN_FORMATS), set(STRATEGIES), set(SCHEMA_CHANGES))
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in product
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Tuple, ast.List, ast.Set))
        for words in [{item.value for item in node.elts if isinstance(item, ast.Constant)}]
        if any(len(words & vocabulary) >= 3 for vocabulary in vocabularies)
    }
    assert found == {"compiler/glue_compiler/knowledge/tables.py"}


def test_every_default_is_a_value_that_its_key_accepts() -> None:
    for key in config_keys().values():
        assert value_problem(key.name, key.default) is None, key.name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("unique_id", "unique_key"),
        ("enable", "enabled"),
        ("materialised", "materialized"),
        ("package", "packages"),
        ("tag", "tags"),
        ("packges", "packages"),
        ("partition-by", "partition_by"),
        ("Materialized", "materialized"),
        ("zzyzx", None),
        ("http_path", None),
        ("materialized", None),
    ],
)
def test_a_near_miss_finds_the_key_that_was_meant(written: str, meant: str | None) -> None:
    assert nearest_key(written) == meant


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("enabled", True),
        ("materialized", "incremental"),
        ("materialized", "python_model"),
        ("tags", ["a", "b"]),
        ("tags", "a"),
        ("file_format", "PARQUET"),
        ("incremental_strategy", "default"),
        ("packages", ["numpy"]),
        ("partition_by", ("day", "hour")),
        ("meta", {"x": [1, (2,)]}),
        ("pre-hook", ["select 1", {"sql": "select 2"}]),
        ("docs", {"show": False}),
        ("unique_key", None),
        ("no_such_key", object()),
        ("http_path", 3),
    ],
)
def test_right_values_have_no_problem(key: str, value: object) -> None:
    assert value_problem(key, value) is None


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("enabled", "no", "must be a boolean, not a string"),
        ("timeout", True, "must be a whole number, not a boolean"),
        ("buckets", 0, "must be at least 1, not 0"),
        ("materialized", "view", "must be one of table, incremental, not 'view'"),
        ("tags", ("a", "b"), "must be a string or a list, not a tuple"),
        ("tags", ["a", 1], "has an entry that must be a string, not a whole number"),
        ("docs", {"shown": True}, "has 'shown', which is not one of show, node_color"),
        ("persist_docs", {"relation": 1}, "has 'relation', which must be a boolean"),
        ("meta", [1], "must be a dict, not a list"),
    ],
)
def test_wrong_values_are_described(key: str, value: object, problem: str) -> None:
    found = value_problem(key, value)
    assert found is not None
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("enabled", "no"),
        ("tags", ("a", "b")),
        ("unique_key", ("a", "b")),
        ("packages", ("a", "b")),
        ("alias", 3),
        ("access", "everyone"),
        ("full_refresh", "yes"),
        ("docs", {"shown": True}),
        ("contract", {"enforced": True, "strict": True}),
        ("packages", [1]),
    ],
)
def test_dbt_core_refuses_what_we_call_a_problem(key: str, value: object) -> None:
    assert value_problem(key, value) is not None
    with pytest.raises(ValidationError):
        ModelConfig().update_from({key: value}, SparkConfig)
