"""A line between a client and the endpoint on which chosen calls fail as they do on real networks."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class AnswerInstead:
    """The endpoint never hears of the call; the client gets this error."""

    code: str
    status: int = 400


@dataclass(frozen=True)
class LoseTheAnswer:
    """The endpoint does what is asked, and the line breaks before the client hears of it.

    `between` runs after the endpoint has answered: what others do in the meantime.
    """

    between: Callable[[], None] = lambda: None


Fault = AnswerInstead | LoseTheAnswer


class Faults:
    """Hands calls through to the endpoint, but for those that `answer` says something else of."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._endpoint = variables["AWS_ENDPOINT_URL"]
        keys = Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
        self._signer = SigV4Auth(keys, "glue", variables["AWS_REGION"])
        self._plans: dict[str, list[Fault]] = {}
        self._seen: list[str] = []
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                line._handle(self)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Faults:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, operation: str, *faults: Fault) -> None:
        """What the next calls of an operation come to, in turn; those after them go through."""
        self._plans[operation] = list(faults)

    def seen(self, operation: str) -> int:
        """How many calls of an operation came by."""
        return self._seen.count(operation)

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        operation = handler.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self._seen.append(operation)
        plan = self._plans.get(operation)
        fault = plan.pop(0) if plan else None
        if isinstance(fault, AnswerInstead):
            text = json.dumps({"__type": fault.code, "Message": "as the test wants it"}).encode()
            _send(handler, fault.status, text)
            return
        status, text = self._forward(handler, body)
        if fault is None:
            _send(handler, status, text)
            return
        fault.between()
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)

    def _forward(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        """Signed anew: the endpoint answers to its own host name alone, and that is signed."""
        kept = {name: handler.headers[name] for name in ("Content-Type", "X-Amz-Target")}
        request = AWSRequest("POST", f"{self._endpoint}/", kept, body)
        self._signer.add_auth(request)
        connection = http.client.HTTPConnection(urlsplit(self._endpoint).netloc)
        connection.request("POST", "/", body, dict(request.headers.items()))
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, text


def _send(handler: BaseHTTPRequestHandler, status: int, text: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/x-amz-json-1.1")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)
