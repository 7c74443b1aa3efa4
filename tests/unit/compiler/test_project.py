"""A dbt project is read from its files, with dbt's precedence, and completed from a fresh manifest."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from glue_compiler.project.load import ProjectError, find_project_root, load_project

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.project.context import ProjectContext

_PROJECT = """
name: shop
profile: shop
model-paths: [models]
seed-paths: [seeds]
models:
  shop:
    +tags: [all]
    staging:
      +materialized: ephemeral
      orders_view:
        +materialized: view
    marts:
      materialized: incremental
"""
_FILES = {
    "dbt_project.yml": _PROJECT,
    "models/staging/stg_orders.sql": "select 1 as id",
    "models/staging/orders_view.sql": "select 1 as id",
    "models/staging/stg_table.sql": "{# config(materialized='view') #}"
    "{{ config(materialized='table', alias=\"ord\", enabled=true) }} select 1",
    "models/marts/scores.py": "def model(dbt, session):\n    dbt.config(packages=['numpy'])\n",
    "models/marts/ranks.py": "def model(dbt, session):\n    dbt.config(materialized='table')\n",
    "models/marts/totals_v1.sql": "select 1",
    "models/marts/totals_latest.sql": "select 1",
    "models/marts/schema.yml": """
version: 2
models:
  - name: totals
    latest_version: 2
    columns:
      - {name: id, data_type: int}
      - {name: old, data_type: string}
    versions:
      - v: 1
      - v: 2
        defined_in: totals_latest
        columns:
          - include: all
            exclude: [old]
          - {name: new, data_type: date}
  - name: scores
    description: All scores
    config:
      contract: {enforced: true}
    columns:
      - name: id
        data_type: bigint
sources:
  - name: raw
    schema: "{{ var('raw_schema') }}"
    database: lake
    tables:
      - name: orders
        identifier: ord_2024
        columns:
          - name: id
            data_type: bigint
      - name: gone
        config: {enabled: false}
""",
    "seeds/countries.csv": "\ufeffcode,name\nde,Germany\n",
    "snapshots/history.sql": "{% snapshot orders_history %} select 1 {% endsnapshot %}",
}


_EMPTY = {"dbt_project.yml": "name: shop\n"}


def _write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> ProjectContext:
    return load_project(_write(tmp_path, _FILES))


def test_everything_that_ref_can_name_is_found(project: ProjectContext) -> None:
    assert project.node_names == (
        *("countries", "orders_history", "orders_view", "ranks", "scores"),
        *("stg_orders", "stg_table", "totals"),
    )
    assert project.nodes_complete
    assert project.unreadable == ()


def test_configs_have_dbts_precedence(project: ProjectContext) -> None:
    def materialized(name: str) -> str | None:
        node = project.find_ref(name).node
        assert node is not None
        return node.materialized

    assert materialized("stg_orders") == "ephemeral"
    assert materialized("orders_view") == "view"
    assert materialized("stg_table") == "table"
    assert materialized("countries") == "seed"
    # dbt ignores the folder's materialization for Python models
    assert materialized("scores") == "table"
    scores = project.find_ref("scores").node
    assert scores is not None
    assert scores.folder_config["materialized"] == "incremental"
    assert scores.config["packages"] == ["numpy"]
    stg_table = project.find_ref("stg_table").node
    assert stg_table is not None
    assert stg_table.relation == "ord"


def test_versions_are_found_by_number_text_and_none(project: ProjectContext) -> None:
    first = project.find_ref("totals", version=1).node
    latest = project.find_ref("totals").node
    assert first is not None
    assert latest is not None
    assert (first.path, latest.path) == (
        "models/marts/totals_v1.sql",
        "models/marts/totals_latest.sql",
    )
    assert project.find_ref("totals", version="2").node == latest
    assert project.find_ref("totals", version=0).node == latest
    assert project.find_ref("totals", version=3).status == "unknown version"
    assert [column.name for column in first.columns] == ["id", "old"]
    assert [column.name for column in latest.columns] == ["id", "new"]


def test_refs_into_packages(project: ProjectContext) -> None:
    assert project.find_ref("scores", package="shop").status == "found"
    assert project.find_ref("scores", package="other").status == "unknown package"
    assert project.find_ref("nope").status == "unknown model"


def test_seeds_are_read_with_their_delimiter(tmp_path: Path) -> None:
    seeds = {"semi": ";", "piped": "|", "tabbed": "\t", "commas": ",", "unknown": ","}
    files = {
        "dbt_project.yml": "name: shop\nseeds:\n  shop:\n    semi: {+delimiter: ';'}\n"
        "    piped: {delimiter: '|'}\n    unknown: {+delimiter: \"{{ var('d') }}\"}\n",
        "seeds/seeds.yml": 'seeds:\n  - name: tabbed\n    config: {delimiter: "\\t"}\n',
        **{
            f"seeds/{name}.csv": f'id{sign}"full{sign}\nname"\n1{sign}x\n'
            for name, sign in seeds.items()
        },
    }
    project = load_project(_write(tmp_path, files))
    for name, sign in list(seeds.items())[:4]:
        found = project.columns_of_ref(name)
        assert found is not None
        assert [column.name for column in found.columns] == ["id", f"full{sign}\nname"]
        assert (found.provenance, found.complete) == ("seed", True)
    assert project.columns_of_ref("unknown") is None


def test_config_in_sql_may_hold_dicts_and_lists(tmp_path: Path) -> None:
    text = """{{ config(
        contract={"enforced": true}, tags=['a', "b"], grants={'select': ['x']},
        enabled=none, meta=var('m'), alias='it' ~ 's',
    ) }} select 1 as id"""
    yaml = "models:\n  - name: a\n    columns: [{name: id, data_type: int}]\n"
    project = load_project(
        _write(tmp_path, {**_EMPTY, "models/a.sql": text, "models/schema.yml": yaml})
    )
    found = project.columns_of_ref("a")
    assert found is not None
    assert (found.provenance, found.complete) == ("contract", True)
    node = project.find_ref("a").node
    assert node is not None
    assert node.config["tags"] == ["a", "b"]
    assert node.config["grants"] == {"select": ["x"]}


def test_columns_say_where_they_come_from(project: ProjectContext) -> None:
    contract = project.columns_of_ref("scores")
    seed = project.columns_of_ref("countries")
    source = project.columns_of_source("raw", "orders")
    assert contract is not None
    assert seed is not None
    assert source is not None
    assert (contract.provenance, contract.complete) == ("contract", True)
    assert contract.columns[0].place is not None
    assert contract.columns[0].place.path == "models/marts/schema.yml"
    assert _FILES["models/marts/schema.yml"].split("\n")[
        contract.columns[0].place.line - 1
    ].strip() == ("- name: id")
    assert ([column.name for column in seed.columns], seed.provenance) == (["code", "name"], "seed")
    assert (source.columns[0].type, source.complete) == ("bigint", False)
    assert project.columns_of_ref("stg_orders") is None


def test_sources_keep_what_only_jinja_knows_unknown(project: ProjectContext) -> None:
    table = project.source_table("raw", "orders")
    assert table is not None
    assert (table.schema, table.database, table.relation) == (None, "lake", "ord_2024")
    gone = project.source_table("raw", "gone")
    assert gone is not None
    assert gone.enabled is False


def test_yaml_with_jinja_blocks_makes_names_unsure_and_nothing_else(tmp_path: Path) -> None:
    files = {**_FILES, "models/broken.yml": "{% if x %}\nmodels: []\n{% endif %}\n"}
    project = load_project(_write(tmp_path, files))
    assert [path for path, _ in project.unreadable] == ["models/broken.yml"]
    assert not project.nodes_complete
    assert not project.sources_complete
    assert project.find_ref("scores").status == "found"


def test_unquoted_jinja_is_tolerated(tmp_path: Path) -> None:
    yaml = "models:\n  - name: scores\n    config:\n      enabled: {{ var('on') }}\n"
    project = load_project(_write(tmp_path, {**_FILES, "models/more.yml": yaml}))
    assert project.unreadable == ()


def test_a_package_that_is_not_installed_makes_names_unsure(tmp_path: Path) -> None:
    files = {**_FILES, "packages.yml": "packages:\n  - package: a/b\n    version: 1.0.0\n"}
    folder = _write(tmp_path, files)
    assert not load_project(folder).packages_complete
    _write(
        folder,
        {
            "dbt_packages/b/dbt_project.yml": "name: b\n",
            "dbt_packages/b/models/b_model.sql": "select 1",
        },
    )
    project = load_project(folder)
    assert project.packages_complete
    assert project.packages == ("shop", "b")
    assert project.find_ref("b_model", package="b").status == "found"


def test_a_change_is_seen_and_the_digest_follows_what_is_said(tmp_path: Path) -> None:
    folder = _write(tmp_path, _FILES)
    first = load_project(folder)
    assert load_project(folder).digest == first.digest
    body = folder / "models/marts/ranks.py"
    body.write_text(body.read_text() + "    return dbt.ref('scores')\n")
    assert load_project(folder).digest == first.digest
    (folder / "models/new.sql").write_text("select 1")
    second = load_project(folder)
    assert second.digest != first.digest
    assert second.find_ref("new").status == "found"
    (folder / "models/new.sql").unlink()
    assert load_project(folder).find_ref("new").status == "unknown model"


def test_a_broken_cache_is_read_again(tmp_path: Path) -> None:
    folder = _write(tmp_path, _FILES)
    names = load_project(folder).node_names
    (folder / ".dbt_glue_cache/project.json").write_text("{not json")
    assert load_project(folder).node_names == names


def test_a_fresh_manifest_completes_nodes_and_a_stale_one_does_not(tmp_path: Path) -> None:
    folder = _write(tmp_path, _FILES)
    manifest = folder / "target/manifest.json"
    manifest.parent.mkdir()
    manifest.write_text(
        json.dumps(
            {
                "nodes": {
                    "model.shop.scores": {
                        "resource_type": "model",
                        "package_name": "shop",
                        "name": "scores",
                        "version": None,
                        "schema": "analytics",
                        "database": "lake",
                        "alias": "scores_table",
                        "config": {"enabled": True, "materialized": "incremental"},
                    }
                },
                "sources": {
                    "source.shop.raw.orders": {
                        "package_name": "shop",
                        "source_name": "raw",
                        "name": "orders",
                        "schema": "landing",
                        "database": "lake",
                        "identifier": "ord_2024",
                        "config": {"enabled": True},
                    }
                },
            }
        )
    )
    fresh = load_project(folder).find_ref("scores").node
    assert fresh is not None
    assert (fresh.schema, fresh.relation, fresh.materialized) == (
        "analytics",
        "scores_table",
        "incremental",
    )
    table = load_project(folder).source_table("raw", "orders")
    assert table is not None
    assert table.schema == "landing"
    later = manifest.stat().st_mtime + 10
    os.utime(folder / "models/marts/scores.py", (later, later))
    stale = load_project(folder).find_ref("scores").node
    assert stale is not None
    assert stale.schema is None


def test_the_root_is_found_from_below_and_a_broken_project_is_an_error(tmp_path: Path) -> None:
    folder = _write(tmp_path, _FILES)
    assert find_project_root(folder / "models/marts/scores.py") == folder.resolve()
    (folder / "dbt_project.yml").write_text("name: [")
    with pytest.raises(ProjectError, match=r"dbt_project\.yml"):
        load_project(folder)


def test_what_dbt_ignores_is_no_node_and_is_not_read(tmp_path: Path) -> None:
    root = _write(
        tmp_path,
        {
            "dbt_project.yml": _PROJECT,
            ".dbtignore": "# drafts\n__init__.py\ndrafts/\n!models/drafts/kept.py\n*.scratch.sql\n",
            "models/__init__.py": "",
            "models/orders.py": "def model(dbt, session): ...",
            "models/drafts/wild.py": "x = 1",
            "models/old.scratch.sql": "select 1",
            "dbt_packages/dates/dbt_project.yml": "name: dates\n",
            "dbt_packages/dates/models/__init__.py": "",
            "packages.yml": "packages: [{package: a/dates}]\n",
        },
    )
    found = load_project(root)
    assert {node.path for node in found.nodes} == {
        "models/orders.py",
        "dbt_packages/dates/models/__init__.py",
    }
    assert found.ignores("models/drafts/wild.py")
    assert not found.ignores("models/orders.py")

    (root / ".dbtignore").write_text("")
    again = load_project(root)
    assert "models/drafts/wild.py" in [node.path for node in again.nodes]
    assert again.digest != found.digest
