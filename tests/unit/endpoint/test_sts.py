"""STS: how long an assumed role may be, as boto3 and anybody else asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from glue_endpoint.api.auth import Caller, Credentials, HttpRequest
from glue_endpoint.api.sts import Sts

from tests.endpoint_clients import client_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEYS = Credentials.generate()
ROLE = {"RoleArn": "arn:aws:iam::000000000000:role/one", "RoleSessionName": "test"}


@pytest.fixture(scope="module")
def sts(served: Callable[..., Any]) -> Iterator[Any]:
    with served({"sts": Sts(KEYS)}, KEYS) as server:
        yield client_of(server.url, "sts", KEYS)


def test_a_role_may_be_assumed_for_as_long_as_aws_lets(sts: Any) -> None:
    short = sts.assume_role(**ROLE, DurationSeconds=900)["Credentials"]["Expiration"]
    long = sts.assume_role(**ROLE, DurationSeconds=43200)["Credentials"]["Expiration"]
    assert 42_000 < (long - short).total_seconds() < 43_000


def assume(seconds: str) -> tuple[int, str]:
    """The status and body of an answer to a request that botocore itself would not send."""
    form = urlencode({"Action": "AssumeRole", **ROLE, "DurationSeconds": seconds}).encode()
    caller = Caller(KEYS.access_key_id, "us-east-1", "sts")
    answer = Sts(KEYS).handle(HttpRequest("POST", "/", {}, form), caller)
    return answer.status, answer.body.decode()


@pytest.mark.parametrize(
    ("seconds", "rule"),
    [
        ("899", "greater than or equal to 900"),
        ("-1", "greater than or equal to 900"),
        ("43201", "less than or equal to 43200"),
        ("1000000000", "less than or equal to 43200"),
    ],
)
def test_a_time_that_aws_does_not_take_is_a_validation_error(seconds: str, rule: str) -> None:
    status, body = assume(seconds)
    assert status == 400
    assert "<Code>ValidationError</Code>" in body
    assert f"'durationSeconds' failed to satisfy constraint: Member must have value {rule}" in body


@pytest.mark.parametrize("text", ["soon", "1" + "0" * 400, "9" * 5000, ""])
def test_what_is_no_number_of_seconds_is_refused(text: str) -> None:
    status, body = assume(text)
    assert status == 400
    assert "durationseconds" in body.lower()
