"""The fork server (fork_server.py) as the endpoint sees it: ask for workers, hear when they end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SCRIPT = Path(__file__).with_name("fork_server.py")
_PATIENCE = 60.0
"""Seconds that a worker may take to be there: the first one waits for the import of PySpark."""


def start_script(
    python: str,
    script: Path,
    descriptors: Sequence[int],
    output: IO[bytes],
    environment: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Start a script in a session of its own, its arguments the descriptors that it is given. Raises OSError."""
    return subprocess.Popen(
        [python, str(script), *map(str, descriptors)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        pass_fds=descriptors,
        start_new_session=True,
    )


class Forked:
    """A process that the fork server started; `pid`, `wait` and `poll` are those of subprocess.Popen."""

    def __init__(self) -> None:
        self.started: Future[int] = Future()
        self.ended: Future[int] = Future()

    @property
    def pid(self) -> int:
        """Waits for the process to be there. Raises OSError if there will be none."""
        try:
            return self.started.result(_PATIENCE)
        except NotInTime as error:
            raise ChildProcessError(f"no process after {_PATIENCE:.0f} seconds") from error

    def wait(self) -> int:
        """The exit code, once there is one."""
        return self.ended.result()

    def poll(self) -> int | None:
        return self.ended.result() if self.ended.done() else None


class ForkServer:
    """One fork server. It starts at once, and forks as soon as it has imported PySpark."""

    @staticmethod
    def usable() -> bool:
        """Whether forking is safe here: on macOS, libraries of the system do not survive it."""
        return sys.platform == "linux"

    def __init__(self, python: str, log: Path, environment: Mapping[str, str]) -> None:
        """Its workers run `python`. Raises OSError when it cannot be started."""
        self._lock = threading.Lock()
        self._starting: deque[Forked] = deque()
        self._running: dict[int, Forked] = {}
        self._socket, theirs = socket.socketpair()
        with theirs, log.open("ab") as output:
            descriptors = (theirs.fileno(),)
            self.process = start_script(python, _SCRIPT, descriptors, output, environment)
        threading.Thread(target=self._read, name="fork-server", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def start(self, requests: int, events: int, log: int) -> Forked:
        """Ask for a worker with these pipes and this log, which stay the caller's too. Raises OSError."""
        forked = Forked()
        with self._lock:
            socket.send_fds(self._socket, [b"+"], [requests, events, log])
            self._starting.append(forked)
        return forked

    def close(self) -> None:
        """End the server; its workers end with their pipes."""
        self.process.kill()
        self.process.wait()

    def _read(self) -> None:
        with contextlib.suppress(OSError), self._socket.makefile("r", encoding="utf-8") as answers:
            for line in answers:
                answer = json.loads(line)
                with self._lock:
                    if "started" in answer:
                        forked = self._starting.popleft()
                        self._running[answer["started"]] = forked
                        forked.started.set_result(answer["started"])
                    else:
                        self._running.pop(answer["ended"]).ended.set_result(answer["code"])
        self._end_all()

    def _end_all(self) -> None:
        """Without their parent nobody would hear how workers end: they end with it."""
        with self._lock:
            self._socket.close()
            for pid in self._running:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
            for forked in self._starting:
                forked.started.set_exception(ChildProcessError("the fork server has ended"))
            for forked in (*self._running.values(), *self._starting):
                forked.ended.set_result(-signal.SIGKILL)
            self._running.clear()
            self._starting.clear()
        self.process.wait()
