"""S3 as a service of the endpoint: a request is verified, named, handed to its operation, and errors become XML."""

from __future__ import annotations

import errno
import logging
import sqlite3
from typing import TYPE_CHECKING

from glue_endpoint.api.streams import StreamResponse
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.folders import OTHER_FOLDER
from glue_endpoint.s3 import documents
from glue_endpoint.s3.bucket_operations import BucketOperations
from glue_endpoint.s3.calls import (
    COPIES,
    SERVED,
    Call,
    address_of,
    operation_of,
    permit_all,
    split_query,
)
from glue_endpoint.s3.copies import source_of
from glue_endpoint.s3.errors import S3Error, not_implemented
from glue_endpoint.s3.keys import RESERVED, TABLE_STORAGE
from glue_endpoint.s3.multipart_operations import MultipartOperations
from glue_endpoint.s3.object_operations import ObjectOperations
from glue_endpoint.s3.objects import Objects
from glue_endpoint.s3.records import Records
from glue_endpoint.s3.signature import Signatures
from glue_endpoint.s3.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from glue_endpoint.api.auth import Credentials
    from glue_endpoint.api.streams import StreamRequest
    from glue_endpoint.buckets import Buckets
    from glue_endpoint.s3.calls import Judge

    Handler = Callable[[Call], StreamResponse]

logger = logging.getLogger(__name__)

RECORDS_FILE = "objects.sqlite"
"""In the state folder."""
_OF_TABLES = frozenset({
    "AbortMultipartUpload", "CompleteMultipartUpload", "CreateMultipartUpload", "GetObject",
    "HeadBucket", "HeadObject", "ListParts", "PutObject", "UploadPart",
})  # fmt: skip
"""What may be called where S3 Tables keeps a table (S3's API reference, "Supported Amazon S3 object-level API operations for S3 Tables")."""
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class S3:
    """AWS S3 over the buckets' folder, for callers who sign with `credentials`."""

    def __init__(
        self,
        buckets: Buckets,
        state_folder: Path,
        credentials: Credentials,
        clock: Callable[[], datetime],
        judge: Judge = permit_all,
    ) -> None:
        """`judge` says who may do what. Raises EndpointStartError where the folder cannot be used."""
        self._judge = judge
        try:
            (buckets.root / RESERVED).mkdir(parents=True, exist_ok=True)
            self._records = Records(state_folder / RECORDS_FILE)
        except (OSError, sqlite3.Error) as error:
            raise EndpointStartError(
                f"Cannot keep objects in {state_folder}: {error}. Choose {OTHER_FOLDER}."
            ) from error
        self._signatures = Signatures(credentials, clock)
        objects = Objects(buckets, self._records)
        uploads = Uploads(objects, self._records, buckets.root)
        self._handlers: dict[str, Handler] = {
            **BucketOperations(buckets, objects, uploads).handlers(),
            **ObjectOperations(buckets, objects).handlers(),
            **MultipartOperations(buckets, objects, uploads).handlers(),
        }
        assert self._handlers.keys() == SERVED  # noqa: S101 - what is named is what is served

    def close(self) -> None:
        """Closes the file of the records."""
        self._records.close()

    def stream(self, request: StreamRequest) -> StreamResponse:
        """Answers one call."""
        try:
            return self._answer(request)
        except S3Error as error:
            return _error_response(error, request)
        except OSError as error:
            if error.errno in _DISK_FULL:
                full = S3Error("InsufficientStorage", "There is no space left on the disk.")
                return _error_response(full, request)
            raise

    def error(self, code: str, message: str, status: int) -> StreamResponse:
        """An error of S3's protocol."""
        return _error(status, {"Code": code, "Message": message})

    def _answer(self, request: StreamRequest) -> StreamResponse:
        query = split_query(request.target)
        seal = self._signatures.verify(request, query)
        bucket, key = address_of(request)
        name = operation_of(request, bucket, key, query)
        handler = self._handlers.get(name)
        if handler is None:
            raise not_implemented(name)
        if bucket.endswith(TABLE_STORAGE) and name not in _OF_TABLES:
            raise S3Error(
                "MethodNotAllowed",
                "The specified method is not allowed against this resource: S3 Tables keeps a table here, "
                f"and removes what it has no use for itself. {name} is not served.",
                Method=request.method,
            )
        logger.debug("%s s3://%s/%s", name, bucket, key)
        given = dict(query)

        def refusal(operation: str, key: str) -> str | None:
            source = source_of(request.headers) if operation in COPIES else None
            headers = request.headers.keys()
            return self._judge(seal.access_key_id, operation, bucket, key, given, source, headers)

        refused = refusal(name, key) if name != "DeleteObjects" else None
        if refused is not None:
            raise S3Error("AccessDenied", refused)
        try:
            return handler(Call(request, bucket, key, given, seal, refusal))
        except S3Error as error:
            if error.code != "NoSuchKey":
                raise
            # S3 tells nobody what is not there who may not list the bucket that was read.
            read = source_of(request.headers)[0] if name in COPIES else bucket
            hidden = self._judge(seal.access_key_id, "ListObjectsV2", read, "", given, noted=False)
            if hidden is not None:
                raise S3Error("AccessDenied", hidden) from None
            raise


def _error_response(error: S3Error, request: StreamRequest) -> StreamResponse:
    if error.code == "NotModified":
        return StreamResponse(304, {"ETag": f'"{error.details["ETag"]}"'})
    path = request.target.partition("?")[0]
    content = {"Code": error.code, "Message": error.message, **error.details, "Resource": path}
    return _error(error.status, content)


def _error(status: int, content: dict[str, str]) -> StreamResponse:
    shown = {name: documents.printable(text) for name, text in content.items()}
    body = documents.document("Error", shown, namespace=False)
    return StreamResponse(status, {"Content-Type": documents.CONTENT_TYPE}, body)
