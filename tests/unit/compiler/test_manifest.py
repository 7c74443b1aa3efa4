"""What is used of target/manifest.json: dbt 2 writes other shapes than dbt 1, and anything may stand in a file.

The shape of dbt 2 is taken from its source, not from a run, because it is installed from elsewhere than a package index:
`ManifestMetadata`, `ManifestModel`, `ManifestModelConfig` and `ManifestSource` in `crates/dbt-schemas/src/schemas/manifest`
of dbt-labs/dbt-core at 43aa6e8 (August 2026) and of dbt-labs/dbt-fusion at 39a38d8 (May 2026). Members that are
`Option` are null in a config and left out of a node; a database that there is none of is "". Until 2025 the schema version was 20.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.project.load import load_project
from glue_compiler.project.surroundings import read_surroundings
from glue_compiler.workspace import Workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.project.context import Node, ProjectContext

FILES = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nmodels: {shop: {+workers: 4}}\n",
    "models/scores.py": (
        "def model(dbt, session):\n"
        "    dbt.config(materialized='table')\n"
        "    return dbt.ref('orders').toPandas()[['id']]\n"
    ),
    "models/orders.sql": "select * from {{ source('raw', 'orders') }}",
    "models/off.sql": "select 1",
    "models/sources.yml": "sources: [{name: raw, tables: [{name: orders}]}]\n",
}
MODEL = "models/scores.py"
SCHEMAS = "https://schemas.getdbt.com/dbt/manifest/"


def node_of_dbt_2(name: str, **more: Any) -> dict[str, Any]:
    """A model as `ManifestModel` is written, with nulls in its config where the source has `Option`."""
    config = {
        "enabled": None,
        "alias": None,
        "database": None,
        "schema": None,
        "tags": None,
        "catalog_name": None,
        "meta": None,
        "group": None,
        "materialized": "incremental",
        "incremental_strategy": None,
        "persist_docs": None,
        "post-hook": [],
        "pre-hook": [],
        "quoting": None,
        "column_types": None,
        "full_refresh": None,
        "unique_key": "id",
        "packages": None,
        "docs": None,
        "contract": None,
        "freshness": None,
        "file_format": None,
        "static_analysis": None,
        "partition_by": None,
        "access": "protected",
    }
    node = {
        "unique_id": f"model.shop.{name}",
        "database": "",
        "schema": "analytics",
        "name": name,
        "package_name": "shop",
        "fqn": ["shop", name],
        "path": f"{name}.py",
        "tags": [],
        "original_file_path": f"models/{name}.py",
        "meta": {},
        "alias": f"{name}_table",
        "columns": {},
        "depends_on": {"macros": [], "nodes": []},
        "refs": [],
        "sources": [],
        "functions": [],
        "unrendered_config": {},
        "metrics": [],
        "language": "python",
        "checksum": {"name": "sha256", "checksum": "0"},
        "access": "protected",
        "contract": {"enforced": False, "alias_types": True},
        "resource_type": "model",
    }
    return {**node, "config": config, **more}


def manifest_of_dbt_2(version: int = 12) -> dict[str, Any]:
    return {
        "metadata": {
            "dbt_schema_version": f"{SCHEMAS}v{version}.json",
            "dbt_version": "2.0.9",
            "generated_at": "2026-11-01T00:00:00Z",
            "invocation_id": "0",
            "env": {},
            "project_name": "shop",
            "adapter_type": "spark",
            "quoting": None,
        },
        "nodes": {"model.shop.scores": node_of_dbt_2("scores")},
        "sources": {
            "source.shop.raw.orders": {
                "unique_id": "source.shop.raw.orders",
                "database": "",
                "schema": "landing",
                "name": "orders",
                "package_name": "shop",
                "source_name": "raw",
                "columns": {},
                "identifier": "ord_2024",
                "source_description": "",
                "freshness": None,
                "config": {"enabled": True, "meta": {}},
                "resource_type": "source",
            }
        },
        "macros": {},
        "unit_tests": {},
        "disabled": {"model.shop.off": [{**node_of_dbt_2("off"), "config": {"enabled": False}}]},
        "parent_map": {},
        "child_map": {},
        "group_map": {},
    }


def project(folder: Path, manifest: Any) -> Path:
    """The project with a manifest that is younger than its files: JSON, or bytes as they are."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        os.utime(folder / name, (1_000_000_000, 1_000_000_000))
    target = folder / "target"
    target.mkdir(exist_ok=True)
    data = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    (target / "manifest.json").write_bytes(data)
    return folder


def found(context: ProjectContext, name: str) -> Node:
    (node,) = (each for each in context.nodes if each.name == name)
    return node


@pytest.mark.parametrize("version", [12, 20])
def test_a_manifest_of_dbt_2_completes_nodes(tmp_path: Path, version: int) -> None:
    context = load_project(project(tmp_path, manifest_of_dbt_2(version)))
    scores = found(context, "scores")
    assert (scores.schema, scores.relation, scores.database) == ("analytics", "scores_table", None)
    assert (scores.materialized, scores.enabled) == ("incremental", True)
    assert found(context, "off").enabled is False
    table = context.source_table("raw", "orders")
    assert table is not None
    assert (table.schema, table.relation, table.database) == ("landing", "ord_2024", None)
    assert context.from_manifest
    assert context.notes == ()


def test_configs_that_dbt_2_does_not_know_stay(tmp_path: Path) -> None:
    """dbt 2 has no adapter for Glue, and what its own adapters do not have is in no manifest of it."""
    scores = found(load_project(project(tmp_path, manifest_of_dbt_2())), "scores")
    assert scores.config["workers"] == 4
    assert scores.config["unique_key"] == "id"
    assert "file_format" not in scores.config


def test_dbt_1_has_all_configs_there(tmp_path: Path) -> None:
    manifest = manifest_of_dbt_2()
    manifest["metadata"]["dbt_version"] = "1.12.6"
    manifest["nodes"]["model.shop.scores"]["config"] = {"enabled": True, "materialized": "table"}
    assert "workers" not in found(load_project(project(tmp_path, manifest)), "scores").config


def test_members_may_be_missing(tmp_path: Path) -> None:
    manifest = manifest_of_dbt_2()
    node = {"resource_type": "model", "package_name": "shop", "name": "scores", "schema": "lake"}
    manifest = {"nodes": {"model.shop.scores": node}}
    context = load_project(project(tmp_path, manifest))
    assert (found(context, "scores").schema, found(context, "scores").enabled) == ("lake", True)
    assert context.notes == ()


def test_an_unknown_version_is_used_and_told_once(tmp_path: Path) -> None:
    manifest = manifest_of_dbt_2(21)
    around = read_surroundings(project(tmp_path, manifest), {})
    assert around.project is not None
    assert found(around.project, "scores").schema == "analytics"
    (note,) = around.project_problems
    assert note.startswith(
        f"{tmp_path / 'target' / 'manifest.json'}: the manifest of dbt 2.0.9 has"
    )
    assert "schema version 21, which is not known (10 to 12 and 20 are)" in note
    assert "Next: look for a newer dbt-glue-python" in note


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (b"", "it is not JSON"),
        (b'{"nodes": {', "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        ([], "it has no `nodes`"),
        (None, "it has no `nodes`"),
        ({"results": []}, "it has no `nodes`"),
        ({"nodes": []}, "`nodes` is no mapping"),
        ({"nodes": {}, "sources": [1]}, "`sources` is no mapping"),
        ({"nodes": {}, "disabled": "x"}, "`disabled` is no mapping"),
    ],
)
def test_what_is_no_manifest_is_told_with_the_next_step(
    tmp_path: Path, manifest: Any, said: str
) -> None:
    context = load_project(project(tmp_path, manifest))
    assert not context.from_manifest
    (note,) = context.notes
    assert note.startswith(str(tmp_path / "target" / "manifest.json"))
    assert said in note
    assert "Next: run `dbt parse`" in note
    assert found(context, "scores").relation == "scores"


def test_entries_without_a_name_are_left_out_and_told(tmp_path: Path) -> None:
    manifest = manifest_of_dbt_2()
    manifest["nodes"]["model.shop.x"] = {"resource_type": "model", "name": 7}
    manifest["nodes"]["model.shop.y"] = None
    manifest["sources"]["source.shop.z"] = "z"
    context = load_project(project(tmp_path, manifest))
    assert found(context, "scores").schema == "analytics"
    (note,) = context.notes
    assert "3 of its entries have no name or package" in note


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A manifest of dbt 2 in which some parts are something else, or are missing."""
    manifest: Any = copy.deepcopy(manifest_of_dbt_2(draw(st.sampled_from([10, 12, 20, 99]))))
    for _ in range(draw(st.integers(1, 4))):
        part: Any = {"": manifest}
        key: Any = ""
        while draw(st.booleans()) or key == "":
            inner = part[key]
            if not isinstance(inner, dict) or not inner:
                break
            part, key = inner, draw(st.sampled_from(sorted(inner, key=str)))
        if key == "":
            return draw(JSON)
        if draw(st.booleans()):
            part[key] = draw(JSON)
        else:
            del part[key]
    return manifest


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(manifest=damaged())
def test_whatever_stands_there_models_are_checked(tmp_path: Path, manifest: Any) -> None:
    """It is read in part, or told with its name and what to do; and every answer about a model is given."""
    written = {"optimize": False}  # what a run does by itself is not shown
    around = read_surroundings(project(tmp_path, manifest), {}, variables=written, cache=False)
    assert around.project is not None
    used = around.project.from_manifest
    notes = around.project.notes
    assert used or len(notes) == 1
    assert all("manifest.json" in note and "Next: " in note for note in notes)
    workspace = Workspace(around)
    source = workspace.text_of(MODEL)
    assert source is not None
    assert "GLU703" in {found.code for found in workspace.findings(MODEL, source)}
    assert workspace.schemas(MODEL, source)
    with contextlib.suppress(ValueError):  # of a config that means nothing, which says so
        assert workspace.planned(MODEL, source)
