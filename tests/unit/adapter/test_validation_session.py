"""A validation that is cancelled and does not react: what becomes of its session, kept or not, by who else works in it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest

from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool
from dbt.adapters.glue.validation import session as validation
from dbt.adapters.glue.validation.session import Cancelled, ValidationSession
from tests.unit.adapter.scripted_glue import Glue, clients, statement_in

if TYPE_CHECKING:
    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.impl import GlueAdapter

OTHERS = {"Statements": [{"Id": 7, "State": "RUNNING", "Code": "by hand"}]}


class Connections(NamedTuple):
    pool: SessionPool


class Adapter(NamedTuple):
    """What a validation asks of the adapter."""

    credentials: GlueCredentials
    connections: Connections


def cancelled(glue: Glue, **fields: Any) -> list[str]:
    """Cancel a validation whose statement goes on whatever it is told; the states that were told of the session."""
    aws = clients(glue, **fields)
    pool = SessionPool(aws.sessions, aws._credentials)
    glue.pools.append(pool)
    adapter = cast("GlueAdapter", Adapter(aws._credentials, Connections(pool)))
    environment = Environment.of(adapter.credentials)
    told: list[str] = []
    found = ValidationSession(lambda: adapter, lambda state, _: told.append(state))
    cancel = threading.Event()
    found.start(environment, cancel)

    def running() -> dict[str, Any]:
        cancel.set()  # as soon as the statement is seen to run
        ended = glue.count()["StopSession"] > 0
        return statement_in("CANCELLED" if ended else "RUNNING")

    glue.script["GetStatement"] = [running]
    with pytest.raises(Cancelled):
        found.ask(["2"], "nonce", environment, cancel, print)
    return told


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "CANCEL_PATIENCE", 0.3)
    monkeypatch.setattr(validation, "CANCEL_AGAIN", 0.02)


@pytest.mark.timeout(30)
def test_a_kept_session_goes_on_for_the_statements_of_others(glue: Glue) -> None:
    glue.script["ListStatements"] = [{"Statements": []}, OTHERS]
    told = cancelled(glue, glue_session_reuse=True, glue_session_id="mine")
    assert glue.count()["CancelStatement"] == 1
    assert glue.count()["StopSession"] == 0
    assert told[-1] == "failed"  # for this process: the next validation takes another one


@pytest.mark.timeout(30)
@pytest.mark.parametrize("fields", [{}, {"glue_session_reuse": True, "glue_session_id": "mine"}])
def test_a_session_in_which_nobody_else_works_is_stopped(
    glue: Glue, fields: dict[str, Any]
) -> None:
    cancelled(glue, **fields)
    assert glue.count()["CancelStatement"] == 1
    assert glue.count()["StopSession"] == 1
