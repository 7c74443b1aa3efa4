"""An endpoint that cannot start says what is in the way, and what to do."""

from __future__ import annotations

import socket
from collections import namedtuple
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.api.auth import Credentials, Verifier
from glue_endpoint.buckets import Buckets
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.process.serving import _bind
from glue_endpoint.process.state import StateFolder
from glue_endpoint.s3.service import S3
from glue_endpoint.spark import host as spark_host
from glue_endpoint.spark import jvm

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    host = spark_host.SparkHost(tmp_path, lambda: "thrift://nowhere", build_archive=False)
    monkeypatch.setattr(spark_host.shutil, "disk_usage", lambda _path: usage(9, 9, 10 * 2**20))
    with pytest.raises(EndpointStartError) as refused:
        host.start()
    said = str(refused.value)
    assert f"Cannot use {tmp_path} as the endpoint's folder: No space left on device" in said
    assert "`endpoint_dir`" in said
    assert not host.alive


def test_a_port_that_is_taken() -> None:
    verifier = Verifier(Credentials("id", "secret"), lambda: datetime.now(timezone.utc))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EndpointStartError) as refused:
            _bind({}, verifier, port)
    said = str(refused.value)
    assert f"port {port}: Address already in use" in said
    assert "another --port, or none" in said


def test_a_port_that_is_none() -> None:
    verifier = Verifier(Credentials("id", "secret"), lambda: datetime.now(timezone.utc))
    with pytest.raises(EndpointStartError, match="port 70000"):
        _bind({}, verifier, 70000)


def test_a_warehouse_of_version_0_1_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "metastore_db").mkdir()
    (tmp_path / "metastore_db" / "service.properties").write_text("derby")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(EndpointStartError) as refused:
        StateFolder(tmp_path).prepare()
    said = str(refused.value)
    assert f"{tmp_path} holds a warehouse of version 0.1" in said
    assert "`dbt build`" in said
    assert "`endpoint_dir`" in said
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_where_nothing_can_be_noted_of_objects(tmp_path: Path) -> None:
    (tmp_path / "objects.sqlite").mkdir()
    keys = Credentials("id", "secret")
    with pytest.raises(EndpointStartError, match="Cannot keep objects in") as refused:
        S3(Buckets(tmp_path / "s3"), tmp_path, keys, lambda: datetime.now(timezone.utc))
    assert "`endpoint_dir`" in str(refused.value)


@pytest.mark.parametrize("line", ["__version__: str = '3.5.6'", '__version__ = "4.1.1"'])
def test_the_version_of_pyspark_is_read_in_either_kind_of_quotes(tmp_path: Path, line: str) -> None:
    (tmp_path / "version.py").write_text(f"#\n{line}\n")
    assert ".".join(map(str, jvm.pyspark_version(tmp_path))) in line
    (tmp_path / "version.py").write_text("#\n")
    with pytest.raises(EndpointStartError, match="Reinstall pyspark"):
        jvm.pyspark_version(tmp_path)
