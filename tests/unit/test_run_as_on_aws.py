"""The run of the functional tests as on AWS: dbt's caller has what is printed, and every file is run or said why not."""

from __future__ import annotations

import json
from pathlib import Path

from glue_endpoint.iam.decisions import ALLOWED, decide
from glue_endpoint.iam.documents import policies_of

from tools.as_aws import ELSEWHERE, LEFT_OUT, PLACES, ROOT, policies

HOME = "arn:aws:glue:us-east-1:000000000000"


def test_the_caller_may_do_what_is_printed_and_nothing_else() -> None:
    made = policies_of(policies())
    assert not [each for each in made.caller if any("*" in action for action in each.actions)]
    for action, resource, expected in (
        ("glue:UpdateTable", f"{HOME}:table/test1/t", True),
        ("glue:GetTableVersions", f"{HOME}:table/test1/t", False),
        ("glue:GetTable", f"{HOME}:connection/c", False),
        ("s3:GetObject", "arn:aws:s3:::dbt-glue-local/warehouse/t/f", True),
        ("s3:PutObject", "arn:aws:s3:::dbt-glue-local/warehouse/t/f", False),
        ("s3:GetObject", "arn:aws:s3:::dbt-glue-local", False),
        ("lakeformation:PutDataLakeSettings", "*", False),
    ):
        allowed = decide(made.caller, action, resource, {}) == ALLOWED
        assert allowed is expected, (action, resource)
    assert "<" not in json.dumps(policies())


def test_every_file_is_run_or_it_is_said_why_not() -> None:
    files = {file.name for file in (ROOT / "tests/functional").glob("test_*.py")}
    run = {Path(place).name for place in PLACES if place.endswith(".py")}
    assert files == run | ELSEWHERE.keys()
    assert not run & ELSEWHERE.keys()
    assert all((ROOT / place.partition("::")[0]).is_file() for place in LEFT_OUT)
    folders = {
        file.name for file in (ROOT / "tests/functional").iterdir() if any(file.glob("*.py"))
    }
    assert folders == {Path(place).name for place in PLACES} - run
