"""Every name that dbt-glue's README and source have is read here, told of, or an error; and the page says which."""

from __future__ import annotations

import inspect
import json
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue import session_meta
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.impl import GlueAdapter
from tools import dbt_glue_names
from tools.dbt_glue_names import PAGE, REFUSED, TOLD, VALUES, WORKS

if TYPE_CHECKING:
    from pathlib import Path

KEPT = dbt_glue_names.names()
LOCAL = GlueCredentials(schema="shop", endpoint="local")


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == dbt_glue_names.page(KEPT), (
        "python tools/dbt_glue_names.py writes it"
    )


def test_the_names_are_of_a_commit() -> None:
    assert len(KEPT["commit"]) == 40
    assert {kind: len(KEPT[kind]) for kind in dbt_glue_names.KINDS} == {
        "profile": 40, "meta": 35, "configs": 37, "methods": 15,
    }  # fmt: skip


@pytest.mark.parametrize("name", KEPT["profile"])
def test_a_field_of_the_profile_is_read_told_or_refused(name: str) -> None:
    verdict = dbt_glue_names.of_profile(name)
    assert verdict.ends in (WORKS, TOLD, REFUSED)
    assert dbt_glue_names.field_is_read(name) or verdict.ends != WORKS
    assert verdict.said or verdict.ends == WORKS


@pytest.mark.parametrize("name", KEPT["meta"])
def test_a_word_in_meta_is_read_told_or_refused(name: str) -> None:
    word = session_meta.META_FIELDS[name]
    meta = {name: {"packages": "a==1", "enable_spark_seed_casting": True}.get(name, VALUES[name])}
    config = {"meta": meta}
    other = GlueCredentials(schema="shop", role_arn="arn:aws:iam::1:role/a", region="us-east-1")
    if word.how == session_meta.TOLD:
        assert [key for key, _ in session_meta.meta_without_effect(meta)] == [f"meta.{name}"]
    elif word.how == session_meta.REFUSED:
        assert [key for key, _ in session_meta.meta_refusals(meta, other)] == [f"meta.{name}"]
    elif name == "location":
        assert session_meta.meta_location(config) == VALUES[name]
    elif name in ("seed_format", "seed_mode"):
        assert session_meta.seed_field(name, meta, other) == VALUES[name]
    else:
        environment = session_meta.environment_with(
            other, session_meta.session_overrides(config, "model.a.b")
        )
        assert environment != session_meta.environment_with(other, {})


@pytest.mark.parametrize("name", KEPT["configs"])
def test_a_config_is_read_told_or_refused(name: str) -> None:
    verdict = dbt_glue_names.of_config(name)
    assert dbt_glue_names.config_is_read(name) or verdict.ends != WORKS
    assert verdict.said or verdict.ends == WORKS


@pytest.mark.parametrize("name", KEPT["methods"])
def test_a_method_is_there_for_macros(name: str) -> None:
    assert name in GlueAdapter._available_
    adapter: Any = GlueAdapter.__new__(GlueAdapter)
    adapter.config = SimpleNamespace(credentials=LOCAL)
    if dbt_glue_names.of_method(name).ends == REFUSED:
        with pytest.raises(DbtRuntimeError, match="and not here: "):
            getattr(adapter, name)("shop.orders", None)
    else:
        assert inspect.getdoc(getattr(GlueAdapter, name)) or name in (
            "execute_python", "get_custom_iceberg_catalog_namespace", "glue_rename_relation",
        )  # fmt: skip


README = """
### Example config
```yml
 type: glue
 query-comment: x
 workers: 2
```
| Option | Description |
|----|----|
| project_name | x |
| role_arn	 | x |
## Configs
### Configuring tables
| Option | Description |
|---|---|
| file_format | x |
## Amazon S3 Tables
### Configuration Options
| `unique_key` | x |
### Limitations
{{ config(
 materialized='incremental',
 lf_grants={'a': {'b': 1}}
) }}
  +lf_tags_config:
use the `schema` config. When the `persist_docs` option is configured, {{ adapter.told(1) }}
"""


def test_names_are_found_in_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "dbt" / "adapters" / "glue"
    package.mkdir(parents=True)
    macros = tmp_path / "dbt" / "include"
    macros.mkdir()
    (tmp_path / "README.md").write_text(README)
    (package / "credentials.py").write_text(
        "class A:\n    location: str = None\n    def _connection_keys(self):\n        return ['tags', 'conf']\n"
    )
    (package / "impl.py").write_text(
        "    @available\n    def found(self):\n        model.get(\"config\", {}).get('packages')\n"
    )
    (macros / "a.sql").write_text(
        "{{ config.get('write_options', 1) }}{% do adapter.execute(1) %}{% do adapter.other(1) %}"
    )
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):  # fmt: skip
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    found = dbt_glue_names.collect(tmp_path)
    assert len(found.pop("commit")) == 40
    assert json.loads(json.dumps(found)) == {
        "profile": ["location", "project_name", "query-comment", "role_arn", "workers"],
        "meta": ["conf", "tags"],
        "configs": [
            "file_format", "lf_grants", "lf_tags_config", "materialized", "packages", "persist_docs", "schema",
            "unique_key", "write_options",
        ],
        "methods": ["found", "other", "told"],
    }  # fmt: skip
