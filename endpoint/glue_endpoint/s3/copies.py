"""Where a copy comes from: the x-amz-copy-source header and its range."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from glue_endpoint.s3.errors import S3Error, not_implemented
from glue_endpoint.s3.keys import Bucket, existing_bucket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.buckets import Buckets

_RANGE = re.compile(r"bytes=(\d{1,19})-(\d{1,19})")


def open_source(buckets: Buckets, headers: Mapping[str, str]) -> tuple[Bucket, str]:
    """The existing bucket and the key that are copied. Raises S3Error."""
    name, key = source_of(headers)
    return existing_bucket(buckets, name), key


def source_of(headers: Mapping[str, str]) -> tuple[str, str]:
    """The bucket's name and the key that are copied. Raises S3Error."""
    text, _, version = headers["x-amz-copy-source"].partition("?versionId=")
    if version not in ("", "null"):
        raise S3Error("NoSuchVersion", "The specified version does not exist.")
    if text.startswith("arn:"):
        raise not_implemented("copies from access points")
    name, slash, key = unquote(text).removeprefix("/").partition("/")
    if not slash or not key:
        raise S3Error(
            "InvalidArgument",
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            ArgumentName="x-amz-copy-source",
        )
    return name, key


def source_range(headers: Mapping[str, str], size: int) -> tuple[int, int]:
    """Start and length of the bytes of the source that are copied. Raises S3Error."""
    text = headers.get("x-amz-copy-source-range")
    if text is None:
        return 0, size
    found = _RANGE.fullmatch(text)
    if found is None or int(found[2]) < int(found[1]):
        raise S3Error(
            "InvalidArgument",
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
            "last are the zero-based offsets of the first and last bytes to copy",
            ArgumentName="x-amz-copy-source-range",
            ArgumentValue=text,
        )
    if int(found[2]) >= size:
        raise S3Error(
            "InvalidArgument", f"Range specified is not valid for source object of size: {size}"
        )
    return int(found[1]), int(found[2]) - int(found[1]) + 1
