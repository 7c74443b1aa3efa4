"""S3's operations on buckets: list, create, look, delete, and list what is in them."""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from glue_endpoint.account import ACCOUNT, REGION
from glue_endpoint.api.streams import StreamResponse
from glue_endpoint.s3 import documents
from glue_endpoint.s3.answers import iso_time, owner, xml
from glue_endpoint.s3.errors import S3Error
from glue_endpoint.s3.keys import (
    Bucket,
    all_buckets,
    existing_bucket,
    find_bucket,
    refuse_new_bucket,
)
from glue_endpoint.s3.listing import Page, Search, has_objects, list_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.s3.calls import Call
    from glue_endpoint.s3.objects import Objects, StoredObject
    from glue_endpoint.s3.uploads import Uploads

MOST_KEYS = 1000


class BucketOperations:
    """The operations whose path is a bucket, or nothing."""

    def __init__(self, buckets: Buckets, objects: Objects, uploads: Uploads) -> None:
        self._buckets = buckets
        self._objects = objects
        self._uploads = uploads

    def handlers(self) -> dict[str, Callable[[Call], StreamResponse]]:
        """By the operations' names."""
        return {
            "ListBuckets": self._list_buckets,
            "CreateBucket": self._create,
            "HeadBucket": self._head,
            "DeleteBucket": self._delete,
            "GetBucketLocation": self._location,
            "ListObjects": self._list_objects,
            "ListObjectsV2": self._list_objects_v2,
        }

    def _list_buckets(self, call: Call) -> StreamResponse:
        prefix = call.query.get("prefix", "")
        after = _decode_token(call.query.get("continuation-token"))
        limit = call.number("max-buckets", 10_000, 10_000)
        found = [
            bucket
            for bucket in all_buckets(self._buckets)
            if bucket.name.startswith(prefix) and bucket.name > after
        ]
        page = [
            {"Name": bucket.name, "CreationDate": iso_time(os.stat(bucket.folder).st_ctime)}
            for bucket in found[:limit]
        ]
        more = _token(found[limit - 1].name) if limit and len(found) > limit else None
        content = {
            "Owner": owner(),
            "Buckets": {"Bucket": page},
            "ContinuationToken": more,
            "Prefix": prefix or None,
        }
        return xml("ListAllMyBucketsResult", content)

    def _create(self, call: Call) -> StreamResponse:
        call.document("CreateBucketConfiguration")  # any region will do: there is one folder
        refuse_new_bucket(call.bucket)
        # One that is there already is the caller's own: in us-east-1 that is no error.
        find_bucket(self._buckets, call.bucket).make()
        return StreamResponse(200, {"Location": f"/{call.bucket}"})

    def _head(self, call: Call) -> StreamResponse:
        self._existing(call)
        return StreamResponse(
            200, {"Content-Type": documents.CONTENT_TYPE, "x-amz-bucket-region": REGION}
        )

    def _delete(self, call: Call) -> StreamResponse:
        bucket = self._existing(call)
        if has_objects(bucket, self._objects.records.markers(bucket.name)) or (
            not self._objects.remove_empty_folders(bucket, bucket.folder)
        ):
            raise S3Error(
                "BucketNotEmpty",
                "The bucket you tried to delete is not empty",
                BucketName=bucket.name,
            )
        for upload in self._uploads.all(bucket):
            self._uploads.forget(upload)
        self._objects.records.forget_bucket(bucket.name)
        return StreamResponse(204)

    def _location(self, call: Call) -> StreamResponse:
        self._existing(call)
        return xml("LocationConstraint", "")  # which is how S3 says us-east-1

    def _list_objects(self, call: Call) -> StreamResponse:
        bucket = self._existing(call)
        marker = call.query.get("marker", "")
        search = _search(call, marker)
        limit = call.number("max-keys", MOST_KEYS, MOST_KEYS)
        page = list_page(self._objects.records, bucket, search, limit)
        encode = _encoder(call)
        content = {
            "Name": bucket.name,
            "Prefix": encode(search.prefix),
            "Marker": encode(marker),
            "MaxKeys": limit,
            "Delimiter": encode(search.delimiter) if search.delimiter else None,
            "EncodingType": call.query.get("encoding-type"),
            "IsTruncated": page.last is not None,
            # S3 tells where to go on only where the last key alone does not say it.
            "NextMarker": encode(page.last) if page.last and search.delimiter else None,
            **_contents(page, encode, with_owner=True),
        }
        return xml("ListBucketResult", content)

    def _list_objects_v2(self, call: Call) -> StreamResponse:
        if call.query.get("list-type") != "2":
            raise S3Error("InvalidArgument", "Invalid List Type specified in Query")
        bucket = self._existing(call)
        token = call.query.get("continuation-token")
        start_after = call.query.get("start-after", "")
        search = _search(call, _decode_token(token) or start_after)
        limit = call.number("max-keys", MOST_KEYS, MOST_KEYS)
        page = list_page(self._objects.records, bucket, search, limit)
        encode = _encoder(call)
        content = {
            "Name": bucket.name,
            "Prefix": encode(search.prefix),
            "MaxKeys": limit,
            "Delimiter": encode(search.delimiter) if search.delimiter else None,
            "EncodingType": call.query.get("encoding-type"),
            "KeyCount": len(page.objects) + len(page.prefixes),
            "IsTruncated": page.last is not None,
            "ContinuationToken": token,
            "NextContinuationToken": _token(page.last) if page.last else None,
            "StartAfter": encode(start_after) if start_after else None,
            **_contents(page, encode, with_owner=call.query.get("fetch-owner") == "true"),
        }
        return xml("ListBucketResult", content)

    def _existing(self, call: Call) -> Bucket:
        return existing_bucket(self._buckets, call.bucket)


def _search(call: Call, after: str) -> Search:
    return Search(call.query.get("prefix", ""), call.query.get("delimiter", ""), after)


def _contents(page: Page, encode: Callable[[str], str], *, with_owner: bool) -> dict[str, Any]:
    def describe(found: StoredObject) -> dict[str, Any]:
        checksum = found.record.checksum
        return {
            "Key": encode(found.key),
            "LastModified": iso_time(found.modified / 10**9),
            "ETag": f'"{found.record.etag}"',
            "ChecksumAlgorithm": [checksum[0].upper()] if checksum else None,
            "ChecksumType": checksum[2] if checksum else None,
            "Size": found.size,
            "Owner": owner() if with_owner else None,
            "StorageClass": "STANDARD",
        }

    return {
        "Contents": [describe(found) for found in page.objects],
        "CommonPrefixes": [{"Prefix": encode(prefix)} for prefix in page.prefixes],
    }


def _encoder(call: Call) -> Callable[[str], str]:
    kind = call.query.get("encoding-type")
    if kind not in (None, "url"):
        raise S3Error("InvalidArgument", "Invalid Encoding Method specified in Request")
    return quote if kind else str


def _token(last: str) -> str:
    """Opaque, as AWS's are, so that nobody builds one."""
    return base64.urlsafe_b64encode(f"{ACCOUNT}{last}".encode()).decode()


def _decode_token(token: str | None) -> str:
    if not token:
        return ""
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError):
        text = ""
    if not text.startswith(ACCOUNT):
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect")
    return text.removeprefix(ACCOUNT)
