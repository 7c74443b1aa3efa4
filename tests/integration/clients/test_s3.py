"""Other people's clients of S3 work on the endpoint's buckets, as they are."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.spark


def test_pandas(run_program: Any) -> None:
    rows = [[1, "a"], [2, "é"], [3, "c d"]]
    assert run_program("s3_pandas") == {
        "parquet": rows,
        "csv": rows,
        "dataset": rows,
        "column": [["é"], ["c d"]],
        "missing": "FileNotFoundError",
    }


def test_s3fs(run_program: Any) -> None:
    root = "clients/s3fs"
    assert run_program("s3_fs") == {
        "find": [f"{root}/a/large.bin", f"{root}/a/one.txt", f"{root}/b=1/two words.txt"],
        "ls": [f"{root}/a", f"{root}/b=1"],
        "glob": [f"{root}/a/one.txt", f"{root}/b=1/two words.txt"],
        "size": 15 * 2**20,
        "middle": "ab",
        "kinds": [False, True, False],
        "after": {f"{root}/c/copied.txt": "one", f"{root}/c/moved.txt": "two"},
        "left": [f"{root}/c/copied.txt", f"{root}/c/moved.txt"],
        "new": True,
    }


def test_pyarrow(run_program: Any) -> None:
    assert run_program("s3_arrow") == {
        "rows": [1, 4, 7],
        "kinds": ["File", "Directory", "NotFound"],
        "left": ["clients/arrow/moved.bin"],
    }


def test_deltalake_loses_no_commit(run_program: Any) -> None:
    assert run_program("s3_deltalake") == {
        "written": [{"id": 1, "day": "mon"}, {"id": 2, "day": "tue"}, {"id": 3, "day": "tue"}],
        "merged": [{"id": 2, "day": "tue"}, {"id": 3, "day": "wed"}, {"id": 4, "day": "wed"}],
        "first": [1, 2],
        "at once": list(range(100, 120)),
        "compacted": True,
        "vacuumed": True,
        "in the end": 23,
    }


def test_duckdb(run_program: Any) -> None:
    assert run_program("s3_duckdb") == {"file": [45], "glob": [[0, 4], [1, 3], [2, 3]]}


def test_the_plain_functions_of_awswrangler(run_program: Any) -> None:
    path, rows = "s3://clients/awswrangler/objects", [[1, "a"], [2, "é"]]
    assert run_program("s3_awswrangler") == {
        "read": [rows, rows, rows],
        "written": [f"{path}/set/id=1", f"{path}/set/id=2"],
        "partition": ["é"],
        "metadata": {"id": "bigint", "name": "string"},
        "list": [f"{path}/one.csv", f"{path}/one.json", f"{path}/one.parquet"],
        "folders": [f"{path}/set/"],
        "size": {f"{path}/one.csv": 17},
        "exists": [True, False],
        "copied": [f"{path}/copy/one.csv"],
        "merged": [f"{path}/merged/one.csv"],
        "same": True,
        "left": [],
        "bucket": ["us-east-1", True],
    }


DIFFERENCES = {
    "complete_multipart_upload": {
        "Error: InvalidPartOrder | EntityTooSmall": "two things are wrong, and AWS does not say which comes first",
        "Error: InvalidPartOrder | PreconditionFailed": "two things are wrong, and AWS does not say which comes first",
        "Error: MalformedXML | PreconditionFailed": "two things are wrong, and AWS does not say which comes first",
        "Error: NoSuchUpload | 500": "moto fails on the id of an upload that does not exist",
        "Error: NoSuchUpload | PreconditionFailed": "two things are wrong, and AWS does not say which comes first",
    },
    "copy_object": {
        "Error: PreconditionFailed | OK": "moto does not look at the source's conditions",
    },
    "delete_objects": {
        "Deleted: - | other": "AWS: quiet answers have only errors",
    },
    "get_object": {
        "ChecksumSHA256: - | other": "of a range, the checksum of the whole would fail in the client",
        "ChecksumType: other | -": "AWS says FULL_OBJECT or COMPOSITE",
        "Error: OK | InvalidRange": "a last byte before the first is no range, and is ignored (RFC 9110)",
    },
    "head_object": {
        "ChecksumType: other | -": "AWS says FULL_OBJECT or COMPOSITE",
        "Error: 304 | OK": "If-None-Match: * fails for what exists (RFC 9110)",
    },
    "list_multipart_uploads": {
        "Prefix: other | -": "AWS's answers have an empty element",
        "Uploads: other | other": "AWS sorts by key, and then by the time of the beginning",
    },
    "list_objects": {
        "CommonPrefixes: - | other": "AWS lists what comes after the marker; moto shows prefixes before it again",
        "CommonPrefixes: other | other": "AWS lists what comes after the marker; moto shows prefixes before it again",
        "Marker: other | -": 'AWS: "Marker is included in the response if it was sent with the request"',
        "NextMarker: - | other": 'AWS: "This element is returned only if you have the delimiter request parameter specified"',
        "Prefix: other | -": "AWS's answers have an empty element",
        "Prefix: other | other": "AWS encodes it like the keys, as it is asked to by boto3",
    },
    "put_object": {
        "ChecksumType: other | -": "AWS says FULL_OBJECT or COMPOSITE",
    },
    "upload_part": {
        "Error: NoSuchUpload | 500": "moto fails on the id of an upload that does not exist",
    },
    "upload_part_copy": {
        "Error: NoSuchKey | 404": "moto names no code",
        "Error: NoSuchUpload | 404": "moto names no code",
        "Error: NoSuchUpload | 500": "moto fails on the id of an upload that does not exist",
    },
}
"""What moto's S3 answers otherwise (`name: here | moto`) in the same calls, and why it stays so here."""


def test_the_same_calls_to_motos_s3(run_program: Any) -> None:
    found = run_program("moto_s3", "20", "60", timeout=300)
    assert found["calls"] > 1000
    known = {operation: set(reasons) for operation, reasons in DIFFERENCES.items()}
    assert {operation: set(each) for operation, each in found["differences"].items()} == known, (
        found
    )
