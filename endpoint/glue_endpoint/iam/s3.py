"""The permissions that calls of S3's API need (AWS's "Required permissions for Amazon S3 API operations")."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

TABLE_STORAGE = "--table-s3"
"""How the names of the buckets end in which S3 Tables keeps tables: their permissions are those of s3tables."""
OF_OBJECT = {
    "GetObject": "GetObject", "HeadObject": "GetObject", "PutObject": "PutObject", "CopyObject": "PutObject",
    "DeleteObject": "DeleteObject", "CreateMultipartUpload": "PutObject", "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject", "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload", "ListParts": "ListMultipartUploadParts",
    "GetObjectTagging": "GetObjectTagging", "PutObjectTagging": "PutObjectTagging",
    "DeleteObjectTagging": "DeleteObjectTagging",
}  # fmt: skip
OF_BUCKET = {
    "CreateBucket": "CreateBucket", "DeleteBucket": "DeleteBucket", "HeadBucket": "ListBucket",
    "GetBucketLocation": "GetBucketLocation", "ListObjects": "ListBucket", "ListObjectsV2": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
}  # fmt: skip
_COPIES = ("CopyObject", "UploadPartCopy")
_BY_HEADER = {"x-amz-tagging": "s3:PutObjectTagging", "x-amz-acl": "s3:PutObjectAcl"}
_WITH_HEADERS = ("PutObject", "CopyObject", "CreateMultipartUpload")


def arn_of(bucket: str, key: str = "") -> str:
    """The name of a bucket or of an object in it."""
    return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"


def permissions(
    operation: str,
    bucket: str,
    key: str,
    source: tuple[str, str] | None,
    headers: Collection[str] = (),
) -> Iterator[tuple[str, str | None]]:
    """Actions and their resources; `source` is what a copy is of, `headers` the names of the request's.

    DeleteObjects asks for each key by itself. An operation that is in no table is asked for by its own name.
    """
    if bucket.endswith(TABLE_STORAGE):
        reads = operation in ("GetObject", "HeadObject", "HeadBucket")
        yield f"s3tables:{'GetTableData' if reads else 'PutTableData'}", None
    elif operation == "ListBuckets":
        yield "s3:ListAllMyBuckets", "*"
    elif operation in OF_BUCKET:
        yield f"s3:{OF_BUCKET[operation]}", arn_of(bucket)
    else:
        if operation in _COPIES and source is not None:
            yield "s3:GetObject", arn_of(*source)
        yield f"s3:{OF_OBJECT.get(operation, operation)}", arn_of(bucket, key)
        if operation in _WITH_HEADERS:
            for header in sorted(_BY_HEADER.keys() & headers):
                yield _BY_HEADER[header], arn_of(bucket, key)


def context_of(query: Mapping[str, str]) -> dict[str, str]:
    """The condition keys of a list."""
    return {f"s3:{name}": query[name] for name in ("prefix", "delimiter") if name in query}
