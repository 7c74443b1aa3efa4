"""Many clients at once: conditional writers have one winner, readers see whole objects, nothing is lost."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.api.streams import Body
from glue_endpoint.buckets import Buckets
from glue_endpoint.s3.errors import S3Error
from glue_endpoint.s3.keys import find_bucket
from glue_endpoint.s3.objects import Objects, WriteCondition
from glue_endpoint.s3.payload import Payload
from glue_endpoint.s3.records import Record, Records
from glue_endpoint.s3.signature import UNSIGNED, Seal

if TYPE_CHECKING:
    import io
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import CodeOf, Endpoint

B = "bkt"


def at_once(count: int, action: Callable[[int], Any]) -> list[Any]:
    """What `action` returns to as many threads, which begin together."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        return action(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_writers_who_want_to_be_the_first_one_is(
    endpoint: Endpoint, s3: Any, code_of: CodeOf
) -> None:
    clients = [endpoint.client() for _ in range(8)]

    def put(number: int) -> str:
        mine = {"Bucket": B, "Key": key, "Body": str(number).encode()}
        return code_of(clients[number].put_object, **mine, IfNoneMatch="*")

    for round_number in range(10):
        key = f"log/{round_number}.json"
        answers = at_once(8, put)
        assert sorted(answers) == ["OK"] + ["PreconditionFailed"] * 7
        winner = str(answers.index("OK")).encode()
        assert endpoint.file(key).read_bytes() == winner
        etag = s3.head_object(Bucket=B, Key=key)["ETag"]
        assert etag == f'"{hashlib.md5(winner).hexdigest()}"'
    assert endpoint.incoming() == []


def test_a_file_system_without_hard_links_has_one_winner_too(
    endpoint: Endpoint, s3: Any, code_of: CodeOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    clients = [endpoint.client() for _ in range(4)]

    def put(number: int) -> str:
        mine = {"Bucket": B, "Key": "k", "Body": str(number).encode()}
        return code_of(clients[number].put_object, **mine, IfNoneMatch="*")

    answers = at_once(4, put)
    assert sorted(answers) == ["OK", *["PreconditionFailed"] * 3]
    assert endpoint.file("k").read_bytes() == str(answers.index("OK")).encode()


def test_a_counter_that_all_compare_and_set_loses_nothing(
    endpoint: Endpoint, s3: Any, code_of: CodeOf
) -> None:
    s3.put_object(Bucket=B, Key="n", Body=b"0")
    clients = [endpoint.client() for _ in range(4)]

    def add(number: int) -> None:
        done = 0
        while done < 5:
            found = clients[number].get_object(Bucket=B, Key="n")
            value = str(int(found["Body"].read()) + 1).encode()
            mine = {"Bucket": B, "Key": "n", "Body": value, "IfMatch": found["ETag"]}
            answer = code_of(clients[number].put_object, **mine)
            done += answer == "OK"
            assert answer in ("OK", "PreconditionFailed")

    at_once(4, add)
    assert endpoint.file("n").read_bytes() == b"20"


def test_a_writer_through_the_file_system_is_seen(tmp_path: Path) -> None:
    """Between the look at the key and the move: Spark's file stays, the writer hears of it."""
    records = Records(tmp_path / "objects.sqlite")
    objects = Objects(Buckets(tmp_path / "s3"), records)
    bucket = find_bucket(Buckets(tmp_path / "s3"), B)
    add = records.add

    def add_and_be_overtaken(*values: Any) -> None:
        add(*values)
        (tmp_path / "s3" / B / "k").write_bytes(b"from Spark")

    records.add = add_and_be_overtaken  # type: ignore[method-assign]
    first = WriteCondition(absent=True)
    with objects.incoming([b"mine"]) as incoming, pytest.raises(S3Error, match="pre-conditions"):
        objects.put(bucket, "k", incoming, Record("e"), first)
    assert (tmp_path / "s3" / B / "k").read_bytes() == b"from Spark"
    assert objects.look(bucket, "k").record.etag != "e"
    records.close()


def test_puts_and_deletes_in_one_folder(endpoint: Endpoint, s3: Any) -> None:
    """Each delete may take the folder away while a put is on its way into it."""
    clients = [endpoint.client() for _ in range(6)]

    def work(number: int) -> None:
        for turn in range(25):
            clients[number].put_object(Bucket=B, Key=f"a/b/{number}", Body=str(turn).encode())
            if turn < 24:
                clients[number].delete_object(Bucket=B, Key=f"a/b/{number}")

    at_once(6, work)
    assert endpoint.keys() == [f"a/b/{number}" for number in range(6)]


def test_readers_see_one_version_as_a_whole(endpoint: Endpoint, s3: Any) -> None:
    versions = {
        hashlib.md5(body).hexdigest(): body for body in (bytes([n]) * 300_000 for n in range(5))
    }
    s3.put_object(Bucket=B, Key="k", Body=next(iter(versions.values())))
    stop = threading.Event()
    writer, reader = endpoint.client(), endpoint.client()

    def write() -> None:
        while not stop.is_set():
            for body in versions.values():
                writer.put_object(Bucket=B, Key="k", Body=body)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(40):
            found = reader.get_object(Bucket=B, Key="k")
            assert versions[found["ETag"].strip('"')] == found["Body"].read()
    finally:
        stop.set()
        thread.join()


def test_a_record_is_forgotten_with_its_object(endpoint: Endpoint, s3: Any) -> None:
    for body in (b"one", b"two"):
        s3.put_object(Bucket=B, Key="k", Body=body)
    s3.delete_object(Bucket=B, Key="k")
    with sqlite3.connect(endpoint.state / "objects.sqlite") as connection:
        assert connection.execute("select count(*) from objects").fetchone() == (0,)
    connection.close()


def test_an_upload_never_sits_in_memory(tmp_path: Path) -> None:
    size = 200 * 2**20

    class Endless:
        def read(self, count: int) -> bytes:
            return bytes(count)

    source: io.BufferedIOBase = Endless()  # type: ignore[assignment]
    objects = Objects(Buckets(tmp_path / "s3"), Records(tmp_path / "objects.sqlite"))
    payload = Payload(Body(source, size), {}, Seal(UNSIGNED))
    tracemalloc.start()
    with objects.incoming(payload.pieces()) as incoming:
        assert incoming.stat().st_size == size
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20
    objects.records.close()
