"""A project under exactly the policies that `dbt-glue doctor` prints for it: they suffice, and none of it is too much."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.iam.guard import USES_FILE, needed
from glue_endpoint.process.client import stop

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

ROLE = "arn:aws:iam::000000000000:role/dbt-glue-local"
PROFILE = {
    "type": "glue", "endpoint": "local", "schema": "shop", "threads": 1, "glue_version": "5.0", "role_arn": ROLE,
    "region": "us-east-1", "location": "s3://lake/warehouse/",
}  # fmt: skip
MERGE = "materialized='incremental', incremental_strategy='merge', unique_key='id', file_format='iceberg'"
OVERWRITE = (
    "materialized='incremental', incremental_strategy='insert_overwrite', partition_by=['day']"
)
PYTHON = """
import boto3


def model(dbt, session):
    dbt.config(materialized="table")
    return dbt.ref("plain").withColumn("buckets", dbt.ref("plain").id)
"""
SNAPSHOT = """
snapshots:
  - name: kept
    relation: ref('plain')
    config: {unique_key: id, strategy: check, check_cols: [name], file_format: iceberg}
"""
FILES = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nmodels: {+persist_docs: {relation: true}}\n",
    "profiles.yml": json.dumps({"shop": {"target": "local", "outputs": {"local": PROFILE}}}),
    "seeds/names.csv": "id,name\n1,a\n2,b\n",
    "models/plain.sql": "{{ config(materialized='table') }} select * from {{ ref('names') }}",
    "models/seen.sql": "{{ config(materialized='view') }} select * from {{ ref('plain') }}",
    "models/lake.sql": "{{ config(materialized='table', file_format='iceberg') }} select * from {{ ref('seen') }}",
    "models/merged.sql": f"{{{{ config({MERGE}) }}}} select * from {{{{ ref('lake') }}}}",
    "models/days.sql": f"{{{{ config({OVERWRITE}) }}}} select id, 'd' || id as day from {{{{ ref('plain') }}}}",
    "models/python.py": PYTHON,
    "models/schema.yml": "models: [{name: plain, description: all, columns: [{name: id, data_tests: [not_null]}]}]\n",
    "snapshots/kept.yml": SNAPSHOT,
}
COMMANDS = (["build"], ["build"], ["docs", "generate"])


def run(folder: Path, program: str, *arguments: str, policy: Path | None = None) -> Any:
    variables = {} if policy is None else {"DBT_GLUE_ENDPOINT_POLICY": str(policy)}
    return subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments, "--profiles-dir", str(folder)],
        cwd=folder, env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def policy(shop: Path) -> Path:
    """What doctor prints, in a file."""
    done = run(shop, "dbt-glue", "doctor", "--policies", "--format", "json")
    stop(shop / ".dbt-glue")
    file = shop / "policy.json"
    file.write_text(json.dumps(json.loads(done.stdout)["policies"]))
    return file


@pytest.fixture(scope="module")
def uses(shop: Path, policy: Path) -> Iterator[list[list[str]]]:
    """Which permissions the project's runs asked for."""
    try:
        for command in COMMANDS:
            done = run(shop, "dbt", *command, policy=policy)
            assert done.returncode == 0, done.stdout + done.stderr
        found = (shop / ".dbt-glue" / USES_FILE).read_text().splitlines()
        yield [json.loads(line) for line in found]
    finally:
        stop(shop / ".dbt-glue")


def test_the_printed_policies_suffice(uses: list[list[str]]) -> None:
    assert {use[0] for use in uses} == {"caller", "session_role"}
    assert [use for use in uses if use[3] != "allowed"] == []
