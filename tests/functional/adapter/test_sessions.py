"""The life of sessions: made once, shared, found again, lost, cancelled, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.cursor import GlueHandle
from dbt.adapters.glue.errors import (
    GlueApiError,
    SessionLost,
    SessionStartError,
    StatementCancelled,
    StatementTimeout,
)
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dbt.adapters.glue.credentials import GlueCredentials

pytestmark = pytest.mark.spark

BUSY = "import time\nwhile True:\n    time.sleep(0.05)"


def value(handle: GlueHandle, sql: str) -> Any:
    cursor = handle.cursor()
    cursor.execute(sql)
    row = cursor.fetchone()
    return row[0] if row else None


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_busy(statements: list[dict[str, Any]]) -> bool:
    """Whether a statement runs that is not the bootstrap, which is the first."""
    return any(s["State"] == "RUNNING" and s["Id"] > 0 for s in statements)


def opened(credentials: GlueCredentials) -> tuple[SessionPool, GlueHandle]:
    pool = SessionPool(AwsClients(credentials).sessions, credentials)
    return pool, GlueHandle(pool, Environment.of(credentials), "default")


def state(credentials: GlueCredentials, session_id: str) -> str | None:
    found = AwsClients(credentials).sessions.get_session(session_id)
    return None if found is None else str(found["Status"])


def test_nothing_starts_before_it_is_needed(handle: GlueHandle, wire: Any) -> None:
    handle.session()
    assert wire.calls == []


def test_threads_take_idle_sessions_instead_of_new_ones(
    pool: SessionPool, credentials: GlueCredentials, wire: Any
) -> None:
    environment = Environment.of(credentials)

    def work() -> None:
        handle = GlueHandle(pool, environment, "default")
        assert value(handle, "select 1") == 1
        handle.close()

    for _ in range(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert wire.count()["CreateSession"] == 1


def test_two_threads_at_once_have_two_sessions(
    pool: SessionPool, credentials: GlueCredentials
) -> None:
    environment = Environment.of(credentials)
    first, second = (GlueHandle(pool, environment, "default") for _ in range(2))
    assert first.session() is not second.session()
    assert first.session(environment.with_packages(["left-pad"])) is not first.session()


def test_sessions_are_stopped_at_the_end(credentials: GlueCredentials) -> None:
    pool, handle = opened(credentials)
    assert value(handle, "select 1") == 1
    session_id = handle.session().id
    assert session_id is not None
    pool.stop_all()
    until(lambda: state(credentials, session_id) in ("STOPPED", "STOPPING", None))


def test_a_named_session_is_kept_and_found_again(credentials: GlueCredentials, wire: Any) -> None:
    named = replace(
        credentials, glue_session_reuse=True, glue_session_id=f"kept-{uuid.uuid4().hex[:8]}"
    )
    try:
        pool, handle = opened(named)
        handle.run(["kept = 41"])
        pool.stop_all()
        assert state(named, str(named.glue_session_id)) == "READY"

        pool, handle = opened(named)
        assert handle.run(["kept + 1"]).text.strip() == "42"
        assert wire.count()["CreateSession"] == 1
        second = GlueHandle(pool, Environment.of(named), "default")
        assert value(second, "select 2") == 2
        assert second.session().id == f"{named.glue_session_id}__2"
    finally:
        client = AwsClients(named).sessions
        client.stop_session(str(named.glue_session_id))
        client.stop_session(f"{named.glue_session_id}__2")


def test_a_named_session_that_has_ended_is_made_anew(credentials: GlueCredentials) -> None:
    named = replace(
        credentials, glue_session_reuse=True, glue_session_id=f"ended-{uuid.uuid4().hex[:8]}"
    )
    client = AwsClients(named).sessions
    try:
        _, handle = opened(named)
        assert value(handle, "select 1") == 1
        client.stop_session(str(named.glue_session_id))
        until(lambda: state(named, str(named.glue_session_id)) == "STOPPED")
        _, handle = opened(named)
        assert value(handle, "select 2") == 2
    finally:
        client.stop_session(str(named.glue_session_id))


def test_a_named_session_of_another_kind_is_refused(credentials: GlueCredentials) -> None:
    named = replace(
        credentials, glue_session_reuse=True, glue_session_id=f"other-{uuid.uuid4().hex[:8]}"
    )
    client = AwsClients(named).sessions
    try:
        _, handle = opened(named)
        assert value(handle, "select 1") == 1
        _, other = opened(replace(named, packages=["left-pad==1.0"]))
        with pytest.raises(SessionStartError, match="additional-python-modules"):
            value(other, "select 1")
        assert state(named, str(named.glue_session_id)) == "READY"
    finally:
        client.stop_session(str(named.glue_session_id))


def test_an_error_about_a_session_never_costs_the_session(
    credentials: GlueCredentials, wire: Any
) -> None:
    named = replace(
        credentials, glue_session_reuse=True, glue_session_id=f"safe-{uuid.uuid4().hex[:8]}"
    )
    client = AwsClients(named).sessions
    try:
        pool, handle = opened(named)
        handle.run(["precious = 1"])
        pool.stop_all()

        wire.fail_next("GetSession", "ThrottlingException", "slow down")
        _, handle = opened(named)
        assert handle.run(["precious"]).text.strip() == "1"

        wire.fail_next("GetSession", "AccessDeniedException", "not yours")
        _, handle = opened(named)
        with pytest.raises(GlueApiError, match="not yours"):
            value(handle, "select 1")
        assert wire.count()["DeleteSession"] == 0
        assert state(named, str(named.glue_session_id)) == "READY"
    finally:
        client.stop_session(str(named.glue_session_id))


@pytest.mark.parametrize("code", ["ThrottlingException", "SessionBusyException"])
def test_a_statement_that_glue_has_no_room_for_is_offered_again(
    handle: GlueHandle, wire: Any, code: str
) -> None:
    assert value(handle, "select 1") == 1
    wire.fail_next("RunStatement", code, "slow down")
    assert value(handle, "select 2") == 2


def test_a_lost_answer_does_not_run_a_statement_twice(handle: GlueHandle, wire: Any) -> None:
    handle.run(["runs = []"])
    wire.lose_next_answer("RunStatement")
    handle.run(["runs.append(1)"])
    assert handle.run(["len(runs)"]).text.strip() == "1"
    assert wire.count()["ListStatements"] >= 1


def test_a_throttled_poll_is_only_a_delay(handle: GlueHandle, wire: Any) -> None:
    assert value(handle, "select 1") == 1
    wire.fail_next("GetStatement", "ThrottlingException", "slow down")
    assert value(handle, "select 2") == 2


def test_a_session_that_ended_between_statements_is_replaced(
    handle: GlueHandle, credentials: GlueCredentials, wire: Any
) -> None:
    assert value(handle, "select 1") == 1
    AwsClients(credentials).sessions.stop_session(str(handle.session().id))
    assert value(handle, "select 2") == 2
    assert wire.count()["CreateSession"] == 2


def test_a_session_that_dies_under_a_statement_is_an_error_and_the_next_works(
    handle: GlueHandle, credentials: GlueCredentials, wire: Any
) -> None:
    assert value(handle, "select 1") == 1
    session_id = str(handle.session().id)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            handle.run([BUSY])
        except BaseException as error:  # noqa: BLE001 - handed to the test's thread
            failures.append(error)

    thread = threading.Thread(target=work)
    before = len(wire.statements())
    thread.start()
    until(lambda: len(wire.statements()) > before)
    AwsClients(credentials).sessions.stop_session(session_id)
    thread.join(60)
    assert isinstance(failures[0], (SessionLost, StatementCancelled))
    assert len([code for code in wire.statements() if code == BUSY]) == 1
    assert value(handle, "select 3") == 3


def test_a_statement_over_its_time_is_cancelled(handle: GlueHandle) -> None:
    assert value(handle, "select 1") == 1
    with pytest.raises(StatementTimeout, match=r"0\.5 s"):
        handle.run([BUSY], timeout=0.5)
    assert value(handle, "select 2") == 2


def test_an_interrupt_cancels_and_refuses_what_follows(
    pool: SessionPool, handle: GlueHandle
) -> None:
    assert value(handle, "select 1") == 1
    threading.Timer(0.5, pool.interrupt).start()
    with pytest.raises(StatementCancelled):
        handle.run([BUSY])
    with pytest.raises(StatementCancelled):
        handle.run(["1"])


SLOW_MODEL = "{{ config(materialized='table') }}\nselect sum(a.id * b.id) as n from range(4000000) a cross join range(4000000) b"


def test_ctrl_c_cancels_stops_and_leaves_the_old_table(
    project_dir: Path, credentials: GlueCredentials
) -> None:
    model = project_dir / "models" / "slow.sql"
    model.write_text("{{ config(materialized='table') }}\nselect 1 as n")
    arguments = [
        sys.executable,
        "-m",
        "dbt.cli.main",
        "run",
        "--profiles-dir",
        ".",
        "--project-dir",
        ".",
    ]
    environment = {**os.environ, "DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1"}
    subprocess.run(arguments, cwd=project_dir, env=environment, check=True, capture_output=True)

    model.write_text(SLOW_MODEL)
    running = subprocess.Popen(
        [*arguments, "--log-level-file", "debug"],
        cwd=project_dir, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    log: list[str] = []
    try:
        for line in running.stdout:
            log.append(line)
            if " ready after " in line:
                break
        session_id = log[-1].split("Glue session ")[1].split()[0]
        glue = AwsClients(credentials, str(project_dir)).catalog
        until(lambda: is_busy(glue.list_statements(SessionId=session_id)["Statements"]))
        running.send_signal(signal.SIGINT)
        began = time.monotonic()
        rest, _ = running.communicate(timeout=60)
    finally:
        running.kill()
    output = "".join(log) + rest
    assert time.monotonic() - began < 30, output
    assert running.returncode != 0
    assert "Stopped Glue session" in output
    shown = subprocess.run(
        [*arguments[:3], "show", "--inline", "select * from {{ ref('slow') }}", *arguments[4:]],
        cwd=project_dir, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "| 1 |" in shown.stdout.replace("  ", " ")
