"""The errors of S3's API, by AWS's own codes (docs: "Error responses", "List of error codes")."""

from __future__ import annotations

STATUS_OF = {
    "AccessControlListNotSupported": 400,
    "AccessDenied": 403,
    "AuthorizationHeaderMalformed": 400,
    "AuthorizationQueryParametersError": 400,
    "BadDigest": 400,
    "BucketNotEmpty": 409,
    "EntityTooLarge": 400,
    "EntityTooSmall": 400,
    "IllegalLocationConstraintException": 400,
    "IncompleteBody": 400,
    "InsufficientStorage": 507,
    "InvalidAccessKeyId": 403,
    "InvalidArgument": 400,
    "InvalidBucketName": 400,
    "InvalidDigest": 400,
    "InvalidPart": 400,
    "InvalidPartNumber": 416,
    "InvalidPartOrder": 400,
    "InvalidRange": 416,
    "InvalidRequest": 400,
    "InvalidTag": 400,
    "InvalidURI": 400,
    "KeyTooLongError": 400,
    "MalformedXML": 400,
    "MetadataTooLarge": 400,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "MissingRequestBodyError": 400,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "NoSuchVersion": 404,
    "NotImplemented": 501,
    "NotModified": 304,
    "OperationAborted": 409,
    "PreconditionFailed": 412,
    "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403,
    "XAmzContentSHA256Mismatch": 400,
}


class S3Error(Exception):
    """An error that the caller sees: a `code` of STATUS_OF, a `message`, and more elements of its XML."""

    def __init__(self, code: str, message: str, **details: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS_OF[self.code]


def no_such_key(key: str) -> S3Error:
    """There is no object of this key."""
    return S3Error("NoSuchKey", "The specified key does not exist.", Key=key)


def no_such_bucket(bucket: str) -> S3Error:
    """There is no bucket of this name, and nobody wrote into it."""
    return S3Error(
        "NoSuchBucket",
        "The specified bucket does not exist. CreateBucket makes it, and here any write into it.",
        BucketName=bucket,
    )


def not_implemented(what: str) -> S3Error:
    """The endpoint does not do `what`, which is the name of an operation or of a header."""
    return S3Error(
        "NotImplemented",
        f"The embedded endpoint does not implement {what} of S3. The documentation's page "
        "`S3 on the embedded endpoint` has what it does.",
    )


def precondition_failed(condition: str) -> S3Error:
    """What a condition (`If-Match`, ...) demands does not hold."""
    return S3Error(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        Condition=condition,
    )


def malformed_xml() -> S3Error:
    """The body is no document of the kind that the operation takes."""
    return S3Error(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
