"""What a model is shown of its configs: the same when it runs and when it is validated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.python_models.model_file import ModelFile
from dbt.adapters.glue.python_models.programs import run_request
from dbt.adapters.glue.validation.models import Reads, validation_request
from dbt.adapters.glue.validation.project import DbtProject

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MODEL = """
def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="id", packages=["humanize"])
    size = dbt.config.get("size")
    team = dbt.config.meta_get("team")
    return session.range(size or 3)
"""
YAML = """
models:
  - name: sized
    config:
      pre_hook: select 1
      post_hook: [{sql: select 2, transaction: false}]
      meta: {team: data}
"""
OPTIONS = {
    "file_format": "parquet", "partition_by": [], "bucket_by": [], "buckets": None,
    "options": {}, "table_properties": {},
}  # fmt: skip


def test_a_validation_shows_a_model_the_configs_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = {"type": "glue", "endpoint": "local", "schema": "x", "threads": 1}
    profiles = {"shop": {"target": "t", "outputs": {"t": target}}}
    (tmp_path / "profiles.yml").write_text(json.dumps(profiles))
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/sized.py").write_text(MODEL)
    (tmp_path / "models/sized.yml").write_text(YAML)
    monkeypatch.chdir(tmp_path)  # where reading a project leaves the process
    project = DbtProject(tmp_path, str(tmp_path), None)
    project.refresh()
    node = project.node("models/sized.py")
    parsed = node.to_dict(omit_none=True)  # what dbt's macros have as `model`
    file = ModelFile.of(parsed, tmp_path, own=True)
    this = project.relation_of(node)
    references: dict[str, Any] = {"refs": [], "sources": []}
    run = run_request(
        file, parsed, this, this, references, OPTIONS, is_incremental=False, database="x"
    )
    asked = validation_request(project, node, file.source, Reads(), "0", incremental=False, rows=3)
    assert asked.config == run.config
    assert asked.meta == run.meta == {"team": "data"}
    assert run.config["packages"] == ["humanize"]
    assert not {key for key in run.config if key.endswith("hook") or "_keys_" in key}
