"""Kept sessions: what becomes of statements that still run in one, by whose they are."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.errors import GlueApiError, StatementTimeout
from dbt.adapters.glue.sessions import kept, session, watch
from dbt.adapters.glue.sessions.runs import Run
from tests.unit.adapter.scripted_glue import Glue, leased, statement_in

if TYPE_CHECKING:
    from collections.abc import Iterator


def active(code: str, state: str = "RUNNING") -> dict[str, Any]:
    return {"Statements": [{"Id": 3, "State": state, "Code": code}]}


def code_of(process: int, word: str = "") -> str:
    mark = f"{kept._machine()} {process} {kept._began(process)} {word}".rstrip()
    return f"x\n# dbt-glue-python {mark}\n"


class KeptStatements:
    """What was sent to each session: all of it has ended, and is listed."""

    def __init__(self, glue: Glue) -> None:
        self.of: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        glue.script.update(RunStatement=[self.run], ListStatements=[self.list])

    def run(self, parameters: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            codes = self.of.setdefault(parameters["SessionId"], [])
            codes.append(parameters["Code"])
            return {"Id": len(codes) - 1}

    def list(self, parameters: dict[str, Any]) -> dict[str, Any]:
        codes = [*self.of.get(parameters["SessionId"], ())]
        found = [{"Id": n, "State": "AVAILABLE", "Code": code} for n, code in enumerate(codes)]
        return {"Statements": found[::-1]}


# Runs a statement in the kept session `mine`, says in which session that was, and lives until it is told to end.
ANOTHER_DBT = """
import sys
from types import SimpleNamespace
from tests.unit.adapter.scripted_glue import leased

glue = SimpleNamespace(url=sys.argv[1], pools=[])
pool, session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
session.run(["1"])
print(">", session.id, flush=True)
sys.stdin.readline()
pool.stop_all()
print("> its run has ended", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def another_dbt(glue: Glue) -> Iterator[Any]:
    """Starts a process that runs a statement in the kept session, and gives it once that has ended."""
    processes: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", ANOTHER_DBT, glue.url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return next(line for line in process.stdout if line.startswith("> ")).strip("> \n")


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


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
    glue.script["ListStatements"] = [active(others or kept.marked("1", ""))]
    with pytest.raises(StatementTimeout, match="did not react to its cancellation"):
        kept_session.run(["1"], timeout=0.1)
    assert glue.count()["StopSession"] == stopped


def test_a_session_is_not_shared_between_the_statements_of_a_run(
    glue: Glue, another_dbt: Any
) -> None:
    KeptStatements(glue)
    first = another_dbt()
    assert line_of(first) == "mine"
    _, beside = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    beside.run(["1"])
    assert beside.id == "mine__2"

    tell(first)
    assert line_of(first) == "its run has ended"
    _, after = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    after.run(["1"])
    assert after.id == "mine"


def test_a_session_is_not_shared_with_a_killed_run_for_ever(glue: Glue, another_dbt: Any) -> None:
    KeptStatements(glue)
    first = another_dbt()
    assert line_of(first) == "mine"
    first.kill()
    first.wait()
    _, after = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    after.run(["1"])
    assert after.id == "mine"


def test_of_two_that_find_a_session_free_at_once_one_keeps_it(glue: Glue, another_dbt: Any) -> None:
    """Both have listed its statements before the other has sent one."""
    statements = KeptStatements(glue)
    listed = [threading.Event(), threading.Event()]
    looks = iter(range(100))

    def list_together(parameters: dict[str, Any]) -> dict[str, Any]:
        found = statements.list(parameters)
        look = next(looks)
        if look < len(listed):
            listed[look].set()
            assert all(each.wait(30) for each in listed)
        return found

    glue.script["ListStatements"] = [list_together]
    one, two = another_dbt(), another_dbt()
    assert sorted([line_of(one), line_of(two)]) == ["mine", "mine__2"]


def test_a_session_goes_on_for_another_run_that_is_between_two_statements(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "CANCEL_PATIENCE", 0.1)
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    glue.script["GetStatement"] = [statement_in("RUNNING")]
    run = Run(keeps_sessions=True)
    code = f"x\n# dbt-glue-python {'0' * 16} 4711 0 {run.word}\n"
    glue.script["ListStatements"] = [active(code, "AVAILABLE")]
    with pytest.raises(StatementTimeout, match="goes on, for statements of other processes"):
        kept_session.run(["1"], timeout=0.1)
    run.end()
    assert glue.count()["StopSession"] == 0


def test_without_the_permission_to_list_statements_no_session_is_made(glue: Glue) -> None:
    glue.script["ListStatements"] = ["AccessDeniedException"]
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    with pytest.raises(GlueApiError, match="ListStatements"):
        kept_session.run(["1"])
    assert {p["Id"] for name, p in glue.calls if name == "GetSession"} == {"mine"}
    assert glue.count()["CreateSession"] == 0


@pytest.mark.parametrize("code", ["IllegalSessionStateException", "EntityNotFoundException"])
def test_a_session_that_ends_while_it_is_looked_at_is_left_for_another(
    glue: Glue, code: str
) -> None:
    glue.script["ListStatements"] = [code, {"Statements": []}]
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    assert kept_session.id == "mine__2"


def test_where_the_machine_is_not_known_nobody_is_taken_for_dead(
    glue: Glue, other: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without /proc: two machines may have one name, and the other's processes are not seen here."""
    monkeypatch.setattr(kept, "_text", lambda _: "")
    kept._machine.cache_clear()
    code = code_of(other.pid)
    other.communicate(b"\n")
    glue.script["ListStatements"] = [active(code), {"Statements": []}]
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    kept._machine.cache_clear()
    assert kept_session.id == "mine__2"
    assert glue.count()["CancelStatement"] == 0


def test_where_only_its_run_is_known_a_killed_one_is_cancelled(glue: Glue) -> None:
    run = Run(keeps_sessions=True)
    code = f"x\n# dbt-glue-python {'0' * 16} 4711 0 {run.word}\n"
    run.end()
    glue.script["ListStatements"] = [active(code), active(code, "CANCELLED")]
    _, kept_session = leased(glue, glue_session_reuse=True, glue_session_id="mine")
    kept_session.run(["1"])
    assert kept_session.id == "mine"
    assert [p["Id"] for name, p in glue.calls if name == "CancelStatement"] == [3]
