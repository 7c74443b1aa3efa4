"""S3's operations on objects: get, head, put, copy, delete, and their tags."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from glue_endpoint.api.streams import FilePart, StreamResponse
from glue_endpoint.s3 import checksums
from glue_endpoint.s3.answers import (
    checksum_elements,
    checksum_headers,
    iso_time,
    object_headers,
    xml,
)
from glue_endpoint.s3.conditions import check_copy, check_read, range_of, unquoted, write_condition
from glue_endpoint.s3.copies import open_source
from glue_endpoint.s3.errors import S3Error, malformed_xml
from glue_endpoint.s3.keys import existing_bucket, find_bucket
from glue_endpoint.s3.metadata import document_tags, header_tags, kept_headers, refuse_unsupported
from glue_endpoint.s3.objects import pieces_of
from glue_endpoint.s3.records import Record
from glue_endpoint.s3.uploads import FULL_OBJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.s3.calls import Call
    from glue_endpoint.s3.keys import Bucket
    from glue_endpoint.s3.objects import Objects, StoredObject

_OVERRIDES = {
    "response-cache-control": "Cache-Control",
    "response-content-disposition": "Content-Disposition",
    "response-content-encoding": "Content-Encoding",
    "response-content-language": "Content-Language",
    "response-content-type": "Content-Type",
    "response-expires": "Expires",
}
_MOST_DELETED = 1000


class ObjectOperations:
    """The operations on whole objects."""

    def __init__(self, buckets: Buckets, objects: Objects) -> None:
        self._buckets = buckets
        self._objects = objects

    def handlers(self) -> dict[str, Callable[[Call], StreamResponse]]:
        """By the operations' names."""
        return {
            "GetObject": self._get,
            "HeadObject": self._head,
            "PutObject": self._put,
            "CopyObject": self._copy,
            "DeleteObject": self._delete,
            "DeleteObjects": self._delete_all,
            "GetObjectTagging": self._get_tags,
            "PutObjectTagging": self._put_tags,
            "DeleteObjectTagging": self._delete_tags,
        }

    # -- reading ---------------------------------------------------------------------------------

    def _get(self, call: Call) -> StreamResponse:
        bucket = self._existing(call)
        found, file = self._objects.open(bucket, call.key)
        try:
            status, headers, start, length = _described(call, found)
        except BaseException:
            file.close()
            raise
        return StreamResponse(status, headers, FilePart(file, start, length))

    def _head(self, call: Call) -> StreamResponse:
        found = self._objects.look(self._existing(call), call.key)
        status, headers, start, length = _described(call, found)
        return StreamResponse(status, headers, FilePart(io.BytesIO(), start, length))

    # -- writing ---------------------------------------------------------------------------------

    def _put(self, call: Call) -> StreamResponse:
        bucket = find_bucket(self._buckets, call.bucket)
        bucket.file(call.key)  # before the body is asked for
        headers, tags = kept_headers(call.headers), header_tags(call.headers)
        condition = write_condition(call.headers)
        payload = call.payload()
        with self._objects.incoming(payload.pieces()) as incoming:
            checksum = None
            if payload.algorithm is not None:
                checksum = (payload.algorithm, payload.checksum or "", FULL_OBJECT)
            record = Record(payload.md5.hex(), headers, checksum, tags)
            stored = self._objects.put(bucket, call.key, incoming, record, condition)
        return StreamResponse(200, {"ETag": f'"{stored.record.etag}"', **checksum_headers(stored)})

    def _copy(self, call: Call) -> StreamResponse:
        bucket = find_bucket(self._buckets, call.bucket)
        bucket.file(call.key)
        source, key = open_source(self._buckets, call.headers)
        found, file = self._objects.open(source, key)
        with file:
            check_copy(call.headers, found)
            record = _record_of_copy(
                call, found, same=(source.name, key) == (call.bucket, call.key)
            )
            md5, digest = hashlib.md5(usedforsecurity=False), None
            if record.checksum is not None:
                digest = checksums.digest_of(record.checksum[0])
            sinks = [each for each in (md5, digest) if each is not None]
            pieces = checksums.passing(pieces_of(file, 0, found.size), sinks)
            with self._objects.incoming(pieces) as incoming:
                record = replace(record, etag=md5.digest().hex())
                if record.checksum is not None and digest is not None:
                    value = checksums.encode(digest.digest())
                    record = replace(record, checksum=(record.checksum[0], value, FULL_OBJECT))
                condition = write_condition(call.headers)
                stored = self._objects.put(bucket, call.key, incoming, record, condition)
        content = {
            "LastModified": iso_time(stored.modified / 10**9),
            "ETag": f'"{stored.record.etag}"',
            **checksum_elements(stored.record.checksum),
        }
        return xml("CopyObjectResult", content)

    # -- removing --------------------------------------------------------------------------------

    def _delete(self, call: Call) -> StreamResponse:
        bucket = self._existing(call)
        etag = call.headers.get("if-match")
        self._objects.delete(bucket, call.key, unquoted(etag) if etag else None)
        return StreamResponse(204)

    def _delete_all(self, call: Call) -> StreamResponse:
        bucket = self._existing(call)
        request = call.document("Delete", must_be_sealed=True)
        objects = list(request.all("Object")) if request else []
        if not 0 < len(objects) <= _MOST_DELETED:
            raise malformed_xml()
        deleted, errors = [], []
        for each in objects:
            key, etag = each.get("Key") or "", each.get("ETag")
            try:
                refused = call.refusal("DeleteObject", key)
                if refused is not None:
                    raise S3Error("AccessDenied", refused)
                if each.get("VersionId") not in (None, "", "null"):
                    raise S3Error("NoSuchVersion", "The specified version does not exist.")
                self._objects.delete(bucket, key, unquoted(etag) if etag else None)
                deleted.append({"Key": key})
            except S3Error as error:
                errors.append({"Key": key, "Code": error.code, "Message": error.message})
        quiet = request is not None and request.get("Quiet") == "true"
        return xml("DeleteResult", {"Deleted": [] if quiet else deleted, "Error": errors})

    # -- tags ------------------------------------------------------------------------------------

    def _get_tags(self, call: Call) -> StreamResponse:
        found = self._objects.look(self._existing(call), call.key)
        tags = [{"Key": key, "Value": value} for key, value in found.record.tags.items()]
        return xml("Tagging", {"TagSet": {"Tag": tags}})

    def _put_tags(self, call: Call) -> StreamResponse:
        tags = document_tags(call.document("Tagging", must_be_sealed=True))
        self._objects.change_tags(self._existing(call), call.key, tags)
        return StreamResponse(200)

    def _delete_tags(self, call: Call) -> StreamResponse:
        self._objects.change_tags(self._existing(call), call.key, {})
        return StreamResponse(204)

    def _existing(self, call: Call) -> Bucket:
        if call.query.get("versionId") not in (None, "null"):
            raise S3Error("NoSuchVersion", "The specified version does not exist.")
        return existing_bucket(self._buckets, call.bucket)


def _described(call: Call, found: StoredObject) -> tuple[int, dict[str, str], int, int]:
    """Status, headers, start and length of the answer to GET or HEAD. Raises S3Error."""
    refuse_unsupported(call.headers)
    check_read(call.headers, found)
    headers = object_headers(found)
    for name, title in _OVERRIDES.items():
        if name in call.query:
            text = call.query[name].replace("\r", "").replace("\n", "")
            headers[title] = text.encode(errors="surrogateescape").decode("latin-1")
    if found.record.tags:
        headers["x-amz-tagging-count"] = str(len(found.record.tags))
    part = call.query.get("partNumber")
    if part is not None:
        start, length = _part_of(call, found, headers)
        asked: tuple[int, int] | None = (start, length)
    else:
        asked = range_of(call.headers.get("range"), found.size)
    if asked is None:
        # Of a part of the object its checksum would only be wrong.
        if call.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED":
            headers.update(checksum_headers(found))
        return 200, headers, 0, found.size
    start, length = asked
    headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{found.size}"
    return 206, headers, start, length


def _part_of(call: Call, found: StoredObject, headers: dict[str, str]) -> tuple[int, int]:
    sizes = found.record.part_sizes
    number = call.number("partNumber", 1, 2**31)
    if "range" in call.headers:
        raise S3Error(
            "InvalidRequest", "Cannot specify both Range header and partNumber query parameter"
        )
    if not 0 < number <= max(1, len(sizes)):
        raise S3Error(
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
            PartNumberRequested=str(number),
            ActualPartCount=str(max(1, len(sizes))),
        )
    if not sizes:
        return 0, found.size
    headers["x-amz-mp-parts-count"] = str(len(sizes))
    return sum(sizes[: number - 1]), sizes[number - 1]


def _record_of_copy(call: Call, found: StoredObject, *, same: bool) -> Record:
    """The copy's record but for what follows from its bytes."""
    replaced = _directive(call, "x-amz-metadata-directive")
    if same and not replaced:
        raise S3Error(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without "
            "changing the object's metadata, storage class, website redirect location or encryption "
            "attributes.",
        )
    refuse_unsupported(call.headers)
    headers = kept_headers(call.headers) if replaced else found.record.headers
    tags = found.record.tags
    if _directive(call, "x-amz-tagging-directive"):
        tags = header_tags(call.headers)
    checksum = found.record.checksum
    asked = call.headers.get("x-amz-checksum-algorithm", "").lower()
    if asked:
        if asked not in checksums.LENGTHS:
            raise S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.")
        checksum = (asked, "", FULL_OBJECT)
    return Record("", headers, checksum, tags)


def _directive(call: Call, name: str) -> bool:
    value = call.headers.get(name, "COPY")
    if value not in ("COPY", "REPLACE"):
        raise S3Error("InvalidArgument", f"Unknown {name}.", ArgumentName=name, ArgumentValue=value)
    return value == "REPLACE"
