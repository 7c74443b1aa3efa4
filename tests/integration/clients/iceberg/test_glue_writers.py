"""Two processes write one Iceberg table through the endpoint's catalog: nothing that was acknowledged is lost."""

from __future__ import annotations

import collections
import json
import logging
import os
import signal
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clients.iceberg.lake import BUCKET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.clients.iceberg.lake import Lake

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

_LOG = logging.getLogger(__name__)

COMMITS = int(os.environ.get("DBT_GLUE_TEST_COMMITS", "16"))
"""Inserts and merges of both writers in sum; 200 is the number of a thorough run."""

_PROGRAM = Path(__file__).parents[1] / "programs" / "iceberg_writer.py"


class Writer:
    """A process with a Spark of its own; its lines are what it was acknowledged."""

    def __init__(self, command: list[str], variables: dict[str, str], folder: Path) -> None:
        self._errors = folder / "errors"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), **variables},
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self.acknowledged: list[dict[str, Any]] = []

    def read(self) -> dict[str, Any]:
        """Its next line; one of a commit is kept."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._errors.read_text(errors="replace")[-4000:]
        said: dict[str, Any] = json.loads(line)
        if "kind" in said:
            self.acknowledged.append(said)
        return said

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def read_to(self, word: str) -> dict[str, Any]:
        """Its first line with this word."""
        while word not in (said := self.read()):
            pass
        return said

    def kill(self) -> None:
        """`kill -9` of it and its JVM; what it had said by then is read."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):
                self.acknowledged.append(json.loads(line))

    def end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@pytest.fixture
def table(lake: Lake, namespace: str) -> str:
    """A table to which writers come back as often as it takes."""
    fields = [
        lake.types.NestedField.optional(number, name, lake.types.IntegerType.get())
        for number, name in enumerate(("writer", "key", "merged"), 1)
    ]
    settings = {"commit.retry.num-retries": "1000", "commit.retry.min-wait-ms": "10"}
    settings["commit.retry.max-wait-ms"] = "200"
    lake.catalog.createTable(
        lake.identifier(namespace, "counted"),
        lake.iceberg.Schema(fields),
        lake.unpartitioned(),
        f"s3://{BUCKET}/{namespace}",
        settings,
    )
    return f"lake.{namespace}.counted"


@pytest.fixture
def start(
    table: str, variables: dict[str, str], iceberg_jars: list[Path], tmp_path: Path
) -> Iterator[Callable[..., list[Writer]]]:
    """`start(commits, commits)`: a writer for each, all at their beginning."""
    started: list[Writer] = []

    def begin(*commits: int) -> list[Writer]:
        for number, count in enumerate(commits):
            folder = tmp_path / str(number)
            folder.mkdir()
            jars = ",".join(map(str, iceberg_jars))
            command = [sys.executable, str(_PROGRAM), table, str(number), str(count), jars]
            started.append(Writer(command, variables, folder))
        for writer in started:
            writer.read_to("ready")
        for writer in started:
            writer.go_on()
        return started

    yield begin
    for writer in started:
        writer.end()


def rows_of(number: int, acknowledged: list[dict[str, Any]]) -> set[tuple[int, int, int]]:
    """What a writer's acknowledged commits made: `(writer, key, merged)`."""
    merged = {each["key"] for each in acknowledged if each["kind"] == "merge"}
    inserted = {each["key"] for each in acknowledged if each["kind"] == "insert"}
    made = {(number, key, int(key in merged)) for key in inserted}
    return made | {(number, -1 - key, 0) for key in merged}


def test_two_processes_lose_no_commit(start: Callable[..., list[Writer]]) -> None:
    writers = start(COMMITS // 2, COMMITS // 2)
    for writer in writers:
        writer.read_to("done")
    writers[0].go_on()
    found = writers[0].read_to("rows")
    rows = [tuple(row) for row in found["rows"]]
    expected = set().union(*(rows_of(n, w.acknowledged) for n, w in enumerate(writers)))
    assert len(rows) == len(set(rows))
    assert set(rows) == expected
    assert sum(len(writer.acknowledged) for writer in writers) == COMMITS
    assert found["snapshots"] == COMMITS
    for kind in ("insert", "merge"):
        said = [s for writer in writers for s in writer.acknowledged if s["kind"] == kind]
        seconds = statistics.median(each["seconds"] for each in said)
        conflicts = sum(each["conflicts"] for each in said)
        _LOG.info("%s: %d, median %.2f s, %d conflicts", kind, len(said), seconds, conflicts)


def test_a_killed_process_loses_no_acknowledged_commit(start: Callable[..., list[Writer]]) -> None:
    survivor, victim = start(COMMITS // 2, 10_000)
    while len(victim.acknowledged) < COMMITS // 4:
        victim.read()
    victim.kill()
    survivor.read_to("done")
    survivor.go_on()
    found = survivor.read_to("rows")
    rows = collections.Counter(tuple(row) for row in found["rows"])
    assert set(rows.values()) == {1}
    mine = {row for row in rows if row[0] == 0}
    assert mine == rows_of(0, survivor.acknowledged)
    # The last statement of the victim may have been committed before it could say so.
    last = victim.acknowledged[-1]
    after = {"kind": "merge", "key": last["key"]}
    if last["kind"] == "merge":
        after = {"kind": "insert", "key": last["key"] + 1}
    others = {row for row in rows if row[0] == 1}
    assert others in (
        rows_of(1, victim.acknowledged),
        rows_of(1, [*victim.acknowledged, after]),
    )
