"""A session against a server that speaks Glue's wire format and says what the test wants said."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dbt.adapters.glue.errors import (
    GlueApiError,
    SessionLost,
    SessionStartError,
    StatementCancelled,
)
from dbt.adapters.glue.sessions import retries, watch
from dbt.adapters.glue.sessions import session as life
from dbt.adapters.glue.sessions.client import GlueClient
from tests.unit.adapter.scripted_glue import Glue, leased, session_in, statement_in


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


def test_a_session_that_tells_of_progress_is_waited_for(glue: Glue) -> None:
    """The embedded endpoint's, which fetches a Spark for minutes: only silence is a standstill."""
    ready_at = time.monotonic() + 1.5

    def answer() -> dict[str, Any]:
        now = time.monotonic()
        if now > ready_at:
            return session_in("READY")
        return session_in("PROVISIONING", Description=f"fetching, {ready_at - now:.3f} s to go")

    glue.script["GetSession"] = [answer]
    leased(glue, session_provisioning_timeout_in_seconds=1)[1].run(["1"])
    assert glue.count()["RunStatement"] > 0


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
def test_an_error_about_a_session_is_no_state_of_it(
    glue: Glue, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", 0.3)
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


def test_a_session_that_is_gone_before_it_is_deleted_is_made_anew(glue: Glue) -> None:
    """Deleted by another process, or by a first try whose answer got lost."""
    glue.script["GetSession"] = [session_in("STOPPED"), session_in("READY")]
    glue.script["DeleteSession"] = ["EntityNotFoundException"]
    _, session = leased(glue, glue_session_reuse=True)
    assert session.run(["1"]).status == "ok"
    assert glue.count()["CreateSession"] == 1


def test_a_session_that_another_process_has_made_anew_is_not_deleted(glue: Glue) -> None:
    glue.script["GetSession"] = [session_in("STOPPED"), session_in("PROVISIONING"), session_in("READY")]  # fmt: skip
    glue.script["DeleteSession"] = ["IllegalSessionStateException"]
    _, session = leased(glue, glue_session_reuse=True)
    assert session.run(["1"]).status == "ok"
    assert glue.count()["CreateSession"] == 0


@pytest.mark.parametrize(
    "refusal", ["EntityNotFoundException", "IllegalSessionStateException", "InvalidInputException"]
)
def test_a_session_that_is_just_being_made_is_stopped_once_it_is_there(
    glue: Glue, refusal: str
) -> None:
    pool, session = leased(glue)
    asked, answered = threading.Event(), threading.Event()
    glue.script["CreateSession"] = [lambda: (asked.set(), answered.wait(30), {})[2]]
    glue.script["GetSession"] = ["EntityNotFoundException"]
    glue.script["StopSession"] = [refusal, lambda: (answered.set(), refusal)[1], {}]
    with ThreadPoolExecutor() as threads:
        running = threads.submit(session.run, ["1"])
        assert asked.wait(30)
        pool.stop_now(30.0)
        assert glue.count()["StopSession"] >= 3
        with pytest.raises((StatementCancelled, SessionStartError)):
            running.result()


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


def test_an_interrupt_while_glue_takes_a_statement_cancels_it(glue: Glue) -> None:
    _, session = leased(glue)
    session.run(["1"])

    def taken() -> dict[str, Any]:
        session.interrupt()
        return {"Id": 7}

    glue.script["RunStatement"] = [taken]
    glue.script["GetStatement"] = [
        lambda: statement_in("CANCELLED" if glue.count()["CancelStatement"] else "RUNNING")
    ]
    with pytest.raises(StatementCancelled):
        session.run(["1"])
    assert [p["Id"] for name, p in glue.calls if name == "CancelStatement"] == [7]
    # A statement that nobody cancels is waited for, and costs its session.
    assert glue.count()["StopSession"] == 0


def test_a_session_whose_creation_was_interrupted_is_stopped(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, session = leased(glue)

    def interrupted(_client: object, _request: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(GlueClient, "create_session", interrupted)
        with pytest.raises(KeyboardInterrupt):
            session.run(["1"])
    assert glue.count()["StopSession"] == 1


def test_a_session_that_glue_refused_is_not_stopped(glue: Glue) -> None:
    glue.script["CreateSession"] = ["AccessDeniedException"]
    with pytest.raises(SessionStartError, match="iam:PassRole"):
        leased(glue)[1].run(["1"])
    assert glue.count()["StopSession"] == 0


def test_a_session_of_another_process_is_not_stopped(glue: Glue) -> None:
    glue.script["GetSession"] = ["EntityNotFoundException", session_in("FAILED")]
    glue.script["CreateSession"] = ["AlreadyExistsException"]
    with pytest.raises(SessionStartError):
        leased(glue, glue_session_reuse=True)[1].run(["1"])
    assert glue.count()["StopSession"] == 0


def test_old_data_is_no_reason_for_a_new_session(glue: Glue) -> None:
    pool, session = leased(glue)
    session.run(["1"])
    pool.give_back(session)
    pool.removals.later({"root": "s3://b/x", "folders": ["v1"]})
    glue.script["RunStatement"] = ["IllegalSessionStateException"]
    pool.stop_all()
    assert glue.count()["CreateSession"] == 1


def test_a_session_that_never_stops_is_not_waited_for_without_end(glue: Glue) -> None:
    glue.script["GetSession"] = [session_in("STOPPING")]
    with pytest.raises(SessionStartError, match="still STOPPING after"):
        leased(glue, glue_session_reuse=True, session_provisioning_timeout_in_seconds=1)[1].run(
            ["1"]
        )
    assert glue.count()["CreateSession"] == 0


def test_waiting_for_a_session_to_stop_can_be_interrupted(glue: Glue) -> None:
    _, session = leased(glue, glue_session_reuse=True)
    glue.script["GetSession"] = [
        session_in("STOPPING"),
        lambda: (session.interrupt(), session_in("STOPPING"))[1],
        session_in("STOPPING"),
    ]
    with pytest.raises(StatementCancelled):
        session.run(["1"])


def test_what_a_session_says_of_itself_is_logged_once(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(life.logger, "warning", said.append)
    note = "Glue 4.0 runs Spark 3.3.0; here it is another"
    glue.script["GetSession"] = [session_in("READY", Description=f"dbt; {note}")]
    pool, session = leased(glue)
    session.run(["1"])
    pool.lease(session.environment).run(["1"])
    assert said == [note]


def test_a_proxy_of_the_machine_is_not_asked_for_loopback(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert leased(glue)[1].run(["1"]).status == "ok"
    assert glue.count()["CreateSession"] == 1


def test_a_bootstrap_that_never_ends_is_no_reason_to_wait_without_end(glue: Glue) -> None:
    glue.script["GetStatement"] = [
        lambda: statement_in("CANCELLED" if glue.count()["CancelStatement"] else "RUNNING")
    ]
    with pytest.raises(SessionStartError, match="did not load the dbt runtime within 1 s"):
        leased(glue, session_provisioning_timeout_in_seconds=1)[1].run(["1"])
    assert glue.count()["StopSession"] == 1


def test_a_session_that_cannot_be_stopped_while_it_starts_is_stopped_then(glue: Glue) -> None:
    pool, session = leased(glue)
    session.run(["1"])
    glue.script["GetSession"] = [session_in("PROVISIONING"), session_in("READY")]
    glue.script["StopSession"] = ["IllegalSessionStateException"] * 2 + [{"Id": "s"}]
    pool.stop_all()
    assert glue.count()["StopSession"] == 3


def test_a_session_that_has_ended_is_not_stopped_again(glue: Glue) -> None:
    pool, session = leased(glue)
    session.run(["1"])
    glue.script["GetSession"] = [session_in("STOPPED")]
    glue.script["StopSession"] = ["IllegalSessionStateException"]
    pool.stop_all()
    assert glue.count()["StopSession"] == 1


def test_an_interrupt_reaches_all_sessions_at_once(glue: Glue) -> None:
    pool, first = leased(glue)
    sessions = [first, *(pool.lease(first.environment) for _ in range(3))]
    for session in sessions:
        session.run(["1"])
    together = threading.Barrier(len(sessions))
    looked: set[str] = set()
    cancelled: set[str] = set()
    at_work = threading.Event()
    refused: list[bool] = []

    def look(asked: dict[str, Any]) -> Any:
        looked.add(asked["SessionId"])
        if len(looked) == len(sessions):
            at_work.set()
        return statement_in("CANCELLED" if asked["SessionId"] in cancelled else "RUNNING")

    def cancel(asked: dict[str, Any]) -> Any:
        refused.append(all(session._interrupted.is_set() for session in sessions))
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(10)
        cancelled.add(asked["SessionId"])
        return {}

    glue.script.update(GetStatement=[look], CancelStatement=[cancel])
    with ThreadPoolExecutor() as threads:
        running = [threads.submit(session.run, ["1"]) for session in sessions]
        assert at_work.wait(30)
        pool.interrupt()
        for each in running:
            with pytest.raises(StatementCancelled):
                each.result()
    assert not together.broken
    assert refused == [True] * len(sessions)


def test_a_statement_has_its_time_to_react_from_the_interrupt_on(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "CANCEL_PATIENCE", 0.6)
    _, session = leased(glue)
    session.run(["1"])
    interrupted_at = time.monotonic() + 1.0
    reacts = iter(["CANCELLING", "CANCELLED"])

    def look() -> Any:
        if glue.count()["CancelStatement"]:
            return statement_in(next(reacts))
        if time.monotonic() > interrupted_at:
            session.interrupt()
        return statement_in("RUNNING")

    glue.script["GetStatement"] = [look]
    with pytest.raises(StatementCancelled):
        session.run(["1"])
    assert glue.count()["StopSession"] == 0
