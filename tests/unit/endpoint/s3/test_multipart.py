"""Multipart uploads: what becomes an object, what does not, and what a process that ends leaves."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import CodeOf, Endpoint

B = "bkt"
AT = {"Bucket": B, "Key": "k"}
FIVE = 5 * 2**20


def begin(s3: Any, **more: Any) -> dict[str, str]:
    """Bucket, key and id of a new upload."""
    return {**AT, "UploadId": s3.create_multipart_upload(**AT, **more)["UploadId"]}


def put_part(s3: Any, upload: dict[str, str], number: int, body: bytes) -> dict[str, Any]:
    etag = s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
    return {"PartNumber": number, "ETag": etag}


def test_parts_become_one_object(endpoint: Endpoint, s3: Any) -> None:
    upload = begin(s3, Metadata={"a": "b"}, ContentType="text/x")
    first, last = os.urandom(FIVE), b"the end"
    parts = [put_part(s3, upload, 3, first), put_part(s3, upload, 7, last)]
    assert endpoint.keys() == []
    answer = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    digests = hashlib.md5(first).digest() + hashlib.md5(last).digest()
    assert answer["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    assert endpoint.file("k").read_bytes() == first + last
    head = s3.head_object(**AT)
    assert (head["Metadata"], head["ContentType"]) == ({"a": "b"}, "text/x")
    assert endpoint.incoming() == []


def test_a_part_is_replaced_by_the_next_of_its_number(endpoint: Endpoint, s3: Any) -> None:
    upload = begin(s3)
    put_part(s3, upload, 1, b"old")
    parts = [put_part(s3, upload, 1, b"new")]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert endpoint.file("k").read_bytes() == b"new"


def test_what_cannot_be_completed(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    upload = begin(s3)
    parts = [put_part(s3, upload, number, b"small") for number in (1, 2)]

    def complete(*chosen: dict[str, Any]) -> str:
        return code_of(
            s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": list(chosen)}
        )

    assert complete(*parts) == "EntityTooSmall"
    assert complete(*reversed(parts)) == "InvalidPartOrder"
    assert complete(parts[0], parts[0]) == "InvalidPartOrder"
    assert complete({"PartNumber": 3, "ETag": parts[0]["ETag"]}) == "InvalidPart"
    assert complete({"PartNumber": 1, "ETag": '"other"'}) == "InvalidPart"
    assert complete() == "MalformedXML"
    assert endpoint.keys() == []
    assert complete(parts[1]) == "OK"
    assert complete(parts[1]) == "NoSuchUpload"


def test_part_numbers_and_uploads_that_do_not_exist(s3: Any, code_of: CodeOf) -> None:
    upload = begin(s3)
    for number in (0, 10_001):
        assert code_of(s3.upload_part, **upload, PartNumber=number, Body=b"") == "InvalidArgument"
    for wrong in ({"UploadId": "x"}, {"Key": "other"}, {"UploadId": "../../x"}):
        other = {**upload, **wrong}
        assert code_of(s3.upload_part, **other, PartNumber=1, Body=b"") == "NoSuchUpload"
        assert code_of(s3.abort_multipart_upload, **other) == "NoSuchUpload"
        assert code_of(s3.list_parts, **other) == "NoSuchUpload"


def test_a_conditional_completion(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    upload = begin(s3)
    parts = {"Parts": [put_part(s3, upload, 1, b"mine")]}
    s3.put_object(**AT, Body=b"another's")
    complete = {**upload, "MultipartUpload": parts}
    assert (
        code_of(s3.complete_multipart_upload, **complete, IfNoneMatch="*") == "PreconditionFailed"
    )
    assert endpoint.file("k").read_bytes() == b"another's"
    s3.delete_object(**AT)
    assert code_of(s3.complete_multipart_upload, **complete, IfNoneMatch="*") == "OK"


def test_parts_that_are_copies(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    s3.put_object(Bucket=B, Key="source", Body=b"0123456789")
    upload = begin(s3)
    copy = {**upload, "PartNumber": 1, "CopySource": {"Bucket": B, "Key": "source"}}
    answer = s3.upload_part_copy(**copy, CopySourceRange="bytes=2-4")
    parts = [{"PartNumber": 1, "ETag": answer["CopyPartResult"]["ETag"]}]
    assert code_of(s3.upload_part_copy, **copy, CopySourceRange="bytes=2-10") == "InvalidArgument"
    assert code_of(s3.upload_part_copy, **copy, CopySourceRange="bytes=2-") == "InvalidArgument"
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert endpoint.file("k").read_bytes() == b"234"


def test_aborted_uploads_leave_nothing(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    upload = begin(s3)
    put_part(s3, upload, 1, b"x")
    s3.abort_multipart_upload(**upload)
    assert endpoint.incoming() == []
    assert code_of(s3.upload_part, **upload, PartNumber=1, Body=b"x") == "NoSuchUpload"


def test_uploads_outlive_the_process_but_half_an_upload_does_not(
    endpoint: Endpoint, s3: Any
) -> None:
    upload = begin(s3)
    parts = [put_part(s3, upload, 1, b"x")]
    left = endpoint.state / "s3" / ".uploads"
    (left / "incoming-1").write_bytes(b"of a killed process")
    (left / "an-upload-that-was-never-noted").mkdir()
    again = type(endpoint)(endpoint.state)
    assert again.incoming() == [upload["UploadId"]]
    again.client().complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert endpoint.file("k").read_bytes() == b"x"
    again.close()


def test_parts_and_uploads_are_listed(s3: Any) -> None:
    upload = begin(s3)
    for number in (1, 2, 3):
        put_part(s3, upload, number, b"x" * number)
    pages = s3.get_paginator("list_parts").paginate(**upload, PaginationConfig={"PageSize": 2})
    sizes = [[part["Size"] for part in page["Parts"]] for page in pages]
    assert sizes == [[1, 2], [3]]
    other = s3.create_multipart_upload(Bucket=B, Key="a/b")["UploadId"]
    second = begin(s3)["UploadId"]
    uploads = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=B, PaginationConfig={"PageSize": 1}
    )
    ids = [each["UploadId"] for page in uploads for each in page["Uploads"]]
    assert ids == [other, upload["UploadId"], second]
    found = s3.list_multipart_uploads(Bucket=B, Delimiter="/")
    assert found["CommonPrefixes"] == [{"Prefix": "a/"}]
    assert len(s3.list_multipart_uploads(Bucket=B, Prefix="a")["Uploads"]) == 1


@pytest.mark.parametrize(
    ("algorithm", "kind", "value"),
    [
        ("CRC32", "COMPOSITE", "gMAxgg==-1"),
        ("CRC32", "FULL_OBJECT", "y/Q5Jg=="),
        ("CRC64NVME", "FULL_OBJECT", "rosUhgp5mIg="),
        ("SHA256", "COMPOSITE", "WAJEiKS2/uuz1V93lYs4dDaLgCoOqU4jlEg3EEMhYYA=-1"),
    ],
)
def test_checksums_of_the_parts_and_of_the_whole(
    s3: Any, algorithm: str, kind: str, value: str
) -> None:
    upload = begin(s3, ChecksumAlgorithm=algorithm, ChecksumType=kind)
    name = f"Checksum{algorithm}"
    given = {name: "rosUhgp5mIg="} if algorithm == "CRC64NVME" else {"ChecksumAlgorithm": algorithm}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"123456789", **given)
    parts = [{"PartNumber": 1, "ETag": part["ETag"], name: part[name]}]
    answer = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert (answer["ChecksumType"], answer[name].rpartition("-")[2]) == (
        kind,
        value.rpartition("-")[2],
    )
    head = s3.head_object(**AT, ChecksumMode="ENABLED")
    assert head[name] == answer[name]
    if kind == "FULL_OBJECT":
        assert head[name] == value
