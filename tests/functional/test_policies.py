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
APPEND = "materialized='incremental', incremental_strategy='append', partition_by=['day']"
PYTHON = """
import boto3


def model(dbt, session):
    dbt.config(materialized="table")
    found = boto3.client("s3").list_objects_v2(Bucket="lake", Prefix="warehouse/")
    plain = dbt.ref("plain")
    return plain.limit(found["KeyCount"])
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
    "models/days.sql": f"{{{{ config({OVERWRITE}) }}}} select id, 'd' || id as day from {{{{ ref('plain') }}}} where id <= {{{{ var('most', 2) }}}}",
    "models/python.py": PYTHON,
    "models/schema.yml": "models: [{name: plain, description: all, columns: [{name: id, data_tests: [not_null]}]}]\n",
    "models/more.sql": f"{{{{ config({APPEND}) }}}} select id, 'd' || id as day from {{{{ ref('plain') }}}}",
    "models/read.sql": "{{ config(materialized='table') }} select count(*) as n from {{ ref('days') }}",
    "snapshots/kept.yml": SNAPSHOT,
    "macros/drop.sql": "{% macro drop_it() %}{% do adapter.drop_schema(api.Relation.create(schema=target.schema)) %}{% endmacro %}",
}
COMMANDS = (
    ["build"],
    ["build"],
    ["docs", "generate"],
    ["run", "-s", "days", "--full-refresh", "--vars", "{most: 1}"],
    ["run-operation", "drop_it"],
)
UNDISTURBED = {
    "caller": {
        "glue:CancelStatement", "glue:DeleteSession", "glue:ListStatements",  # a run that is interrupted, or loses an answer
        "glue:ListSessions",  # what a run on another machine left: whether it is at work
        "s3:ListBucket", "s3:GetObject",  # the logs of Delta tables, and `dbt-glue doctor`
    },
    "session_role": {
        "s3:GetBucketLocation", "s3:AbortMultipartUpload",  # AWS's own file system, which the endpoint has not
        "glue:BatchDeletePartition", "glue:BatchGetPartition", "glue:CreatePartition", "glue:DeletePartition",
        "glue:GetPartition", "glue:UpdatePartition",  # ALTER TABLE in hooks
        "glue:GetTables", "glue:GetUserDefinedFunction", "glue:GetUserDefinedFunctions",  # SHOW TABLES; functions of one's own
        "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",  # of Glue itself
    },
}  # fmt: skip
"""What these runs do not show, and what it is for."""


def run(folder: Path, program: str, *arguments: str, policy: Path | None = None) -> Any:
    """A command of dbt, or of dbt-glue, which starts an endpoint under a policy if it is given one."""
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
    done = run(shop, "dbt-glue", "doctor", "--policies", "--output-format", "json")
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


def test_none_of_it_is_too_much(policy: Path, uses: list[list[str]]) -> None:
    document = json.loads(policy.read_text())
    document.pop("notes")
    idle: dict[str, set[str]] = {"caller": set(), "session_role": set()}
    for principal, each, action in actions_of(document):
        fewer = json.loads(json.dumps(document))
        statement = fewer[principal]["Statement"][each]
        statement["Action"].remove(action)
        if not statement["Action"]:
            del fewer[principal]["Statement"][each]
        if not needed(fewer, uses):
            idle[principal].add(action)
    assert idle == UNDISTURBED


def test_without_one_of_them_a_run_says_which_is_missing(shop: Path, policy: Path) -> None:
    document = json.loads(policy.read_text())
    for statement in document["caller"]["Statement"]:
        statement["Action"] = [
            each for each in statement["Action"] if each != "glue:CreateDatabase"
        ]
    file = shop / "less.json"
    file.write_text(json.dumps(document))
    stop(shop / ".dbt-glue")
    done = run(shop, "dbt", "run", "-s", "plain", policy=file)
    stop(shop / ".dbt-glue")
    assert done.returncode != 0
    assert (
        "is not authorized to perform: glue:CreateDatabase on resource: arn:aws:glue:us-east-1:"
        in done.stdout
    )


def actions_of(document: dict[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Each action of each statement of both: principal, the statement's place, action."""
    for principal, each in document.items():
        for number, statement in enumerate(each["Statement"]):
            for action in statement["Action"]:
                yield principal, number, action
