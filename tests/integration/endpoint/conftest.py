"""One Spark for all tests of the execution half, and a person at its sessions."""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.process.warehouse import Warehouse
from glue_endpoint.sessions.engine import Engines
from glue_endpoint.sessions.progress import TASK_THREAD
from glue_endpoint.sessions.sessions import Sessions
from glue_endpoint.sessions.statement import FINAL
from glue_endpoint.spark.host import SparkHost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REQUEST = {
    "Role": "arn:aws:iam::000000000000:role/dbt",
    "Command": {"Name": "glueetl", "PythonVersion": "3"},
    "GlueVersion": "5.1",
}


class Driver:
    """Creates sessions and runs statements, as a client of the API would, without the wire."""

    def __init__(self, sessions: Sessions, host: SparkHost) -> None:
        self.sessions = sessions
        self.host = host
        self._ids = itertools.count()

    @classmethod
    def on(cls, host: SparkHost, folder: Path, *, stuck_after: float = 120, **given: Any) -> Driver:
        """At sessions whose engines are all of one host, which somebody else ends."""
        engines = Engines(lambda _setup: host, folder, stuck_after=stuck_after)
        return cls(Sessions(engines, host.buckets, folder, **given), host)

    def create(self, **request: Any) -> str:
        """A session that has left PROVISIONING; returns its id."""
        name = f"{request.pop('name', 'test')}-{next(self._ids)}"
        self.sessions.create({"Id": name, **REQUEST, **request})
        session = self.sessions.session(name)
        assert session.wait(lambda: session.status != "PROVISIONING", 60)
        return name

    def start(self, session: str, code: str) -> int:
        return self.sessions.run_statement(session, code)

    def finish(self, session: str, statement: int, timeout: float = 60) -> dict[str, Any]:
        """The statement once it has ended."""
        live = self.sessions.session(session)
        ended = live.wait(lambda: live.statement(statement).state in FINAL, timeout)
        assert ended, f"statement {statement} of {session} has not ended in {timeout} s"
        return self.sessions.get_statement(session, statement)

    def run(self, session: str, code: str, timeout: float = 60) -> dict[str, Any]:
        return self.finish(session, self.start(session, code), timeout)

    def text(self, session: str, code: str) -> str:
        """What a statement that must succeed printed."""
        statement = self.run(session, code)
        output = statement["Output"]
        assert (statement["State"], output["Status"]) == ("AVAILABLE", "ok"), output
        text: str = output["Data"]["TextPlain"]
        return text

    @staticmethod
    def until(condition: Callable[[], bool], what: str, timeout: float = 30.0) -> None:
        """Poll a condition that has no event; fail at the deadline."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, f"{what}: not within {timeout} s"
            time.sleep(0.02)

    def jobs(self, session: str, statement: int) -> list[int]:
        """The ids of the Spark jobs of a statement so far, the newest first."""
        group = self.sessions.session(session).statement(statement).group
        return sorted(self.host.context.statusTracker().getJobIdsForGroup(group), reverse=True)

    def stages(self, session: str, statement: int) -> list[int]:
        """The ids of the stages of a statement's latest jobs."""
        tracker = self.host.context.statusTracker()
        jobs = [tracker.getJobInfo(job) for job in self.jobs(session, statement)[:5]]
        return [stage for job in jobs if not job.isEmpty() for stage in job.get().stageIds()]

    def tasks_running(self, session: str, statement: int) -> bool:
        """Whether Spark's tracker says that a task of the statement runs at this moment."""
        tracker = self.host.context.statusTracker()
        found = [tracker.getStageInfo(stage) for stage in self.stages(session, statement)]
        return any(not info.isEmpty() and info.get().numActiveTasks() > 0 for info in found)

    def tasks_at_work(self, session: str, statement: int, *work: str) -> int:
        """How many tasks of the statement are inside some work: classes on the stacks of their threads.

        Spark counts a task that has only been handed out; cancelled then, it ends before it begins.
        """
        stages = self.stages(session, statement)
        stacks = self.host.gateway.jvm.java.lang.Thread.getAllStackTraces()
        count = 0
        for thread in stacks.keySet():
            task = TASK_THREAD.search(thread.getName())
            if task and int(task["stage"]) in stages:
                places = [frame.getClassName() for frame in stacks.get(thread)]
                count += any(part in place for part in work for place in places)
        return count


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with contextlib.closing(Warehouse(tmp_path_factory.mktemp("warehouse"))) as warehouse:
        yield warehouse


@pytest.fixture(scope="session")
def spark_host(warehouse: Warehouse) -> Iterator[SparkHost]:
    folder = warehouse.store.path.parent
    host = SparkHost(folder, warehouse.metastore, memory_mb=1024, build_archive=False)
    host.start()
    yield host
    host.stop()


@pytest.fixture(scope="session")
def glue(spark_host: SparkHost) -> Iterator[Driver]:
    driver = Driver.on(spark_host, spark_host.state_dir)
    yield driver
    driver.sessions.close()


@pytest.fixture(scope="module")
def session(glue: Driver) -> Iterator[str]:
    """A session that the module's tests share."""
    name = glue.create(name="shared")
    yield name
    glue.sessions.delete(name)
