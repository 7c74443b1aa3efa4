"""Buckets, what is in them in S3's order, and that nothing leads out of one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.handlers import validate_bucket_name
from glue_endpoint.buckets import Buckets
from glue_endpoint.s3.calls import SERVED

if TYPE_CHECKING:
    from .conftest import CodeOf, Endpoint

B = "bkt"


def fill(endpoint: Endpoint, *keys: str) -> None:
    """Files as Spark leaves them."""
    for key in keys:
        path = endpoint.file(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def listed(s3: Any, **parameters: Any) -> tuple[list[str], list[str]]:
    """Keys and common prefixes of all pages of ListObjectsV2."""
    keys, prefixes = [], []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=B, **parameters):
        assert page["KeyCount"] == len(page.get("Contents", [])) + len(
            page.get("CommonPrefixes", [])
        )
        keys += [each["Key"] for each in page.get("Contents", [])]
        prefixes += [each["Prefix"] for each in page.get("CommonPrefixes", [])]
    return keys, prefixes


def test_buckets_are_made_found_and_removed(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    s3.create_bucket(Bucket="other", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.create_bucket(Bucket="other")
    (endpoint.state / "s3" / "From_Spark").mkdir()
    names = [each["Name"] for each in s3.list_buckets()["Buckets"]]
    assert names == ["From_Spark", "bkt", "other"]
    assert s3.get_bucket_location(Bucket="other")["LocationConstraint"] is None
    assert s3.head_bucket(Bucket="other")["BucketRegion"] == "us-east-1"
    s3.put_object(Bucket="other", Key="a/b", Body=b"x")
    assert code_of(s3.delete_bucket, Bucket="other") == "BucketNotEmpty"
    s3.delete_object(Bucket="other", Key="a/b")
    (endpoint.state / "s3" / "other" / "spark" / "left").mkdir(parents=True)
    assert code_of(s3.delete_bucket, Bucket="other") == "OK"
    assert code_of(s3.head_bucket, Bucket="other") == "404"
    assert code_of(s3.delete_bucket, Bucket="other") == "NoSuchBucket"
    assert code_of(s3.list_objects_v2, Bucket="other") == "NoSuchBucket"
    assert code_of(s3.get_object, Bucket="other", Key="k") == "NoSuchBucket"


def test_where_a_table_bucket_keeps_a_table(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    """What S3 has for the storage of S3 Tables is there, and nothing else."""
    table = {"Bucket": "0123--table-s3"}
    at = {**table, "Key": "t/data/0.parquet"}
    assert s3.put_object(**at, Body=b"rows", IfNoneMatch="*")["ETag"]
    assert s3.get_object(**at, Range="bytes=1-2")["Body"].read() == b"ow"
    assert s3.head_object(**at)["ContentLength"] == 4
    upload = {**table, "Key": "t/data/1.parquet"}
    number = s3.create_multipart_upload(**upload)["UploadId"]
    tag = s3.upload_part(**upload, UploadId=number, PartNumber=1, Body=b"more")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    s3.complete_multipart_upload(**upload, UploadId=number, MultipartUpload=parts)
    for call, request in (
        (s3.list_objects_v2, table),
        (s3.list_multipart_uploads, table),
        (s3.delete_object, at),
        (s3.delete_objects, {**table, "Delete": {"Objects": [{"Key": at["Key"]}]}}),
        (s3.delete_bucket, table),
        (s3.put_object_tagging, {**at, "Tagging": {"TagSet": []}}),
        (s3.copy_object, {**upload, "CopySource": f"{table['Bucket']}/{at['Key']}"}),
    ):
        assert code_of(call, **request) == "MethodNotAllowed"
    assert s3.get_object(**at)["Body"].read() == b"rows"
    assert table["Bucket"] not in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    assert code_of(s3.create_bucket, Bucket="mine--table-s3") == "MethodNotAllowed"


def test_pages_of_buckets(s3: Any) -> None:
    for name in ("bkt-1", "bkt-2", "other"):
        s3.create_bucket(Bucket=name)
    pages = s3.get_paginator("list_buckets").paginate(
        Prefix="bkt", PaginationConfig={"PageSize": 2}
    )
    assert [[each["Name"] for each in page["Buckets"]] for page in pages] == [
        ["bkt", "bkt-1"],
        ["bkt-2"],
    ]


@pytest.mark.parametrize(
    "name",
    [
        "ab",
        "Upper",
        "under_score",
        "a..b",
        "-ab",
        "ab-",
        "127.0.0.1",
        "xn--ab",
        "ab-s3alias",
        "a" * 64,
    ],
)
def test_a_new_bucket_has_a_name_that_s3_takes(
    endpoint: Endpoint, code_of: CodeOf, name: str
) -> None:
    # boto3 checks some of these itself, so that the endpoint is asked without it.
    s3 = _unchecked(endpoint)
    assert code_of(s3.create_bucket, Bucket=name) in ("InvalidBucketName", "ParamValidation")
    assert not (endpoint.state / "s3" / name).exists()


def _unchecked(endpoint: Endpoint) -> Any:
    """A client that sends names of buckets as they are given."""
    client = endpoint.client()
    client.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
    return client


def test_a_write_makes_the_bucket_as_sparks_does(endpoint: Endpoint, s3: Any) -> None:
    s3.put_object(Bucket="warehouse", Key="k", Body=b"x")
    assert endpoint.keys("warehouse") == ["k"]
    upload = s3.create_multipart_upload(Bucket="another", Key="k")["UploadId"]
    s3.abort_multipart_upload(Bucket="another", Key="k", UploadId=upload)
    assert s3.head_bucket(Bucket="another")


def test_keys_are_listed_in_the_order_of_their_bytes(endpoint: Endpoint, s3: Any) -> None:
    keys = ["B", "a-b", "a/b-c", "a/b/d", "a0", "b", "z!", "z/1", "é", "～", "🦆"]
    fill(endpoint, *reversed(keys))
    assert listed(s3)[0] == sorted(keys, key=str.encode) == keys
    for size in (1, 2, 3):
        assert listed(s3, PaginationConfig={"PageSize": size})[0] == keys


def test_common_prefixes(endpoint: Endpoint, s3: Any) -> None:
    fill(endpoint, "a", "b/1", "b/2", "b/c/3", "d-e-f", "d-e-g", "g/h/i")
    endpoint.file("empty/folders").mkdir(parents=True)
    assert listed(s3, Delimiter="/") == (["a", "d-e-f", "d-e-g"], ["b/", "g/"])
    assert listed(s3, Delimiter="/", Prefix="b/") == (["b/1", "b/2"], ["b/c/"])
    assert listed(s3, Delimiter="/", Prefix="g") == ([], ["g/"])
    assert listed(s3, Delimiter="/", Prefix="g/h") == ([], ["g/h/"])
    assert listed(s3, Delimiter="/", Prefix="empty/") == ([], [])
    assert listed(s3, Delimiter="-e") == (["a", "b/1", "b/2", "b/c/3", "g/h/i"], ["d-e"])
    assert listed(s3, Delimiter="c/", Prefix="b/") == (["b/1", "b/2"], ["b/c/"])
    for size in (1, 2, 3):
        paged = listed(s3, Delimiter="/", PaginationConfig={"PageSize": size})
        assert paged == (["a", "d-e-f", "d-e-g"], ["b/", "g/"])


def test_listing_from_a_place_on(endpoint: Endpoint, s3: Any) -> None:
    fill(endpoint, "a/1", "a/2", "b", "c/1")
    assert listed(s3, StartAfter="a/1")[0] == ["a/2", "b", "c/1"]
    assert listed(s3, StartAfter="a/1", Prefix="a/")[0] == ["a/2"]
    assert listed(s3, StartAfter="zzz")[0] == []
    assert listed(s3, StartAfter="a", Delimiter="/") == (["b"], ["a/", "c/"])
    assert listed(s3, StartAfter="a/", Delimiter="/") == (["b"], ["c/"])


def test_the_first_version_of_list_objects(endpoint: Endpoint, s3: Any) -> None:
    fill(endpoint, "a/1", "a/2", "b", "c/1")
    page = s3.list_objects(Bucket=B, MaxKeys=1, Delimiter="/")
    assert (page["CommonPrefixes"], page["NextMarker"], page["IsTruncated"]) == (
        [{"Prefix": "a/"}],
        "a/",
        True,
    )
    page = s3.list_objects(Bucket=B, Marker="a/", Delimiter="/", MaxKeys=10)
    assert [each["Key"] for each in page["Contents"]] == ["b"]
    assert page["Contents"][0]["Owner"]["ID"]
    page = s3.list_objects(Bucket=B, MaxKeys=2)
    assert ("NextMarker" in page, page["IsTruncated"]) == (False, True)


def test_odd_pages(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    fill(endpoint, "a")
    page = s3.list_objects_v2(Bucket=B, MaxKeys=0)
    assert (page["KeyCount"], page["IsTruncated"]) == (0, False)
    assert s3.list_objects_v2(Bucket=B, MaxKeys=5000)["MaxKeys"] == 1000
    assert code_of(s3.list_objects_v2, Bucket=B, MaxKeys=-1) == "InvalidArgument"
    assert code_of(s3.list_objects_v2, Bucket=B, ContinuationToken="a") == "InvalidArgument"
    assert code_of(s3.list_objects_v2, Bucket=B, EncodingType="x") == "InvalidArgument"


def test_ten_thousand_keys_cost_each_page_one_look_into_their_folder(
    endpoint: Endpoint, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(endpoint, "a/0")
    for number in range(1, 2500):
        os.link(endpoint.file("a/0"), endpoint.file(f"a/{number}"))
    fill(endpoint, *(f"other-{number}/x" for number in range(20)))
    opened: list[str] = []
    scandir = os.scandir

    def counted(path: Any) -> Any:
        opened.append(str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    assert len(listed(s3, Prefix="a/")[0]) == 2500
    assert len(opened) == 3


@pytest.mark.parametrize(
    "key",
    [
        "../other/k",
        "a/../../other/k",
        "a/..",
        "..",
        ".",
        "./k",
        "a/./k",
        "/k",
        "//k",
        "a//k",
        "/",
        "a//",
        "nul\0",
        "s" * 256,
    ],
)
def test_a_key_that_no_file_can_be_is_refused_and_never_found(
    endpoint: Endpoint, s3: Any, code_of: CodeOf, key: str
) -> None:
    s3.create_bucket(Bucket="other")
    s3.put_object(Bucket="other", Key="k", Body=b"secret")
    s3.put_object(Bucket=B, Key="a/k", Body=b"x")
    at = {"Bucket": B, "Key": key}
    here = {"Bucket": B, "Key": "a/k"}
    assert code_of(s3.put_object, **at, Body=b"") in ("InvalidRequest", "KeyTooLongError")
    assert code_of(s3.create_multipart_upload, **at) in ("InvalidRequest", "KeyTooLongError")
    assert code_of(s3.copy_object, **at, CopySource=here) in ("InvalidRequest", "KeyTooLongError")
    assert code_of(s3.get_object, **at) == "NoSuchKey"
    assert code_of(s3.head_object, **at) == "404"
    assert code_of(s3.copy_object, **{**here, "CopySource": at}) == "NoSuchKey"
    assert code_of(s3.delete_object, **at) == "OK"
    assert listed(s3, Prefix=key, Delimiter="/") == ([], [])
    assert listed(s3, Prefix=key) == ([], [])
    assert (endpoint.keys(), endpoint.keys("other")) == (["a/k"], ["k"])


@pytest.mark.parametrize("bucket", ["..", ".uploads", ".", "%2e%2e", "a%2fb", "..%2f"])
def test_a_name_that_no_bucket_can_have(endpoint: Endpoint, code_of: CodeOf, bucket: str) -> None:
    s3 = _unchecked(endpoint)
    for call in (s3.list_objects_v2, s3.delete_bucket):
        assert code_of(call, Bucket=bucket) in ("InvalidBucketName", "ParamValidation")
    for call in (s3.put_object, s3.get_object):
        assert code_of(call, Bucket=bucket, Key="k") in ("InvalidBucketName", "ParamValidation")


def test_symbolic_links_are_no_objects(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    s3.put_object(Bucket="other", Key="k", Body=b"secret")
    endpoint.file("file").symlink_to(endpoint.file("k", "other"))
    endpoint.file("folder").symlink_to(endpoint.file("", "other"))
    (endpoint.state / "s3" / "link").symlink_to(endpoint.file("", "other"))
    assert listed(s3) == ([], [])
    assert listed(s3, Prefix="folder/") == ([], [])
    assert code_of(s3.get_object, Bucket=B, Key="file") == "NoSuchKey"
    assert code_of(s3.get_object, Bucket=B, Key="folder/k") == "NoSuchKey"
    assert code_of(s3.put_object, Bucket=B, Key="folder/k", Body=b"x") == "InvalidRequest"
    assert code_of(s3.delete_object, Bucket=B, Key="folder/k") == "OK"
    assert code_of(s3.get_object, Bucket="link", Key="k") == "NoSuchBucket"
    assert code_of(s3.put_object, Bucket="link", Key="k", Body=b"x") == "InvalidRequest"
    s3.put_object(Bucket=B, Key="file", Body=b"x")  # in the link's place, not through it
    assert endpoint.file("k", "other").read_bytes() == b"secret"


def test_what_is_no_regular_file_is_no_object(endpoint: Endpoint, s3: Any, code_of: CodeOf) -> None:
    os.mkfifo(endpoint.file("pipe"))
    assert code_of(s3.get_object, Bucket=B, Key="pipe") == "NoSuchKey"
    (endpoint.state / "s3" / "bkt" / os.fsdecode(b"not-\xff-text")).write_bytes(b"x")
    assert listed(s3) == ([], [])


def test_the_rule_for_a_keys_file_is_that_of_the_locations(endpoint: Endpoint, s3: Any) -> None:
    s3.put_object(Bucket=B, Key="a b/é%20", Body=b"x")
    location = Buckets(endpoint.state / "s3").path(f"s3://{B}/a b/é%20")
    assert location == endpoint.file("a b/é%20").resolve()


def test_an_operation_that_is_not_served_is_named(s3: Any) -> None:
    for call, name in (
        (s3.get_bucket_acl, "GetBucketAcl"),
        (s3.list_object_versions, "ListObjectVersions"),
        (s3.get_bucket_versioning, "GetBucketVersioning"),
        (s3.delete_bucket_policy, "DeleteBucketPolicy"),
    ):
        with pytest.raises(ClientError, match=f"does not implement {name} of S3") as caught:
            call(Bucket=B)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    with pytest.raises(ClientError, match="does not implement GetObjectAttributes"):
        s3.get_object_attributes(Bucket=B, Key="k", ObjectAttributes=["ETag"])
    with pytest.raises(ClientError, match="does not implement SelectObjectContent"):
        s3.select_object_content(
            Bucket=B,
            Key="k",
            Expression="select 1",
            ExpressionType="SQL",
            InputSerialization={},
            OutputSerialization={},
        )


def test_the_documentation_lists_what_is_served() -> None:
    text = (Path(__file__).parents[4] / "docs" / "s3.md").read_text(encoding="utf-8")
    section = text.partition("## What is served")[2].partition("\n\nWith them")[0]
    assert set(re.findall(r"`([A-Z]\w+)`", section)) == SERVED
