"""A session of the embedded endpoint without dbt around it, and a wire that records and breaks."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from dbt.adapters.glue import replacement as replacements
from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.cursor import GlueHandle
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool
from tests.functional.adapter.racing_runs import DATABASE, OneRun, forget_table

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

Fault = Callable[[BaseHTTPRequestHandler, Callable[[], tuple[int, bytes]]], bool]


class Wire:
    """An HTTP proxy before the endpoint: records every operation, and answers some of them itself."""

    def __init__(self, endpoint: EndpointHandle) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[tuple[str, Fault]] = []
        self.output_limit: int | None = None
        """Characters of a statement's output that get through."""
        self._upstream = urlsplit(endpoint.url)
        self._keys = Credentials(endpoint.access_key_id, endpoint.secret_access_key)
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                # Of APIs like Lake Formation's, the operation is the path.
                named = self.headers.get("X-Amz-Target") or self.path.lstrip("/") or "?"
                operation = named.rpartition(".")[2]
                parameters = json.loads(body) if body[:1] == b"{" else {}
                wire.calls.append((operation, parameters))
                self.parameters = parameters
                forward = lambda: wire._forward(self, body)  # noqa: E731
                self.answer(operation, forward)

            def do_GET(self) -> None:
                operation = "ListObjectsV2" if "list-type=2" in self.path else "GetObject"
                wire.calls.append((operation, {"path": self.path}))
                self.answer(operation, lambda: wire._read(self))

            def answer(self, operation: str, forward: Callable[[], tuple[int, bytes]]) -> None:
                for position, (wanted, fault) in enumerate(wire.faults):
                    if wanted == operation:
                        del wire.faults[position]
                        if fault(self, forward):
                            return
                        break
                self.reply(*forward())

            def reply(self, status: int, answer: bytes) -> None:
                if wire.output_limit is not None and b'"TextPlain"' in answer:
                    answer = wire._cut(answer)
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def count(self) -> Counter[str]:
        return Counter(operation for operation, _ in self.calls)

    def statements(self) -> list[str]:
        """The code of every statement that was sent, without the bootstraps."""
        codes = [parameters["Code"] for name, parameters in self.calls if name == "RunStatement"]
        return [code for code in codes if not code.startswith("if getattr(globals()")]

    def fail_next(self, operation: str, code: str, message: str = "", status: int = 400) -> None:
        """The next call of `operation` gets this error and never reaches the endpoint."""

        def fault(handler: Any, _forward: Any) -> bool:
            handler.reply(status, json.dumps({"__type": code, "Message": message}).encode())
            return True

        self.faults.append((operation, fault))

    def lose_next_answer(self, operation: str) -> None:
        """The next call of `operation` is carried out, but its answer never arrives."""

        def fault(handler: Any, forward: Any) -> bool:
            forward()
            handler.close_connection = True
            handler.connection.close()
            return True

        self.faults.append((operation, fault))

    def _cut(self, answer: bytes) -> bytes:
        document = json.loads(answer)
        data = document["Statement"]["Output"]["Data"]
        data["TextPlain"] = data["TextPlain"][: self.output_limit]
        return json.dumps(document).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _forward(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        """Signs anew: the endpoint answers only requests that were made for its own host name."""
        scope = handler.headers.get("Authorization", "").partition("Credential=")[2].split("/")
        kept = ("Content-Type", "X-Amz-Target")
        request = AWSRequest(
            "POST",
            f"{self._upstream.geturl()}{handler.path}",
            {name: handler.headers[name] for name in kept if handler.headers.get(name)},
            body,
        )
        SigV4Auth(self._keys, scope[3], scope[2]).add_auth(request)
        return self._sent(request)

    def _read(self, handler: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        """The same of a GET of S3."""
        path, _, query = handler.path.partition("?")
        request = AWSRequest(
            "GET",
            f"{self._upstream.geturl()}{path}",
            params=dict(parse_qsl(query, keep_blank_values=True)),
        )
        S3SigV4Auth(self._keys, "s3", "us-east-1").add_auth(request)
        return self._sent(request)

    def _sent(self, request: AWSRequest) -> tuple[int, bytes]:
        prepared = request.prepare()
        connection = http.client.HTTPConnection(
            str(self._upstream.hostname), int(self._upstream.port or 80), timeout=120
        )
        try:
            path = prepared.url.removeprefix(self._upstream.geturl())
            connection.request(prepared.method, path, prepared.body, dict(prepared.headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture
def wire(endpoint: EndpointHandle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The wire to the endpoint, with credentials for it in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", endpoint.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key)
    wire = Wire(endpoint)
    yield wire
    wire.close()


@pytest.fixture(scope="class")
def line(endpoint: EndpointHandle) -> Iterator[Wire]:
    """The same for all tests of a class, whose dbt project may be one that goes through it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", endpoint.access_key_id)
        patched.setenv("AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key)
        wire = Wire(endpoint)
        yield wire
        wire.close()


@pytest.fixture
def credentials(wire: Wire) -> GlueCredentials:
    return GlueCredentials(schema="default", endpoint=wire.url)


@pytest.fixture
def pool(credentials: GlueCredentials) -> Iterator[SessionPool]:
    pool = SessionPool(AwsClients(credentials).sessions, credentials)
    yield pool
    pool.stop_all()


@pytest.fixture
def handle(pool: SessionPool, credentials: GlueCredentials) -> Iterator[GlueHandle]:
    """What a dbt connection holds: a session that starts with the first statement."""
    handle = GlueHandle(pool, Environment.of(credentials), "default")
    yield handle
    handle.close()


@pytest.fixture(scope="module")
def shared(endpoint: EndpointHandle) -> Iterator[GlueHandle]:
    """The same for all tests of a module that leave their session as they found it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", endpoint.access_key_id)
        patched.setenv("AWS_SECRET_ACCESS_KEY", endpoint.secret_access_key)
        credentials = GlueCredentials(schema="default", endpoint=endpoint.url)
        pool = SessionPool(AwsClients(credentials).sessions, credentials)
        handle = GlueHandle(pool, Environment.of(credentials), "default")
        yield handle
        handle.close()
        pool.stop_all()


@pytest.fixture
def project_dir(tmp_path: Path, endpoint: EndpointHandle, endpoint_dir: Path) -> Path:
    """An empty dbt project in a folder, whose profile uses the endpoint of this test run."""
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    (tmp_path / "profiles.yml").write_text(
        json.dumps(
            {
                "shop": {
                    "target": "local",
                    "outputs": {
                        "local": {
                            "type": "glue",
                            "endpoint": "local",
                            "endpoint_dir": str(endpoint_dir),
                            "schema": f"shop_{abs(hash(str(tmp_path))) % 10**8}",
                            "threads": 2,
                        }
                    },
                }
            }
        )
    )
    return tmp_path


@pytest.fixture
def runs(
    wire: Any, credentials: GlueCredentials, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[OneRun, OneRun]]:
    """Two runs with the same target; the calls of both go through the wire."""
    monkeypatch.setattr(replacements, "WAIT_SECONDS", 30.0)
    credentials.boto_retry_max_attempts = 3
    found = OneRun(AwsClients(credentials).catalog), OneRun(AwsClients(credentials).catalog)
    catalog = found[0].catalog
    catalog.create_database(DATABASE, None)
    yield found
    wire.faults.clear()
    for table in list(catalog.tables(DATABASE)):
        forget_table(catalog, DATABASE, table["Name"])
    catalog.delete_database(DATABASE)
    for run in found:
        run.run.end()
