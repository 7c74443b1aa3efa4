"""Objects through boto3, and the same objects as the files that Spark reads and writes."""

from __future__ import annotations

import base64
import hashlib
import io
import os
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import CodeOf, Endpoint

B = "bkt"


def read(s3: Any, key: str, **more: Any) -> bytes:
    body: bytes = s3.get_object(Bucket=B, Key=key, **more)["Body"].read()
    return body


@pytest.mark.parametrize(
    "key",
    [
        "k",
        "a/b/c",
        "day=2026-01-01/part-0 (1).parquet",
        "é/ñ.txt",
        "a+b%20c&d=e?f#g",
        "~'\"\\*:;<>|",
        "🦆",
    ],
)
def test_an_object_is_a_file_of_its_key(endpoint: Endpoint, s3: Any, key: str) -> None:
    s3.put_object(Bucket=B, Key=key, Body=b"from S3")
    assert endpoint.file(key).read_bytes() == b"from S3"
    endpoint.file(key).write_bytes(b"from Spark")
    assert read(s3, key) == b"from Spark"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=B)["Contents"]] == [key]
    s3.delete_object(Bucket=B, Key=key)
    assert endpoint.keys() == []


def test_what_a_client_says_of_an_object_is_kept(s3: Any) -> None:
    said = {
        "ContentType": "text/csv",
        "CacheControl": "no-cache",
        "ContentDisposition": 'attachment; filename="a.csv"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "Metadata": {"team": "data", "empty": ""},
    }
    put = s3.put_object(Bucket=B, Key="k", Body=b"hello", **said)
    for answer in (s3.head_object(Bucket=B, Key="k"), s3.get_object(Bucket=B, Key="k")):
        assert {name: answer[name] for name in said} == said
        assert answer["ETag"] == put["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"'
        assert answer["ContentLength"] == 5
        assert abs(answer["LastModified"] - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_what_spark_changes_is_another_object(endpoint: Endpoint, s3: Any) -> None:
    put = s3.put_object(Bucket=B, Key="k", Body=b"one", Metadata={"a": "b"})
    endpoint.file("k").write_bytes(b"two")
    first = s3.head_object(Bucket=B, Key="k")
    assert first["ETag"] != put["ETag"]
    assert first["Metadata"] == {}
    assert first["ContentType"] == "binary/octet-stream"
    assert s3.head_object(Bucket=B, Key="k")["ETag"] == first["ETag"]
    endpoint.file("new").write_bytes(b"six")
    endpoint.file("new").replace(endpoint.file("k"))
    assert s3.head_object(Bucket=B, Key="k")["ETag"] not in (first["ETag"], put["ETag"])


def test_metadata_survives_the_process(endpoint: Endpoint, s3: Any) -> None:
    s3.put_object(Bucket=B, Key="k", Body=b"hello", Metadata={"a": "b"})
    again = type(endpoint)(endpoint.state)
    assert again.client().head_object(Bucket=B, Key="k")["Metadata"] == {"a": "b"}
    again.close()


def test_without_its_records_every_object_is_still_there(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    first = type(endpoint)(tmp_path)
    first.client().put_object(Bucket=B, Key="k", Body=b"hello", Metadata={"a": "b"})
    first.close()
    for name in ("objects.sqlite", "objects.sqlite-wal", "objects.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "objects.sqlite").write_bytes(b"not a database" * 100)
    again = type(endpoint)(tmp_path)
    found = again.client().get_object(Bucket=B, Key="k")
    assert (found["Body"].read(), found["Metadata"]) == (b"hello", {})
    again.close()
    assert (tmp_path / "objects.damaged").is_file()


@pytest.mark.parametrize(
    ("asked", "body", "content_range"),
    [
        ("bytes=0-4", b"01234", "bytes 0-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
        ("bytes=4-2", b"0123456789", None),
        ("lines=1-2", b"0123456789", None),
        ("bytes=0-1,3-4", b"0123456789", None),
    ],
)
def test_ranges(s3: Any, asked: str, body: bytes, content_range: str | None) -> None:
    s3.put_object(Bucket=B, Key="k", Body=b"0123456789")
    answer = s3.get_object(Bucket=B, Key="k", Range=asked)
    assert (answer["Body"].read(), answer.get("ContentRange")) == (body, content_range)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == (206 if content_range else 200)
    head = s3.head_object(Bucket=B, Key="k", Range=asked)
    assert (head["ContentLength"], head.get("ContentRange")) == (len(body), content_range)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_that_is_not_there(s3: Any, code_of: CodeOf, asked: str) -> None:
    s3.put_object(Bucket=B, Key="k", Body=b"0123456789")
    assert code_of(s3.get_object, Bucket=B, Key="k", Range=asked) == "InvalidRange"
    s3.put_object(Bucket=B, Key="empty", Body=b"")
    assert code_of(s3.get_object, Bucket=B, Key="empty", Range="bytes=0-0") == "InvalidRange"


def test_conditional_reads(s3: Any, code_of: CodeOf) -> None:
    etag = s3.put_object(Bucket=B, Key="k", Body=b"x")["ETag"]
    now = datetime.now(timezone.utc)
    past, later = now - timedelta(hours=1), now + timedelta(seconds=2)
    get = {"Bucket": B, "Key": "k"}
    for call in (s3.get_object, s3.head_object):
        refused = "304"
        failed = "PreconditionFailed" if call == s3.get_object else "412"
        assert code_of(call, **get, IfMatch=etag) == "OK"
        assert code_of(call, **get, IfMatch='"other"') == failed
        assert code_of(call, **get, IfMatch="*") == "OK"
        assert code_of(call, **get, IfNoneMatch=etag) == refused
        assert code_of(call, **get, IfNoneMatch='"other"') == "OK"
        assert code_of(call, **get, IfModifiedSince=past) == "OK"
        assert code_of(call, **get, IfUnmodifiedSince=past) == failed
        assert code_of(call, **get, IfUnmodifiedSince=later) == "OK"
        # A tag is better than a time (RFC 9110, 13.2.2).
        assert code_of(call, **get, IfMatch=etag, IfUnmodifiedSince=past) == "OK"
        assert code_of(call, **get, IfNoneMatch=etag, IfModifiedSince=past) == refused


def test_a_read_says_how_the_answer_is_labelled(s3: Any) -> None:
    s3.put_object(Bucket=B, Key="k", Body=b"x")
    answer = s3.get_object(
        Bucket=B,
        Key="k",
        ResponseContentType="text/x",
        ResponseCacheControl="no-store\r\nInjected: 1",
        ResponseContentDisposition='attachment; filename="é🦆.csv"',
    )
    assert (answer["ContentType"], answer["CacheControl"]) == ("text/x", "no-storeInjected: 1")
    assert answer["ContentDisposition"].encode("latin-1").decode().endswith('"é🦆.csv"')


def test_conditional_writes(s3: Any, code_of: CodeOf) -> None:
    put = {"Bucket": B, "Key": "k", "Body": b"x"}
    assert code_of(s3.put_object, **put, IfMatch='"any"') == "NoSuchKey"
    assert code_of(s3.put_object, **put, IfNoneMatch="*") == "OK"
    assert code_of(s3.put_object, **put, IfNoneMatch="*") == "PreconditionFailed"
    etag = s3.head_object(Bucket=B, Key="k")["ETag"]
    assert code_of(s3.put_object, **{**put, "Body": b"y"}, IfMatch=etag) == "OK"
    assert code_of(s3.put_object, **put, IfMatch=etag) == "PreconditionFailed"
    assert code_of(s3.put_object, **put, IfNoneMatch=etag) == "NotImplemented"
    assert code_of(s3.delete_object, Bucket=B, Key="k", IfMatch=etag) == "PreconditionFailed"
    assert read(s3, "k") == b"y"


def test_conditional_writes_see_what_spark_wrote(
    endpoint: Endpoint, s3: Any, code_of: CodeOf
) -> None:
    endpoint.file("k").write_bytes(b"from Spark")
    put = {"Bucket": B, "Key": "k", "Body": b"x"}
    assert code_of(s3.put_object, **put, IfNoneMatch="*") == "PreconditionFailed"
    assert code_of(s3.put_object, **put, IfMatch=s3.head_object(Bucket=B, Key="k")["ETag"]) == "OK"


def test_copies(s3: Any, code_of: CodeOf) -> None:
    s3.put_object(Bucket=B, Key="a b", Body=b"x", ContentType="text/x", Metadata={"m": "1"})
    source = {"Bucket": B, "Key": "a b"}
    s3.copy_object(Bucket=B, Key="c", CopySource=source)
    assert s3.head_object(Bucket=B, Key="c")["Metadata"] == {"m": "1"}
    s3.copy_object(
        Bucket=B, Key="d", CopySource=source, MetadataDirective="REPLACE", Metadata={"n": "2"}
    )
    answer = s3.get_object(Bucket=B, Key="d")
    assert (answer["Metadata"], answer["ContentType"]) == ({"n": "2"}, "binary/octet-stream")
    assert answer["Body"].read() == b"x"
    same = {"Bucket": B, "Key": "a b", "CopySource": source}
    assert code_of(s3.copy_object, **same) == "InvalidRequest"
    assert code_of(s3.copy_object, **same, MetadataDirective="REPLACE") == "OK"
    missing = {"Bucket": B, "Key": "none"}
    assert code_of(s3.copy_object, Bucket=B, Key="e", CopySource=missing) == "NoSuchKey"
    missing = {"Bucket": "none", "Key": "none"}
    assert code_of(s3.copy_object, Bucket=B, Key="e", CopySource=missing) == "NoSuchBucket"


def test_conditional_copies(s3: Any, code_of: CodeOf) -> None:
    etag = s3.put_object(Bucket=B, Key="a", Body=b"x")["ETag"]
    copy = {"Bucket": B, "Key": "b", "CopySource": {"Bucket": B, "Key": "a"}}
    past = datetime.now(timezone.utc) - timedelta(hours=1)
    assert code_of(s3.copy_object, **copy, CopySourceIfMatch='"no"') == "PreconditionFailed"
    assert code_of(s3.copy_object, **copy, CopySourceIfNoneMatch=etag) == "PreconditionFailed"
    assert code_of(s3.copy_object, **copy, CopySourceIfUnmodifiedSince=past) == "PreconditionFailed"
    assert code_of(s3.copy_object, **copy, CopySourceIfMatch=etag) == "OK"


def test_deletes(endpoint: Endpoint, s3: Any) -> None:
    for key in ("a", "b/c", "b/d", "e/f/g"):
        s3.put_object(Bucket=B, Key=key, Body=b"x")
    answer = s3.delete_objects(
        Bucket=B,
        Delete={"Objects": [{"Key": "a"}, {"Key": "e/f/g"}, {"Key": "none"}, {"Key": "x/../b/c"}]},
    )
    assert [each["Key"] for each in answer["Deleted"]] == ["a", "e/f/g", "none", "x/../b/c"]
    quiet = s3.delete_objects(Bucket=B, Delete={"Objects": [{"Key": "b/c"}], "Quiet": True})
    assert "Deleted" not in quiet
    assert endpoint.keys() == ["b/d"]
    assert not endpoint.file("e").exists()
    s3.delete_object(Bucket=B, Key="none")
    s3.delete_object(Bucket=B, Key="b/d")
    assert endpoint.file("").is_dir()
    assert list(endpoint.file("").iterdir()) == []


def test_folders_that_clients_make(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    s3.put_object(Bucket=B, Key="made/", Body=b"")
    endpoint.file("spark/_temporary/0").mkdir(parents=True)
    listed = s3.list_objects_v2(Bucket=B)
    assert [(each["Key"], each["Size"]) for each in listed["Contents"]] == [("made/", 0)]
    assert read(s3, "made/") == b""
    assert s3.head_object(Bucket=B, Key="made/")["ContentLength"] == 0
    assert code_of(s3.head_object, Bucket=B, Key="spark/") == "404"
    assert code_of(s3.get_object, Bucket=B, Key="made") == "NoSuchKey"
    s3.put_object(Bucket=B, Key="made/x", Body=b"x")
    s3.delete_object(Bucket=B, Key="made/x")
    assert endpoint.file("made").is_dir()
    s3.delete_object(Bucket=B, Key="made/")
    assert not endpoint.file("made").exists()
    assert code_of(s3.put_object, Bucket=B, Key="full/", Body=b"x") == "InvalidRequest"


def test_a_folder_that_spark_made_again_is_not_the_clients(endpoint: Endpoint, s3: Any) -> None:
    s3.put_object(Bucket=B, Key="made/", Body=b"")
    endpoint.file("made").rename(endpoint.file("kept"))
    endpoint.file("made").mkdir()
    assert "Contents" not in s3.list_objects_v2(Bucket=B)


def test_an_object_and_a_folder_of_one_name_is_an_error_and_no_loss(
    endpoint: Endpoint, s3: Any
) -> None:
    s3.put_object(Bucket=B, Key="a", Body=b"x")
    s3.put_object(Bucket=B, Key="b/c", Body=b"y")
    for key in ("a/b", "a/b/c", "b", "a/"):
        with pytest.raises(ClientError, match="cannot both be") as caught:
            s3.put_object(Bucket=B, Key=key, Body=b"")
        assert caught.value.response["Error"]["Code"] == "InvalidRequest"
    with pytest.raises(ClientError, match="cannot both be"):
        s3.put_object(Bucket=B, Key="b", Body=b"", IfNoneMatch="*")
    assert endpoint.keys() == ["a", "b/c"]
    assert endpoint.incoming() == []
    endpoint.file("empty/folders").mkdir(parents=True)
    s3.put_object(Bucket=B, Key="empty", Body=b"z")  # S3 knows no folders
    assert read(s3, "empty") == b"z"


def test_checksums_are_kept_and_compared(s3: Any, code_of: CodeOf) -> None:
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        put = s3.put_object(Bucket=B, Key="k", Body=b"hello", ChecksumAlgorithm=algorithm)
        name = f"Checksum{algorithm}"
        head = s3.head_object(Bucket=B, Key="k", ChecksumMode="ENABLED")
        assert head[name] == put[name]
        assert name not in s3.head_object(
            Bucket=B, Key="k", ChecksumMode="ENABLED", Range="bytes=0-1"
        )
    for algorithm, value in (("CRC32C", "4waSgw=="), ("CRC64NVME", "rosUhgp5mIg=")):
        right = {"Bucket": B, "Key": "k", "Body": b"123456789", f"Checksum{algorithm}": value}
        assert s3.put_object(**right)[f"Checksum{algorithm}"] == value
        assert code_of(s3.put_object, **{**right, "Body": b"12345678x"}) == "BadDigest"
    wrong = base64.b64encode(b"0" * 32).decode()
    assert code_of(s3.put_object, Bucket=B, Key="k", Body=b"x", ChecksumSHA256=wrong) == "BadDigest"
    wrong = base64.b64encode(b"0" * 16).decode()
    assert code_of(s3.put_object, Bucket=B, Key="k", Body=b"x", ContentMD5=wrong) == "BadDigest"
    assert code_of(s3.put_object, Bucket=B, Key="k", Body=b"x", ContentMD5="x") == "InvalidDigest"
    assert read(s3, "k") == b"123456789"


def test_tags(s3: Any, code_of: CodeOf) -> None:
    s3.put_object(Bucket=B, Key="k", Body=b"x", Tagging="a=1&b=2")
    assert s3.get_object_tagging(Bucket=B, Key="k")["TagSet"] == [
        {"Key": "a", "Value": "1"},
        {"Key": "b", "Value": "2"},
    ]
    assert s3.get_object(Bucket=B, Key="k")["TagCount"] == 2
    tagging = {"TagSet": [{"Key": "c", "Value": "3"}]}
    s3.put_object_tagging(Bucket=B, Key="k", Tagging=tagging)
    assert s3.get_object_tagging(Bucket=B, Key="k")["TagSet"] == tagging["TagSet"]
    s3.delete_object_tagging(Bucket=B, Key="k")
    assert s3.get_object_tagging(Bucket=B, Key="k")["TagSet"] == []
    assert code_of(s3.get_object_tagging, Bucket=B, Key="none") == "NoSuchKey"


def test_headers_that_cannot_be_honoured_are_refused(s3: Any, code_of: CodeOf) -> None:
    put = {"Bucket": B, "Key": "k", "Body": b"x"}
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"0" * 32}
    assert code_of(s3.put_object, **put, WebsiteRedirectLocation="/x") == "NotImplemented"
    assert code_of(s3.put_object, **put, ObjectLockMode="GOVERNANCE") == "NotImplemented"
    assert code_of(s3.put_object, **put, ACL="public-read") == "AccessControlListNotSupported"
    assert code_of(s3.put_object, **put, **customer) in ("NotImplemented", "OK")
    assert code_of(s3.put_object, **put, ACL="bucket-owner-full-control") == "OK"
    assert code_of(s3.put_object, **put, ServerSideEncryption="aws:kms") == "OK"
    assert code_of(s3.put_object, **put, StorageClass="STANDARD_IA") == "OK"
    large = {"m": "x" * 2048}
    assert code_of(s3.put_object, **put, Metadata=large) == "MetadataTooLarge"


def test_a_large_object_goes_up_and_down(endpoint: Endpoint, s3: Any) -> None:
    content = os.urandom(20_000_000)
    s3.upload_fileobj(io.BytesIO(content), B, "large", ExtraArgs={"Metadata": {"a": "b"}})
    head = s3.head_object(Bucket=B, Key="large")
    assert head["ETag"].endswith('-3"')
    assert head["Metadata"] == {"a": "b"}
    target = io.BytesIO()
    s3.download_fileobj(B, "large", target)
    assert target.getvalue() == content == endpoint.file("large").read_bytes()
    assert read(s3, "large", PartNumber=3) == content[2 * 8 * 2**20 :]
    s3.copy({"Bucket": B, "Key": "large"}, B, "copy")
    assert endpoint.file("copy").read_bytes() == content
    assert endpoint.incoming() == []
