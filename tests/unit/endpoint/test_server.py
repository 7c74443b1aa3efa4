"""The HTTP surface: boto3 through it, and what an attacker on the same machine would try."""

from __future__ import annotations

import http.client
import json
import socket
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from glue_endpoint.api.auth import Caller, Credentials, HttpRequest, sign
from glue_endpoint.api.control import Control
from glue_endpoint.api.operations import GlueService
from glue_endpoint.api.sts import Sts
from glue_endpoint.api.tags import Tags
from glue_endpoint.errors import EntityNotFoundException
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from glue_endpoint.api.operations import Operation
    from glue_endpoint.api.server import EndpointServer

KEYS = Credentials.generate()


def get_session(request: dict[str, Any]) -> dict[str, Any]:
    if request["Id"] == "broken":
        raise ZeroDivisionError("a secret detail")
    if request["Id"] != "s":
        raise EntityNotFoundException(f"Session {request['Id']} not found")
    return {"Session": {"Id": "s", "Status": "READY"}}


class OneSession:
    """A part of the endpoint with one operation, by which a session is found."""

    def operations(self) -> Mapping[str, Operation]:
        return {"GetSession": get_session}


@pytest.fixture(scope="module")
def server(
    served: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EndpointServer]:
    services = {
        "glue": GlueService(OneSession(), Tags(Store(tmp_path_factory.mktemp("server")))),
        "sts": Sts(KEYS),
    }
    with served(services, KEYS) as server:
        yield server


def client(server: EndpointServer, service: str, keys: Credentials = KEYS, **extra: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        **extra,
    )


def post(
    server: EndpointServer,
    body: bytes = b'{"Id": "s"}',
    *,
    method: str = "POST",
    path: str = "/",
    signed: bool = True,
    **headers: str,
) -> tuple[int, dict[str, Any]]:
    """A raw request, signed for Glue; `headers` come on top, unsigned."""
    host = f"127.0.0.1:{server.server_port}"
    plain = {"host": headers.pop("host", host), "x-amz-target": "AWSGlue.GetSession"}
    request = HttpRequest(method, path, plain, body)
    if signed:
        plain = sign(KEYS, request, datetime.now(timezone.utc), service="glue")
    plain.update({name.replace("_", "-"): value for name, value in headers.items()})
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.request(method, path, body, plain)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")
    finally:
        connection.close()


def test_boto3_gets_answers_and_typed_errors(server: EndpointServer) -> None:
    glue = client(server, "glue")
    assert glue.get_session(Id="s")["Session"]["Status"] == "READY"
    with pytest.raises(glue.exceptions.EntityNotFoundException, match="Session t not found"):
        glue.get_session(Id="t")


def test_only_loopback_is_bound(server: EndpointServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_an_operation_that_is_not_served_is_named_and_not_retried(server: EndpointServer) -> None:
    with pytest.raises(ClientError, match="does not implement StartJobRun") as caught:
        client(server, "glue").start_job_run(JobName="j")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_an_operation_that_glue_does_not_have(server: EndpointServer) -> None:
    host = f"127.0.0.1:{server.server_port}"
    request = HttpRequest("POST", "/", {"host": host, "x-amz-target": "AWSGlue.Fly"}, b"{}")
    headers = sign(KEYS, request, datetime.now(timezone.utc), service="glue")
    answer = server.respond(HttpRequest("POST", "/", headers, b"{}"))
    assert answer.status == 400
    assert json.loads(answer.body)["__type"] == "UnknownOperationException"


def test_a_service_that_is_not_served_is_named(server: EndpointServer) -> None:
    with pytest.raises(ClientError, match="does not serve 'athena'"):
        client(server, "athena").list_data_catalogs()


def test_a_failure_of_the_endpoint_tells_nothing_of_its_inside(server: EndpointServer) -> None:
    status, body = post(server, b'{"Id": "broken"}')
    assert (status, body["__type"]) == (500, "InternalServiceException")
    assert "secret detail" not in body["Message"]


def test_a_body_that_is_not_json(server: EndpointServer) -> None:
    status, body = post(server, b"\xff{")
    assert (status, body["__type"]) == (400, "ValidationException")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"Id": ' * 100_000,
        b'{"Id": "s", "Id2": ' + b"9" * 5000 + b"}",
        b'{"Id": 1e999}',
        b"[1]",
        b'"s"',
        b"null",
        b"\x00",
    ],
)
def test_bodies_that_nobody_means(server: EndpointServer, body: bytes) -> None:
    assert post(server, body)[0] == 400


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"nonce": {}}', b"[" * 100_000, b'{"nonce": 5}', b"null"]
)
def test_a_ping_that_is_none(body: bytes) -> None:
    control = Control(KEYS, lambda: {"spark": "ready", "as_aws": {}}, lambda: None, lambda: None)
    caller = Caller(KEYS.access_key_id, "us-east-1", "dbt-glue-endpoint")
    answer = control.handle(HttpRequest("POST", "/-/ping", {}, body), caller)
    assert answer.status == 400


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"signed": False}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "evil.example:80"}, 403),
        ({"host": "127.0.0.1"}, 403),
        ({"method": "GET", "body": b""}, 405),
        ({"method": "OPTIONS", "body": b"", "signed": False}, 405),
        ({"method": "PUT"}, 405),
        ({"path": "/?x=1"}, 400),
        ({"x_amz_target": "AWSGlue.DeleteSession"}, 403),
        ({"x_amz_security_token": "t"}, 403),
    ],
)
def test_refuses_what_no_signed_client_sends(
    server: EndpointServer, arguments: dict[str, Any], status: int
) -> None:
    assert post(server, **arguments)[0] == status


def test_a_web_page_learns_nothing_from_a_preflight(server: EndpointServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(
        "OPTIONS",
        "/",
        headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
    )
    response = connection.getresponse()
    assert response.status == 403
    assert not [name for name, _ in response.getheaders() if name.lower().startswith("access-")]
    connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Content-Length: 99999999999", 413),
        ("Content-Length: -1", 411),
        ("Content-Length: 1\r\nContent-Length: 2", 411),
        ("Transfer-Encoding: chunked", 411),
    ],
)
def test_a_body_of_unclear_or_absurd_length_ends_the_connection(
    server: EndpointServer, headers: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        host = f"127.0.0.1:{server.server_port}"
        connection.sendall(f"POST / HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def test_a_connection_is_kept_and_waits_for_no_packet(
    server: EndpointServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[socket.socket] = []
    accept = server.get_request

    def get_request() -> tuple[socket.socket, Any]:
        connection, address = accept()
        taken.append(connection)
        return connection, address

    monkeypatch.setattr(server, "get_request", get_request)
    glue = client(server, "glue")
    for _ in range(20):
        glue.get_session(Id="s")
    (connection,) = taken
    # With Nagle's algorithm every answer would take 40 ms more.
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_sts_says_who_the_caller_is(server: EndpointServer) -> None:
    identity = client(server, "sts").get_caller_identity()
    assert identity["Account"] == "000000000000"


def test_keys_of_an_assumed_role_work(server: EndpointServer) -> None:
    answer = client(server, "sts").assume_role(
        RoleArn="arn:aws:iam::000000000000:role/glue", RoleSessionName="dbt"
    )
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/glue/dbt")
    given = answer["Credentials"]
    assert given["Expiration"] > datetime.now(timezone.utc)
    keys = Credentials(given["AccessKeyId"], given["SecretAccessKey"])
    glue = client(server, "glue", keys, aws_session_token=given["SessionToken"])
    assert glue.get_session(Id="s")


def test_sts_errors_are_sts_errors(server: EndpointServer) -> None:
    sts = client(server, "sts")
    with pytest.raises(ClientError, match="not 'GetSessionToken'"):
        sts.get_session_token()
    with pytest.raises(ClientError, match="ValidationError"):
        sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/glue", RoleSessionName="a b")


def test_foreign_keys_are_refused_as_aws_refuses_them(server: EndpointServer) -> None:
    with pytest.raises(ClientError) as caught:
        client(server, "glue", Credentials.generate()).get_session(Id="s")
    assert caught.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_tags_can_be_set_read_and_removed(server: EndpointServer) -> None:
    glue, arn = client(server, "glue"), "arn:aws:glue:us-east-1:000000000000:session/s"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"a": "1", "b": "2"})
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["a", "absent"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"b": "2"}


def test_counts_idle_time_from_the_last_answer(server: EndpointServer) -> None:
    post(server)
    assert server.activity.idle_seconds() < 1
    with server.activity.request():
        assert server.activity.idle_seconds() == 0
