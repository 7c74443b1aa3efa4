"""S3's operations on multipart uploads."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from glue_endpoint.api.streams import StreamResponse
from glue_endpoint.s3 import checksums
from glue_endpoint.s3.answers import checksum_elements, iso_time, owner, xml
from glue_endpoint.s3.conditions import check_copy, unquoted, write_condition
from glue_endpoint.s3.copies import open_source, source_range
from glue_endpoint.s3.errors import S3Error, malformed_xml
from glue_endpoint.s3.keys import Bucket, existing_bucket, find_bucket
from glue_endpoint.s3.metadata import header_tags, kept_headers, refuse_unsupported
from glue_endpoint.s3.objects import pieces_of
from glue_endpoint.s3.uploads import COMPOSITE, FULL_OBJECT, MOST_PARTS, NamedPart

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.s3.calls import Call
    from glue_endpoint.s3.documents import Element
    from glue_endpoint.s3.objects import Objects
    from glue_endpoint.s3.uploads import Upload, Uploads

_PAGE = 1000


class MultipartOperations:
    """Begin, add parts, look, complete, abort."""

    def __init__(self, buckets: Buckets, objects: Objects, uploads: Uploads) -> None:
        self._buckets = buckets
        self._objects = objects
        self._uploads = uploads

    def handlers(self) -> dict[str, Callable[[Call], StreamResponse]]:
        """By the operations' names."""
        return {
            "CreateMultipartUpload": self._create,
            "UploadPart": self._upload_part,
            "UploadPartCopy": self._upload_part_copy,
            "CompleteMultipartUpload": self._complete,
            "AbortMultipartUpload": self._abort,
            "ListParts": self._list_parts,
            "ListMultipartUploads": self._list_uploads,
        }

    def _create(self, call: Call) -> StreamResponse:
        bucket = find_bucket(self._buckets, call.bucket)
        algorithm = call.headers.get("x-amz-checksum-algorithm", "").lower() or None
        kind = call.headers.get("x-amz-checksum-type", "").upper() or None
        if algorithm is not None:
            kind = _checksum_type(algorithm, kind)
        elif kind is not None:
            raise S3Error("InvalidRequest", "A checksum type needs a checksum algorithm.")
        upload = self._uploads.begin(
            bucket, call.key, kept_headers(call.headers), algorithm, kind, header_tags(call.headers)
        )
        answer = xml(
            "InitiateMultipartUploadResult",
            {"Bucket": bucket.name, "Key": call.key, "UploadId": upload.id},
        )
        if algorithm and kind:
            answer.headers["x-amz-checksum-algorithm"] = algorithm.upper()
            answer.headers["x-amz-checksum-type"] = kind
        return answer

    def _upload_part(self, call: Call) -> StreamResponse:
        _, upload = self._find(call)
        number = _part_number(call)
        refuse_unsupported(call.headers)
        payload = call.payload()
        with self._objects.incoming(payload.pieces()) as incoming:
            algorithm = payload.algorithm
            if algorithm is not None and upload.algorithm not in (algorithm, None):
                raise S3Error(
                    "InvalidRequest",
                    f"Checksum Type mismatch occurred, expected checksum Type: {upload.algorithm}, "
                    f"actual checksum Type: {algorithm}",
                )
            kept = payload.checksum if upload.algorithm is not None else None
            part = self._uploads.add_part(upload, number, incoming, payload.md5.hex(), kept)
        headers = {"ETag": f'"{part.etag}"'}
        if algorithm is not None:
            headers[checksums.PREFIX + algorithm] = payload.checksum or ""
        return StreamResponse(200, headers)

    def _upload_part_copy(self, call: Call) -> StreamResponse:
        _, upload = self._find(call)
        number = _part_number(call)
        source, key = open_source(self._buckets, call.headers)
        found, file = self._objects.open(source, key)
        with file:
            check_copy(call.headers, found)
            start, length = source_range(call.headers, found.size)
            md5 = hashlib.md5(usedforsecurity=False)
            digest = checksums.digest_of(upload.algorithm) if upload.algorithm else None
            sinks: list[checksums.Digest] = [md5] if digest is None else [md5, digest]
            pieces = checksums.passing(pieces_of(file, start, length), sinks)
            with self._objects.incoming(pieces) as incoming:
                value = checksums.encode(digest.digest()) if digest else None
                part = self._uploads.add_part(upload, number, incoming, md5.hexdigest(), value)
        content = {"LastModified": iso_time(part.modified), "ETag": f'"{part.etag}"'}
        if upload.algorithm and part.checksum:
            content[f"Checksum{upload.algorithm.upper()}"] = part.checksum
        return xml("CopyPartResult", content)

    def _complete(self, call: Call) -> StreamResponse:
        bucket, upload = self._find(call)
        condition = write_condition(call.headers)
        request = call.document("CompleteMultipartUpload")
        named = [_named_part(part) for part in (request.all("Part") if request else ())]
        if not named:
            raise S3Error("MalformedXML", "You must specify at least one part")
        stored = self._uploads.complete(bucket, upload, named, condition)
        content = {
            "Location": f"http://{call.headers['host']}/{bucket.name}/{quote(call.key)}",
            "Bucket": bucket.name,
            "Key": call.key,
            "ETag": f'"{stored.record.etag}"',
            **checksum_elements(stored.record.checksum),
        }
        return xml("CompleteMultipartUploadResult", content)

    def _abort(self, call: Call) -> StreamResponse:
        _, upload = self._find(call)
        self._uploads.forget(upload)
        return StreamResponse(204)

    def _list_parts(self, call: Call) -> StreamResponse:
        bucket, upload = self._find(call)
        after = call.number("part-number-marker", 0, MOST_PARTS)
        limit = call.number("max-parts", _PAGE, _PAGE)
        rest = [
            (number, part) for number, part in self._uploads.parts(upload).items() if number > after
        ]
        name = f"Checksum{upload.algorithm.upper()}" if upload.algorithm else "Checksum"
        parts = [
            {
                "PartNumber": number,
                "LastModified": iso_time(part.modified),
                "ETag": f'"{part.etag}"',
                "Size": part.size,
                name: part.checksum,
            }
            for number, part in rest[:limit]
        ]
        content = {
            "Bucket": bucket.name,
            "Key": call.key,
            "UploadId": upload.id,
            "Initiator": owner(),
            "Owner": owner(),
            "StorageClass": "STANDARD",
            "PartNumberMarker": after,
            "NextPartNumberMarker": parts[-1]["PartNumber"] if parts else 0,
            "MaxParts": limit,
            "IsTruncated": len(rest) > limit,
            "Part": parts,
            "ChecksumAlgorithm": upload.algorithm.upper() if upload.algorithm else None,
            "ChecksumType": upload.checksum_type,
        }
        return xml("ListPartsResult", content)

    def _list_uploads(self, call: Call) -> StreamResponse:
        bucket = existing_bucket(self._buckets, call.bucket)
        prefix, delimiter = call.query.get("prefix", ""), call.query.get("delimiter", "")
        encode = quote if call.query.get("encoding-type") == "url" else str
        limit = call.number("max-uploads", _PAGE, _PAGE)
        key_marker, id_marker = (
            call.query.get("key-marker", ""),
            call.query.get("upload-id-marker", ""),
        )
        shown: list[Upload] = []
        prefixes: list[str] = []
        last: tuple[str, str] | None = None
        truncated = False
        for upload in _after(self._uploads.all(bucket), key_marker, id_marker):
            if not upload.key.startswith(prefix):
                continue
            end = upload.key.find(delimiter, len(prefix)) if delimiter else -1
            common = upload.key[: end + len(delimiter)] if end >= 0 else None
            if common is not None and (common in prefixes or common <= key_marker):
                continue
            if len(shown) + len(prefixes) == limit:
                truncated = True
                break
            if common is not None:
                prefixes.append(common)
                last = (common, "")
            else:
                shown.append(upload)
                last = (upload.key, upload.id)
        content = {
            "Bucket": bucket.name,
            "KeyMarker": encode(key_marker),
            "UploadIdMarker": id_marker,
            "NextKeyMarker": encode(last[0]) if truncated and last else None,
            "NextUploadIdMarker": last[1] if truncated and last else None,
            "Prefix": encode(prefix),
            "Delimiter": encode(delimiter) if delimiter else None,
            "EncodingType": call.query.get("encoding-type"),
            "MaxUploads": limit,
            "IsTruncated": truncated,
            "Upload": [_described(upload, encode) for upload in shown],
            "CommonPrefixes": [{"Prefix": encode(each)} for each in prefixes],
        }
        return xml("ListMultipartUploadsResult", content)

    def _find(self, call: Call) -> tuple[Bucket, Upload]:
        bucket = existing_bucket(self._buckets, call.bucket)
        return bucket, self._uploads.find(bucket, call.key, call.query["uploadId"])


def _described(upload: Upload, encode: Callable[[str], str]) -> dict[str, Any]:
    return {
        "Key": encode(upload.key),
        "UploadId": upload.id,
        "Initiator": owner(),
        "Owner": owner(),
        "StorageClass": "STANDARD",
        "Initiated": iso_time(upload.started),
        "ChecksumAlgorithm": upload.algorithm.upper() if upload.algorithm else None,
        "ChecksumType": upload.checksum_type,
    }


def _after(uploads: list[Upload], key: str, upload_id: str) -> list[Upload]:
    """What follows a marker: later keys, and with an upload's id the later uploads of the same key."""
    ids = [upload.id for upload in uploads if upload.key == key]
    seen = set(ids[: ids.index(upload_id) + 1]) if upload_id in ids else set(ids)
    return [upload for upload in uploads if upload.key >= key and upload.id not in seen]


def _checksum_type(algorithm: str, kind: str | None) -> str:
    """The type of an algorithm, S3's default where none is given. Raises S3Error."""
    allowed = {"crc64nvme": (FULL_OBJECT,), "sha1": (COMPOSITE,), "sha256": (COMPOSITE,)}
    if algorithm not in checksums.LENGTHS:
        raise S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.")
    kinds = allowed.get(algorithm, (COMPOSITE, FULL_OBJECT))
    if kind is not None and kind not in kinds:
        raise S3Error(
            "InvalidRequest",
            f"The {kind} checksum type cannot be used with the {algorithm} checksum algorithm.",
        )
    return kind or kinds[0]


def _part_number(call: Call) -> int:
    text = call.query.get("partNumber", "")
    if not text.isdecimal() or len(text) > 9 or not 0 < int(text) <= MOST_PARTS:
        raise S3Error(
            "InvalidArgument",
            f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive",
            ArgumentName="partNumber",
            ArgumentValue=text,
        )
    return int(text)


def _named_part(part: Element) -> NamedPart:
    number, etag = part.get("PartNumber") or "", part.get("ETag")
    if not number.isdecimal() or len(number) > 9 or etag is None:
        raise malformed_xml()
    given = [(name, part.get(f"Checksum{name.upper()}")) for name in checksums.LENGTHS]
    checksum = next(((name, value) for name, value in given if value), None)
    return NamedPart(int(number), unquoted(etag), checksum)
