"""Who may talk to S3: every way to sign that clients use, made by botocore or by hand, and what breaks each."""

from __future__ import annotations

import base64
import hashlib
import http.client
import socket
import zlib
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest
from glue_endpoint.api.auth import Credentials, hmac_sha256, signing_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .conftest import CodeOf, Endpoint

B = "bkt"
EMPTY = hashlib.sha256(b"").hexdigest()


class Signed:
    """A request signed by hand, whose parts can be changed afterwards."""

    def __init__(
        self,
        endpoint: Endpoint,
        keys: Credentials,
        method: str = "PUT",
        path: str = "/bkt/k",
        *,
        content: str = EMPTY,
        date: datetime | None = None,
        **headers: str,
    ) -> None:
        self.server = endpoint.server
        self.method, self.path = method, path
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.headers.setdefault("host", f"127.0.0.1:{endpoint.server.server_port}")
        self.date = (date or datetime.now(timezone.utc)).strftime("%Y%m%dT%H%M%SZ")
        self.headers |= {"x-amz-date": self.date, "x-amz-content-sha256": content}
        self.scope = f"{self.date[:8]}/eu-west-3/s3/aws4_request"
        self.key = signing_key(keys, self.scope)
        names = sorted(self.headers)
        lines = [
            method,
            path,
            "",
            *(f"{name}:{self.headers[name]}" for name in names),
            "",
            ";".join(names),
            content,
        ]
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{self.date}\n{self.scope}\n{digest}"
        self.signature = hmac_sha256(self.key, text).hex()
        self.headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={keys.access_key_id}/{self.scope},"
            f"SignedHeaders={';'.join(names)},Signature={self.signature}"
        )

    def chunk_signature(self, previous: str, kind: str, *content: str) -> str:
        """The signature of a chunk or a trailer that follows `previous`."""
        lines = [f"AWS4-HMAC-SHA256-{kind}", self.date, self.scope, previous, *content]
        return hmac_sha256(self.key, "\n".join(lines)).hex()

    def signed_chunks(self, *chunks: bytes) -> bytes:
        """The body of aws-chunked with these chunks."""
        body, previous = b"", self.signature
        for chunk in (*chunks, b""):
            digest = hashlib.sha256(chunk).hexdigest()
            previous = self.chunk_signature(previous, "PAYLOAD", EMPTY, digest)
            body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk
            body += b"\r\n" if chunk else b""
        self.last = previous
        return body

    def send(self, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """Status and text of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)
        try:
            connection.request(self.method, self.path, body, {**self.headers, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture
def keys(endpoint: Endpoint) -> Credentials:
    return endpoint.credentials


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "auto"])
def test_any_region_and_both_styles_of_address(
    endpoint: Endpoint, s3: Any, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def resolve_as_browsers_do(host: Any, *rest: Any, **more: Any) -> Any:
        """Not every system's resolver knows that all of localhost is here (RFC 6761)."""
        return resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_as_browsers_do)
    port = endpoint.server.server_port
    for url, style in (
        (endpoint.server.url, "path"),
        (f"http://localhost:{port}", "virtual"),
        (f"http://s3.localhost:{port}", "virtual"),
        (f"http://localhost:{port}", "path"),
    ):
        client = endpoint.client(url, region_name=region, s3={"addressing_style": style})
        client.put_object(Bucket=B, Key="a b/c=é+~", Body=b"x")
        assert client.get_object(Bucket=B, Key="a b/c=é+~")["Body"].read() == b"x"
        assert client.list_objects_v2(Bucket=B, Prefix="a b/", Delimiter="é")["KeyCount"] == 1
    assert endpoint.keys() == ["a b/c=é+~"]


def test_keys_of_an_assumed_role(endpoint: Endpoint, s3: Any, keys: Credentials) -> None:
    client = endpoint.client(keys=keys.assume(), token="of the session")
    assert client.list_buckets()["Buckets"]


def test_keys_that_are_not_the_endpoints(
    endpoint: Endpoint, s3: Any, code_of: CodeOf, keys: Credentials
) -> None:
    stranger = Credentials.generate()
    assert code_of(endpoint.client(keys=stranger).list_buckets) == "InvalidAccessKeyId"
    guess = Credentials(keys.access_key_id, "x" * 40)
    assert code_of(endpoint.client(keys=guess).list_buckets) == "SignatureDoesNotMatch"
    assert code_of(endpoint.client(keys=stranger.assume()).list_buckets) == "InvalidAccessKeyId"
    put = endpoint.client(keys=guess).put_object
    assert code_of(put, Bucket=B, Key="k", Body=b"x" * 100_000) == "SignatureDoesNotMatch"
    assert endpoint.keys() == endpoint.incoming() == []


def test_an_unsigned_payload(endpoint: Endpoint, s3: Any) -> None:
    client = endpoint.client(s3={"payload_signing_enabled": False})
    client.put_object(Bucket=B, Key="k", Body=b"x")
    assert endpoint.file("k").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"x-amz-meta-a": "b"}, 403, "AccessDenied"),
        ({"x-amz-copy-source": "other/k"}, 403, "AccessDenied"),
        ({"x-amz-date": "20200101T000000Z"}, 403, "SignatureDoesNotMatch"),
        ({"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}, 403, "SignatureDoesNotMatch"),
        ({"x-amz-content-sha256": "0" * 64}, 403, "SignatureDoesNotMatch"),
        ({"x-amz-content-sha256": "nonsense"}, 400, "InvalidArgument"),
        ({"host": "evil.example:80"}, 403, "AccessDenied"),
        ({"host": "evil.localhost:1"}, 403, "AccessDenied"),
        ({"origin": "http://evil.example"}, 403, "AccessDenied"),
        ({"sec-fetch-site": "none"}, 403, "AccessDenied"),
        ({"authorization": "AWS AKIAAAAAAAAAAAAAAAAA:x"}, 400, "InvalidRequest"),
    ],
)
def test_a_head_that_was_changed(
    endpoint: Endpoint, s3: Any, keys: Credentials, change: dict[str, str], status: int, code: str
) -> None:
    found, text = Signed(endpoint, keys).send(**change)
    assert (found, f"<Code>{code}</Code>" in text) == (status, True), text
    assert endpoint.keys() == []
    assert Signed(endpoint, keys).send()[0] == 200


def test_a_body_that_was_changed(endpoint: Endpoint, s3: Any, keys: Credentials) -> None:
    signed = Signed(endpoint, keys, content=hashlib.sha256(b"mine").hexdigest())
    status, text = signed.send(b"thee")
    assert (status, "XAmzContentSHA256Mismatch" in text) == (400, True)
    assert endpoint.keys() == endpoint.incoming() == []
    assert signed.send(b"mine")[0] == 200


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_request_of_another_time(
    endpoint: Endpoint, s3: Any, keys: Credentials, minutes: int
) -> None:
    date = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    assert "RequestTimeTooSkewed" in Signed(endpoint, keys, date=date).send()[1]


# -- chunks ----------------------------------------------------------------------------------------


def chunked(endpoint: Endpoint, keys: Credentials, size: int, kind: str, **headers: str) -> Signed:
    return Signed(
        endpoint,
        keys,
        content=f"STREAMING-{kind}",
        x_amz_decoded_content_length=str(size),
        content_encoding="aws-chunked",
        **headers,
    )


def test_signed_chunks(endpoint: Endpoint, s3: Any, keys: Credentials) -> None:
    chunks = [b"a" * 70_000, b"b" * 5, b"c" * 70_000]
    signed = chunked(endpoint, keys, 140_005, "AWS4-HMAC-SHA256-PAYLOAD")
    body = signed.signed_chunks(*chunks) + b"\r\n"
    assert signed.send(body)[0] == 200
    assert endpoint.file("k").read_bytes() == b"".join(chunks)
    assert "ContentEncoding" not in s3.head_object(Bucket=B, Key="k")


@pytest.mark.parametrize("spoil", ["byte", "signature", "order", "missing end", "length"])
def test_signed_chunks_that_were_changed(
    endpoint: Endpoint, s3: Any, keys: Credentials, spoil: str
) -> None:
    size = 7 if spoil == "length" else 8
    signed = chunked(endpoint, keys, size, "AWS4-HMAC-SHA256-PAYLOAD")
    body = signed.signed_chunks(b"aaaa", b"bbbb") + b"\r\n"
    first, second = body[:91], body[91:182]
    spoilt = {
        "byte": body.replace(b"bbbb", b"bbbc"),
        "signature": body.replace(b"4;chunk-signature=", b"4;chunk-signature=0", 1)[:-1],
        "order": second + first + body[182:],
        "missing end": first + second,
        "length": body,
    }[spoil]
    status, text = signed.send(spoilt)
    assert status in (400, 403), text
    assert "SignatureDoesNotMatch" in text or "IncompleteBody" in text
    assert endpoint.keys() == endpoint.incoming() == []


def trailer(content: bytes) -> bytes:
    return b"x-amz-checksum-crc32:" + base64.b64encode(zlib.crc32(content).to_bytes(4, "big"))


def test_a_signed_trailer(endpoint: Endpoint, s3: Any, keys: Credentials) -> None:
    kind = "AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
    signed = chunked(endpoint, keys, 4, kind, x_amz_trailer="x-amz-checksum-crc32")
    chunks = signed.signed_chunks(b"aaaa")
    digest = hashlib.sha256(trailer(b"aaaa") + b"\n").hexdigest()
    seal = signed.chunk_signature(signed.last, "TRAILER", digest)
    tail = f"\r\nx-amz-trailer-signature:{seal}\r\n\r\n".encode()
    status, text = signed.send(chunks + trailer(b"aaab") + tail)
    assert (status, "SignatureDoesNotMatch" in text) == (403, True)
    assert endpoint.keys() == []
    assert signed.send(chunks + trailer(b"aaaa") + tail)[0] == 200
    head = s3.head_object(Bucket=B, Key="k", ChecksumMode="ENABLED")
    assert head["ChecksumCRC32"] == trailer(b"aaaa").partition(b":")[2].decode()


def test_an_unsigned_trailer(endpoint: Endpoint, s3: Any, keys: Credentials) -> None:
    kind, name = "UNSIGNED-PAYLOAD-TRAILER", "x-amz-checksum-crc32"
    signed = chunked(endpoint, keys, 4, kind, x_amz_trailer=name)
    for content, said, status in ((b"aaaa", b"aaaa", 200), (b"aaaa", b"bbbb", 400)):
        body = b"4\r\n" + content + b"\r\n0\r\n" + trailer(said) + b"\r\n\r\n"
        assert signed.send(body)[0] == status
    assert signed.send(b"4\r\naaaa\r\n0\r\n\r\n")[0] == 400
    assert endpoint.keys() == ["k"]


def test_chunks_of_http_around_those_of_s3(endpoint: Endpoint, s3: Any, keys: Credentials) -> None:
    kind, name = "UNSIGNED-PAYLOAD-TRAILER", "x-amz-checksum-crc32"
    signed = chunked(endpoint, keys, 4, kind, x_amz_trailer=name)
    body = b"4\r\naaaa\r\n0\r\n" + trailer(b"aaaa") + b"\r\n\r\n"
    pieces = iter([body[:7], body[7:]])
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.server.server_port, timeout=10)
    connection.request("PUT", signed.path, pieces, signed.headers, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert endpoint.file("k").read_bytes() == b"aaaa"


# -- presigned -------------------------------------------------------------------------------------


def fetch(
    endpoint: Endpoint, url: str, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.server.server_port, timeout=10)
    connection.request(
        method, f"{parts.path}?{parts.query}", body, {"host": parts.netloc, **headers}
    )
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_presigned_urls(endpoint: Endpoint, s3: Any) -> None:
    client = endpoint.client(signature_version="s3v4")
    at = {"Bucket": B, "Key": "a b/é"}
    url = client.generate_presigned_url("put_object", at, ExpiresIn=60)
    assert fetch(endpoint, url, "PUT", b"hello")[0] == 200
    url = client.generate_presigned_url(
        "get_object", {**at, "ResponseContentType": "text/x"}, ExpiresIn=60
    )
    assert fetch(endpoint, url) == (200, b"hello")
    assert fetch(endpoint, url, range="bytes=1-2") == (206, b"el")
    assert fetch(endpoint, url.replace("%C3%A9", "e"))[0] == 403
    assert fetch(endpoint, url.replace("Expires=60", "Expires=600"))[0] == 403
    assert fetch(endpoint, url + "&tagging=")[0] == 403
    assert fetch(endpoint, url, "DELETE")[0] == 403
    assert fetch(endpoint, url, **{"x-amz-meta-a": "b"})[0] == 403


@pytest.mark.parametrize(
    ("seconds", "status"), [(59, 200), (61, 403), (-14 * 60, 200), (-16 * 60, 403)]
)
def test_a_presigned_url_has_its_time(
    endpoint: Endpoint, s3: Any, seconds: int, status: int
) -> None:
    s3.put_object(Bucket=B, Key="k", Body=b"x")
    client = endpoint.client(signature_version="s3v4")
    url = client.generate_presigned_url("get_object", {"Bucket": B, "Key": "k"}, ExpiresIn=60)
    endpoint.time = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    assert fetch(endpoint, url)[0] == status


def test_a_presigned_url_of_more_than_a_week(endpoint: Endpoint, s3: Any) -> None:
    client = endpoint.client(signature_version="s3v4")
    url = client.generate_presigned_url("list_buckets", {}, ExpiresIn=7 * 24 * 3600 + 1)
    assert b"AuthorizationQueryParametersError" in fetch(endpoint, url)[1]
    longer = url.replace("X-Amz-Expires=", "X-Amz-Expires=" + "9" * 5000)
    assert b"AuthorizationQueryParametersError" in fetch(endpoint, longer)[1]


def test_an_old_signature_is_told_what_to_do(endpoint: Endpoint, s3: Any) -> None:
    url = endpoint.client(signature_version="s3").generate_presigned_url(
        "get_object", {"Bucket": B, "Key": "k"}
    )
    status, text = fetch(endpoint, url)
    assert (status, b"signature_version='s3v4'" in text) == (400, True)


# -- bodies ----------------------------------------------------------------------------------------


def exchange(endpoint: Endpoint, signed: Signed, headers: Mapping[str, str], *sent: bytes) -> bytes:
    """All that the server answers to a request that is sent in pieces, of which the last ends it."""
    lines = [f"{signed.method} {quote(signed.path)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in {**signed.headers, **headers}.items()]
    address = ("127.0.0.1", endpoint.server.server_port)
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        for piece in sent:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_an_upload_that_ends_early_leaves_nothing(
    endpoint: Endpoint, s3: Any, keys: Credentials
) -> None:
    signed = Signed(endpoint, keys, content="UNSIGNED-PAYLOAD")
    answer = exchange(endpoint, signed, {"content-length": "100"}, b"x" * 99)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<Code>IncompleteBody</Code>" in answer
    assert endpoint.keys() == endpoint.incoming() == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-length": "-1"}, 411),
        ({"transfer-encoding": "gzip"}, 411),
        ({"content-length": "1", "transfer-encoding": "chunked"}, 411),
        ({"content-length": str(5 * 2**30 + 1)}, 400),
    ],
)
def test_a_body_of_unclear_or_absurd_length(
    endpoint: Endpoint, s3: Any, keys: Credentials, headers: dict[str, str], status: int
) -> None:
    signed = Signed(endpoint, keys, content="UNSIGNED-PAYLOAD")
    answer = exchange(endpoint, signed, headers)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in answer


def test_a_body_is_asked_for_only_if_it_is_wanted(
    endpoint: Endpoint, s3: Any, keys: Credentials
) -> None:
    expect = {"expect": "100-continue", "content-length": "1"}
    signed = Signed(endpoint, keys, content="UNSIGNED-PAYLOAD")
    answer = exchange(endpoint, signed, expect, b"x")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    refused = exchange(endpoint, signed, {**expect, "x-amz-meta-unsigned": "1"})
    assert refused.startswith(b"HTTP/1.1 403 ")
    assert b"Connection: close" in refused


def test_a_document_with_entities_is_refused(
    endpoint: Endpoint, s3: Any, keys: Credentials
) -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "k">]><Delete><Object><Key>&a;</Key></Object></Delete>'
    s3.put_object(Bucket=B, Key="k", Body=b"x")
    for body in (bomb, bomb.decode().encode("utf-16"), b"<Delete>", b"<Other/>", b"<Delete/>"):
        request = AWSRequest(
            "POST",
            f"{endpoint.server.url}/bkt?delete",
            headers={"Content-MD5": base64.b64encode(hashlib.md5(body).digest()).decode()},
            data=body,
        )
        given = botocore.credentials.Credentials(keys.access_key_id, keys.secret_access_key)
        botocore.auth.S3SigV4Auth(given, "s3", "us-east-1").add_auth(request)
        status, text = fetch(endpoint, request.url, "POST", body, **dict(request.headers))
        assert (status, b"<Code>MalformedXML</Code>" in text) == (400, True), text
    assert endpoint.keys() == ["k"]


def test_other_services_are_refused_what_s3_may(
    endpoint: Endpoint, s3: Any, keys: Credentials
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.server.server_port, timeout=10)
    connection.request("GET", "/bkt?list-type=2")
    assert connection.getresponse().status == 405
    connection.close()
