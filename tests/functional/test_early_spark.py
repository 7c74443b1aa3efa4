"""The embedded endpoint's Spark starts while dbt reads the project; no session starts before one is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from glue_endpoint.process.client import ensure_endpoint, status, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

DBT = Path(sys.executable).parent / "dbt"
ROLE = "arn:aws:iam::000000000000:role/local"


class Project:
    """A project of one model, with an endpoint of its own that has no Spark yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.handle = ensure_endpoint(folder / ".dbt-glue")
        (folder / "models").mkdir()
        (folder / "models" / "one.sql").write_text("select 1 as id")
        (folder / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
        common = {"type": "glue", "schema": "early"}
        outputs = {
            "local": {**common, "endpoint": "local"},
            "other": {**common, "endpoint": self.handle.url, "role_arn": ROLE},
        }
        profile = {"shop": {"target": "local", "outputs": outputs}}
        (folder / "profiles.yml").write_text(json.dumps(profile))
        self.keys = {
            "AWS_ACCESS_KEY_ID": self.handle.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.handle.secret_access_key,
        }

    def dbt(self, *arguments: str) -> int:
        return subprocess.run(
            [str(DBT), *arguments, "--profiles-dir", "."], cwd=self.folder, capture_output=True, timeout=200,
            env={**os.environ, **self.keys, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"}, check=False,
        ).returncode  # fmt: skip

    @property
    def spark(self) -> str:
        return str((status(self.folder / ".dbt-glue") or {})["spark"])

    @property
    def sessions(self) -> list[str]:
        client: Any = boto3.client(
            "glue", endpoint_url=self.handle.url, region_name="us-east-1",
            aws_access_key_id=self.handle.access_key_id,
            aws_secret_access_key=self.handle.secret_access_key,
        )  # fmt: skip
        return list(client.list_sessions()["Ids"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    made = Project(tmp_path_factory.mktemp("early"))
    yield made
    stop(made.folder / ".dbt-glue")


def test_spark_starts_before_it_is_needed_where_it_costs_nothing(project: Project) -> None:
    nothing = ("--select", "tag:none")
    assert project.dbt("run", *nothing, "--target", "other") == 0
    assert project.dbt("ls") == 0
    assert (project.spark, project.sessions) == ("idle", [])
    assert project.dbt("run", *nothing) == 0
    assert project.spark in ("starting", "ready")
    assert project.sessions == []
    assert project.dbt("run") == 0
    assert len(project.sessions) == 1
