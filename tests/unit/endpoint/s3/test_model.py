"""Any sequence of puts, copies, deletes and lists leaves what a dictionary of keys would have."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.s3.errors import S3Error
from glue_endpoint.s3.keys import find_bucket
from glue_endpoint.s3.listing import Search, list_page
from glue_endpoint.s3.objects import Objects, WriteCondition, pieces_of
from glue_endpoint.s3.records import Record, Records
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

NAMES = st.sampled_from(["a", "a-", "a0", "b", "é"])
KEYS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
PREFIXES = st.sampled_from(["", "a", "a/", "a/a", "a/b/", "b", "é/", "x", "/"])
BODIES = st.binary(max_size=3)


class ObjectsAreADictionary(RuleBasedStateMachine):
    """The store below HTTP. A key that needs a folder where an object is (or the reverse) is refused."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        buckets = Buckets(self.folder / "s3")
        self.objects = Objects(buckets, Records(self.folder / "objects.sqlite"))
        self.bucket = find_bucket(buckets, "bkt")
        self.bucket.make()
        self.expected: dict[str, bytes] = {}

    def teardown(self) -> None:
        self.objects.records.close()
        shutil.rmtree(self.folder)

    def in_the_way(self, key: str) -> bool:
        return any(
            other.startswith(f"{key}/") or key.startswith(f"{other.rstrip('/')}/")
            for other in self.expected
        )

    def write(self, key: str, body: bytes, *, first: bool) -> None:
        """A put, and what becomes of the model."""
        record = Record(hashlib.md5(body).hexdigest(), {"x-amz-meta-size": str(len(body))})
        wanted: Any = contextlib.nullcontext()
        if first and key in self.expected:
            wanted = pytest.raises(S3Error, match="pre-conditions")
        elif self.in_the_way(key):
            wanted = pytest.raises(S3Error, match="cannot both be")
        else:
            self.expected[key] = body
        with wanted, self.objects.incoming([body]) as incoming:
            self.objects.put(self.bucket, key, incoming, record, WriteCondition(absent=first))

    @rule(key=KEYS, body=BODIES)
    def put(self, key: str, body: bytes) -> None:
        self.write(key, body, first=False)

    @rule(key=KEYS, body=BODIES)
    def put_if_there_is_none(self, key: str, body: bytes) -> None:
        self.write(key, body, first=True)

    @rule(key=KEYS, body=BODIES)
    def write_as_spark(self, key: str, body: bytes) -> None:
        path = self.folder / "s3" / "bkt" / key
        if not self.in_the_way(key) and not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            self.expected[key] = body

    @rule(key=KEYS)
    def make_a_folder_as_spark(self, key: str) -> None:
        if key not in self.expected and not self.in_the_way(key):
            (self.folder / "s3" / "bkt" / key).mkdir(parents=True, exist_ok=True)

    @rule(source=KEYS, copy=KEYS)
    def copy(self, source: str, copy: str) -> None:
        if source not in self.expected:
            with pytest.raises(S3Error, match="does not exist"):
                self.objects.open(self.bucket, source)
            return
        found, file = self.objects.open(self.bucket, source)
        with file:
            self.write(copy, b"".join(pieces_of(file, 0, found.size)), first=False)

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.objects.delete(self.bucket, key)
        self.expected.pop(key, None)

    @rule(
        prefix=PREFIXES,
        delimiter=st.sampled_from(["", "/", "-", "a"]),
        after=st.one_of(st.just(""), KEYS, PREFIXES),
        limit=st.integers(1, 4),
    )
    def list_by_pages(self, prefix: str, delimiter: str, after: str, limit: int) -> None:
        expected = set()
        for key in self.expected:
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            name = key if end < 0 else key[: end + len(delimiter)]
            if key.startswith(prefix) and name > after:
                expected.add(name)
        found: list[str] = []
        last: str | None = after
        while last is not None:
            search = Search(prefix, delimiter, last)
            page = list_page(self.objects.records, self.bucket, search, limit)
            names = sorted([*(each.key for each in page.objects), *page.prefixes])
            assert page.last in (None, names[-1] if names else None)
            found += names
            last = page.last
        assert found == sorted(expected, key=str.encode)

    @invariant()
    def what_is_there_is_what_was_written(self) -> None:
        page = list_page(self.objects.records, self.bucket, Search(), 1000)
        assert {each.key: each.size for each in page.objects} == {
            key: len(body) for key, body in self.expected.items()
        }
        for each in page.objects:
            found, file = self.objects.open(self.bucket, each.key)
            with file:
                body = file.read()
            assert body == self.expected[each.key]
            assert found.record == each.record
            if "-" not in found.record.etag:
                assert found.record.etag == hashlib.md5(body).hexdigest()


TestObjectsAreADictionary = ObjectsAreADictionary.TestCase
TestObjectsAreADictionary.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True
)
