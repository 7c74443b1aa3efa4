"""What others on the machine can take from an endpoint: no memory, no threads without end, and no place of its clients."""

from __future__ import annotations

import re
import resource
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from glue_endpoint.api.auth import Credentials
from glue_endpoint.api.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = Credentials.generate()
PROGRAM = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from glue_endpoint.api.auth import Credentials, Verifier
from glue_endpoint.api.connections import Connections
from glue_endpoint.api.operations import GlueService
from glue_endpoint.api.server import EndpointServer
from glue_endpoint.buckets import Buckets
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.store.store import Store

store = Store(Path(sys.argv[1]))
services = {"glue": GlueService(Catalog(store, Buckets(Path(sys.argv[1]) / "s3").remove))}
verifier = Verifier(Credentials(*sys.argv[2:4]), lambda: datetime.now(timezone.utc))
server = EndpointServer(services, verifier, connections=Connections(256, patience=float(sys.argv[4])))
print(server.server_port, flush=True)
server.serve_forever()
"""
MANY = 1000


class Served:
    """An endpoint's server in a process of its own."""

    def __init__(self, folder: Path, patience: float) -> None:
        keys = (KEYS.access_key_id, KEYS.secret_access_key)
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), *keys, str(patience)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def client(self) -> Any:
        return boto3.client(
            "glue",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=KEYS.access_key_id,
            aws_secret_access_key=KEYS.secret_access_key,
            config=Config(retries={"max_attempts": 0}, parameter_validation=False),
        )

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()

    def of(self, name: str) -> int:
        """Megabytes (VmRSS, VmHWM) or a number (Threads) of the process."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = re.search(rf"{name}:\s+(\d+)( kB)?", text)
        assert found
        return int(found[1]) // (1024 if found[2] else 1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path, 60)
    yield found
    found.close()


def head(port: int, *more: str) -> bytes:
    lines = [
        "POST / HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "X-Amz-Target: AWSGlue.GetDatabases",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


FORGED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=ASIAAAAABBBBCCCCDDDD/20260101/us-east-1/glue/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)


def test_a_house_full_of_callers_with_keys_turns_others_away_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server waits in the loop that takes connections: here it would wait for ever."""
    monkeypatch.setattr("glue_endpoint.api.connections._ROOM_WITHIN", None)
    connections = Connections(2)
    with ExitStack() as sockets:
        ours, theirs = zip(*(pair(sockets) for _ in range(3)), strict=True)
        for taken in ours[:2]:
            assert connections.open(taken)
            connections.of(taken).known = True
            connections.begin(connections.of(taken))
        assert not connections.open(ours[2])
        connections.end(connections.of(ours[0]))
        gone = threading.Thread(target=_leave, args=(connections, ours[0]))
        gone.start()
        assert connections.open(ours[2])
        gone.join()
        assert theirs[0].recv(1) == b""


def pair(sockets: ExitStack) -> tuple[socket.socket, socket.socket]:
    here, there = socket.socketpair()
    return sockets.enter_context(here), sockets.enter_context(there)


def _leave(connections: Connections, taken: socket.socket) -> None:
    """What the thread of a connection does that was cut."""
    assert taken.recv(1) == b""
    connections.close(taken)


@pytest.mark.parametrize("signature", ["X-Nothing: 1", FORGED])
def test_bodies_of_strangers_are_not_kept(served: Served, signature: str) -> None:
    served.client().get_databases()
    before = served.of("VmRSS")
    size = 16 * 2**20 - 1
    with ExitStack() as stack:
        for _ in range(30):
            connection = stack.enter_context(served.connect())
            connection.sendall(head(served.port, signature, f"Content-Length: {size}"))
            for _ in range(15):
                connection.sendall(b"x" * 2**20)
        served.client().get_databases()
        assert served.of("VmHWM") - before < 100
    assert served.client().get_databases()["DatabaseList"] == []


def test_a_thousand_connections_at_once(served: Served) -> None:
    """The figures are in docs/endpoint.md."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    glue = served.client()
    glue.get_databases()
    before = served.of("VmRSS")
    with ExitStack() as stack:
        waiting = []
        for number in range(MANY):
            connection = stack.enter_context(served.connect())
            parts = (b"", b"POST", head(served.port, "Content-Length: 9999"), b"x" * 5000)
            connection.sendall(parts[number % 4])
            waiting.append(connection)
        begin = time.monotonic()
        for _ in range(20):
            glue.get_databases()
            served.client().get_databases()
        took = (time.monotonic() - begin) / 40
        threads, grown = served.of("Threads"), served.of("VmHWM") - before
    print(f"\n{MANY} connections: {threads} threads, {grown} MB more, {took * 1000:.0f} ms a call")
    assert threads < 256 + 10
    assert grown < 100
    assert took < 2


def test_clients_with_a_key_are_not_cut_for_strangers(tmp_path: Path) -> None:
    served = Served(tmp_path, 60)
    try:
        glue = served.client()
        stop, failures = threading.Event(), []

        def work() -> None:
            try:
                while not stop.is_set():
                    glue.get_databases()
            except Exception as error:  # noqa: BLE001 - looked at below
                failures.append(error)

        worker = threading.Thread(target=work)
        worker.start()
        with ExitStack() as stack:
            for _ in range(600):
                stack.enter_context(served.connect())
        stop.set()
        worker.join()
        assert failures == []
    finally:
        served.close()


def test_who_shows_no_key_is_cut(tmp_path: Path) -> None:
    served = Served(tmp_path, 0.2)
    try:
        glue = served.client()
        glue.get_databases()
        slow = [served.connect() for _ in range(3)]
        slow[1].sendall(b"POST / HTTP/1.1\r\nHost")
        slow[2].sendall(head(served.port, "Content-Length: 99999"))
        for connection in slow:
            while connection.recv(65536):
                pass
            connection.close()
        # The client's own connection has waited for as long, and is there.
        glue.get_databases()
    finally:
        served.close()


@pytest.mark.parametrize("length", ["9" * 5000, "٣", "1e3", "0x10", " 5 5"])
def test_lengths_that_are_none(served: Served, length: str) -> None:
    with served.connect() as connection:
        text = head(served.port, "Content-Length: @").replace(b"@", length.encode())
        connection.sendall(text)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith((b"HTTP/1.1 411 ", b"HTTP/1.1 413 ", b"HTTP/1.1 400 ")), answer[:100]


def test_the_one_that_is_missed_least_goes() -> None:
    now = [0.0]
    connections = Connections(3, clock=lambda: now[0])
    pairs = [socket.socketpair() for _ in range(4)]
    ends = [ours for ours, _ in pairs]
    for end in ends[:3]:
        now[0] += 1
        assert connections.open(end)
    busy, idle, stranger = (connections.of(end) for end in ends[:3])
    busy.known = idle.known = True
    connections.begin(busy)

    def take_out() -> None:
        assert pairs[2][1].recv(1) == b""
        connections.close(ends[2])

    thread = threading.Thread(target=take_out)
    thread.start()
    assert connections.open(ends[3])
    thread.join()
    assert stranger.socket is ends[2]
    for pair in pairs:
        for end in pair:
            end.close()
