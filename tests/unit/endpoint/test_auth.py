"""Who may talk to the endpoint: signatures made by botocore itself, and what breaks them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest
from glue_endpoint.api.auth import AuthError, Credentials, HttpRequest, Verifier, sign

HOST = "127.0.0.1:4242"
BODY = b'{"Id": "s1"}'
KEYS = Credentials.generate()


def botocore_request(keys: Credentials = KEYS, body: bytes = BODY, **headers: str) -> HttpRequest:
    """A request as botocore signs it, at the present time."""
    request = AWSRequest(
        "POST",
        f"http://{HOST}/",
        headers={"X-Amz-Target": "AWSGlue.GetSession", "Host": HOST, **headers},
        data=body,
    )
    credentials = botocore.credentials.Credentials(keys.access_key_id, keys.secret_access_key)
    botocore.auth.SigV4Auth(credentials, "glue", "eu-west-1").add_auth(request)
    return HttpRequest("POST", "/", {k.lower(): v for k, v in request.headers.items()}, body)


def changed(request: HttpRequest, **headers: str | None) -> HttpRequest:
    merged = {**request.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
    present = {name: value for name, value in merged.items() if value is not None}
    return HttpRequest(request.method, request.path, present, request.body)


def verifier(shift: timedelta = timedelta(0)) -> Verifier:
    return Verifier(KEYS, lambda: datetime.now(timezone.utc) + shift)


def refusal(request: HttpRequest, shift: timedelta = timedelta(0)) -> AuthError:
    with pytest.raises(AuthError) as caught:
        verifier(shift).verify(request)
    return caught.value


def test_accepts_what_botocore_signs() -> None:
    caller = verifier().verify(botocore_request())
    assert (caller.service, caller.region) == ("glue", "eu-west-1")
    assert caller.access_key_id == KEYS.access_key_id


def test_signs_as_botocore_does() -> None:
    request = HttpRequest("POST", "/-/ping", {"host": HOST}, BODY)
    headers = sign(KEYS, request, datetime.now(timezone.utc))
    signed = HttpRequest("POST", "/-/ping", headers, BODY)
    assert verifier().verify(signed).service == "dbt-glue-endpoint"


def test_accepts_assumed_keys_of_its_own_only() -> None:
    assert verifier().verify(botocore_request(KEYS.assume()))
    foreign = refusal(botocore_request(Credentials.generate().assume()))
    assert foreign.code == "UnrecognizedClientException"


def test_refuses_an_unsigned_request() -> None:
    error = refusal(changed(botocore_request(), authorization=None))
    assert error.code == "MissingAuthenticationTokenException"
    assert "dbt-glue endpoint env" in error.message


def test_refuses_an_unknown_key() -> None:
    assert refusal(botocore_request(Credentials.generate())).code == "UnrecognizedClientException"


def test_refuses_a_wrong_secret() -> None:
    guess = Credentials(KEYS.access_key_id, "x" * 40)
    assert refusal(botocore_request(guess)).code == "InvalidSignatureException"


def test_refuses_another_body() -> None:
    request = botocore_request()
    other = HttpRequest(request.method, request.path, request.headers, b'{"Id": "s2"}')
    assert refusal(other).code == "InvalidSignatureException"


@pytest.mark.parametrize(
    "headers",
    [
        {"x_amz_target": "AWSGlue.DeleteTable"},
        {"host": "evil.example:4242"},
        {"x_amz_date": "20200101T000000Z"},
        {"x_amz_security_token": "added later, so not signed"},
    ],
)
def test_refuses_changed_headers(headers: dict[str, str]) -> None:
    assert refusal(changed(botocore_request(), **headers)).code == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-16, 16])
def test_refuses_a_request_from_another_time(minutes: int) -> None:
    error = refusal(botocore_request(), timedelta(minutes=minutes))
    assert error.code == "InvalidSignatureException"
    assert "15 min" in error.message


@pytest.mark.parametrize("minutes", [-14, 14])
def test_tolerates_a_clock_that_is_a_little_off(minutes: int) -> None:
    assert verifier(timedelta(minutes=minutes)).verify(botocore_request())


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer token",
        "AWS4-HMAC-SHA256 Credential=a/b",
        "AWS4-HMAC-SHA256 " + "x" * 10_000,
        "AWS4-HMAC-SHA256 Credential=AKIAAAAAAAAAAAAAAAAA/20260101/r/glue/aws4_request, "
        "SignedHeaders=host, Signature=" + "0" * 63,
    ],
)
def test_refuses_a_malformed_signature(authorization: str) -> None:
    error = refusal(changed(botocore_request(), authorization=authorization))
    assert error.code == "IncompleteSignatureException"


def test_a_secret_does_not_show() -> None:
    assert KEYS.secret_access_key not in repr(KEYS)


def test_only_a_holder_of_the_secret_can_answer_a_nonce() -> None:
    assert KEYS.prove("n") == Credentials(KEYS.access_key_id, KEYS.secret_access_key).prove("n")
    assert KEYS.prove("n") != Credentials(KEYS.access_key_id, "another").prove("n")
