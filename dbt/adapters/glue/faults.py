"""What an error of AWS means for a call: whether it may pass, and whether the call may have been carried out."""

from __future__ import annotations

from typing import Any, Literal

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ProxyConnectionError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.parsers import ResponseParserError

from dbt.adapters.glue.errors import GlueApiError

__all__ = [
    "EARLIER_UNCLEAR",
    "NO_KEYS",
    "THROTTLED",
    "Fault",
    "api_error",
    "error_code",
    "fault_of",
]

Fault = Literal["", "throttled", "busy", "expired", "unreachable", "unclear"]
"""Empty where it will not pass. All others may; only `unclear` leaves open whether the call was carried out."""

EARLIER_UNCLEAR = "dbt_glue_earlier_unclear"
"""In an answer's metadata: an earlier try of the call may have been carried out."""

THROTTLED = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "ProvisionedThroughputExceededException",
    }
)
# Glue and Lake Formation say so before they change anything.
_BUSY = frozenset(
    {
        "ConcurrentModificationException",
        "ResourceNotReadyException",
        "FederationSourceRetryableException",
        "OperationAborted",
    }
)
_UNCLEAR = frozenset(
    {
        "OperationTimeoutException",
        "InternalServiceException",
        "InternalFailure",
        "InternalError",
        "InternalServerException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "RequestTimeout",
        "RequestTimeoutException",
    }
)
_EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
NO_KEYS = (CredentialRetrievalError, TokenRetrievalError, SSOError)

_NEXT = {
    "throttled": "the account's rate of calls is exceeded: use fewer threads, or ask AWS for a higher quota",
    "busy": "another process changes the same thing all the time: run again when it has ended",
    "expired": "the AWS credentials have expired: log in again",
    "unreachable": "check the network, the proxy and the profile's region and endpoint",
    "unclear": "AWS has trouble, or the network: run again, with `dbt retry` from where this run ended",
}
_NEXT_OF_CODE = {
    "NoCredentialsError": "give AWS credentials (aws configure, AWS_PROFILE, or `aws_profile_name` in the profile)",
    "AccessDeniedException": "the caller's IAM policy must allow this call, and iam:PassRole for role_arn",
    "ResourceNumberLimitExceededException": "the account's limit of sessions or DPUs is reached: use fewer threads, or ask for more",
    "UnrecognizedClientException": "the AWS credentials are not valid for this endpoint",
}


def error_code(error: BaseException) -> str:
    """AWS's name of an error, or the class's."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def fault_of(error: BaseException | None = None, *, code: str = "", status: int = 0) -> Fault:
    """What an error of botocore's means (a ResponseParserError is an XML that was cut), or one that AWS named inside an answer."""
    if isinstance(error, ClientError):
        code, status = error_code(error), _status(error.response)
    elif isinstance(error, NO_KEYS):
        return "expired"
    elif isinstance(error, _NEVER_SENT):
        return "unreachable"
    elif isinstance(
        error, (HTTPClientError, BotoConnectionError, IncompleteReadError, ResponseParserError)
    ):
        return "unclear"
    if code in THROTTLED or status == 429:
        return "throttled"
    if code in _BUSY:
        return "busy"
    if code in _EXPIRED:
        return "expired"
    return "unclear" if code in _UNCLEAR or status >= 500 else ""


def api_error(
    what: str, error: ClientError | BotoCoreError, *, advice: str | None = None
) -> GlueApiError:
    """The error of a call as people should read it: what failed, why, and what to do next, by `advice` where it knows better."""
    code, fault = error_code(error), fault_of(error)
    known = _NEXT_OF_CODE.get(code) or _NEXT.get(fault)
    text = said(error)
    if advice:
        text += advice
    elif known:
        text = f"{text.rstrip('.')}; {known}"
    refused = isinstance(error, ClientError) and fault != "unclear" and not _is_later_try(error)
    return GlueApiError(f"{what} failed: {text}", code, refused=refused, fault=fault)


def said(error: BaseException) -> str:
    """AWS's name of an error and what it said, or what the library said."""
    if isinstance(error, ClientError):
        body = error.response.get("Error", {})
        return f"{body.get('Code', 'error')}: {body.get('Message', '')}".strip(": ")
    return str(error)


def _is_later_try(error: ClientError) -> bool:
    return EARLIER_UNCLEAR in error.response.get("ResponseMetadata", {})


def _status(answer: dict[str, Any]) -> int:
    return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
