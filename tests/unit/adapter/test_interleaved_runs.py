"""Appends and merges of one partitioned table, call by call in every order that chance makes, with kills: no row is lost or doubled."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from dbt_common.exceptions import DbtRuntimeError

from tests.unit.adapter.partitioned_lake import TARGET, Killed, Lake

if TYPE_CHECKING:
    from collections.abc import Callable

LAST = "r000000c1"
"""The run that comes when all others have ended."""


class Actor(threading.Thread):
    """A run: it goes on for one call when it is let, and is told to end by `is_killed`."""

    def __init__(self, run: str, rows: dict[str, list[str]], work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.run_word, self.rows, self._work = (
            run,
            sorted(row for each in rows.values() for row in each),
            work,
        )
        self.is_killed, self.is_done, self.result = False, False, ""
        self._go, self._stands = threading.Semaphore(0), threading.Semaphore(0)

    def run(self) -> None:
        self._go.acquire()
        try:
            self._work()
            self.result = "ok"
        except (Killed, DbtRuntimeError) as error:
            self.result = str(error) or "killed"
        except Exception as error:  # noqa: BLE001 - shown by the test
            self.result = f"broken: {error!r}"
        self.is_done = True
        self._stands.release()

    def wait(self) -> None:
        """Called by the run itself before each call."""
        self._stands.release()
        self._go.acquire()
        if self.is_killed:
            raise Killed

    def go_on(self) -> None:
        self._go.release()
        assert self._stands.acquire(timeout=60)


class Play:
    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.lake = Lake(["a", "d"])
        self.actors: list[Actor] = []
        self._kills = (0.0, 0.0, 0.004, 0.015)[seed % 4]
        self._now: Actor | None = None
        for kind in ("append", "append", "merge", *(["merge"] if seed % 2 else [])):
            self._add(kind)

    def _add(self, kind: str) -> None:
        number = len(self.actors)
        run = f"r000000a{number}"
        parts = self.draw.sample("abc", self.draw.randint(1, 3))
        rows = {value: [f"{kind} {number} {value}"] for value in parts}
        work = self._append if kind == "append" else self._merge
        self.actors.append(Actor(run, rows, lambda: work(run, rows)))

    def settle(self, run: str) -> None:
        self.lake.replacement(run).settle(TARGET)
        self.lake.appends(run).settle(TARGET, None)

    def _append(self, run: str, rows: dict[str, list[str]]) -> None:
        self.settle(run)
        self.lake.appends(run).publish(TARGET, self.lake.stage_append(run, rows))

    def _merge(self, run: str, rows: dict[str, list[str]]) -> None:
        self.settle(run)
        if not any(self.lake.build(run, rows)() for _ in range(5)):
            raise DbtRuntimeError("overtaken each time")

    def play(self) -> None:
        self.lake.before = self.lake.reads = lambda _call: self._now and self._now.wait()
        for actor in self.actors:
            actor.start()
        while left := [actor for actor in self.actors if not actor.is_done]:
            if self._now not in left or self.draw.random() < 0.35:
                self._now = self.draw.choice(left)
            assert self._now is not None
            self._now.is_killed = self.draw.random() < self._kills
            self._now.go_on()
            if self._now.is_done:
                self.lake.dead.add(self._now.run_word)
        self.lake.before = self.lake.reads = lambda _call: None
        for _ in range(2):
            self.settle(LAST)


@pytest.mark.parametrize("hundred", range(4))
def test_nothing_is_lost_or_doubled(hundred: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    ended: Counter[str] = Counter()
    for seed in range(100 * hundred, 100 * hundred + 100):
        play = Play(seed)
        play.play()
        results = {actor.run_word: actor.result for actor in play.actors}
        found = Counter(play.lake.rows())
        told = (seed, results, found)
        assert not [each for each in results.values() if each.startswith("broken")], told
        assert set(found.values()) == {1}, told
        assert {"old a", "old d"} <= set(found), told
        for actor in play.actors:
            assert actor.result != "ok" or set(actor.rows) <= set(found), told
        assert play.lake.staged() == [], told
        ended.update(each.partition(" ")[0] for each in results.values())
    assert ended["ok"] > 200, ended
    assert len(ended) > 1
