"""Recordings of `dbt-glue record`, played to boto3 and dbt: one of the embedded endpoint, and whatever people send of AWS.

A file that is dropped into this folder is a test: it has to be a recording of the project beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.replay.server import Replay
from tools.replay import Recording, differences, shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.process.client import EndpointHandle

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.jsonl"))
BIN = Path(sys.executable).parent


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def replay(request: pytest.FixtureRequest) -> Iterator[Replay]:
    found = Replay(request.param)
    yield found
    found.close()


def test_dbt_builds_what_was_built(replay: Replay, tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAREPLAYREPLAY0000", "AWS_SECRET_ACCESS_KEY": "replay"}
    ran = subprocess.run(
        [str(BIN / "dbt"), "run", "--target-path", str(tmp_path), "--log-path", str(tmp_path)],
        cwd=HERE / "project",
        env={**os.environ, **keys, "REPLAY_ENDPOINT": replay.url, "DBT_PROFILES_DIR": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert replay.unknown == [], ran.stdout
    assert ran.returncode == 0, ran.stdout
    assert "PASS=1" in ran.stdout
    # What was recorded was asked for, and in no other number but for what is asked again and again.
    polls = {"GetSession", "GetStatement"}
    recorded = [c["operation"] for c in replay.recording.calls if c["operation"] not in polls]
    assert sorted(name for name in replay.asked if name not in polls) == sorted(recorded)


def test_a_call_that_was_not_recorded_is_told(replay: Replay) -> None:
    glue = boto3.client(
        "glue",
        endpoint_url=replay.url,
        region_name="us-east-1",
        aws_access_key_id="AKIAREPLAYREPLAY0000",
        aws_secret_access_key="replay",
    )
    with pytest.raises(glue.exceptions.ClientError, match="has no answer to this DeleteDatabase"):
        glue.delete_database(Name="x")
    assert [told.partition(" ")[0] for told in replay.unknown] == ["DeleteDatabase"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_recording_has_nothing_of_this_machine(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for word in ("replayed", "orders", "/tmp", "AKIA", str(Path.home()), "us-east-1:0000"):
        assert word not in text
    assert "select" not in text


@pytest.mark.spark
def test_the_endpoint_answers_in_the_shape_that_it_was_recorded_in(
    endpoint: EndpointHandle,
) -> None:
    keys = (endpoint.access_key_id, endpoint.secret_access_key)
    session = boto3.Session(*keys, region_name="us-east-1")
    calls = Recording(HERE / "embedded.jsonl").calls
    assert (
        list(differences(calls, lambda name: session.client(name, endpoint_url=endpoint.url))) == []
    )


def test_shapes_tell_what_differs(tmp_path: Path) -> None:
    assert shape({"A": {"B": 1}, "L": [{"X": 1}, {"Y": 2}], "Parameters": {"k": "v"}}) == {
        "A",
        "A.B",
        "L",
        "L[].X",
        "L[].Y",
        "Parameters",
    }
    lines = [
        {"recording": 1},
        {
            "n": 1,
            "service": "sts",
            "operation": "GetCallerIdentity",
            "parameters": {},
            "status": 200,
            "answer": {"UserId": "name1", "Account": "000000000000", "Arn": "x", "New": "name2"},
        },
        {
            "n": 2,
            "service": "sts",
            "operation": "GetSessionToken",
            "parameters": {},
            "status": 403,
            "error": {"code": "AccessDenied", "message": "…"},
        },
    ]
    file = tmp_path / "r.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = list(differences(Recording(file).calls, lambda _: Stub()))
    assert found == [
        "   1 sts.GetCallerIdentity: the endpoint lacks New",
        "   2 sts.GetSessionToken: 403 AccessDenied is recorded, the endpoint answers 200 OK",
    ]


class Stub:
    """Answers of a service that differ."""

    def get_caller_identity(self) -> dict[str, object]:
        told = {"UserId": "u", "Account": "1", "Arn": "a"}
        return {**told, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def get_session_token(self) -> dict[str, object]:
        return {"ResponseMetadata": {"HTTPStatusCode": 200}}
