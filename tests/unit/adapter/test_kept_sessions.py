"""Kept sessions: what becomes of statements that still run in one, by whose they are."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.errors import StatementTimeout
from dbt.adapters.glue.sessions import kept, session, watch
from tests.unit.adapter.scripted_glue import Glue, leased, statement_in

if TYPE_CHECKING:
    from collections.abc import Iterator


def active(code: str, state: str = "RUNNING") -> dict[str, Any]:
    return {"Statements": [{"Id": 3, "State": state, "Code": code}]}


def code_of(process: int) -> str:
    return f"x\n# dbt-glue-python {kept._machine()} {process} {kept._began(process)}\n"


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives until it is told to end."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    if process.poll() is None:
        process.communicate(b"\n")


def test_statements_of_a_dead_process_are_cancelled(
    glue: Glue, other: subprocess.Popen[bytes]
) -> None:
    code = code_of(other.pid)
    other.communicate(b"\n")
    glue.script["ListStatements"] = [active(code), active(code, "CANCELLING"), active(code, "CANCELLED")]  # fmt: skip
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    assert kept_session.id == "mine"
    assert [p["Id"] for name, p in glue.calls if name == "CancelStatement"] == [3]


def test_beside_a_living_process_another_session_is_taken(
    glue: Glue, other: subprocess.Popen[bytes]
) -> None:
    glue.script["ListStatements"] = [active(code_of(other.pid)), {"Statements": []}]
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    assert kept_session.id == "mine__2"
    assert glue.count()["CancelStatement"] == 0


def test_beside_who_is_not_known_another_session_is_taken(glue: Glue) -> None:
    glue.script["ListStatements"] = [active("by hand"), {"Statements": []}]
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    assert kept_session.id == "mine__2"


def test_a_session_that_gets_busy_meanwhile_is_left_for_another(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "QUEUE_PATIENCE", 0.05)
    glue.script["GetStatement"] = [
        lambda p: statement_in("WAITING" if p["SessionId"] == "mine" else "AVAILABLE")
    ]
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    assert kept_session.id == "mine__2"
    assert [p["SessionId"] for name, p in glue.calls if name == "CancelStatement"] == ["mine"]


def test_threads_never_take_the_same_session(glue: Glue) -> None:
    glue.script["ListStatements"] = [active("by hand"), {"Statements": []}]
    pool, first = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    second = pool.lease(first.environment)
    first.run(["1"])
    second.run(["1"])
    assert {first.id, second.id} == {"mine__3", "mine__2"}


@pytest.mark.parametrize(("others", "stopped"), [("by hand", 0), (None, 1)])
def test_a_statement_that_does_not_end_costs_only_its_own_session(
    glue: Glue, monkeypatch: pytest.MonkeyPatch, others: str | None, stopped: int
) -> None:
    monkeypatch.setattr(watch, "CANCEL_PATIENCE", 0.1)
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    glue.script["GetStatement"] = [statement_in("RUNNING")]
    glue.script["ListStatements"] = [active(others or kept.marked("1"))]
    with pytest.raises(StatementTimeout, match="did not react to its cancellation"):
        kept_session.run(["1"], timeout=0.1)
    assert glue.count()["StopSession"] == stopped
