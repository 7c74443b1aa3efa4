"""The embedded endpoint's first session starts while dbt reads the project; elsewhere none starts before it is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

DBT = Path(sys.executable).parent / "dbt"
MODEL = "{{ config(materialized='table') }} select 1 as id"


@pytest.fixture
def glue(endpoint: EndpointHandle, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", endpoint.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key)
    return boto3.client("glue", endpoint_url=endpoint.url, region_name="us-east-1")


class Project:
    def __init__(self, folder: Path, target: dict[str, Any]) -> None:
        self.folder = folder
        (folder / "models").mkdir()
        (folder / "models" / "one.sql").write_text(MODEL)
        (folder / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
        output = {"type": "glue", "schema": "early", "tags": {"of": folder.name}, **target}
        profile = {"shop": {"target": "t", "outputs": {"t": output}}}
        (folder / "profiles.yml").write_text(json.dumps(profile))

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [str(DBT), "--no-use-colors", *arguments, "--profiles-dir", "."], cwd=self.folder,
            env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"},
            capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def sessions(self, glue: Any) -> list[str]:
        """The state of every session that its commands made."""
        found = glue.list_sessions(Tags={"of": self.folder.name})["Ids"]
        return [glue.get_session(Id=name)["Session"]["Status"] for name in found]


@pytest.fixture
def local(tmp_path: Path, endpoint_dir: Path) -> Project:
    return Project(tmp_path, {"endpoint": "local", "endpoint_dir": str(endpoint_dir)})


def test_it_is_the_one_that_runs_the_first_model(local: Project, glue: Any) -> None:
    code, said = local.run("run")
    assert code == 0, said
    assert said.index("Starting Glue session") < said.index("1 of 1 START")
    assert len(local.sessions(glue)) == 1


def test_one_that_nothing_needed_is_stopped(local: Project, glue: Any) -> None:
    assert local.run("run", "--select", "tag:none")[0] == 0
    (local.folder / "models" / "two.sql").write_text("select * from {{ ref('nowhere') }}")
    assert local.run("run")[0] != 0
    assert set(local.sessions(glue)) <= {"STOPPED", "STOPPING"}


def test_no_session_is_opened_early_where_it_is_billed(
    tmp_path: Path, endpoint: EndpointHandle, glue: Any
) -> None:
    project = Project(tmp_path, {"endpoint": endpoint.url, "role_arn": "arn:aws:iam::0:role/r"})
    assert project.run("run", "--select", "tag:none")[0] == 0
    assert project.sessions(glue) == []
    code, said = project.run("run")
    assert code == 0, said
    assert said.index("1 of 1 START") < said.index("Starting Glue session")
    assert len(project.sessions(glue)) == 1
