"""Two sessions insert and merge into one table at the same time, as models do; then one of them is killed.

DBT_GLUE_TEST_COMMITS is the number of commits in sum; 200 is that of a thorough run.
"""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import re
import secrets
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.errors import StatementFailed
from tests.functional.adapter.open_sessions import CATALOGS, OpenSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.process.client import EndpointHandle

    from tests.functional.adapter.conftest import Wire

pytestmark = [pytest.mark.spark, pytest.mark.timeout(1800)]

_LOG = logging.getLogger(__name__)

COMMITS = int(os.environ.get("DBT_GLUE_TEST_COMMITS", "8"))
FORMATS = {
    "iceberg": ("iceberg", "iceberg"),
    "delta": ("delta", "delta"),
    "delta in two JVMs": ("delta", "delta,iceberg"),
}
"""The formats of two sessions, the first of which is that of the table. Other formats are another JVM."""

ROWS = "select {writer} writer, {key} key, 0 merged union all select {writer}, -1 - {key}, 0"
MERGE = (
    "merge into {table} t using `{view}` s on t.writer <=> s.writer and t.key <=> s.key "
    "when matched then update set t.merged = t.merged + 1 "
    "when not matched then insert (writer, key, merged) values (s.writer, s.key, s.merged)"
)


@dataclass
class Writer:
    """A session that inserts a row, merges it with another one, and so on: what it is `trying`, and has `said` that it did.

    `again` counts merges that were made again, `refused` those that were given up and told of.
    """

    number: int
    table: str
    session: OpenSession
    said: list[tuple[str, int]] = field(default_factory=list)
    trying: tuple[str, int] = ("insert", 0)
    again: int = 0
    refused: int = 0

    enough: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.run = self.session.run
        self.process = int(self.session.python("import os\nprint(os.getpid())"))

    def work(self, commits: int) -> None:
        for number in range(commits):
            if self.stop.is_set():
                return
            key = number // 2
            self.trying = ("merge" if number % 2 else "insert", key)
            if number + 1 >= COMMITS // 4:
                self.enough.set()
            if number % 2 == 0:
                self.run(f"insert into {self.table} select {self.number}, {key}, 0")
                self.said.append(("insert", key))
            else:
                self.merge(key)

    def merge(self, key: int) -> None:
        try:
            said = self.session.merge(self.table, ROWS.format(writer=self.number, key=key), MERGE)
        except StatementFailed as error:
            if "was changed by another run" not in str(error):
                raise
            self.refused += 1
            return
        for warning in said:
            self.again += int(re.findall(r"(\d+) times?$", warning)[0])
        self.said.append(("merge", key))

    def rows(self, *more: tuple[str, int]) -> set[tuple[int, int, int]]:
        """What its acknowledged commits made, and further ones."""
        said = {*self.said, *more}
        merged = {key for kind, key in said if kind == "merge"}
        made = {(self.number, key, int(key in merged)) for kind, key in said if kind == "insert"}
        return made | {(self.number, -1 - key, 0) for key in merged}


@pytest.fixture(params=FORMATS)
def writers(
    request: pytest.FixtureRequest, wire: Wire, endpoint: EndpointHandle
) -> Iterator[list[Writer]]:
    """Two sessions over a new table."""
    formats = FORMATS[request.param]
    table = f"{CATALOGS[formats[0]]}.written{secrets.token_hex(4)}"
    sessions = [OpenSession(endpoint.url, each) for each in formats]
    found = [Writer(number, table, session) for number, session in enumerate(sessions)]
    found[0].run(f"create table {table} (writer int, key int, merged int) using {formats[0]}")
    yield found
    found[0].run(f"drop table {table}")
    for session in sessions:
        with contextlib.suppress(Exception):  # of a killed one there is nothing to give back
            session.close()


def rows_of(writer: Writer) -> collections.Counter[tuple[Any, ...]]:
    return collections.Counter(writer.run(f"select writer, key, merged from {writer.table}"))


def figures(writers: list[Writer], found: int, began: float) -> None:
    said = sum(len(writer.said) for writer in writers)
    again, refused = sum(w.again for w in writers), sum(w.refused for w in writers)
    _LOG.info("%d commits, %d rows, %d merges made again, %d refused, %.0f s",
              said, found, again, refused, time.monotonic() - began)  # fmt: skip


def test_two_sessions_lose_nothing(writers: list[Writer]) -> None:
    began = time.monotonic()
    threads = [threading.Thread(target=writer.work, args=(COMMITS // 2,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = rows_of(writers[0])
    assert set(found.values()) == {1}
    assert found.keys() == writers[0].rows() | writers[1].rows()
    for writer in writers:
        assert len(writer.said) + writer.refused == COMMITS // 2
    figures(writers, len(found), began)


def test_a_killed_session_loses_nothing(writers: list[Writer]) -> None:
    """In the middle of a statement, most likely: that fails. Between two of them a new session takes over."""
    began = time.monotonic()
    survivor, victim = writers
    ended: list[BaseException] = []

    def work() -> None:
        try:
            victim.work(10_000)
        except Exception as error:  # noqa: BLE001 - it is looked at below
            ended.append(error)
            victim.enough.set()

    surviving = threading.Thread(target=survivor.work, args=(COMMITS // 2,))
    dying = threading.Thread(target=work)
    surviving.start()
    dying.start()
    victim.enough.wait()
    assert not ended
    os.kill(victim.process, signal.SIGKILL)
    surviving.join()
    victim.stop.set()
    dying.join()
    _LOG.info("the killed session: %s", ended or "was replaced between two statements")
    found = rows_of(survivor)
    assert set(found.values()) == {1}
    assert {row for row in found if row[0] == 0} == survivor.rows()
    # The last statement of the victim may have been committed before it could say so.
    others = {row for row in found if row[0] == 1}
    assert others in (victim.rows(), victim.rows(victim.trying))
    figures(writers, len(found), began)
