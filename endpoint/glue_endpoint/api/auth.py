"""Signature Version 4, both ways: who may talk to the endpoint, and how its own commands sign.

The endpoint listens on loopback, where every local user and every web page in a local browser can
connect. So it serves only callers who prove that they could read the secret in the state folder.
The algorithm is AWS's (docs: "Create a signed AWS API request"); botocore signs the same way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote

from glue_endpoint.account import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALGORITHM = "AWS4-HMAC-SHA256"
CONTROL_SERVICE = "dbt-glue-endpoint"
"""The service name in the credential scope of the endpoint's own ping, status and stop."""
MAX_SKEW = timedelta(minutes=15)
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<key>[A-Z0-9]{{16,128}})/(?P<date>\d{{8}})/(?P<region>[a-z0-9-]{{1,64}})"
    r"/(?P<service>[a-z0-9-]{1,64})/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[a-z0-9;_-]{1,2048}), ?Signature=(?P<signature>[0-9a-f]{64})"
)
_ASSUMED_PREFIX = "ASIA"
OWNER_KEY = "AKIAOWNEROFTHEACCOUNT"
"""The id of the keys of the account's owner, whom no policy holds back."""
_CLAIM = re.compile(r"Credential=[^/,&]+/\d{8}/[^/,&]+/([a-z0-9-]{1,64})/aws4_request")
_OLD_S3_CLAIM = re.compile(r"AWS [A-Z0-9]+:|(?:^|&)AWSAccessKeyId=")
"""Signatures that only S3 ever took (version 2), in a header or in a query."""


@dataclass(frozen=True)
class Credentials:
    """An access key of the endpoint. The secret never shows in a `repr`."""

    access_key_id: str
    secret_access_key: str = field(repr=False)

    @classmethod
    def generate(cls) -> Credentials:
        """New random credentials: 160 bits of secret, as long as AWS's own."""
        return cls("AKIA" + _random_id(), base64.b64encode(secrets.token_bytes(30)).decode())

    def assume(self) -> Credentials:
        """New credentials that `Verifier` accepts too: the secret follows from the new key id.

        The id's second half follows from the first, so that nobody makes one up.
        """
        begin = _random_id()[:8]
        return self._assumed(_ASSUMED_PREFIX + begin + self._second_half(begin))

    def owner(self) -> Credentials:
        """The keys of the account's owner, which follow from these: for tests that look at what the user has done."""
        return self._assumed(OWNER_KEY)

    def find(self, access_key_id: str) -> Credentials | None:
        """The credentials behind a key id: these, the owner's, or some that `assume` handed out."""
        if hmac.compare_digest(access_key_id.encode(), self.access_key_id.encode()):
            return self
        if access_key_id == OWNER_KEY:
            return self.owner()
        prefix, begin, end = access_key_id[:4], access_key_id[4:12], access_key_id[12:]
        if prefix == _ASSUMED_PREFIX and hmac.compare_digest(
            end.encode(), self._second_half(begin).encode()
        ):
            return self._assumed(access_key_id)
        return None

    def prove(self, nonce: str) -> str:
        """What only a holder of the secret can answer to `nonce` (hex); tells our server from another's."""
        return hmac_sha256(self.secret_access_key.encode(), f"{CONTROL_SERVICE}:{nonce}").hex()

    def _second_half(self, begin: str) -> str:
        digest = hmac_sha256(self.secret_access_key.encode(), f"assumed id:{begin}")
        return base64.b32encode(digest[:5]).decode()

    def _assumed(self, access_key_id: str) -> Credentials:
        digest = hmac_sha256(self.secret_access_key.encode(), f"assume:{access_key_id}")
        return Credentials(access_key_id, base64.b64encode(digest[:30]).decode())


@dataclass(frozen=True)
class HttpRequest:
    """One HTTP request: header names in lower case, several values of a name joined by a comma.

    `path` is as it was sent, with the query behind it.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Caller:
    """Who signed a request, and for which service and region."""

    access_key_id: str
    region: str
    service: str


class AuthError(Exception):
    """The request is not signed as it must be: AWS's error `code` and a `message`; HTTP 403."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Verifier:
    """Checks signatures against one set of credentials.

    `clock` returns the time in UTC; a request's date may differ from it by 15 minutes, as on AWS.
    """

    def __init__(self, credentials: Credentials, clock: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._clock = clock

    def check_headers(self, request: HttpRequest) -> None:
        """Whether a request can be signed at all, by its headers, before its body is read. Raises `AuthError`."""
        self._signed(request)

    def verify(self, request: HttpRequest) -> Caller:
        """The caller who signed `request`, body included. Raises `AuthError`."""
        credentials, scope, signed, date = self._signed(request)
        expected = _signature(
            credentials, request, signed, date, region=scope["region"], service=scope["service"]
        )
        if not hmac.compare_digest(expected, scope["signature"]):
            raise AuthError(
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method.",
            )
        return Caller(scope["key"], scope["region"], scope["service"])

    def _signed(self, request: HttpRequest) -> tuple[Credentials, re.Match[str], list[str], str]:
        """What the headers say of the signature: whose it is, its scope, the signed headers and the date."""
        authorization = request.headers.get("authorization")
        if not authorization:
            raise AuthError(
                "MissingAuthenticationTokenException",
                "Missing Authentication Token: sign the request with the endpoint's keys "
                "(`dbt-glue endpoint env` prints them).",
            )
        scope = AUTHORIZATION.fullmatch(authorization.strip())
        if scope is None:
            raise AuthError(
                "IncompleteSignatureException",
                "The Authorization header is not a Signature Version 4 header.",
            )
        credentials = self._credentials.find(scope["key"])
        if credentials is None:
            raise AuthError(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            )
        signed = scope["headers"].split(";")
        self._check_signed_headers(request, signed)
        date = self._check_date(request, scope["date"])
        return credentials, scope, signed, date

    @staticmethod
    def _check_signed_headers(request: HttpRequest, signed: list[str]) -> None:
        # An unsigned x-amz-target would let a replayed signature run another operation.
        required = {"host", "x-amz-date"}
        required.update(name for name in request.headers if name.startswith("x-amz-"))
        missing = sorted(required.difference(signed)) + sorted(set(signed) - request.headers.keys())
        if missing:
            raise AuthError(
                "InvalidSignatureException",
                f"These headers must be sent and signed: {', '.join(missing)}.",
            )

    def _check_date(self, request: HttpRequest, scope_date: str) -> str:
        text = request.headers["x-amz-date"]
        try:
            date = datetime.strptime(text, DATE_FORMAT).replace(tzinfo=timezone.utc)
        except ValueError:
            raise AuthError(
                "IncompleteSignatureException", f"X-Amz-Date is not a date like {DATE_FORMAT}."
            ) from None
        now = self._clock()
        if abs(now - date) > MAX_SKEW:
            problem = "Signature expired" if date < now else "Signature not yet current"
            raise AuthError(
                "InvalidSignatureException",
                f"{problem}: {text} is more than 15 min. from {now.strftime(DATE_FORMAT)}.",
            )
        if not text.startswith(scope_date):
            raise AuthError(
                "InvalidSignatureException", "Date in Credential scope does not match X-Amz-Date."
            )
        return text


def claimed_service(authorization: str, query: str) -> str | None:
    """The service that a request says it is signed for, in its header or its query; nothing is verified."""
    found = _CLAIM.search(authorization) or _CLAIM.search(query.replace("%2F", "/"))
    if found is not None:
        return found[1]
    old = _OLD_S3_CLAIM.match(authorization) or _OLD_S3_CLAIM.search(query)
    return "s3" if old else None


def hmac_sha256(key: bytes, text: str) -> bytes:
    """The digest of `text` by `key`."""
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signing_key(credentials: Credentials, scope: str) -> bytes:
    """The key for a scope `date/region/service/aws4_request`."""
    key = ("AWS4" + credentials.secret_access_key).encode()
    for part in scope.split("/"):
        key = hmac_sha256(key, part)
    return key


def sign(
    credentials: Credentials,
    request: HttpRequest,
    now: datetime,
    *,
    service: str = CONTROL_SERVICE,
    region: str = REGION,
) -> dict[str, str]:
    """The headers of `request` with `x-amz-date` and `authorization` added; `host` must be there."""
    date = now.astimezone(timezone.utc).strftime(DATE_FORMAT)
    headers = {**request.headers, "x-amz-date": date}
    dated = HttpRequest(request.method, request.path, headers, request.body)
    signed = sorted(headers)
    signature = _signature(credentials, dated, signed, date, region=region, service=service)
    scope = f"{credentials.access_key_id}/{date[:8]}/{region}/{service}/aws4_request"
    headers["authorization"] = (
        f"{ALGORITHM} Credential={scope}, SignedHeaders={';'.join(signed)}, Signature={signature}"
    )
    return headers


def _signature(
    credentials: Credentials,
    request: HttpRequest,
    signed: list[str],
    date: str,
    *,
    region: str,
    service: str,
) -> str:
    path, _, query = request.path.partition("?")
    pairs = [item if "=" in item else f"{item}=" for item in query.split("&") if item]
    # The hash is of the body that arrived, whatever x-amz-content-sha256 claims.
    canonical = "\n".join(
        [
            request.method,
            quote(path, safe="/~"),
            "&".join(sorted(pairs)),
            *(f"{name}:{' '.join(request.headers[name].split())}" for name in signed),
            "",
            ";".join(signed),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = signing_key(credentials, scope)
    return hmac_sha256(key, f"{ALGORITHM}\n{date}\n{scope}\n{digest}").hex()


def _random_id() -> str:
    return base64.b32encode(secrets.token_bytes(10)).decode()
