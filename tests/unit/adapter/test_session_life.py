"""A session against a server that speaks Glue's wire format and says what the test wants said."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.errors import (
    GlueApiError,
    SessionLost,
    SessionStartError,
    StatementCancelled,
)
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dbt.adapters.glue.sessions.session import Session

OK = {"Status": "ok", "Data": {"TextPlain": ""}}


class Glue:
    """Scripted answers by operation: the last one of a list is repeated; an Exception name is an error."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
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
                operation = self.headers["X-Amz-Target"].partition(".")[2]
                glue.calls.append((operation, json.loads(body)))
                script = glue.script[operation]
                answer = script.pop(0) if len(script) > 1 else script[0]
                status = 400 if isinstance(answer, str) else 200
                document = {"__type": answer, "Message": "said so"} if status == 400 else answer
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def count(self) -> Counter[str]:
        return Counter(name for name, _ in self.calls)


@pytest.fixture
def glue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Glue]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    glue = Glue()
    yield glue
    glue.server.shutdown()
    glue.server.server_close()


def leased(glue: Glue, **fields: Any) -> tuple[SessionPool, Session]:
    url = f"http://127.0.0.1:{glue.server.server_address[1]}"
    credentials = GlueCredentials(schema="x", endpoint=url, boto_retry_max_attempts=1, **fields)
    pool = SessionPool(AwsClients(credentials).sessions, credentials)
    return pool, pool.lease(Environment.of(credentials))


def session_in(status: str, **more: Any) -> dict[str, Any]:
    return {"Session": {"Id": "s", "Status": status, **more}}


def statement_in(state: str, **more: Any) -> dict[str, Any]:
    return {"Statement": {"Id": 1, "State": state, "Output": OK, **more}}


def test_made_bootstrapped_and_stopped_once(glue: Glue) -> None:
    pool, session = leased(glue)
    for _ in range(3):
        session.run(["1"])
    pool.stop_all()
    pool.stop_all()
    assert glue.count()["CreateSession"] == 1
    assert glue.count()["RunStatement"] == 4
    assert glue.count()["StopSession"] == 1
    ids = {parameters["Id"] for name, parameters in glue.calls if name == "CreateSession"}
    assert len(ids.pop()) > len("dbt-glue-") + 20


def test_provisioning_is_waited_for(glue: Glue) -> None:
    glue.script["GetSession"] = [session_in("PROVISIONING"), session_in("PROVISIONING"), session_in("READY")]  # fmt: skip
    leased(glue)[1].run(["1"])
    assert glue.count()["GetSession"] == 3


def test_a_session_that_fails_says_why_and_is_stopped(glue: Glue) -> None:
    glue.script["GetSession"] = [session_in("FAILED", ErrorMessage="no capacity")]
    with pytest.raises(SessionStartError, match="FAILED: no capacity"):
        leased(glue)[1].run(["1"])
    assert glue.count()["RunStatement"] == 0


def test_a_session_that_never_gets_ready_is_stopped(glue: Glue) -> None:
    glue.script["GetSession"] = [session_in("PROVISIONING")]
    with pytest.raises(SessionStartError, match="session_provisioning_timeout_in_seconds"):
        leased(glue, session_provisioning_timeout_in_seconds=1)[1].run(["1"])
    assert glue.count()["StopSession"] == 1


@pytest.mark.parametrize("code", ["AccessDeniedException", "InternalServiceException"])
def test_an_error_about_a_session_is_no_state_of_it(glue: Glue, code: str) -> None:
    glue.script["GetSession"] = [code]
    with pytest.raises(GlueApiError, match=code):
        leased(glue, glue_session_reuse=True)[1].run(["1"])
    assert glue.count()["DeleteSession"] == 0
    assert glue.count()["CreateSession"] == 0


@pytest.mark.parametrize("state", ["FAILED", "STOPPED", "TIMEOUT"])
def test_a_named_session_that_ended_is_made_anew(glue: Glue, state: str) -> None:
    glue.script["GetSession"] = [session_in(state), session_in("READY")]
    pool, session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    session.run(["1"])
    pool.stop_all()
    assert [name for name, _ in glue.calls][:3] == ["GetSession", "DeleteSession", "CreateSession"]
    assert session.id == "mine"
    assert glue.count()["StopSession"] == 0


def test_a_named_session_that_another_process_makes_at_once_is_used(glue: Glue) -> None:
    glue.script["GetSession"] = ["EntityNotFoundException", session_in("READY")]
    glue.script["CreateSession"] = ["AlreadyExistsException"]
    _, session = leased(glue, glue_session_reuse=True)
    assert session.run(["1"]).status == "ok"


def test_cancelled_ends_the_wait(glue: Glue) -> None:
    _, session = leased(glue)
    session.run(["1"])
    glue.script["GetStatement"] = [statement_in("RUNNING"), statement_in("CANCELLING"), statement_in("CANCELLED")]  # fmt: skip
    with pytest.raises(StatementCancelled):
        session.run(["1"])


def test_an_error_state_is_a_failed_result(glue: Glue) -> None:
    _, session = leased(glue)
    session.run(["1"])
    glue.script["GetStatement"] = [
        statement_in("AVAILABLE", Output={"Status": "error", "ErrorName": "E", "ErrorValue": "v"})
    ]
    result = session.run(["1"])
    assert result.failed
    assert (result.error_name, result.error_value) == ("E", "v")


def test_a_statement_that_the_session_never_took_goes_to_a_new_one(glue: Glue) -> None:
    _, session = leased(glue)
    session.run(["1"])
    glue.script["RunStatement"] = ["IllegalSessionStateException", {"Id": 7}]
    assert session.run(["1"]).statement_id == 7
    assert glue.count()["CreateSession"] == 2


def test_a_statement_that_was_taken_is_not_run_again(glue: Glue) -> None:
    _, session = leased(glue)
    session.run(["1"])
    ran = glue.count()["RunStatement"]
    glue.script["GetStatement"] = ["EntityNotFoundException", statement_in("AVAILABLE")]
    with pytest.raises(SessionLost, match="not run again"):
        session.run(["1"])
    assert glue.count()["RunStatement"] == ran + 1
    assert session.run(["1"]).status == "ok"
    assert glue.count()["CreateSession"] == 2


def test_limits_of_the_account_come_with_advice(glue: Glue) -> None:
    glue.script["CreateSession"] = ["ResourceNumberLimitExceededException"]
    with pytest.raises(SessionStartError, match="use fewer threads"):
        leased(glue)[1].run(["1"])


def test_one_session_per_model_ends_with_its_lease(glue: Glue) -> None:
    pool, session = leased(glue, enable_session_per_model=True)
    session.run(["1"])
    pool.give_back(session)
    assert glue.count()["StopSession"] == 1
