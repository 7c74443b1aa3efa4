"""A server that speaks the wire formats of Glue, STS and S3 and says what a test wants said, faults among it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import signature
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool

if TYPE_CHECKING:
    from dbt.adapters.glue.sessions.polling import Pace
    from dbt.adapters.glue.sessions.session import Session

OK = {"Status": "ok", "Data": {"TextPlain": ""}}


class Glue:
    """Scripted answers by operation: the last one of a list is repeated.

    A text is the name of an error (`Name@500` with that status), bytes are the body as it is, a function gives the
    answer when it is asked for (of the call's parameters, if it takes them), and None hangs up without an answer.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.keys: list[tuple[str, str]] = []
        """With which access key each call was signed."""
        self.pools: list[SessionPool] = []
        self.script: dict[str, list[Any]] = {
            "CreateSession": [{}],
            "GetSession": [{"Session": {"Id": "s", "Status": "READY"}}],
            "RunStatement": [{"Id": 1}],
            "GetStatement": [{"Statement": {"Id": 1, "State": "AVAILABLE", "Output": OK}}],
            "ListStatements": [{"Statements": []}],
            "StopSession": [{"Id": "s"}],
            "DeleteSession": [{"Id": "s"}],
            "CancelStatement": [{}],
        }
        glue = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                target = self.headers["X-Amz-Target"]
                if target:
                    operation, parameters = target.partition(".")[2], json.loads(body)
                elif body[:1] == b"{":  # the operation is the path, as of Lake Formation
                    operation, parameters = self.path.lstrip("/"), json.loads(body)
                else:
                    parameters = dict(parse_qsl(body.decode()))
                    operation = parameters["Action"]
                self.answer(operation, parameters)

            def do_GET(self) -> None:
                self.answer("GetObject", {"path": self.path})

            def answer(self, operation: str, parameters: dict[str, Any]) -> None:
                scope = self.headers.get("Authorization", "").partition("Credential=")[2]
                glue.calls.append((operation, parameters))
                glue.keys.append((operation, scope.partition("/")[0]))
                script = glue.script.get(operation, [{}])
                answer = script.pop(0) if len(script) > 1 else script[0]
                if callable(answer):
                    takes = len(signature(answer).parameters)
                    answer = answer(parameters) if takes else answer()
                if answer is None:
                    self.close_connection = True
                    return
                status = 200
                if isinstance(answer, str):
                    name, _, number = answer.partition("@")
                    status = int(number or 400)
                    answer = {"__type": name, "Message": "said so"}
                    if operation in ("GetObject", "GetCallerIdentity", "AssumeRole"):
                        document = f"<Error><Code>{name}</Code><Message>said so</Message></Error>"
                        wrapped = f"<ErrorResponse>{document}</ErrorResponse>"
                        answer = (document if operation == "GetObject" else wrapped).encode()
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_args: object) -> None:
                """A client that was killed has hung up."""

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def count(self) -> Counter[str]:
        return Counter(name for name, _ in [*self.calls])

    def close(self) -> None:
        self.script.update(
            GetStatement=[statement_in("AVAILABLE")], RunStatement=[{"Id": 1}], StopSession=[{}]
        )
        for pool in self.pools:
            pool.stop_all()
        self.server.shutdown()
        self.server.server_close()


def clients(glue: Glue, pace: Pace | None = None, **fields: Any) -> AwsClients:
    """The clients of a profile with these fields; `pace` is that of an AWS, which this is too near to be."""
    # botocore's own attempts wait for seconds.
    given = {"boto_retry_mode": "standard", "boto_retry_max_attempts": 0, "schema": "x", **fields}
    aws = AwsClients(GlueCredentials(endpoint=glue.url, **given))
    if pace is not None:
        aws._pace = pace
    return aws


def leased(glue: Glue, **fields: Any) -> tuple[SessionPool, Session]:
    aws = clients(glue, **fields)
    credentials = aws._credentials
    pool = SessionPool(aws.sessions, credentials)
    glue.pools.append(pool)
    return pool, pool.lease(Environment.of(credentials))


def session_in(status: str, **more: Any) -> dict[str, Any]:
    return {"Session": {"Id": "s", "Status": status, **more}}


def statement_in(state: str, **more: Any) -> dict[str, Any]:
    return {"Statement": {"Id": 1, "State": state, "Output": OK, **more}}
