"""The files of s3:// locations, and the class-data archive's place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.errors import EndpointStartError, InvalidInputException
from glue_endpoint.spark import java_home
from glue_endpoint.spark.archive import Archive
from glue_endpoint.spark.java_home import Java

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("location", "file"),
    [
        ("s3://bucket", "bucket"),
        ("s3://bucket/", "bucket"),
        ("s3a://my.bucket_1/a/b.parquet", "my.bucket_1/a/b.parquet"),
        ("s3n://b/a//b/./c", "b/a/b/c"),
        ("s3://b/a/../c", "b/c"),
        ("s3://b/with space/ü?x=1#y", "b/with space/ü?x=1#y"),
        ("s3://b/bucket/b", "b/bucket/b"),
    ],
)
def test_an_s3_location_is_a_file_in_its_bucket(tmp_path: Path, location: str, file: str) -> None:
    assert Buckets(tmp_path).path(location) == tmp_path.resolve() / file


@pytest.mark.parametrize(
    "location",
    [
        "s3://b/../c/x",
        "s3://b/../../x",
        "s3://../x",
        "s3://.hidden/x",
        "s3:///x",
        "s3://a..b/x",
        "s3://b\\c/x",
        "s3://b/link/x",
        "s3://linked/x",
        "s3://b/a\0b",
        "file:///etc/passwd",
        "/etc/passwd",
        "",
    ],
)
def test_what_leads_out_is_refused(tmp_path: Path, location: str) -> None:
    buckets = Buckets(tmp_path / "s3")
    (buckets.root / "b").mkdir(parents=True)
    for link in (buckets.root / "b" / "link", buckets.root / "linked"):
        link.symlink_to(tmp_path)
    with pytest.raises(InvalidInputException):
        buckets.path(location)


def make_java(home: Path, version: str) -> Path:
    (home / "bin").mkdir(parents=True)
    java = home / "bin" / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.mark.parametrize(("version", "major"), [("17.0.9", 17), ("1.8.0_402", 8), ("11", 11)])
def test_java_home_is_used_when_spark_runs_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, major: int
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path / "jdk", version)))
    assert java_home.find_java().major == major
    assert java_home.find_java().home == tmp_path / "jdk"


def test_a_java_that_spark_does_not_run_on_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path / "new", "25.0.1")))
    monkeypatch.setenv("PATH", str(make_java(tmp_path / "old", "17.0.1") / "bin"))
    assert java_home.find_java().home == tmp_path / "old"


def test_without_java_the_error_says_what_was_found_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path / "new", "25.0.1")))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EndpointStartError) as error:
        java_home.find_java()
    assert "JAVA_HOME" in str(error.value)
    assert "Java 25" in str(error.value)
    assert 'pip install "dbt-glue-python[local]"' in str(error.value)


def archive(tmp_path: Path, jar: Path, build: str = "17.0.1") -> Archive:
    return Archive(tmp_path, Java(tmp_path, 17, build), [jar], ["-XX:+UseSerialGC"])


def test_an_archive_belongs_to_a_class_path_and_a_jvm(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"1")
    first = archive(tmp_path, jar)
    assert archive(tmp_path, jar).path == first.path
    assert archive(tmp_path, jar, "17.0.2").path != first.path
    os.utime(jar, (1, 1))
    assert archive(tmp_path, jar).path != first.path


def test_a_half_written_archive_is_not_used(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"1")
    made = tmp_path / "made.jsa"
    made.write_bytes(b"0123456789")
    kept = archive(tmp_path, jar)
    assert kept.options() == []
    kept.keep(made)
    assert f"-XX:SharedArchiveFile={kept.path}" in kept.options()
    kept.path.write_bytes(b"01234")
    assert kept.options() == []


def test_old_archives_go(tmp_path: Path) -> None:
    for number in range(7):
        jar = tmp_path / "a.jar"
        jar.write_bytes(b"x" * number)
        made = tmp_path / "made.jsa"
        made.write_bytes(b"0")
        os.utime(made, (number, number))
        archive(tmp_path, jar).keep(made)
    assert len(list(tmp_path.glob("spark-*.jsa"))) == 5
    assert len(list(tmp_path.glob("spark-*.json"))) == 5
