"""An endpoint that cannot start says what is in the way, and what to do."""

from __future__ import annotations

import socket
from collections import namedtuple
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from dbt.adapters.glue.endpoint import jvm
from dbt.adapters.glue.endpoint.auth import Credentials, Verifier
from dbt.adapters.glue.endpoint.errors import EndpointStartError
from dbt.adapters.glue.endpoint.serving import _bind

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    host = jvm.SparkHost(tmp_path, build_archive=False)
    monkeypatch.setattr(jvm.shutil, "disk_usage", lambda _path: usage(9, 9, 10 * 2**20))
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
