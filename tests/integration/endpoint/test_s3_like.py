"""Spark's file system as a client of S3, and under the session role's policy: a JVM with Hadoop's classes, and no Spark in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.folders import cache_folder
from glue_endpoint.iam.documents import policies_of
from glue_endpoint.iam.guard import RULES_FILE, USES_FILE
from glue_endpoint.iam.principals import keys_of
from glue_endpoint.iam.spark_rules import spark_rules
from glue_endpoint.process.variables import spark_variables
from glue_endpoint.spark import jvm
from glue_endpoint.spark.file_system import file_system_jar, hadoop_configuration
from glue_endpoint.spark.java_home import find_java
from py4j.protocol import Py4JJavaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.spark

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:*Object"], "Resource": "arn:aws:s3:::lake/open/*"},
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::lake",
            "Condition": {"StringLike": {"s3:prefix": "open/*"}},
        },
        {
            "Effect": "Deny",
            "Action": "s3:DeleteObject",
            "Resource": "arn:aws:s3:::lake/open/kept/*",
        },
        {"Effect": "Allow", "Action": "s3tables:GetTableData", "Resource": "*"},
    ],
}
WITH_LISTS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "s3:PutObject",
            "Resource": "*",
            "Condition": {"StringLikeIfExists": {"s3:prefix": "secret/*"}},
        },
        {
            "Effect": "Deny",
            "Action": "s3:ListBucket",
            "Resource": "*",
            "Condition": {"StringEquals": {"s3:delimiter": "/"}},
        },
    ],
}
"""Nothing is put, as a put has no prefix; and nothing is listed by folders, but all that is below one is."""


class Store(NamedTuple):
    """Hadoop's file systems of one JVM, and the state folder beside the buckets."""

    path: Callable[[str], Any]
    of: Callable[[str], Any]
    state: Path

    def write(self, name: str, text: str = "x") -> None:
        file = self.state / "s3" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def files(self, folder: str) -> list[str]:
        root = self.state / "s3" / folder
        return sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())

    def requests(self) -> list[str]:
        log = self.state / "s3-requests.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


def write_rules(file: Path, policy: dict[str, Any]) -> None:
    """The file of the rules, in one step, as the endpoint makes it anew when sessions get another role."""
    found = policies_of(policy)
    keys = keys_of(found, "arn:aws:iam::000000000000:role/one")
    new = file.with_suffix(".new")
    new.write_text("".join(f"{rule}\n" for rule in spark_rules(found.session_role, keys)))
    new.replace(file)


def store_with(folder: Path, *, rules: bool, like: float | None) -> Iterator[Store]:
    file = folder / RULES_FILE if rules else None
    if file is not None:
        write_rules(file, POLICY)
    java, jars, buckets = find_java(), jvm.spark_jars(), Buckets(folder / "s3")
    jar = file_system_jar(cache_folder(), java, jars)
    told = spark_variables(file, folder / USES_FILE, like)
    gateway = jvm.start_jvm(
        java, [*jars, jar], ["-XX:TieredStopAtLevel=1"], folder / "log", {**told}
    )
    try:
        hadoop = gateway.client.jvm.org.apache.hadoop
        conf = hadoop.conf.Configuration()
        for name, value in hadoop_configuration(buckets).items():
            conf.set(name, value)
        path = hadoop.fs.Path
        yield Store(path, lambda name: path(name).getFileSystem(conf), folder)
    finally:
        gateway.client.shutdown()
        jvm.end(gateway.process)


@pytest.fixture(scope="module")
def like_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    yield from store_with(tmp_path_factory.mktemp("like"), rules=False, like=0)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    yield from store_with(tmp_path_factory.mktemp("both"), rules=True, like=0)


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    yield from store_with(tmp_path_factory.mktemp("ruled"), rules=True, like=None)


def test_a_rename_is_a_copy_and_a_delete_of_each_object(like_s3: Store) -> None:
    for name in ("a", "b", "in/c"):
        like_s3.write(f"lake/from/{name}", name)
    fs = like_s3.of("s3://lake/")
    like_s3.requests()
    assert fs.rename(like_s3.path("s3://lake/from"), like_s3.path("s3://lake/to"))
    assert like_s3.files("lake/to") == ["a", "b", "in/c"]
    assert not (like_s3.state / "s3/lake/from").exists()
    sent = like_s3.requests()
    assert [line.split()[0] for line in sent] == ["LIST", *["COPY"] * 5, *["DELETE"] * 5]
    assert "COPY s3://lake/from/in/c" in sent


def test_a_rename_that_fails_in_the_middle_leaves_both(like_s3: Store) -> None:
    for name in ("a", "b", "c"):
        like_s3.write(f"lake/half/{name}")
    (like_s3.state / "s3-fault").write_text("COPY 2")
    fs = like_s3.of("s3://lake/")
    with pytest.raises(Py4JJavaError, match="SlowDown"):
        fs.rename(like_s3.path("s3://lake/half"), like_s3.path("s3://lake/other"))
    assert like_s3.files("lake/half") == ["a", "b", "c"]
    assert len(like_s3.files("lake/other")) == 1
    (like_s3.state / "s3-fault").write_text("DELETE 2")
    with pytest.raises(Py4JJavaError, match="SlowDown"):
        fs.delete(like_s3.path("s3://lake/half"), True)
    assert len(like_s3.files("lake/half")) == 2
    assert fs.delete(like_s3.path("s3://lake/half"), True)
    assert not fs.exists(like_s3.path("s3://lake/half"))


def test_nothing_is_renamed_onto_what_is_there(like_s3: Store) -> None:
    like_s3.write("lake/one", "1")
    like_s3.write("lake/two", "2")
    fs = like_s3.of("s3://lake/")
    assert not fs.rename(like_s3.path("s3://lake/one"), like_s3.path("s3://lake/two"))
    assert fs.mkdirs(like_s3.path("s3://lake/into"))
    assert fs.rename(like_s3.path("s3://lake/one"), like_s3.path("s3://lake/into"))
    assert like_s3.files("lake/into") == ["one"]
    with pytest.raises(Py4JJavaError, match="FileNotFoundException"):
        fs.rename(like_s3.path("s3://lake/gone"), like_s3.path("s3://lake/x"))


def test_nothing_is_appended_to(like_s3: Store) -> None:
    like_s3.write("lake/log")
    with pytest.raises(Py4JJavaError, match="UnsupportedOperationException"):
        like_s3.of("s3://lake/").append(like_s3.path("s3://lake/log"))


def test_spark_is_held_to_the_roles_policy(ruled: Store) -> None:
    for name in ("open/a", "open/kept/a", "shut/a"):
        ruled.write(f"lake/{name}")
    fs, path = ruled.of("s3://lake/"), ruled.path
    fs.open(path("s3://lake/open/a")).close()
    assert len(fs.listStatus(path("s3://lake/open"))) == 2
    fs.create(path("s3://lake/open/b")).close()
    assert fs.delete(path("s3://lake/open/b"), False)
    for call in (
        lambda: fs.open(path("s3://lake/shut/a")),
        lambda: fs.create(path("s3://lake/shut/b")),
        lambda: fs.listStatus(path("s3://lake/shut")),
        lambda: fs.getFileStatus(path("s3://lake/shut/a")),
        lambda: fs.rename(path("s3://lake/open/a"), path("s3://lake/shut/c")),
        lambda: fs.delete(path("s3://lake/open/kept/a"), False),
        lambda: fs.mkdirs(path("s3://lake/shut/d")),
    ):
        with pytest.raises(Py4JJavaError, match="AccessDenied") as refused:
            call()
        assert "is not authorized to perform: s3:" in str(refused.value.java_exception)
    assert ruled.files("lake") == ["open/a", "open/kept/a", "shut/a"]
    ruled.write("t--table-s3/data/x")
    ruled.of("s3://t--table-s3/").open(path("s3://t--table-s3/data/x")).close()
    uses = [json.loads(line) for line in (ruled.state / USES_FILE).read_text().splitlines()]
    assert ["session_role", "s3:DeleteObject", "arn:aws:s3:::lake/open/kept/a", "denied"] in uses
    assert ["session_role", "s3tables:GetTableData", "", "allowed"] in uses


@pytest.mark.parametrize("mode", ["ruled", "both"])
def test_a_folder_is_judged_by_all_that_is_in_it(mode: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue(mode)
    for name in ("open/free/a", "open/free/in/b", "open/kept/deep/c", "shut/d"):
        store.write(f"lake/{name}")
    fs, path = store.of("s3://lake/"), store.path
    for call in (
        lambda: fs.delete(path("s3://lake/open/kept"), True),
        lambda: fs.rename(path("s3://lake/open/kept"), path("s3://lake/open/moved")),
        lambda: fs.rename(path("s3://lake/open/free"), path("s3://lake/shut/free")),
        lambda: fs.rename(path("s3://lake/shut"), path("s3://lake/open/shut")),
    ):
        with pytest.raises(Py4JJavaError, match="AccessDenied"):
            call()
    left = ["open/free/a", "open/free/in/b", "open/kept/deep/c", "shut/d"]
    assert set(store.files("lake")) >= set(left)
    assert fs.rename(path("s3://lake/open/free"), path("s3://lake/open/new"))
    assert fs.delete(path("s3://lake/open/new"), True)
    assert not (store.state / "s3/lake/open/new").exists()
    uses = [json.loads(line) for line in (store.state / USES_FILE).read_text().splitlines()]
    role = "session_role"
    assert [role, "s3:ListBucket", "arn:aws:s3:::lake", "not allowed"] in uses
    assert [role, "s3:GetObject", "arn:aws:s3:::lake/open/free/in/b", "allowed"] in uses
    kept = "arn:aws:s3:::lake/open/kept/deep/c"
    assert [role, "s3:DeleteObject", kept, "denied"] in uses


def test_rules_that_come_later_count_with_if_exists_and_delimiter(ruled: Store) -> None:
    ruled.write("lake/open/later/a")
    fs, path = ruled.of("s3://lake/"), ruled.path
    fs.create(path("s3://lake/open/later/b")).close()
    write_rules(ruled.state / RULES_FILE, WITH_LISTS)
    try:
        with pytest.raises(Py4JJavaError, match=r"s3:PutObject .* explicit deny"):
            fs.create(path("s3://lake/open/later/c"))
        with pytest.raises(Py4JJavaError, match=r"s3:ListBucket .* explicit deny"):
            fs.listStatus(path("s3://lake/open/later"))
        assert fs.delete(path("s3://lake/open/later"), True)
    finally:
        write_rules(ruled.state / RULES_FILE, POLICY)


def test_a_look_at_what_is_no_file_is_two_requests(like_s3: Store) -> None:
    like_s3.write("lake/looked/a")
    fs, path = like_s3.of("s3://lake/"), like_s3.path
    like_s3.requests()
    assert fs.getFileStatus(path("s3://lake/looked/a")).isFile()
    assert like_s3.requests() == ["HEAD s3://lake/looked/a"]
    assert fs.getFileStatus(path("s3://lake/looked")).isDirectory()
    assert like_s3.requests() == ["HEAD s3://lake/looked", "LIST s3://lake/looked"]
    assert not fs.exists(path("s3://lake/looked/gone"))
    assert like_s3.requests() == ["HEAD s3://lake/looked/gone", "LIST s3://lake/looked/gone"]
    assert fs.getFileStatus(path("s3://lake/")).isDirectory()
    assert like_s3.requests() == ["LIST s3://lake/"]
