"""The functional tests once more, on an endpoint that is as unpleasant as AWS: python tools/as_aws.py [pytest's arguments]

All words of `--as-aws all`, S3 without renames, and a policy file with the actions that `dbt-glue doctor` prints for a
project that uses everything, on all resources: tests make databases and buckets of any name. Sessions start at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_compiler.knowledge.tables import TABLE_FORMATS

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.migration import iam

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
WORDS = "all,start=0,stop=0"
"""What costs seconds alone is left out."""
PLACES = ("tests/functional/adapter", "tests/functional/conformance", "tests/functional/dbt_suites")
PROFILE: dict[str, Any] = {
    "schema": "any",
    "role_arn": "arn:aws:iam::000000000000:role/dbt-glue-local",
    "region": "us-east-1",
    "location": "s3://any/place/",
    "tags": {"any": "tag"},
}
_OF_TESTS = {
    "caller": ["glue:*", "s3:*", "lakeformation:*", "s3tables:*", "sts:*"],
}
"""What tests themselves do by the caller's keys, to look at what dbt has done."""


def policies(*, of_tests: bool) -> dict[str, Any]:
    """The file for `--policy`, of all that any project needs; with `of_tests` the caller may do what tests do, too."""
    uses = iam.uses_of(TABLE_FORMATS, ["any"], [], [PROFILE["location"]], lake_formation=True)
    made = iam.policies(GlueCredentials(**PROFILE), uses).to_dict()
    documents = {who: _anywhere(made[who]) for who in ("caller", "session_role")}
    if of_tests:
        for who, actions in _OF_TESTS.items():
            statement = {"Sid": "Tests", "Effect": "Allow", "Action": actions, "Resource": "*"}
            documents[who]["Statement"].append(statement)
    return documents


def _anywhere(document: dict[str, Any]) -> dict[str, Any]:
    statements = [
        each if each["Action"] == ["iam:PassRole"] else {**each, "Resource": "*"}
        for each in document["Statement"]
    ]
    return {**document, "Statement": statements}


def main(arguments: Sequence[str]) -> int:
    """Runs pytest; its exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "policies.json"
        file.write_text(json.dumps(policies(of_tests=True)), encoding="utf-8")
        environment = {
            **os.environ,
            "DBT_GLUE_ENDPOINT_AS_AWS": WORDS,
            "DBT_GLUE_ENDPOINT_POLICY": str(file),
        }
        command = [sys.executable, "-m", "pytest", *(arguments or ("-q", *PLACES))]
        return subprocess.call(command, cwd=ROOT, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
