"""Worker processes as the endpoint sees them: start one, send requests, hear its events, end it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_endpoint.folders import with_absolute_modules
from glue_endpoint.spark.forks import start_script

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence

    from glue_endpoint.spark.forks import Forked, ForkServer
    from glue_endpoint.spark.host import SparkHost

logger = logging.getLogger(__name__)

_SCRIPT = Path(__file__).with_name("worker.py")


class WorkerError(Exception):
    """The worker process ended or could not attach; the message says why."""


@dataclass(frozen=True)
class Result:
    """What a statement left: `status` is ok or error, `text` what it printed, `image` a PNG in base64."""

    status: str
    text: str
    image: str = ""
    error_name: str = ""
    error_value: str = ""
    traceback: list[str] = field(default_factory=list)


def worker_environment(variables: Mapping[str, str | None]) -> dict[str, str]:
    """The environment of workers: ours with these variables, without what would lead Spark elsewhere.

    A variable that is None is one that workers must not have.
    """
    unwanted = ("PYTHONSTARTUP", "SPARK_HOME", "PYSPARK_SUBMIT_ARGS", "SPARK_REMOTE")
    merged = {**with_absolute_modules(os.environ), **variables, "PYTHONUNBUFFERED": "1"}
    return {
        key: value for key, value in merged.items() if value is not None and key not in unwanted
    }


class WorkerProcess:
    """One worker (worker.py) and the pipes to it.

    `on_result(statement id, Result)` and `on_end(reason)` are called from the reading thread.
    """

    def __init__(
        self,
        python: str,
        log: Path,
        environment: Mapping[str, str],
        server: ForkServer | None = None,
    ) -> None:
        """Have the fork server start it, or start the interpreter, which then imports PySpark.

        It waits to be attached. `environment` is all of it (see worker_environment), and the server's
        own where there is one. Raises WorkerError.
        """
        self.log = log
        self.on_result: Callable[[int, Result], None] | None = None
        self.on_end: Callable[[str], None] | None = None
        self._changed = threading.Condition()
        self._events: dict[str, dict[str, Any]] = {}
        self._results: dict[int, Result] = {}
        self._ended: str | None = None
        self._killed = False
        request_read, request_write = os.pipe()
        event_read, event_write = os.pipe()
        self.process: subprocess.Popen[bytes] | Forked
        try:
            with log.open("ab") as output:
                if server is not None:
                    self.process = server.start(request_read, event_write, output.fileno())
                else:
                    given = (request_read, event_write)
                    self.process = start_script(python, _SCRIPT, given, output, environment)
        except OSError as error:
            for descriptor in (request_write, event_read):
                os.close(descriptor)
            raise WorkerError(f"Cannot start {python}: {error.strerror or error}") from error
        finally:
            os.close(request_read)
            os.close(event_write)
        self._requests = os.fdopen(request_write, "w", encoding="utf-8")
        self._reader = os.fdopen(event_read, "r", encoding="utf-8")
        self._write_lock = threading.Lock()
        for target in (self._read, self._wait):
            threading.Thread(target=target, name=f"worker{target.__name__}", daemon=True).start()

    # -- requests --------------------------------------------------------------------------------

    def attach(self, host: SparkHost, timeout: float = 60.0) -> None:
        """Connect to the host's JVM. Raises WorkerError."""
        self._send(op="attach", port=host.gateway_port, secret=host.gateway_secret)
        self._answer("attached", timeout)

    def claim(
        self,
        argv: list[str],
        directory: Path,
        path: list[str],
        conf: Mapping[str, str],
        timeout: float = 60.0,
        *,
        as_aws: Sequence[str] = (),
    ) -> list[str]:
        """Make it a session's worker; returns notes on settings that could not be honoured.

        `as_aws` are the words of that option that it is told of.
        """
        self._send(
            op="claim",
            argv=argv,
            directory=str(directory),
            path=path,
            conf=dict(conf),
            as_aws=[*as_aws],
        )
        notes: list[str] = self._answer("claimed", timeout)["notes"]
        return notes

    def run(self, statement: int, code: str, group: str) -> None:
        """Start a statement under the Spark job group `group`; `on_result` will be called."""
        self._send(op="run", id=statement, code=code, group=group)

    def cancel(self, statement: int) -> None:
        """Ask for the statement to be cancelled; its result arrives as usual."""
        self._send(op="cancel", id=statement)

    def wait_result(self, statement: int, timeout: float) -> Result:
        """The result of a statement, for callers without `on_result`. Raises WorkerError."""
        with self._changed:
            self._changed.wait_for(
                lambda: statement in self._results or self._ended is not None, timeout
            )
            if statement not in self._results:
                raise WorkerError(self._ended or f"no result within {timeout:.0f} s")
            return self._results.pop(statement)

    def kill(self) -> None:
        """End the process and what it started. Safe to call twice."""
        self._killed = True
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def alive(self) -> bool:
        return self._ended is None and self.process.poll() is None

    # -- inside ----------------------------------------------------------------------------------

    def _send(self, **request: Any) -> None:
        try:
            with self._write_lock:
                self._requests.write(json.dumps(request) + "\n")
                self._requests.flush()
        except (OSError, ValueError) as error:
            raise WorkerError(self._ended or "the session's Python process is gone") from error

    def _answer(self, event: str, timeout: float) -> dict[str, Any]:
        with self._changed:
            self._changed.wait_for(
                lambda: event in self._events or self._ended is not None, timeout
            )
            if event not in self._events:
                raise WorkerError(self._ended or f"the worker did not answer in {timeout:.0f} s")
            answer = self._events.pop(event)
        if answer.get("error"):
            raise WorkerError(str(answer["error"]))
        return answer

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in self._reader:
                event = json.loads(line)
                kind = event.pop("event")
                if kind == "done":
                    self._deliver(event.pop("id"), Result(**event))
                else:
                    with self._changed:
                        self._events[kind] = event
                        self._changed.notify_all()

    def _deliver(self, statement: int, result: Result) -> None:
        if self.on_result is not None:
            self.on_result(statement, result)
            return
        with self._changed:
            self._results[statement] = result
            self._changed.notify_all()

    def _wait(self) -> None:
        code = self.process.wait()
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)  # whatever the user's code left running
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        with self._changed:
            self._ended = f"The session's Python process ended ({how}); see {self.log}"
            self._changed.notify_all()
        with contextlib.suppress(OSError):
            self._requests.close()
        if self.on_end is not None and not self._killed:
            self.on_end(self._ended)
