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
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.adapter.scripted_glue import OK, Glue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


DELTA = {
    "Name": "one",
    "DatabaseName": "lake",
    "TableType": "EXTERNAL_TABLE",
    "Parameters": {"spark.sql.sources.provider": "delta"},
    "StorageDescriptor": {"Location": "s3://bucket/lake/one", "Columns": []},
}
"""A table of which a session has to be asked for its columns."""


class Account:
    """Sessions by the ids that dbt gives them. The word that an id begins with says how its session behaves.

    `hangs`: its statements do not react to being cancelled. `late`: CreateSession is answered, and the session there, a
    second after it was told to. `ends`: its statements end at once, and StopSession is answered when it is told to.
    """

    def __init__(self, glue: Glue) -> None:
        self.glue = glue
        self.open: set[str] = set()
        self.made: set[str] = set()
        self.running: dict[str, set[int]] = {}
        self.cancelled: set[str] = set()
        self.looks: Counter[str] = Counter()
        self.stopping: Counter[str] = Counter()
        self.answer_creation = threading.Event()
        self.answer_stop = threading.Event()
        glue.script.update(
            CreateSession=[self.create],
            GetSession=[lambda p: {"Session": {"Id": p["Id"], "Status": "READY" if p["Id"] in self.open else "STOPPED"}}],
            RunStatement=[self.run],
            GetStatement=[self.look],
            CancelStatement=[lambda p: (self.cancelled.add(p["SessionId"]), {})[1]],
            StopSession=[self.stop],
            GetDatabases=[{"DatabaseList": [{"Name": "shop"}, {"Name": "lake"}]}],
            GetDatabase=[lambda p: {"Database": {"Name": p["Name"]}}],
            GetTables=[lambda p: {"TableList": [DELTA] if p["DatabaseName"] == "lake" else []}],
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
        if parameters["Id"].startswith("ends"):
            self.stopping[parameters["Id"]] += 1
            self.answer_stop.wait(30)
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
        self.looks[name.partition("-")[0]] += 1
        if parameters["Id"] == 0 or name.startswith("ends"):
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
    """`dbt run` of two models at once (or another command), in the terminal that it was given, or none."""

    def __init__(
        self,
        account: Account,
        folder: Path,
        word: str,
        terminal: int | None = None,
        command: str = "run",
        schema: str = "shop",
    ) -> None:
        (folder / "models").mkdir(parents=True)
        (folder / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
        for name in ("one", "two"):
            (folder / "models" / f"{name}.sql").write_text(
                "{{ config(materialized='table') }} select 1 as n"
            )
        target = {
            "type": "glue", "endpoint": account.glue.url, "schema": schema, "threads": 2,
            "glue_session_id": word, "boto_retry_max_attempts": 0,
        }  # fmt: skip
        profile = {"shop": {"target": "t", "outputs": {"t": target}}}
        (folder / "profiles.yml").write_text(json.dumps(profile))
        self.log = folder / "out.txt"
        output: Any = terminal if terminal is not None else self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-c", LEADER, *command.split(), "--profiles-dir", ".", "--project-dir", "."],
            cwd=folder, stdin=output if terminal is not None else subprocess.DEVNULL, stdout=output,
            stderr=output, start_new_session=True,
            env={**os.environ, "DO_NOT_TRACK": "1", "WORD": word},
        )  # fmt: skip

    def ended(self, within: float) -> str:
        try:
            self.process.wait(within)
        finally:
            self.process.kill()
        return self.log.read_text() if self.log.exists() else ""


# dbt as the leader of its terminal, where it has one: a closed terminal is a SIGHUP to its leader.
LEADER = """
import fcntl, os, signal, sys, termios
if sys.stdin.isatty():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if os.environ["WORD"] == "nohup":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
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


def test_signals_twice_ignored_and_at_the_end(account: Account, tmp_path: Path) -> None:
    commands = {"docs": ("docs generate --no-compile", "lake")}
    runs = {
        way: Dbt(account, tmp_path / way, way, None, *commands.get(way, ()))
        for way in ("hangsterm", "hangshup", "nohup", "ends", "docs")
    }
    twice = {"hangsterm": signal.SIGTERM, "hangshup": signal.SIGHUP}
    for way in (*twice, "nohup"):
        until(lambda: account.at_work(way) == 2)  # noqa: B023 - asked at once

    # Twice: nothing reacts to being cancelled, and nobody waits for it.
    began = time.monotonic()
    for way, number in twice.items():
        runs[way].process.send_signal(number)
        until(lambda: account.of(way) <= account.cancelled)  # noqa: B023 - asked at once
        runs[way].process.send_signal(number)
    for way in twice:
        output = runs[way].ended(within=40)
        assert runs[way].process.returncode != 0, output
        assert len(account.of(way)) == 2, output
        assert not account.of(way) & account.open, output
    assert time.monotonic() - began < 20

    # Ignored: the run goes on.
    runs["nohup"].process.send_signal(signal.SIGHUP)
    looks = account.looks["nohup"]
    until(lambda: account.looks["nohup"] > looks + 4)
    assert not account.of("nohup") & account.cancelled
    assert len(account.of("nohup") & account.open) == 2
    runs["nohup"].process.send_signal(signal.SIGTERM)
    output = runs["nohup"].ended(within=40)
    assert not account.of("nohup") & account.open, output

    # While the sessions of a run that is over are being stopped.
    until(lambda: len([name for name in account.stopping if name.startswith("ends")]) == 2)
    asked = account.stopping.total()
    for number in (signal.SIGTERM, signal.SIGHUP):
        runs["ends"].process.send_signal(number)
        until(lambda: account.stopping.total() >= asked + 2)  # told once more, and not waited for
    account.answer_stop.set()
    output = runs["ends"].ended(within=40)
    assert "Done." in output, output  # its models have no answer, and dbt says so as ever
    assert not account.of("ends") & account.open, output

    # In the part of `docs generate` that comes after the first end of its sessions.
    until(lambda: account.at_work("docs") == 1)
    runs["docs"].process.send_signal(signal.SIGTERM)
    output = runs["docs"].ended(within=40)
    assert runs["docs"].process.returncode != 0, output
    assert account.of("docs") <= account.cancelled, output
    assert not account.of("docs") & account.open, output


# Two adapters of one process, which signals itself; each line says what a signal did.
IN_ONE_PROCESS = """
import multiprocessing, signal, sys, threading
from types import SimpleNamespace
from dbt.adapters.glue.connections import GlueConnectionManager
from dbt.adapters.glue.credentials import GlueCredentials

def manager():
    credentials = GlueCredentials(endpoint=sys.argv[1], schema="x", boto_retry_max_attempts=0)
    profile = SimpleNamespace(credentials=credentials, project_root=None)
    return GlueConnectionManager(profile, multiprocessing.get_context("spawn"))

def what(number):
    if signal.getsignal(number) == signal.SIG_DFL:
        return "python's own"
    try:
        signal.raise_signal(number)
    except KeyboardInterrupt:
        return "interrupted"
    return "nothing"

def say(when, number=signal.SIGTERM):
    print(">", when, what(number), sep=": ", flush=True)

first = manager()
say("at work")
first.cleanup_all()
say("after the end")
first.set_connection_name("generate_catalog")
say("at work again")
first.cleanup_all()
first.set_connection_name("once more")
session = first.open(first.get_thread_connection()).handle.session()
session.run(["1"])
try:
    first.cleanup_all()
except KeyboardInterrupt:
    say("interrupted at the end")
second, third = manager(), manager()
second.cleanup_all()
say("beside another")
third.cleanup_all()
say("after both")
fourth = manager()
thread = threading.Thread(target=fourth.cleanup_all)
thread.start()
thread.join()
say("ended by a thread", signal.SIGINT)
say("after that", signal.SIGINT)
fifth = manager()
say("at work after that")
made = []
thread = threading.Thread(target=lambda: made.append(manager()) or made[0].pool and made[0].cleanup_all())
thread.start()
thread.join()
say("beside one in a thread that has ended", signal.SIGHUP)
"""


def test_signals_belong_to_whoever_has_sessions_now(glue: Glue, tmp_path: Path) -> None:
    (tmp_path / "process.py").write_text(IN_ONE_PROCESS)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "process.py"), glue.url], stdout=subprocess.PIPE, text=True
    )

    def interrupt() -> dict[str, Any]:
        process.send_signal(signal.SIGINT)
        return {"Id": "s"}

    glue.script["StopSession"] = [interrupt, {"Id": "s"}]
    output, _ = process.communicate(timeout=60)
    said = [line[3:] for line in output.splitlines() if line.startswith(">: ")]
    assert said == [
        "at work: interrupted",
        "after the end: python's own",
        "at work again: interrupted",
        "interrupted at the end: python's own",
        "beside another: interrupted",
        "after both: python's own",
        "ended by a thread: interrupted",
        "after that: interrupted",
        "at work after that: interrupted",
        "beside one in a thread that has ended: nothing",
    ]
