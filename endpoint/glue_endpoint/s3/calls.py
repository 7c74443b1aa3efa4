"""One call of S3's API, taken from its HTTP request: which operation, on which bucket and key, with what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote_to_bytes

from glue_endpoint.s3.documents import LONGEST_DOCUMENT, Element, parse
from glue_endpoint.s3.errors import S3Error
from glue_endpoint.s3.payload import Payload

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from glue_endpoint.api.streams import StreamRequest
    from glue_endpoint.s3.signature import Seal

_VIRTUAL_HOST = re.compile(r"(?P<bucket>[^:]+?)(?:\.s3)?\.localhost(?::\d+)?")
_SERVED = {
    ("GET", "service", ""): "ListBuckets",
    ("PUT", "bucket", ""): "CreateBucket",
    ("HEAD", "bucket", ""): "HeadBucket",
    ("DELETE", "bucket", ""): "DeleteBucket",
    ("GET", "bucket", "location"): "GetBucketLocation",
    ("GET", "bucket", ""): "ListObjects",
    ("GET", "bucket", "list-type"): "ListObjectsV2",
    ("POST", "bucket", "delete"): "DeleteObjects",
    ("GET", "bucket", "uploads"): "ListMultipartUploads",
    ("GET", "object", ""): "GetObject",
    ("HEAD", "object", ""): "HeadObject",
    ("PUT", "object", ""): "PutObject",
    ("DELETE", "object", ""): "DeleteObject",
    ("GET", "object", "tagging"): "GetObjectTagging",
    ("PUT", "object", "tagging"): "PutObjectTagging",
    ("DELETE", "object", "tagging"): "DeleteObjectTagging",
    ("POST", "object", "uploads"): "CreateMultipartUpload",
    ("PUT", "object", "uploadId"): "UploadPart",
    ("POST", "object", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "object", "uploadId"): "AbortMultipartUpload",
    ("GET", "object", "uploadId"): "ListParts",
}
_COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}
SERVED = frozenset([*_SERVED.values(), *_COPIES.values()])
"""The operations that have an answer here."""


class Judge(Protocol):
    """Says why a call is not permitted, None where it is."""

    def __call__(
        self,
        access_key_id: str,
        operation: str,
        bucket: str,
        key: str,
        query: Mapping[str, str],
        source: tuple[str, str] | None = None,
        headers: Collection[str] = (),
        *,
        noted: bool = True,
    ) -> str | None:
        """`source` is the bucket and key that are copied, `headers` are names; `noted`: it is a permission that is used."""


COPIES = frozenset(_COPIES.values())
_SELECTORS = {name for _, _, name in _SERVED} - {""}
_OTHERS = frozenset({
    "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "encryption",
    "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "logging",
    "metadataAnnotationTable", "metadataConfiguration", "metadataInventoryTable",
    "metadataJournalTable", "metadataTable", "metrics", "notification", "object-lock",
    "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "renameObject",
    "replication", "requestPayment", "restore", "retention", "select", "session", "torrent",
    "versioning", "versions", "website",
})  # fmt: skip
"""Names by which a query asks for an operation that is not served, whatever its path and method."""
_LEVELS = {"/": "service", "/{Bucket}": "bucket", "/{Bucket}/{Key+}": "object"}


def permit_all(*_call: object, **_how: object) -> str | None:
    """Lets everybody do everything."""
    return None


@dataclass(frozen=True)
class Call:
    """A call whose head is verified. `query` is decoded; `bucket` and `key` are empty where there is none."""

    request: StreamRequest
    bucket: str
    key: str
    query: Mapping[str, str]
    seal: Seal
    refusal: Callable[[str, str], str | None] = lambda _operation, _key: None
    """Why another operation on this bucket, with a key, is not permitted; None where it is."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's headers, by names in lower case."""
        return self.request.headers

    def payload(self) -> Payload:
        """The body as an upload."""
        return Payload(self.request.body, self.headers, self.seal)

    def document(self, root: str, *, must_be_sealed: bool = False) -> Element | None:
        """The body as a document with this root, None if it is empty. Raises S3Error.

        `must_be_sealed`: a checksum is demanded, as S3 does for what would do harm if it were damaged.
        """
        payload = self.payload()
        if must_be_sealed and payload.algorithm is None and "content-md5" not in self.headers:
            raise S3Error(
                "InvalidRequest",
                "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
            )
        body = payload.read_all(LONGEST_DOCUMENT)
        return parse(body, root) if body else None

    def number(self, name: str, default: int, most: int) -> int:
        """A number of the query, at most `most`. Raises S3Error."""
        text = self.query.get(name, "")
        if not text:
            return default
        if not text.isdecimal() or len(text) > 10 or int(text) >= 2**31:
            raise S3Error(
                "InvalidArgument",
                f"Provided {name} not an integer or within integer range",
                ArgumentName=name,
                ArgumentValue=text,
            )
        return min(int(text), most)


def split_query(target: str) -> list[tuple[str, str]]:
    """The names and values of a request's query, decoded; bytes that are not UTF-8 stay as surrogates."""
    query = target.partition("?")[2]
    pairs = [item.partition("=") for item in query.split("&") if item]
    return [(_decode(name), _decode(value)) for name, _, value in pairs]


def address_of(request: StreamRequest) -> tuple[str, str]:
    """Bucket and key, from the host's name or the path. Raises S3Error (InvalidURI)."""
    path = request.target.partition("?")[0].partition("#")[0]
    if not path.startswith("/"):
        raise S3Error("InvalidURI", "Couldn't parse the specified URI.")
    host = request.headers.get("host", "")
    virtual = None if host.startswith("s3.") else _VIRTUAL_HOST.fullmatch(host)
    if virtual is not None:
        bucket, key = virtual["bucket"], _decode(path[1:])
    else:
        first, _, rest = path[1:].partition("/")
        bucket, key = _decode(first), _decode(rest)
    try:
        key.encode()
        bucket.encode()
    except UnicodeEncodeError:
        raise S3Error("InvalidURI", "Couldn't parse the specified URI: it is not UTF-8.") from None
    return bucket, key


def operation_of(
    request: StreamRequest, bucket: str, key: str, query: Sequence[tuple[str, str]]
) -> str:
    """The operation's name as AWS has it, served or not. Raises S3Error where S3 has none."""
    level = "object" if key else "bucket" if bucket else "service"
    names = {name for name, _ in query}
    if not names.isdisjoint(_OTHERS):
        found = _name_by_model(request.method, level, names)
        if found is not None:
            return found
    selector = next((name for name in sorted(_SELECTORS) if name in names), "")
    name = _SERVED.get((request.method, level, selector)) or _name_by_model(
        request.method, level, names
    )
    if name is None:
        raise S3Error(
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
            Method=request.method,
            ResourceType=level.upper(),
        )
    return _COPIES.get(name, name) if "x-amz-copy-source" in request.headers else name


def _decode(text: str) -> str:
    return unquote_to_bytes(text.encode("latin-1")).decode(errors="surrogateescape")


@cache
def _operations_by_query() -> list[tuple[str, str, frozenset[str], str]]:
    """Method, level, the names in its query and the name of each operation of botocore's model (0.15 s)."""
    from glue_endpoint.api.wire import service_model

    model = service_model("s3")
    operations = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        names = frozenset(item.partition("=")[0] for item in query.split("&") if item)
        if path in _LEVELS:
            operations.append((http["method"], _LEVELS[path], names, name))
    return operations


def _name_by_model(method: str, level: str, names: set[str]) -> str | None:
    found = [
        (len(wanted), name)
        for one_method, one_level, wanted, name in _operations_by_query()
        if (one_method, one_level) == (method, level) and wanted and wanted <= names
    ]
    return max(found)[1] if found else None
