"""The functional tests once more, on an endpoint that is as unpleasant as AWS: python tools/as_aws.py [pytest's arguments]

The words of `--as-aws all`, and a policy file with what `dbt-glue doctor` prints for a project that uses everything. docs/aws-differences.md
says what is judged by it and what is not. Tests look at what dbt has done by the owner's keys, so that the caller needs no more than dbt does.
"""

from __future__ import annotations

import json
import os
import re
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
PLACES = (
    *("tests/functional/adapter", "tests/functional/conformance", "tests/functional/dbt_suites"),
    *("tests/functional/test_any_dbt_core.py", "tests/functional/test_ci_examples.py"),
)
LEFT_OUT = {
    "tests/functional/adapter/test_catalog_calls.py": "counts calls, of which short pages and throttling make more",
    "tests/functional/adapter/test_sql_statements.py::test_large_results_come_in_pages": "counts statements, of which an output that is cut makes one more",
}
"""What is not run of these, and why."""
ELSEWHERE = {
    "test_clean.py": "`clean` needs more than a run: docs/iam.md",
    "test_doctor.py": "`doctor` looks at what dbt-glue left",
    "test_early_spark.py": "measures when Spark starts",
    "test_example.py": "reads its tables as the demo does, in sessions of another role",
    "test_from_dbt_glue.py": "compares with dbt-glue, which needs other permissions",
    "test_governed.py": "has a policy file of its own, and `lake-formation`",
    "test_lakehouse.py": "lists buckets to bring the days' files, which dbt does not",
    "test_policies.py": "has policy files of its own",
    "test_sparks.py": "makes environments of other Sparks",
    "test_without_spark.py": "has a server of its own in the endpoint's place",
}
"""The files of tests/functional that are not run, and why."""
PROFILE: dict[str, Any] = {
    "schema": "any",
    "role_arn": "arn:aws:iam::000000000000:role/dbt-glue-local",
    "region": "us-east-1",
    "location": "s3://any/",
    "tags": {"any": "tag"},
}
LOCALLY = {
    "Sid": "MakeTheBucket",
    "Effect": "Allow",
    "Action": ["s3tables:CreateTableBucket"],
    "Resource": ["*"],
}
"""What the adapter does at the embedded endpoint alone: on AWS whoever owns the account makes the table bucket."""
BY_SQL = {
    "Sid": "DropSchemaBySql",
    "Effect": "Allow",
    "Action": ["glue:DeleteDatabase"],
    "Resource": ["*"],
}
"""What a suite of dbt's has a session do by SQL of its own (`drop schema`), which no project needs."""
_NAME = re.compile(r"\bany\b|<[^>]*>")


def policies() -> dict[str, Any]:
    """The file for `--policy`, of all that any project needs, whose databases, buckets and places have any name."""
    uses = iam.uses_of(TABLE_FORMATS, ["any"], [], [PROFILE["location"]], lake_formation=True)
    made = iam.policies(GlueCredentials(**PROFILE), uses).to_dict()
    documents = {who: _of_any_name(made[who]) for who in ("caller", "session_role")}
    documents["caller"]["Statement"].append(LOCALLY)
    documents["session_role"]["Statement"].append(BY_SQL)
    return documents


def _of_any_name(document: dict[str, Any]) -> dict[str, Any]:
    statements = [
        {**each, "Resource": [_NAME.sub("*", resource) for resource in each["Resource"]]}
        for each in document["Statement"]
    ]
    return {**document, "Statement": statements}


def main(arguments: Sequence[str]) -> int:
    """Runs pytest; its exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "policies.json"
        file.write_text(json.dumps(policies()), encoding="utf-8")
        environment = {
            **os.environ,
            "DBT_GLUE_ENDPOINT_AS_AWS": WORDS,
            "DBT_GLUE_ENDPOINT_POLICY": str(file),
        }
        ignored = [f"--deselect={place}" for place in LEFT_OUT]
        command = [sys.executable, "-m", "pytest", *ignored, *(arguments or ("-q", *PLACES))]
        return subprocess.call(command, cwd=ROOT, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
