"""A switch that a run on another machine has begun: how often it is looked at while it is waited for."""

from __future__ import annotations

from typing import Any

import pytest
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue import replacement as replacements
from dbt.adapters.glue import staged_tables
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.replacement import OWNER, Replacement
from dbt.adapters.glue.sessions.runs import Run
from dbt.adapters.glue.staged_tables import MAKER, Makers, Seen
from dbt.adapters.glue.switch_steps import LOCK, MARK
from dbt.adapters.glue.versions import new_version

TARGET, STAGING = ("s", "t"), ("s", "t__dbt_new_01234567")
WORD = "r0badcafe"  # no file of this machine has this name


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Sessions:
    """The account's; each look at them is counted."""

    def __init__(self, *ids: str) -> None:
        self.ids: list[str] | None = list(ids)
        self.looks = 0

    def __call__(self) -> list[str]:
        self.looks += 1
        if self.ids is None:
            raise GlueApiError("no", "AccessDeniedException")
        return self.ids


class Catalog:
    def __init__(self, staged: Any) -> None:
        self.staged = staged
        self.looks = 0

    def table(self, _database: str, _name: str) -> Any:
        self.looks += 1
        return self.staged


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(replacements, "time", clock)
    monkeypatch.setattr(staged_tables, "time", clock)
    return clock


def staged(word: str = WORD) -> Any:
    return {
        "Name": STAGING[1],
        "StorageDescriptor": {"Location": f"s3://b/s/t/{new_version('0123abcd', word)}"},
        "Parameters": {OWNER: "s.t", MAKER: word, MARK: "s.t"},
    }


def test_the_longer_it_takes_the_less_often_it_is_looked_at(clock: Clock) -> None:
    sessions, found = Sessions(f"dbt-glue-0-{WORD}0123"), staged()
    catalog = Catalog(found)
    makers = Makers(Run(), sessions, 3600.0)
    replacement = Replacement(catalog, lambda _request: None, makers.is_at_work)  # type: ignore[arg-type]
    seen = Seen({"Name": "t", "Parameters": {LOCK: ".".join(STAGING)}}, {STAGING: found})
    with pytest.raises(DbtRuntimeError, match="another run has been switching"):
        replacement.settle(TARGET, seen)
    assert sum(clock.waits) >= replacements.WAIT_SECONDS
    assert clock.waits[0] < 1
    assert max(clock.waits) == 5.0
    assert catalog.looks < 140
    assert sessions.looks <= replacements.WAIT_SECONDS / 15 + 1


def test_a_run_that_was_at_work_seconds_ago_is_not_asked_for_again(clock: Clock) -> None:
    sessions = Sessions(f"dbt-glue-0-{WORD}0123")
    makers = Makers(Run(), sessions, 3600.0)
    for _ in range(5):
        assert makers.is_at_work(staged())
    assert sessions.looks == 1
    sessions.ids = []
    clock.sleep(15)
    assert not makers.is_at_work(staged())
    assert sessions.looks == 2


def test_a_run_that_began_since_the_last_look_is_not_taken_for_ended(clock: Clock) -> None:
    sessions = Sessions(f"dbt-glue-0-{WORD}0123")
    makers = Makers(Run(), sessions, 3600.0)
    assert makers.is_at_work(staged())
    sessions.ids = [f"dbt-glue-0-{WORD}0123", "dbt-glue-0-r0badbeef0123"]
    assert makers.is_at_work(staged("r0badbeef"))
    assert sessions.looks == 2


def test_sessions_that_cannot_be_listed_are_not_asked_for_all_the_time(clock: Clock) -> None:
    sessions = Sessions()
    sessions.ids = None
    makers = Makers(Run(), sessions, 3600.0)
    for _ in range(5):
        assert makers.is_at_work(staged())  # made just now
    assert sessions.looks == 1
    clock.sleep(15)
    assert makers.is_at_work(staged())
    assert sessions.looks == 2
