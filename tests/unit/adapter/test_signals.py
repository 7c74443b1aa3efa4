"""However dbt is ended, but for kill -9: its statements are cancelled and its sessions stopped, soon."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.adapter.scripted_glue import OK, Glue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


class Account:
    """Sessions by the ids that dbt gives them. The word that an id begins with says how its session behaves.

    `hangs`: its statements do not react to being cancelled. `late`: CreateSession is answered, and the session there, a
    second after it was told to.
    """

    def __init__(self, glue: Glue) -> None:
        self.glue = glue
        self.open: set[str] = set()
        self.made: set[str] = set()
        self.running: dict[str, set[int]] = {}
        self.cancelled: set[str] = set()
        self.answer_creation = threading.Event()
        glue.script.update(
            CreateSession=[self.create],
            GetSession=[lambda p: {"Session": {"Id": p["Id"], "Status": "READY" if p["Id"] in self.open else "STOPPED"}}],
            RunStatement=[self.run],
            GetStatement=[self.look],
            CancelStatement=[lambda p: (self.cancelled.add(p["SessionId"]), {})[1]],
            StopSession=[self.stop],
            GetDatabases=[{"DatabaseList": [{"Name": "shop"}]}],
            GetDatabase=[{"Database": {"Name": "shop"}}],
            GetTables=[{"TableList": []}],
            GetTable=["EntityNotFoundException"],
        )  # fmt: skip

    def create(self, parameters: dict[str, Any]) -> Any:
        name = parameters["Id"]
        if name.startswith("late"):
            self.answer_creation.wait(30)
        self.open.add(name)
        self.made.add(name)
        return {"Session": {"Id": name}}

    def stop(self, parameters: dict[str, Any]) -> Any:
        if parameters["Id"] not in self.made:
            return "EntityNotFoundException"
        if parameters["Id"] not in self.open:
            return "IllegalSessionStateException"
        self.open.discard(parameters["Id"])
        return {"Id": parameters["Id"]}

    def run(self, parameters: dict[str, Any]) -> Any:
        statements = self.running.setdefault(parameters["SessionId"], set())
        statements.add(len(statements))
        return {"Id": len(statements) - 1}

    def look(self, parameters: dict[str, Any]) -> Any:
        name = parameters["SessionId"]
        if parameters["Id"] == 0:
            state = "AVAILABLE"
        elif name not in self.open:
            return "IllegalSessionStateException"
        else:
            reacts = name in self.cancelled and not name.startswith("hangs")
            state = "CANCELLED" if reacts else "RUNNING"
        return {"Statement": {"Id": parameters["Id"], "State": state, "Output": OK}}

    def of(self, word: str) -> set[str]:
        return {name for name in self.made if name.startswith(word)}

    def at_work(self, word: str) -> int:
        return sum(
            len(found) > 1 for name, found in [*self.running.items()] if name.startswith(word)
        )


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", "test")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "test")
        glue = Glue()
        yield Account(glue)
        glue.close()


class Dbt:
    """`dbt run` of two models at once, in the terminal that it was given, or none."""

    def __init__(
        self, account: Account, folder: Path, word: str, terminal: int | None = None
    ) -> None:
        (folder / "models").mkdir(parents=True)
        (folder / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
        for name in ("one", "two"):
            (folder / "models" / f"{name}.sql").write_text(
                "{{ config(materialized='table') }} select 1 as n"
            )
        target = {
            "type": "glue", "endpoint": account.glue.url, "schema": "shop", "threads": 2,
            "glue_session_id": word, "boto_retry_max_attempts": 0,
        }  # fmt: skip
        profile = {"shop": {"target": "t", "outputs": {"t": target}}}
        (folder / "profiles.yml").write_text(json.dumps(profile))
        self.log = folder / "out.txt"
        output: Any = terminal if terminal is not None else self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-c", LEADER, "run", "--profiles-dir", ".", "--project-dir", "."],
            cwd=folder, stdin=output if terminal is not None else subprocess.DEVNULL, stdout=output,
            stderr=output, start_new_session=True, env={**os.environ, "DO_NOT_TRACK": "1"},
        )  # fmt: skip

    def ended(self, within: float) -> str:
        try:
            self.process.wait(within)
        finally:
            self.process.kill()
        return self.log.read_text() if self.log.exists() else ""


# dbt as the leader of its terminal, where it has one: a closed terminal is a SIGHUP to its leader.
LEADER = """
import fcntl, sys, termios
if sys.stdin.isatty():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from dbt.cli.main import cli
sys.argv[0] = "dbt"
cli()
"""


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_every_way_to_end_dbt_but_kill_9_stops_its_sessions(
    account: Account, tmp_path: Path
) -> None:
    master, slave = pty.openpty()
    ways = ("term", "int", "closed", "hangs", "late")
    runs = {
        way: Dbt(account, tmp_path / way, way, slave if way == "closed" else None) for way in ways
    }
    os.close(slave)
    for way in ("term", "int", "closed", "hangs"):
        until(lambda: account.at_work(way) == 2)  # noqa: B023 - asked at once
    until(
        lambda: (
            sum(
                name == "CreateSession" and p["Id"].startswith("late")
                for name, p in account.glue.calls
            )
            == 2
        )
    )

    runs["term"].process.send_signal(signal.SIGTERM)
    runs["int"].process.send_signal(signal.SIGINT)
    os.close(master)
    runs["hangs"].process.send_signal(signal.SIGINT)
    runs["late"].process.send_signal(signal.SIGINT)
    for way in ("term", "int", "closed"):
        output = runs[way].ended(within=40)
        assert runs[way].process.returncode != 0, output
        assert len(account.of(way)) == 2, output
        assert not account.of(way) & account.open, output
        assert account.of(way) <= account.cancelled, output

    # Nothing reacts: a second Ctrl-C does not wait, but the sessions are stopped.
    began = time.monotonic()
    for way in ("hangs", "late"):
        runs[way].process.send_signal(signal.SIGINT)
    threading.Timer(1.0, account.answer_creation.set).start()
    for way in ("hangs", "late"):
        output = runs[way].ended(within=40)
        assert len(account.of(way)) == 2, output
        assert not account.of(way) & account.open, output
    assert time.monotonic() - began < 20
