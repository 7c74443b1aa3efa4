"""How many looks a process has a second: bounded over all threads, fewer where AWS throttles, none of them lost."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.errors import StatementCancelled
from dbt.adapters.glue.sessions import polling, retries
from dbt.adapters.glue.sessions.polling import Pace
from tests.unit.adapter.scripted_glue import OK, Glue, clients, leased, statement_in

TAKES = 0.6
"""Seconds that a statement takes, and a call of Glue."""
LATENCY = 0.01


class FarGlue:
    """Statements that take time, behind a network; of GetStatement it answers so many a second."""

    def __init__(self, glue: Glue, quota: float | None) -> None:
        self.looks: list[float] = []
        self.refused = 0
        self._quota = quota
        self._tokens, self._filled = quota or 0.0, time.monotonic()
        self._began: dict[tuple[str, int], float] = {}
        self._lock = threading.Lock()
        glue.script.update(
            GetSession=[lambda p: {"Session": {"Id": p["Id"], "Status": "READY"}}],
            RunStatement=[self.run],
            GetStatement=[self.look],
        )

    def run(self, parameters: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            number = sum(name == parameters["SessionId"] for name, _ in self._began)
            self._began[parameters["SessionId"], number] = time.monotonic()
        return {"Id": number}

    def look(self, parameters: dict[str, Any]) -> Any:
        time.sleep(LATENCY)
        now = time.monotonic()
        with self._lock:
            self.looks.append(now)
            if self._quota is not None:
                self._tokens = min(self._quota, self._tokens + (now - self._filled) * self._quota)
                self._filled = now
                if self._tokens < 1:
                    self.refused += 1
                    return "ThrottlingException"
                self._tokens -= 1
        ended = now - self._began[parameters["SessionId"], parameters["Id"]] > TAKES
        state = "AVAILABLE" if ended else "RUNNING"
        return {"Statement": {"Id": parameters["Id"], "State": state, "Output": OK}}

    def most_in_a_second(self) -> int:
        return max(sum(0 <= other - each < 1 for other in self.looks) for each in self.looks)


def run_all(glue: Glue, threads: int) -> Pace:
    pace = Pace(near=False)
    pool, first = leased(glue, pace=pace)
    sessions = [first, *(pool.lease(first.environment) for _ in range(threads - 1))]
    with ThreadPoolExecutor(threads) as running:
        results = [*running.map(lambda session: session.run(["1"]), sessions)]
    assert [result.status for result in results] == ["ok"] * threads
    return pace


@pytest.mark.parametrize("threads", [1, 8, 32])
def test_looks_are_bounded_over_all_threads(
    glue: Glue, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr(polling, "LOOKS", 25.0)
    far = FarGlue(glue, quota=None)
    run_all(glue, threads)
    assert far.most_in_a_second() <= 30
    assert len(far.looks) / threads < 12


def test_a_throttled_account_is_asked_less(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LOOKS", 25.0)
    far = FarGlue(glue, quota=10.0)
    pace = run_all(glue, 16)
    assert pace.rate < 25
    assert far.refused < len(far.looks) / 3, (far.refused, len(far.looks))
    assert glue.count()["StopSession"] == 0


def test_the_pace_falls_and_recovers() -> None:
    now = [0.0]
    pace = Pace(near=False, clock=lambda: now[0])
    most = pace.rate
    for _ in range(20):
        pace.throttled()  # many threads at once are told the same
    assert pace.rate == most / 2
    now[0] = 1.5
    pace.throttled()
    assert pace.rate < most / 3
    now[0] = 100.0
    pace.turn()
    assert pace.rate == most


def test_looks_that_are_late_are_not_made_at_once() -> None:
    """Each of five threads waits for its turn when the machine stands still for ten seconds."""
    now, looked = [0.0], []
    pace = Pace(near=False, clock=lambda: now[0])
    pace.turn()

    class StandsStill(threading.Event):
        def __init__(self, others: int) -> None:
            super().__init__()
            self._waits, self._others = 0, others

        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            self._waits += 1
            if self._waits == 2 and self._others:
                look(self._others - 1)
            elif self._waits == 2:
                now[0] += 10.0
            else:
                now[0] += timeout
            return False

    def look(others: int) -> None:
        assert not pace.pause(0.0, StandsStill(others))
        looked.append(now[0])

    look(4)
    assert looked == pytest.approx([10.0, 10.1, 10.2, 10.3, 10.4])


def test_on_this_machine_only_a_throttled_call_bounds_it() -> None:
    pace = Pace(near=True)
    never = threading.Event()
    began = time.monotonic()
    for _ in range(1000):
        assert not pace.pause(0.0, never)
    assert time.monotonic() - began < 5
    pace.throttled()
    assert pace.rate < float("inf")
    assert next(pace.intervals(5.0)) < 0.02


def test_calls_of_the_catalog_take_no_looks(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "LONGEST", 0.01)
    pace = Pace(near=False, clock=lambda: 0.0)
    aws = clients(glue, pace=pace)
    glue.script["UpdateTable"] = [*["ThrottlingException"] * 5, {}]
    DataCatalog(lambda: aws.catalog).update_table("d", {"Name": "t"})
    assert pace.turn() < 0.5


def test_a_throttled_look_waits_no_longer_than_any_call(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "LONGEST", 0.01)
    pace = Pace(near=False)
    for _ in range(600):
        pace.turn()
    glue.script["GetStatement"] = ["ThrottlingException", statement_in("AVAILABLE")]
    began = time.monotonic()
    clients(glue, pace=pace).sessions.get_statement("s", 1)
    assert time.monotonic() - began < 20


def test_an_interrupted_statement_waits_for_no_turn(glue: Glue) -> None:
    pace = Pace(near=False)
    _, session = leased(glue, pace=pace)
    session.run(["1"])

    def interrupted() -> Any:
        if glue.count()["CancelStatement"]:
            return statement_in("CANCELLED")
        for _ in range(600):
            pace.turn()
        session.interrupt()
        return statement_in("RUNNING")

    glue.script["GetStatement"] = [interrupted]
    began = time.monotonic()
    with pytest.raises(StatementCancelled):
        session.run(["1"])
    assert time.monotonic() - began < 20
