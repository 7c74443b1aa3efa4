"""Signature Version 4 as S3 takes it: in headers, in a presigned URL, and over the chunks of a body.

AWS's documentation: "Authenticating Requests (AWS Signature Version 4)" in the S3 API reference. Other
than for the rest of AWS, the path is encoded once, the query is signed, and a body may be signed by its
hash, chunk by chunk, or not at all.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

from glue_endpoint.api.auth import (
    ALGORITHM,
    AUTHORIZATION,
    DATE_FORMAT,
    MAX_SKEW,
    Credentials,
    hmac_sha256,
    signing_key,
)
from glue_endpoint.s3.errors import S3Error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from glue_endpoint.api.streams import StreamRequest

UNSIGNED = "UNSIGNED-PAYLOAD"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_CHUNKS_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
CHUNKED = (UNSIGNED_TRAILER, SIGNED_CHUNKS, SIGNED_CHUNKS_TRAILER)
LONGEST_PRESIGNED = 7 * 24 * 3600
_EMPTY_HASH = hashlib.sha256(b"").hexdigest()
_HASH = re.compile(r"[0-9a-f]{64}")
_CREDENTIAL = re.compile(
    r"(?P<key>[A-Z0-9]{16,128})/(?P<date>\d{8})/(?P<region>[a-z0-9-]{1,64})/(?P<service>s3)/aws4_request"
)
_SIGNED_HEADERS = re.compile(r"[a-z0-9;_-]{1,2048}")


@dataclass
class Seal:
    """What the signature says of the body: `content` is its hash or one of the constants above.

    For signed chunks it goes on: each chunk's signature covers the one before.
    """

    content: str
    date: str = ""
    scope: str = ""
    key: bytes = b""
    previous: str = ""
    access_key_id: str = ""

    def check_chunk(self, content_hash: str, signature: str) -> None:
        """Raises S3Error unless a chunk with this hash is signed by `signature`."""
        self._check(f"{ALGORITHM}-PAYLOAD", f"{_EMPTY_HASH}\n{content_hash}", signature)

    def check_trailer(self, trailer: bytes, signature: str) -> None:
        """The same for the trailing headers, each `name:value` and a line feed."""
        self._check(f"{ALGORITHM}-TRAILER", hashlib.sha256(trailer).hexdigest(), signature)

    def _check(self, algorithm: str, content: str, signature: str) -> None:
        text = f"{algorithm}\n{self.date}\n{self.scope}\n{self.previous}\n{content}"
        expected = hmac_sha256(self.key, text).hex()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise _mismatch()
        self.previous = expected


class Signatures:
    """Checks requests against one set of credentials; `clock` returns the time in UTC."""

    def __init__(self, credentials: Credentials, clock: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._clock = clock

    def verify(self, request: StreamRequest, query: Sequence[tuple[str, str]]) -> Seal:
        """What is signed of the body that is still to come, of a request whose head is signed.

        `query` is the decoded query. Raises S3Error.
        """
        given = dict(query)
        authorization = request.headers.get("authorization")
        if "AWSAccessKeyId" in given or (authorization or "").startswith("AWS "):
            raise S3Error(
                "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use "
                "AWS4-HMAC-SHA256 (boto3: Config(signature_version='s3v4')).",
            )
        if "X-Amz-Signature" in given and authorization:
            raise S3Error("InvalidArgument", "Only one auth mechanism allowed.")
        if authorization:
            return self._verify_header(request, query, authorization)
        return self._verify_presigned(request, query, given)

    def _verify_header(
        self, request: StreamRequest, query: Sequence[tuple[str, str]], authorization: str
    ) -> Seal:
        scope = AUTHORIZATION.fullmatch(authorization.strip())
        if scope is None or scope["service"] != "s3":
            raise S3Error(
                "AuthorizationHeaderMalformed",
                "The authorization header that you provided is not valid.",
            )
        content = request.headers.get("x-amz-content-sha256", "")
        if not content:
            raise S3Error(
                "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"
            )
        date = request.headers.get("x-amz-date", "")
        moment = self._moment(date, scope["date"])
        if abs(self._clock() - moment) > MAX_SKEW:
            raise S3Error(
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            )
        return self._check(
            request, query, scope, scope["headers"], scope["signature"], date, _content(content)
        )

    def _verify_presigned(
        self, request: StreamRequest, query: Sequence[tuple[str, str]], given: Mapping[str, str]
    ) -> Seal:
        scope = _CREDENTIAL.fullmatch(given.get("X-Amz-Credential", ""))
        lifetime = given.get("X-Amz-Expires", "")
        names = given.get("X-Amz-SignedHeaders", "")
        if (
            scope is None
            or given.get("X-Amz-Algorithm") != ALGORITHM
            or not lifetime.isdecimal()
            or len(lifetime) > len(str(LONGEST_PRESIGNED))
            or not 0 < int(lifetime) <= LONGEST_PRESIGNED
            or not _SIGNED_HEADERS.fullmatch(names)
        ):
            raise S3Error(
                "AuthorizationQueryParametersError",
                "Query-string authentication version 4 requires X-Amz-Algorithm, X-Amz-Credential, "
                "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires of at most a week.",
            )
        date = given.get("X-Amz-Date", "")
        moment = self._moment(date, scope["date"])
        now = self._clock()
        if now < moment - MAX_SKEW:
            raise S3Error("AccessDenied", "Request is not yet valid")
        if now > moment + timedelta(seconds=int(lifetime)):
            raise S3Error("AccessDenied", "Request has expired")
        content = given.get("X-Amz-Content-Sha256") or request.headers.get("x-amz-content-sha256")
        signed = [(name, value) for name, value in query if name != "X-Amz-Signature"]
        signature = given.get("X-Amz-Signature", "")
        return self._check(
            request, signed, scope, names, signature, date, _content(content or UNSIGNED)
        )

    @staticmethod
    def _moment(date: str, scope_date: str) -> datetime:
        try:
            moment = datetime.strptime(date, DATE_FORMAT).replace(tzinfo=timezone.utc)
        except ValueError:
            raise S3Error(
                "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"
            ) from None
        if not date.startswith(scope_date):
            raise S3Error(
                "SignatureDoesNotMatch", "The date of the scope is not that of the request."
            )
        return moment

    def _check(
        self,
        request: StreamRequest,
        query: Sequence[tuple[str, str]],
        scope: re.Match[str],
        signed_headers: str,
        signature: str,
        date: str,
        content: str,
    ) -> Seal:
        credentials = self._credentials.find(scope["key"])
        if credentials is None:
            raise S3Error(
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records. The endpoint's keys "
                "are new after each start: `dbt-glue endpoint env` prints them.",
            )
        signed = signed_headers.split(";")
        required = {"host", *(name for name in request.headers if name.startswith("x-amz-"))}
        # The content's hash is in the signature by itself.
        unsigned = required.difference(signed, ["x-amz-content-sha256"])
        if unsigned or not request.headers.keys() >= set(signed):
            raise S3Error(
                "AccessDenied",
                "There were headers present in the request which were not signed",
                HeadersNotSigned=", ".join(sorted(unsigned)),
            )
        canonical = b"\n".join(
            [
                request.method.encode(),
                _encode(unquote_to_bytes(request.target.partition("?")[0]), b"/"),
                _canonical_query(query),
                *(_canonical_header(name, request.headers[name]) for name in signed),
                b"",
                signed_headers.encode(),
                content.encode(),
            ]
        )
        scoped = f"{scope['date']}/{scope['region']}/{scope['service']}/aws4_request"
        key = signing_key(credentials, scoped)
        digest = hashlib.sha256(canonical).hexdigest()
        expected = hmac_sha256(key, f"{ALGORITHM}\n{date}\n{scoped}\n{digest}").hex()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise _mismatch()
        return Seal(content, date, scoped, key, expected, scope["key"])


def _content(given: str) -> str:
    if given == UNSIGNED or given in CHUNKED or _HASH.fullmatch(given):
        return given
    if given.startswith("STREAMING-"):
        raise S3Error("NotImplemented", f"A body of the kind {given[:64]} is not implemented here.")
    raise S3Error(
        "InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid "
        "sha256 value.",
    )


def _canonical_query(query: Sequence[tuple[str, str]]) -> bytes:
    pairs = sorted(
        (
            _encode(name.encode(errors="surrogateescape")),
            _encode(value.encode(errors="surrogateescape")),
        )
        for name, value in query
    )
    return b"&".join(name + b"=" + value for name, value in pairs)


def _canonical_header(name: str, value: str) -> bytes:
    return f"{name}:{' '.join(value.split())}".encode("latin-1")


def _encode(text: bytes, safe: bytes = b"") -> bytes:
    return quote_from_bytes(text, safe.decode() + "~").encode()


def _mismatch() -> S3Error:
    return S3Error(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your "
        "key and signing method.",
    )
