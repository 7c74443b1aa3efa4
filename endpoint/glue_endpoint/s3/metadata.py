"""What a client says of an object beside its bytes: the headers that S3 keeps, tags, and those it must refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from glue_endpoint.s3.errors import S3Error, not_implemented
from glue_endpoint.s3.objects import DEFAULT_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.s3.documents import Element

_KEPT = {
    "cache-control": "Cache-Control",
    "content-disposition": "Content-Disposition",
    "content-encoding": "Content-Encoding",
    "content-language": "Content-Language",
    "content-type": "Content-Type",
    "expires": "Expires",
}
_USER = "x-amz-meta-"
_MOST_METADATA = 2048
"""Bytes of all names and values of user metadata (S3: "Working with object metadata")."""
_MOST_TAGS, _LONGEST_TAG, _LONGEST_VALUE = 10, 128, 256
_ALLOWED_ACLS = ("private", "bucket-owner-full-control")
_REFUSED = (
    "x-amz-server-side-encryption-customer-",
    "x-amz-copy-source-server-side-encryption-customer-",
    "x-amz-object-lock-",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
    "x-amz-grant-",
)
"""Headers without which the object would be another. Encryption by S3's own keys and storage classes
change nothing that a client can see, and are accepted without effect."""


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that GET gives back. Raises S3Error for too many, or for what cannot be done."""
    refuse_unsupported(headers)
    kept = {title: headers[name] for name, title in _KEPT.items() if headers.get(name)}
    # How the body came is no property of the object.
    encodings = [each.strip() for each in kept.pop("Content-Encoding", "").split(",")]
    encoding = ",".join(each for each in encodings if each and each != "aws-chunked")
    if encoding:
        kept["Content-Encoding"] = encoding
    user = {name: value.strip() for name, value in headers.items() if name.startswith(_USER)}
    size = sum(len(name) - len(_USER) + len(value) for name, value in user.items())
    if size > _MOST_METADATA:
        raise S3Error(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            Size=str(size),
            MaxSizeAllowed=str(_MOST_METADATA),
        )
    return {"Content-Type": DEFAULT_TYPE, **kept, **user}


def refuse_unsupported(headers: Mapping[str, str]) -> None:
    """Raises S3Error for headers that ask for what the endpoint does not do."""
    for name in headers:
        if name.startswith(_REFUSED):
            raise not_implemented(f"the header {name}")
    acl = headers.get("x-amz-acl", "private")
    if acl not in _ALLOWED_ACLS:
        raise S3Error("AccessControlListNotSupported", "The bucket does not allow ACLs")


def header_tags(headers: Mapping[str, str]) -> dict[str, str]:
    """The tags of an x-amz-tagging header. Raises S3Error."""
    text = headers.get("x-amz-tagging", "")
    return _checked(parse_qsl(text, keep_blank_values=True))


def document_tags(tagging: Element | None) -> dict[str, str]:
    """The tags of a Tagging document. Raises S3Error."""
    tags = [
        (tag.get("Key") or "", tag.get("Value") or "")
        for group in (tagging.all("TagSet") if tagging else ())
        for tag in group.all("Tag")
    ]
    return _checked(tags)


def _checked(tags: list[tuple[str, str]]) -> dict[str, str]:
    checked = dict(tags)
    if len(checked) != len(tags):
        raise S3Error("InvalidTag", "Cannot provide multiple Tags with the same key")
    if len(tags) > _MOST_TAGS:
        raise S3Error("InvalidTag", "Object tags cannot be greater than 10")
    for key, value in tags:
        if not 0 < len(key) <= _LONGEST_TAG:
            raise S3Error("InvalidTag", "The TagKey you have provided is invalid")
        if len(value) > _LONGEST_VALUE:
            raise S3Error("InvalidTag", "The TagValue you have provided is invalid")
    return checked
