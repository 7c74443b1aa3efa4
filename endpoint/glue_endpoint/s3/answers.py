"""How S3 writes what many of its answers have in common: times, owners, documents, an object's headers."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from glue_endpoint.account import ACCOUNT
from glue_endpoint.api.streams import StreamResponse
from glue_endpoint.s3 import documents
from glue_endpoint.s3.checksums import PREFIX

if TYPE_CHECKING:
    from glue_endpoint.s3.objects import StoredObject

_OWNER = ACCOUNT.ljust(64, "0")


def xml(root: str, content: Any) -> StreamResponse:
    """A document as the answer."""
    return StreamResponse(
        200, {"Content-Type": documents.CONTENT_TYPE}, documents.document(root, content)
    )


def owner() -> dict[str, str]:
    """The one user of the endpoint."""
    return {"ID": _OWNER, "DisplayName": "dbt-glue-local"}


def iso_time(seconds: float) -> str:
    """As documents have times: whole seconds, like the headers, so that both say the same."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).isoformat()[:19] + ".000Z"


def object_headers(found: StoredObject) -> dict[str, str]:
    """The headers by which GET and HEAD describe an object."""
    return {
        "Last-Modified": formatdate(found.modified // 10**9, usegmt=True),
        "ETag": f'"{found.record.etag}"',
        "Accept-Ranges": "bytes",
        **found.record.headers,
    }


def checksum_headers(found: StoredObject) -> dict[str, str]:
    """The headers of the checksum that is known of the whole object."""
    if found.record.checksum is None:
        return {}
    algorithm, value, kind = found.record.checksum
    return {PREFIX + algorithm: value, "x-amz-checksum-type": kind}


def checksum_elements(checksum: tuple[str, str, str] | None) -> dict[str, str]:
    """A checksum as the documents of copies and completed uploads have it."""
    if checksum is None:
        return {}
    algorithm, value, kind = checksum
    return {f"Checksum{algorithm.upper()}": value, "ChecksumType": kind}
