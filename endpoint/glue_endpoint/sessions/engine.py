"""An engine: one Spark of the endpoint with what its sessions need beside it, and the engines of all setups."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from glue_endpoint.errors import EndpointStartError
from glue_endpoint.sessions.progress import STUCK_AFTER, JobGroups
from glue_endpoint.spark.forks import ForkServer
from glue_endpoint.spark.setup import PLAIN, SparkSetup
from glue_endpoint.spark.worker_process import WorkerError, WorkerProcess, worker_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from glue_endpoint.spark.host import SparkHost

logger = logging.getLogger(__name__)

UNUSED_AFTER = 300.0
"""Seconds after which an engine without sessions ends, if another was asked for since."""

_LAST = "spark-setup.json"
"""The file that remembers which setup was asked for last: what is started before a session asks."""


class Workers:
    """Starts worker processes: forked where their Python is that of a Spark, which costs no import."""

    def __init__(self, folder: Path, variables: Mapping[str, str | None]) -> None:
        self._log = folder / "workers.log"
        self._environment = worker_environment(variables)
        self._servers: dict[str, ForkServer] = {}
        self._closed = False
        self._lock = threading.Lock()

    def start(self, python: str, of_spark: str) -> WorkerProcess:
        """A process of `python` that can be attached to a Spark whose own is `of_spark`. Raises WorkerError."""
        server = self._usable_server(python) if python == of_spark else None
        return WorkerProcess(python, self._log, self._environment, server)

    def close(self) -> None:
        """End the fork servers; their workers end with them."""
        with self._lock:
            self._closed = True
            for server in self._servers.values():
                server.close()

    def _usable_server(self, python: str) -> ForkServer | None:
        """The fork server of a Python, a new one if it has ended; None where there can be none."""
        with self._lock:
            found = self._servers.get(python)
            if found is not None and found.alive:
                return found
            self._servers.pop(python, None)
            if ForkServer.usable() and not self._closed:
                try:
                    self._servers[python] = ForkServer(python, self._log, self._environment)
                except OSError as error:
                    logger.warning(
                        "no fork server, so that each session imports PySpark: %s", error
                    )
            return self._servers.get(python)


class Engine:
    """A Spark host, a worker that is kept warm for its next session, and its job groups."""

    def __init__(self, host: SparkHost, workers: Workers, stuck_after: float = STUCK_AFTER) -> None:
        self.host = host
        self.groups = JobGroups(host, stuck_after)
        self.last_used = time.monotonic()
        self._workers = workers
        self._python = host.setup.python
        self._spare: WorkerProcess | None = None
        self._warm: WorkerProcess | None = None
        self._warming = threading.Lock()
        self._begun = threading.Lock()
        self._closed = False

    def begin(self) -> None:
        """Once: has Spark start, and a worker beside it. Does not wait."""
        if self._begun.acquire(blocking=False):
            self.host.begin()
            threading.Thread(target=self._first_worker, name="warm-worker", daemon=True).start()

    def take_worker(self, python: str) -> WorkerProcess:
        """An attached worker: the warm one if it fits, else a new one. Raises WorkerError."""
        if python == self._python:
            with self._warming:
                worker, self._warm = self._warm, None
            if worker is not None and worker.alive:
                return worker
        worker = self._workers.start(python, self._python)
        try:
            worker.attach(self.host)
        except WorkerError:
            worker.kill()
            raise
        return worker

    def warm_up(self, patience: float = 120.0) -> None:
        """Have one worker attached and waiting for the next session."""
        try:
            self.host.wait_started(patience)
            with self._warming:
                if self._closed or (self._warm is not None and self._warm.alive):
                    return
                worker, self._spare = self._spare or self._start_own(), None
                worker.attach(self.host)
                self._warm = worker
        except (EndpointStartError, WorkerError) as error:
            if not self._closed:
                logger.warning("no worker could be kept warm: %s", error)

    @property
    def warm(self) -> bool:
        """Whether a worker waits for the next session."""
        worker = self._warm
        return worker is not None and worker.alive

    def shape(self) -> dict[str, str]:
        """What the endpoint says of it: its state, Spark's version, what that has beside its own, its log."""
        host = self.host
        return {
            "state": host.state,
            "spark_version": host.spark_version,
            "formats": ", ".join(host.setup.formats),
            "setup": host.setup.description,
            "log": str(host.log),
        }

    def close(self) -> None:
        """End the workers that no session has taken; the host is the caller's."""
        with self._warming:
            self._closed = True
            for worker in (self._spare, self._warm):
                if worker is not None:
                    worker.kill()
            self._spare = self._warm = None

    def _start_own(self) -> WorkerProcess:
        return self._workers.start(self._python, self._python)

    def _first_worker(self) -> None:
        try:
            spare = self._start_own()
        except WorkerError as error:
            logger.warning("no worker could be started early: %s", error)
        else:
            with self._warming:
                self._spare = spare
        self.warm_up()


class Engines:
    """The engines of an endpoint, one for each setup that sessions ask for, all over one warehouse.

    `make_host` makes the host of a setup, which `begin` starts. `variables` are added to every worker's
    environment (None: taken out of it). `on_end(engine, reason)` is told of a Spark that ended unasked.
    """

    def __init__(
        self,
        make_host: Callable[[SparkSetup], SparkHost],
        folder: Path,
        *,
        variables: Mapping[str, str | None] | None = None,
        stuck_after: float = STUCK_AFTER,
    ) -> None:
        sessions = folder / "sessions"
        sessions.mkdir(parents=True, exist_ok=True)
        self.on_end: Callable[[Engine, str], None] = lambda _engine, _reason: None
        self._make_host = make_host
        self._workers = Workers(sessions, variables or {})
        self._stuck_after = stuck_after
        self._remembered = folder / _LAST
        self._lock = threading.Lock()
        self._engines: dict[str, Engine] = {}
        self._latest: Engine | None = None

    def begin(self) -> None:
        """Has the Spark start that a session will probably want: that of the last one."""
        self.engine(self._last_setup()).begin()

    def engine(self, setup: SparkSetup) -> Engine:
        """The engine of a setup, to be begun where it has not; a new one where its Spark has ended."""
        with self._lock:
            found = self._engines.get(setup.key)
            if found is None or found.host.state == "failed":
                host = self._make_host(setup)
                found = Engine(host, self._workers, self._stuck_after)
                host.on_exit(partial(self._ended, found))
                self._engines[setup.key] = found
            found.last_used = time.monotonic()
            self._latest = found
        return found

    def remember(self, setup: SparkSetup) -> None:
        """Notes the setup of a session: the next endpoint of this folder begins with it."""
        if setup == self._last_setup():
            return
        try:
            self._remembered.write_text(setup.as_json(), encoding="utf-8")
        except OSError as error:
            logger.warning("%s: %s", self._remembered, error)

    @property
    def latest(self) -> Engine | None:
        """The engine that was asked for last."""
        return self._latest

    @property
    def all(self) -> list[Engine]:
        """Those that there are, the oldest first."""
        with self._lock:
            return [*self._engines.values()]

    @property
    def state(self) -> str:
        """idle, starting, ready or failed: that of the engine that was asked for last."""
        return "idle" if self._latest is None else self._latest.host.state

    def end_unused(self, in_use: Collection[Engine]) -> None:
        """Ends engines whose time is over: a Spark costs memory, and is back in seconds."""
        now = time.monotonic()
        with self._lock:
            for engine in in_use:
                engine.last_used = now
            doomed = {
                key: engine
                for key, engine in self._engines.items()
                if engine is not self._latest and now - engine.last_used > UNUSED_AFTER
            }
            for key in doomed:
                del self._engines[key]
        for engine in doomed.values():
            logger.info(
                "ending Spark %s: unused",
                engine.host.setup.description or engine.host.spark_version,
            )
            engine.close()
            engine.host.stop()

    def close(self) -> None:
        """End all workers that no session has taken, and the hosts."""
        engines = self.all
        for engine in engines:
            engine.close()
        self._workers.close()
        for engine in engines:
            engine.host.stop()

    def _ended(self, engine: Engine, reason: str) -> None:
        self.on_end(engine, reason)

    def _last_setup(self) -> SparkSetup:
        try:
            return SparkSetup.from_json(self._remembered.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return PLAIN
