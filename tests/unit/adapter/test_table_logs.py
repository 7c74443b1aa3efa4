"""Logs of tables as files on S3, where Spark's own would not do: cut short, tidied, broken, or written by others."""

from __future__ import annotations

import gzip
import itertools
import json
import struct
import zlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.formats.avro_records import records
from dbt.adapters.glue.table_files import FilesUnreadable, TableFiles

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

BUCKET = "logs"
COUNT = itertools.count()


@pytest.fixture(scope="module")
def storage(endpoint: EndpointHandle) -> Any:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint.url,
        region_name="us-east-1",
        aws_access_key_id=endpoint.access_key_id,
        aws_secret_access_key=endpoint.secret_access_key,
    )
    client.create_bucket(Bucket=BUCKET)
    return client


class Lake:
    """Tables of files."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.folder = f"table{next(COUNT)}"

    def put(self, name: str, content: Any) -> str:
        """Writes a file, of JSON unless it is bytes; its URL."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self._storage.put_object(Bucket=BUCKET, Key=f"{self.folder}/{name}", Body=body)
        return f"s3://{BUCKET}/{self.folder}/{name}"

    def written(self, name: str) -> datetime:
        found: datetime = self._storage.list_objects_v2(
            Bucket=BUCKET, Prefix=f"{self.folder}/{name}"
        )["Contents"][0]["LastModified"]
        return found

    def last_change(self, kind: str, **parameters: str) -> datetime | None:
        place = f"s3a://{BUCKET}/{self.folder}/"
        known = open_format(kind)
        assert known is not None
        return known.last_change(place, parameters, TableFiles(lambda: self._storage))


@pytest.fixture
def lake(storage: Any) -> Lake:
    return Lake(storage)


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc)


# Iceberg


def snapshot(number: int, operation: str | None, parent: int | None = None) -> dict[str, Any]:
    """The snapshot of a number, a second after the one before it."""
    summary = {"summary": {"operation": operation}} if operation else {}
    before = {} if parent is None else {"parent-snapshot-id": parent}
    return {"snapshot-id": number, "timestamp-ms": number * 1000, **before, **summary}


def metadata(*snapshots: dict[str, Any], log: tuple[tuple[int, str], ...] = ()) -> dict[str, Any]:
    current = snapshots[-1]["snapshot-id"] if snapshots else -1
    return {
        "current-snapshot-id": current,
        "snapshots": list(snapshots),
        "metadata-log": [{"timestamp-ms": at, "metadata-file": place} for at, place in log],
    }


def test_snapshots(lake: Lake) -> None:
    def told(content: Any) -> datetime | None:
        return lake.last_change("iceberg", metadata_location=lake.put("m.json", content))

    assert told(metadata()) is None
    assert told({"format-version": 2}) is None
    assert told(metadata(snapshot(1, "append"))) == moment(1000)
    assert told(metadata(snapshot(1, None))) == moment(1000)  # of format version 1
    assert told(metadata(snapshot(1, "append"), snapshot(2, "replace", 1))) == moment(1000)
    zipped = gzip.compress(json.dumps(metadata(snapshot(3, "delete"))).encode())
    assert told(zipped) == moment(3000)
    nothing = snapshot(2, "append", 1)
    nothing["summary"]["changed-partition-count"] = "0"
    assert told(metadata(snapshot(1, "append"), nothing)) == moment(1000)


def test_a_snapshot_that_was_expired_after_a_compaction(lake: Lake) -> None:
    rows, same = snapshot(1, "append"), snapshot(2, "replace", 1)
    first = lake.put("1.json", metadata(rows))
    second = lake.put("2.json", metadata(rows, same, log=((1000, first),)))
    expired = metadata(same, log=((1000, first), (2000, second), (9000, "s3://logs/none.json")))

    def told() -> datetime | None:
        return lake.last_change("iceberg", metadata_location=lake.put("3.json", expired))

    assert told() == moment(1000)
    expired["metadata-log"] = [{"timestamp-ms": 1000, "metadata-file": "s3://logs/gone.json"}]
    assert told() == moment(2000)
    expired["metadata-log"] = []
    assert told() == moment(2000)


# Delta


def commit(lake: Lake, version: int, *actions: dict[str, Any]) -> str:
    lines = "\n".join(json.dumps(action) for action in actions) + "\n"
    return lake.put(f"_delta_log/{version:020}.json", lines.encode())


ROWS = {"add": {"path": "a", "dataChange": True}}
SAME = {"add": {"path": "b", "dataChange": False}}


def test_commits_of_data(lake: Lake) -> None:
    commit(lake, 0, {"metaData": {}})
    assert lake.last_change("delta") is None
    commit(lake, 1, SAME, ROWS)
    commit(lake, 2, {"commitInfo": {"operation": "OPTIMIZE"}}, SAME, {"remove": {"path": "a"}})
    assert lake.last_change("delta") == lake.written(f"_delta_log/{1:020}")
    told = {"commitInfo": {"inCommitTimestamp": 5000}}
    commit(lake, 3, told, {"remove": {"path": "b", "dataChange": True}})
    assert lake.last_change("delta") == moment(5000)
    lake.put("_delta_log/_sidecars.json", b"no commit")
    lake.put(f"_delta_log/{2:020}.{3:020}.compacted.json", b"no commit")
    assert lake.last_change("delta") == moment(5000)


def test_a_log_that_was_tidied(lake: Lake) -> None:
    """Commits of before a checkpoint go. Those that stay changed no row: rows are at least as old as the oldest."""
    for version in (120, 121):
        commit(lake, version, SAME)
    lake.put("_delta_log/_last_checkpoint", {"version": 120})
    assert lake.last_change("delta") == lake.written(f"_delta_log/{120:020}")


# Hudi


def instants(lake: Lake, version: int, folder: str = ".hoodie", **files: Any) -> None:
    properties = f"#comment\nhoodie.table.version={version}\nhoodie.table.name=t\n"
    lake.put(".hoodie/hoodie.properties", properties.encode())
    for name, content in files.items():
        lake.put(f"{folder}/{name.removeprefix('_').replace('__', '.')}", content)


WRITES = {"partitionToWriteStats": {"x": [{"path": "a"}]}, "operationType": "UPSERT"}


def test_instants_of_table_version_6(lake: Lake) -> None:
    instants(
        lake, 6, _1__commit={**WRITES, "operationType": "COMPACT"}, _1__compaction__requested=b""
    )
    # What was before the compaction is archived.
    assert lake.last_change("hudi") == lake.written(".hoodie/1.commit")
    instants(
        lake,
        6,
        _2__deltacommit=WRITES,
        _3__clean=b"",
        _4__rollback=b"",
        _5__deltacommit__inflight=b"",
    )
    wrote = lake.written(".hoodie/2.deltacommit")
    assert lake.last_change("hudi") == wrote
    same = {**WRITES, "operationType": "CLUSTER", "partitionToReplaceFileIds": {"x": ["a"]}}
    instants(
        lake,
        6,
        _6__replacecommit=same,
        _7__deltacommit={"operationType": "ALTER_SCHEMA"},
        _8__commit=b"",
    )
    assert lake.last_change("hudi") == wrote
    gone = {"operationType": "DELETE_PARTITION", "partitionToReplaceFileIds": {"x": ["a"]}}
    instants(lake, 6, _9__replacecommit=gone)
    assert lake.last_change("hudi") == lake.written(".hoodie/9.replacecommit")


def test_a_table_of_no_instants(lake: Lake) -> None:
    instants(lake, 8)
    assert lake.last_change("hudi") is None


# What cannot be read


@pytest.mark.parametrize(
    ("kind", "name", "content", "told"),
    [
        ("iceberg", "", b"", "its place: not on S3"),
        ("iceberg", "m.json", b"", "m.json: Expecting value"),
        ("iceberg", "m.json", b"\x1f\x8b", "m.json: "),
        ("iceberg", "m.json", b"[]", "m.json: no metadata of an Iceberg table"),
        ("iceberg", "m.json", b'{"current-snapshot-id": 1, "snapshots": [{}]}', "'snapshot-id'"),
        ("delta", "", b"", "_delta_log: no commits of a Delta table"),
        ("delta", f"_delta_log/{0:020}.json", b"{", "00.json: Expecting"),
        ("delta", f"_delta_log/{0:020}.json", b'{"add": 1}', "00.json: no commit of a Delta"),
        ("delta", "_delta_log/_last_checkpoint", b'{"version": "x"}', "no version of a Delta"),
        ("hudi", "", b"", r"hoodie\.properties: .*NoSuchKey"),
        ("hudi", ".hoodie/hoodie.properties", b"x=1", "no hoodie.table.version"),
    ],
)
def test_a_broken_log_is_told_of_by_its_file(
    lake: Lake, kind: str, name: str, content: bytes, told: str
) -> None:
    place = lake.put(name, content) if name else ""
    with pytest.raises(FilesUnreadable, match=told) as error:
        lake.last_change(kind, metadata_location=place)
    assert not error.value.is_denied


@pytest.mark.parametrize("content", [b"{", b"[]", b"Obj\x01", b"Obj\x01\x00" + bytes(16)])
def test_an_instant_that_is_broken(lake: Lake, content: bytes) -> None:
    instants(lake, 8, ".hoodie/timeline", _1_2__commit=content)
    with pytest.raises(FilesUnreadable, match=r"timeline/1_2\.commit: "):
        lake.last_change("hudi")


# Avro, as its specification has it


def test_values_of_every_type() -> None:
    def text(value: str) -> bytes:
        return bytes([len(value) * 2]) + value.encode()

    schema = {
        "type": "record", "name": "r", "namespace": "n", "fields": [
            {"name": "nothing", "type": "null"},
            {"name": "yes", "type": "boolean"},
            {"name": "low", "type": "int"},
            {"name": "high", "type": {"type": "long"}},
            {"name": "near", "type": "float"},
            {"name": "far", "type": "double"},
            {"name": "raw", "type": "bytes"},
            {"name": "either", "type": ["null", "string"]},
            {"name": "several", "type": {"type": "array", "items": "int"}},
            {"name": "named", "type": {"type": "map", "values": "string"}},
            {"name": "one", "type": {"type": "enum", "name": "e", "symbols": ["A", "B"]}},
            {"name": "two", "type": {"type": "fixed", "name": "f", "size": 2}},
            {"name": "again", "type": "n.e"},
        ],
    }  # fmt: skip
    block = b"".join((
        b"", b"\x01", b"\x03", b"\xd8\x04", struct.pack("<f", 0.5), struct.pack("<d", 0.25), text("ab"),
        b"\x02", text("s"), b"\x03\x04\x02\x04\x00", b"\x02", text("k"), text("v"), b"\x00", b"\x02", b"xy", b"\x00",
    ))  # fmt: skip
    expected = {
        "nothing": None, "yes": True, "low": -2, "high": 300, "near": 0.5, "far": 0.25, "raw": b"ab",
        "either": "s", "several": [1, 2], "named": {"k": "v"}, "one": "B", "two": b"xy", "again": "A",
    }  # fmt: skip
    written = json.dumps(schema)
    size = bytes([len(written) * 2 & 0x7F | 0x80, len(written) * 2 >> 7])
    packed = zlib.compressobj(wbits=-15)
    for codec, data in (
        ("null", block * 2),
        ("deflate", packed.compress(block * 2) + packed.flush()),
    ):
        head = (
            b"Obj\x01\x04"
            + text("avro.schema")
            + size
            + written.encode()
            + text("avro.codec")
            + text(codec)
            + b"\x00"
        )
        length = bytes([len(data) * 2 & 0x7F | 0x80, len(data) * 2 >> 7])
        file = head + bytes(16) + b"\x04" + length + data + bytes(16)
        assert list(records(file)) == [expected, expected]
        with pytest.raises(ValueError, match="a broken Avro file"):
            list(records(file[:-20]))
    with pytest.raises(ValueError, match="compressed by b'zstd'"):
        list(records(file.replace(b"\x0edeflate", text("zstd"))))
