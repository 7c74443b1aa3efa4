"""What makes a request conditional: entity tags, times and ranges (RFC 9110, as S3 documents GetObject)."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from glue_endpoint.s3.errors import S3Error, not_implemented, precondition_failed
from glue_endpoint.s3.objects import WriteCondition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_endpoint.s3.objects import StoredObject

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


def check_read(headers: Mapping[str, str], found: StoredObject) -> None:
    """Raises S3Error: NotModified or PreconditionFailed, in the order of RFC 9110."""
    if "if-match" in headers:
        if not _matches(headers["if-match"], found):
            raise precondition_failed("If-Match")
    elif _is_modified(headers.get("if-unmodified-since"), found) is True:
        raise precondition_failed("If-Unmodified-Since")
    if "if-none-match" in headers:
        if _matches(headers["if-none-match"], found):
            raise S3Error("NotModified", "Not Modified", ETag=found.record.etag)
    elif _is_modified(headers.get("if-modified-since"), found) is False:
        raise S3Error("NotModified", "Not Modified", ETag=found.record.etag)


def check_copy(headers: Mapping[str, str], found: StoredObject) -> None:
    """The same for the source of a copy, where nothing is NotModified."""
    given = {
        name: headers[f"x-amz-copy-source-{name}"]
        for name in ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
        if f"x-amz-copy-source-{name}" in headers
    }
    try:
        check_read(given, found)
    except S3Error as error:
        if error.code == "NotModified":
            raise precondition_failed("x-amz-copy-source-If-None-Match") from None
        raise


def write_condition(headers: Mapping[str, str]) -> WriteCondition:
    """What If-Match or If-None-Match demand of the object that is to be replaced. Raises S3Error."""
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if none_match not in (None, "*") or (match is not None and none_match is not None):
        raise not_implemented("If-None-Match with anything but *, or together with If-Match,")
    return WriteCondition(absent=none_match is not None, etag=unquoted(match) if match else None)


def range_of(header: str | None, size: int) -> tuple[int, int] | None:
    """Start and length of what a Range header asks for; None for all of it.

    A header that is no single range of bytes is ignored, as S3 does. Raises S3Error (InvalidRange).
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size or (not first and not int(last)):
        raise S3Error(
            "InvalidRange",
            "The requested range is not satisfiable",
            RangeRequested=header or "",
            ActualObjectSize=str(size),
        )
    return start, end - start


def unquoted(etag: str) -> str:
    """An entity tag without its quotes."""
    etag = etag.strip()
    return etag[1:-1] if len(etag) > 1 and etag[0] == etag[-1] == '"' else etag


def _matches(header: str, found: StoredObject) -> bool:
    tags = [unquoted(tag.strip().removeprefix("W/")) for tag in header.split(",")]
    return "*" in tags or found.record.etag in tags


def _is_modified(header: str | None, found: StoredObject) -> bool | None:
    """Whether the object changed after the time of a header; None where that is no time, or to come."""
    if header is None:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    if moment > datetime.now(timezone.utc):
        return None
    return found.modified // 10**9 > int(moment.timestamp())
